// Another site finds the signer by its address, sends its person to its page with
// a link, and gets them back: who asks, what it may do and never may, the number
// that both show; and what is refused.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import http from "node:http";
import { BunkerSigner, createNostrConnectURI, parseBunkerInput } from "nostr-tools/nip46";
import { generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { looks, passphrase, start } from "./rig.mjs";

let rig, site, home;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  site = http.createServer((req, res) => {
    res.setHeader("content-type", "text/html");
    res.end(req.url.startsWith("/back") ? "<h1>Back at the app</h1>" : "<h1>The app</h1>");
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  home = `http://localhost:${site.address().port}`;
});
after(() => { site.close(); return rig?.stop(); });

// told is what the signer tells of itself, as a page of another site reads it.
const told = (page) => page.evaluate(async (at) => (await fetch(at + "/.well-known/nostr.json?name=_")).json(), rig.origin);

// asking is an app that has found the signer and waits.
function asking(doc, name, more = {}) {
  const key = generateSecretKey(), client = getPublicKey(key), secret = crypto.randomUUID();
  let uri = createNostrConnectURI({ clientPubkey: client, relays: doc.nip46.relays, secret, name, url: home, ...more });
  if (more.callback !== null) uri += `&callback=${encodeURIComponent(more.callback ?? home + "/back")}`;
  const app = BunkerSigner.fromURI(key, uri, { pool: rig.pool }, 60_000);
  app.catch(() => {});
  const sum = createHash("sha256").update(Buffer.from(client, "hex")).update(secret).digest();
  return { app, uri, code: String(sum.readUInt32BE() % 1000).padStart(3, "0") };
}

// go sends the person there as nostr-login does: the link as it is.
const go = (page, doc, uri) => page.evaluate((to) => { location.href = to; }, doc.nip46.nostrconnect_url.replace("<nostrconnect>", uri));

const visitor = async () => (await rig.browser.newContext({ bypassCSP: true })).newPage();

test("a person is sent here by an app, logs in, sees who asks, says yes and is back", async () => {
  const page = await visitor();
  await page.goto(home);
  const doc = await told(page);
  assert.match(doc.names._, /^[0-9a-f]{64}$/);
  assert.equal(doc.nip46.nostrconnect_url, rig.origin + "/connect?uri=<nostrconnect>");
  const { app, uri, code } = asking(doc, "Larder", { perms: ["sign_event:1"] });
  await go(page, doc, uri);
  await page.getByText("An app sent you here.").waitFor();
  await looks(page, "landing-login");
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("heading", { name: "Larder wants to connect" }).waitFor();
  await page.getByText(`It says it comes from ${new URL(home).host}.`).waitFor();
  await page.getByText("You connect it as ana.").waitFor();
  assert.equal(await page.locator(".digits").textContent(), code, "the app shows the same number");
  await page.getByText("It posts and reacts for you.").waitFor();
  await page.getByText("See your key. It stays here.").waitFor();
  await page.getByText("Pay from your wallet without asking you.").waitFor();
  await page.getByText("See all of it, or choose something else").click();
  await page.getByLabel("Just log in").check();
  await page.getByText("It sees who you are, and logs you in.", { exact: true }).waitFor();
  assert.equal(await page.getByText("It posts and reacts for you.").isVisible(), false, "what is chosen is what is said");
  await looks(page, "landing-open");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  // The passphrase was typed a moment ago, for this.
  await page.getByRole("heading", { name: "Back at the app" }).waitFor();
  const back = new URL(page.url());
  assert.equal(back.origin + back.pathname, home + "/back");
  const signer = await app;
  assert.equal(await signer.getPublicKey(), rig.run("identity", "list")[0].pubkey);
  assert.equal(rig.run("apps", "show", "Larder").preset, "sign-in");
  // Who sends the code back is from there, and logs in there without a question.
  await signer.sendRequest("connect", [signer.bp.pubkey, back.searchParams.get("nostr_code")]);
  assert.equal(rig.run("apps", "show", "Larder").checked, back.host);
  const login = await signer.signEvent({ kind: 27235, content: "", created_at: Math.floor(Date.now() / 1000), tags: [["u", home + "/login"], ["method", "GET"], ["challenge", "c"]] });
  assert.equal(login.kind, 27235);
  await page.context().close();
});

test("what is no safe page, or another site's, takes nobody back by itself", async () => {
  const page = await rig.device({ bypassCSP: true });
  const doc = await told(page);
  for (const callback of ["javascript:alert(1)", "http://shop.example/back", "https://аpple.example/", "https://a@b.example/", "data:text/html,x"]) {
    await page.goto(`${rig.origin}/connect?uri=${encodeURIComponent(asking(doc, "Sly", { callback }).uri)}`);
    await page.getByText("It also wants to open what is no safe page.").waitFor();
    assert.ok(!(await page.content()).includes("Then you go back"), callback);
  }
  await page.getByRole("button", { name: "Not now" }).click();
  await page.getByRole("heading", { name: "You said no" }).waitFor();
  assert.equal(await page.locator("meta[http-equiv=refresh], main a").count(), 0, "nor does a no");
  const { uri } = asking(doc, "Sly", { callback: "https://evil.example/x" });
  await page.goto(`${rig.origin}/connect?uri=${encodeURIComponent(uri)}`);
  await page.getByText("Take care: it wants to send you to evil.example").waitFor();
  await page.getByRole("link", { name: "Add an account" }).click(); // for somebody new, who comes back after that
  await page.getByRole("heading", { name: "Add an account" }).waitFor();
  await page.getByRole("link", { name: "Go back" }).click();
  await page.getByText("Take care: it wants to send you to evil.example").waitFor();
  await looks(page, "landing-elsewhere");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Sly is connected" }).waitFor();
  assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0);
  await page.getByRole("link", { name: "Back to evil.example" }).waitFor();
  await page.context().close();
});

test("an app that waits where we cannot reach it is told so before and after", async () => {
  const page = await rig.device({ bypassCSP: true });
  const { uri } = asking(await told(page), "Hermit", { relays: ["ws://127.0.0.1:9/"] });
  await page.goto(`${rig.origin}/connect?uri=${encodeURIComponent(uri)}`);
  await page.getByText("It waits at a place that we may not reach.").waitFor();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "We can't reach the app yet" }).waitFor();
  await looks(page, "landing-unreached");
  await page.getByRole("link", { name: "Back to " }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("This app is connected already").waitFor();
  await page.context().close();
});

test("the page is shown in no frame, and what is told goes to no other site", async () => {
  const page = await rig.device();
  await page.goto(home);
  const framed = page.waitForResponse(rig.origin + "/connect?uri=x");
  await page.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { src })), rig.origin + "/connect?uri=x");
  assert.equal((await framed).status(), 403);
  const far = await page.request.get(rig.origin + "/.well-known/nostr.json", { headers: { origin: "https://app.example" } });
  assert.equal(far.status(), 403);
  await page.context().close();
});

test("nostr-tools reads the address, too", async () => {
  const real = globalThis.fetch; // it asks by https only
  const { useFetchImplementation } = await import("nostr-tools/nip46");
  useFetchImplementation((url, o) => real(String(url).replace(/^https:\/\/seal\.example/, rig.origin), o));
  const found = await parseBunkerInput("_@seal.example");
  useFetchImplementation(real);
  assert.match(found.pubkey, /^[0-9a-f]{64}$/);
  assert.deepEqual(found.relays, [rig.ready.relay]);
});
