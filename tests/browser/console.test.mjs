import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import http from "node:http";
import { looks, note, passphrase, relay, start } from "./rig.mjs";

let rig, app;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  app = await rig.app("Coracle", "--preset", "ask");
});
after(() => rig?.stop());

// raw asks over HTTP as no browser would.
const raw = (path, { method = "GET", headers = {}, body } = {}) => new Promise((resolve, reject) => {
  const { port } = new URL(rig.origin);
  const req = http.request({ host: "127.0.0.1", port, path, method, headers: { host: `localhost:${port}`, ...headers } }, (res) => {
    let text = "";
    res.on("data", (d) => { text += d; });
    res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, text }));
  });
  req.on("error", reject);
  req.end(body);
});

test("a post is asked about, approved and signed", async () => {
  const page = await rig.device();
  assert.equal(new URL(page.url()).pathname, "/", "the code is gone from the address");
  const signed = app.signEvent(note("gm, coffee is ready"));
  await page.getByRole("heading", { name: /Coracle wants to post/ }).waitFor();
  await page.getByText("gm, coffee is ready").first().waitFor();
  await page.getByRole("button", { name: "Post it", exact: true }).click();
  assert.equal((await signed).content, "gm, coffee is ready");
  await page.getByText("No app is asking for anything.").waitFor();
  await page.context().close();
});

test("what is answered on one device is gone from the other within a second", async () => {
  const [laptop, phone] = [await rig.device(), await rig.device({ viewport: { width: 390, height: 800 } })];
  const signed = app.signEvent(note("twice shown")).then(() => "signed", () => "refused");
  const card = (page) => page.getByRole("article").filter({ hasText: "twice shown" });
  await Promise.all([card(laptop).waitFor(), card(phone).waitFor()]);
  await card(phone).getByRole("button", { name: "Don't post", exact: true }).click();
  const began = Date.now();
  await card(laptop).waitFor({ state: "detached", timeout: 1000 });
  assert.ok(Date.now() - began < 1000);
  assert.equal(await signed, "refused");
  await laptop.context().close();
  await phone.context().close();
});

test("what is serious stands with the safe choice first, and takes the passphrase", async () => {
  const page = await rig.device();
  const signed = app.signEvent({ ...note(""), kind: 5, tags: [["e", "11".repeat(32)]] });
  const card = page.getByRole("article").filter({ hasText: "Coracle" });
  await card.waitFor();
  const buttons = card.locator("button");
  const yes = card.locator("button[value=yes]");
  assert.equal(await buttons.first().getAttribute("value"), "no");
  await yes.click();
  await page.getByLabel("Your passphrase").fill("wrong horse");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
  assert.equal((await signed).kind, 5);
  await page.context().close();
});

test("what an app asks at once is one card, with one answer to all", async () => {
  const page = await rig.device();
  const many = [1, 2, 3].map((n) => app.signEvent(note(`one of ${n}`)));
  await page.getByRole("article").getByRole("listitem").nth(2).waitFor();
  await page.getByRole("article").locator("button[value=yes]").click();
  assert.equal((await Promise.all(many)).length, 3);
  await page.context().close();
});

test("a change is undone", async () => {
  const elsewhere = await relay();
  rig.run("relays", "add", elsewhere.url);
  const page = await rig.device();
  const profile = (about) => app.signEvent({ ...note(JSON.stringify({ name: "Ana", about })), kind: 0 });
  for (const about of ["bakes", "walks"]) {
    const signed = profile(about);
    await page.goto(rig.origin);
    await page.getByRole("article").filter({ hasText: "profile" }).waitFor();
    await page.locator("button[value=yes]").click();
    const proof = page.getByLabel("Your passphrase").waitFor().then(() => true, () => false);
    if (await Promise.race([proof, signed.then(() => false)])) {
      await page.getByLabel("Your passphrase").fill(passphrase);
      await page.getByRole("button", { name: "Go on" }).click();
    }
    await signed;
  }
  await page.goto(rig.origin + "/activity");
  await page.getByRole("link", { name: "Undo" }).first().click();
  await page.getByRole("button", { name: "Put it back" }).click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL("**/activity");
  const restored = elsewhere.kept.find((e) => e.kind === 0);
  assert.equal(JSON.parse(restored.content).about, "bakes");
  await page.goto(`${rig.origin}/identities/${rig.run("identity", "list")[0].id}`);
  await page.getByRole("definition").filter({ hasText: "bakes" }).waitFor();
  await looks(page, "account-profile", [1280, 390]);
  rig.run("relays", "remove", elsewhere.url);
  elsewhere.stop();
  await page.context().close();
});

test("a locked vault says so, and is unlocked", async () => {
  const page = await rig.device();
  const later = (await rig.app("Waiter", "--preset", "ask")).signEvent(note("after the lock"));
  await page.getByText("after the lock").waitFor();
  rig.run("lock");
  await page.goto(rig.origin);
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor();
  await page.getByText("Questions that wait: 1. Unlock to see them.").waitFor();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor({ state: "detached" });
  await page.getByRole("article").filter({ hasText: "after the lock" }).getByRole("button", { name: "Post it" }).click();
  assert.equal((await later).content, "after the lock");
  await page.context().close();
});

test("the passphrase signs in, and without scripts questions are answered", async () => {
  const page = await (await rig.browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(rig.origin.replace("localhost", "127.0.0.1"));
  assert.equal(new URL(page.url()).hostname, "localhost");
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Log in" }).click();
  const signed = app.signEvent(note("no scripts"));
  while (await page.getByText("no scripts").count() === 0) await page.goto(rig.origin);
  await page.getByRole("button", { name: "Post it", exact: true }).click();
  assert.equal((await signed).content, "no scripts");
  await page.context().close();
});

test("what an app writes is text and nothing else", async () => {
  const page = await rig.device();
  const evil = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`;
  const refused = app.signEvent(note(evil)).then(() => "signed", () => "refused");
  const quote = page.locator("blockquote").filter({ hasText: "onerror" });
  await quote.waitFor();
  assert.equal(await page.locator("blockquote img, blockquote script").count(), 0);
  assert.notEqual(await page.title(), "pwned");
  await page.getByRole("button", { name: "Don't post", exact: true }).click();
  assert.equal(await refused, "refused");
  await page.context().close();
});

test("a link signs in once", async () => {
  const link = new URL(rig.link());
  assert.equal((await raw(link.pathname)).status, 303);
  const again = await raw(link.pathname);
  assert.equal(again.status, 403);
  assert.equal(again.headers["set-cookie"], undefined);
});

test("other hosts, other sites, frames and forms of nobody's are refused", async () => {
  const enter = await raw(new URL(rig.link()).pathname);
  const cookie = enter.headers["set-cookie"][0];
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  const session = { cookie: cookie.split(";")[0] };
  assert.equal((await raw("/", { headers: session })).status, 200, "the session itself works");
  assert.equal((await raw("/", { headers: { ...session, host: "evil.example" } })).status, 403, "DNS rebinding");
  assert.equal((await raw("/", { headers: { ...session, "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" } })).status, 403, "framed");
  const page = await raw("/", { headers: session });
  assert.match(page.headers["content-security-policy"], /frame-ancestors 'none'/);
  const form = { ...session, origin: rig.origin, "content-type": "application/x-www-form-urlencoded" };
  const out = (headers, body) => raw("/logout", { method: "POST", headers, body });
  assert.equal((await out({ ...form, origin: "http://evil.example" }, "")).status, 403, "another origin");
  assert.equal((await out({ ...form, origin: "null" }, "")).status, 403, "no origin");
  assert.equal((await out(form, "form=00")).status, 403, "a form of nobody's");
  const key = page.text.match(/name="form" value="([0-9a-f]+)"/)[1];
  assert.equal((await out(form, `form=${key}`)).status, 303);
  assert.equal((await raw("/", { headers: session })).headers.location, "/login", "a stolen session after its end");
});

test("nothing serious for axe, on every page, wide and narrow, light and dark", async () => {
  const asked = app.signEvent(note("Sunday: bread, then a walk along the river.")).catch(() => {});
  const serious = app.signEvent({ ...note(""), kind: 5, tags: [["e", "22".repeat(32)]] }).catch(() => {});
  const id = rig.run("apps", "list")[0].id;
  const page = await rig.device({ bypassCSP: true });
  for (const path of ["/", "/apps", `/apps/${id}`, "/activity?check=1", "/connections", "/you", "/settings", "/login"]) {
    await page.goto(rig.origin + path);
    if (path === "/") await page.getByRole("article").nth(1).waitFor();
    await looks(page, path);
  }
  await page.context().close();
  for (const q of rig.run("requests", "list")) rig.run("requests", "deny", q.id);
  await Promise.all([asked, serious]);
});
