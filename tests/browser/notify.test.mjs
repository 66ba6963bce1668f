import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import crypto from "node:crypto";
import http from "node:http";
import { readFileSync } from "node:fs";
import { looks, note, passphrase, start } from "./rig.mjs";

const b64 = (b) => Buffer.from(b).toString("base64url");
let rig, app, service;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  app = await rig.app("Snort", "--preset", "ask");
  service = await pushService();
  rig.run("settings", "set", "push-hosts", new URL(service.url).host);
});
after(async () => {
  service?.stop();
  await rig?.stop();
});

// pushService takes pushes, as a browser's maker does.
async function pushService() {
  const got = [], waiting = [];
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on("data", (d) => parts.push(d));
    req.on("end", () => {
      const push = { headers: req.headers, path: req.url, body: Buffer.concat(parts) };
      if (waiting.length) waiting.shift()(push); else got.push(push);
      res.writeHead(201).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/push/abc`,
    next: () => got.length ? Promise.resolve(got.shift()) : new Promise((resolve) => waiting.push(resolve)),
    stop: () => { server.closeAllConnections(); server.close(); },
  };
}

// open does what a browser does with a push (RFC 8291), and checks who sent it
// (RFC 8292).
function open(push, keys, auth, audience) {
  const [, token, sender] = push.headers.authorization.match(/^vapid t=([^,]+), k=(\S+)$/);
  const [head, claims, sig] = token.split(".");
  const point = Buffer.from(sender, "base64url");
  const jwk = { kty: "EC", crv: "P-256", x: b64(point.subarray(1, 33)), y: b64(point.subarray(33)) };
  const key = crypto.createPublicKey({ key: jwk, format: "jwk" });
  assert.ok(crypto.verify("sha256", Buffer.from(`${head}.${claims}`), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(sig, "base64url")), "signed by that key");
  assert.equal(JSON.parse(Buffer.from(claims, "base64url")).aud, audience);
  const { body } = push;
  const salt = body.subarray(0, 16), as = body.subarray(21, 21 + body[20]);
  const hkdf = (secret, salt, info, n) => Buffer.from(crypto.hkdfSync("sha256", secret, salt, info, n));
  const ikm = hkdf(keys.computeSecret(as), auth, Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), as]), 32);
  const cek = hkdf(ikm, salt, "Content-Encoding: aes128gcm\0", 16), nonce = hkdf(ikm, salt, "Content-Encoding: nonce\0", 12);
  const sealed = body.subarray(21 + body[20]);
  const opener = crypto.createDecipheriv("aes-128-gcm", cek, nonce).setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]);
  assert.equal(text.at(-1), 2);
  return { told: JSON.parse(text.subarray(0, -1)), sender };
}

test("a question is pushed to a browser, sealed, shown there, and its note leads to it", async () => {
  const page = await rig.device();
  await page.context().grantPermissions(["notifications"], { origin: rig.origin });
  const keys = crypto.createECDH("prime256v1"), auth = crypto.randomBytes(16);
  keys.generateKeys();
  // The subscription is the test's: no maker's push service is asked.
  await page.addInitScript(([endpoint, p256dh, auth]) => {
    const bytes = (t) => Uint8Array.from(atob(t.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
      if (applicationServerKey.byteLength !== 65) throw new Error("no key of the signer's");
      return { endpoint, getKey: (name) => bytes(name === "auth" ? auth : p256dh) };
    };
    PushManager.prototype.getSubscription = async () => null;
  }, [service.url, b64(keys.getPublicKey()), b64(auth)]);
  const devtools = await page.context().newCDPSession(page);
  let registration;
  devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => { registration ??= registrations[0]?.registrationId; });
  await devtools.send("ServiceWorker.enable");

  await page.goto(rig.origin + "/settings");
  await page.getByRole("link", { name: "Notifications" }).click();
  await page.getByText("So far nobody is told.").waitFor();
  await page.getByRole("button", { name: "Tell me in this browser" }).click();
  await page.getByRole("heading", { name: "The ways we use" }).waitFor();

  const signed = app.signEvent(note("pushed about")).then(() => "signed", () => "refused");
  const push = await service.next();
  assert.equal(push.headers["content-encoding"], "aes128gcm");
  const { told } = open(push, keys, auth, new URL(service.url).origin);
  const [q] = rig.run("requests", "list");
  assert.deepEqual(told, { text: "A question is waiting for you.", link: `/#q-${q.id}` });
  assert.ok(!push.body.includes("question"), "nobody between reads it");

  await page.evaluate(() => navigator.serviceWorker.ready);
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: rig.origin, registrationId: registration, data: JSON.stringify(told) });
  const notes = () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => ({ title: n.title, body: n.body, to: n.data })));
  while ((await notes()).length === 0) await page.waitForTimeout(20);
  assert.deepEqual(await notes(), [{ title: "Privy Seal", body: told.text, to: rig.origin + told.link }]);

  const [worker] = page.context().serviceWorkers();
  await worker.evaluate(async () => {
    WindowClient.prototype.focus = async function focus() { return this; }; // takes a real click
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await page.waitForURL(`**/#q-${q.id}`);
  await page.locator(`#q-${q.id}`).waitFor();
  await page.getByRole("button", { name: "Don't post", exact: true }).click();
  assert.equal(await signed, "refused");
  assert.deepEqual(await page.evaluate(() => caches.keys()), [], "nothing is kept in the browser");

  await page.goto(rig.origin + "/notifications");
  await page.getByRole("button", { name: /^Try it/ }).click();
  assert.match(open(await service.next(), keys, auth, new URL(service.url).origin).told.text, /test/);
  await page.getByText("last told").waitFor();
  await page.getByRole("button", { name: /^Remove it/ }).click();
  await page.getByText("So far nobody is told.").waitFor();
  await page.context().close();
});

test("an ntfy topic takes the passphrase, and what fails is seen; nothing serious for axe", async () => {
  const page = await rig.device({ bypassCSP: true });
  await page.goto(rig.origin + "/notifications");
  await page.getByLabel("Its address").fill("http://127.0.0.1:9/topic");
  await page.getByRole("button", { name: "Add it An ntfy topic" }).click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("127.0.0.1:9").first().waitFor();
  await page.getByRole("button", { name: /^Try it/ }).click();
  await page.getByText("it could not be reached").waitFor();
  await looks(page, "notifications");
  await page.getByRole("button", { name: /^Remove it/ }).click();
  await page.getByText("So far nobody is told.").waitFor();
  await page.context().close();
});

test("it installs as an app", async () => {
  const page = await rig.device();
  const devtools = await page.context().newCDPSession(page);
  const { url, errors, data } = await devtools.send("Page.getAppManifest");
  assert.equal(new URL(url).pathname, "/app.webmanifest");
  assert.deepEqual(errors, []);
  for (const icon of JSON.parse(data).icons) assert.equal((await page.request.get(rig.origin + icon.src)).status(), 200, icon.src);
  await page.context().close();
});

test("what happened is found by words and by day, and saved whole; an app shows its week", async () => {
  const quiet = await rig.app("Amethyst", "--allow", "sign_event:1");
  await quiet.signEvent(note("of this week"));
  const page = await rig.device();
  await page.goto(rig.origin + "/apps?q=amethyst");
  await page.getByRole("link", { name: /Amethyst/ }).click();
  const week = page.locator("section").filter({ has: page.getByRole("heading", { name: "In the last seven days" }) });
  await week.getByText("1 ×").waitFor();
  await looks(page, "app-week", [1280, 390]);
  await page.getByRole("link", { name: "What it did" }).click();
  await page.getByText("Of all apps").waitFor();
  await page.getByLabel("Find what happened").fill("no such thing");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Nothing was done yet.").waitFor();
  await page.goto(rig.origin + "/activity?q=amethyst");
  assert.ok(await page.locator(".log li").count() > 0);
  await looks(page, "activity-found", [1280, 390]);
  await page.getByLabel("On this day").fill("2001-01-01");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Nothing was done yet.").waitFor();
  await page.goto(rig.origin + "/activity");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save it as a file" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  assert.deepEqual(lines.map((r) => r.seq), lines.map((_, i) => i + 1), "every record, in order");
  await page.context().close();
});
