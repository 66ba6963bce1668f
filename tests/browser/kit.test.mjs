// Somebody logs in to a web app of another origin with the login kit: by a
// pasted link, by a code, by an extension, at the signer's own page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import http from "node:http";
import { finalizeEvent, generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { button, good, isIn, kits, prove, read, who } from "./kitrig.mjs";
import { passphrase, relay } from "./rig.mjs";

let kit, rig, origin, visit, asked, paste;

before(async () => {
  kit = await kits();
  ({ rig, origin, visit, asked, paste } = kit);
});
after(() => kit?.stop());

test("a code on the screen is read by a phone, and both show the same digits", async () => {
  const page = await visit("", { bypassCSP: true });
  await good(page, "button");
  await button(page, "Continue with Nostr").click();
  await page.getByRole("img", { name: "A code to scan with your key app" }).waitFor();
  await good(page, "code");
  const seen = read(await page.screenshot());
  const asks = new URL(seen);
  assert.equal(asks.searchParams.get("auth_url"), "1");
  assert.equal(asks.searchParams.get("name"), "Crays");
  assert.ok(asks.searchParams.get("secret").length >= 32);
  const phone = await rig.device();
  await phone.goto(`${rig.origin}/connect?uri=${encodeURIComponent(seen)}`);
  await phone.getByText(await page.locator("nostr-login .digits").innerText()).first().waitFor();
  await phone.getByRole("button", { name: "Connect", exact: true }).click();
  await prove(phone);
  const q = await asked("Crays", page);
  assert.match(q.title, /log in to localhost/);
  await page.getByText("Your key app needs you to say yes on its own page.").waitFor();
  const step = page.getByRole("link", { name: /^Open / });
  assert.equal(new URL(await step.getAttribute("href")).origin, rig.origin);
  assert.equal(await step.getAttribute("rel"), "noopener noreferrer");
  await good(page, "second-step");
  rig.run("requests", "approve", q.id);
  await isIn(page);
  await phone.context().close();
  await page.context().close();
});

test("a pasted link logs in, a reload stays, window.nostr works, and logging out ends it on both sides", async () => {
  const page = await visit();
  await button(page, "Continue with Nostr").click();
  await button(page, "Use another way").click();
  await page.keyboard.press("Escape");
  await paste(page, "Pasted Crays");
  await isIn(page);
  await page.reload();
  await isIn(page);
  const pubkey = await who(page);
  assert.equal(await page.evaluate(() => window.nostr.getPublicKey()), pubkey);
  const post = page.evaluate(() => window.nostr.signEvent({ kind: 1, content: "by the kit", tags: [], created_at: 1790000000 }));
  const q = await asked("Pasted Crays", page);
  await page.getByText("Your key app needs you to say yes on its own page.").waitFor();
  rig.run("requests", "approve", q.id);
  assert.equal((await post).pubkey, pubkey);
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await isIn(tab);
  const likes = [page, tab].map((p) => p.evaluate((e) => window.nostr.signEvent({ kind: 7, content: "+", tags: [["e", e], ["p", e]] }), "22".repeat(32)));
  assert.deepEqual((await Promise.all(likes)).map((e) => e.pubkey), [pubkey, pubkey], "two tabs at once");
  await tab.close();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await button(page, "Log out here").click();
  await page.getByText("You are logged out here.").waitFor();
  assert.equal(await who(page), "");
  assert.equal(await page.evaluate(() => localStorage.getItem("nostr-login")), "[]");
  assert.deepEqual(page.failures, []);
  await page.context().close();
});

test("a known person goes on with one tap, in a second", async () => {
  const page = await visit();
  await paste(page, "Known Crays");
  await isIn(page);
  await page.context().clearCookies();
  const start = Date.now();
  await page.reload();
  await button(page, "Continue as your account").waitFor();
  const shown = Date.now() - start;
  await page.waitForTimeout(300); // as a person looks before the tap
  const tap = Date.now();
  await button(page, "Continue as your account").click();
  await isIn(page);
  const took = Date.now() - tap;
  console.log(`# load to "Continue as": ${shown} ms; tap to logged in: ${took} ms`);
  await page.context().close();
});

test("a wrong link and a no are told, each with one thing to do", async () => {
  const page = await visit("", { bypassCSP: true });
  const { uri } = rig.run("invite", "--app-name", "Denied Crays", "--preset", "ask");
  await button(page, "Continue with Nostr").click();
  await button(page, "Use another way").click();
  await page.getByRole("button", { name: "Online account" }).click();
  await good(page, "online");
  await page.getByLabel("Your address or a link").fill("bunker://nonsense");
  await button(page, "Go on").click();
  await page.getByText("That is not a link of a key app.").waitFor();
  await good(page, "wrong-link");
  await button(page, "Try again").click();
  await page.getByLabel("Your address or a link").fill(uri);
  await button(page, "Go on").click();
  rig.run("requests", "deny", (await asked("Denied Crays", page)).id);
  await page.getByText("You said no. Nothing was done.").waitFor();
  await good(page, "denied");
  await button(page, "Ask again").click();
  rig.run("requests", "approve", (await asked("Denied Crays", page)).id);
  await isIn(page);
  await page.getByRole("button", { name: /^Your account/ }).click();
  await good(page, "in");
  await page.context().close();
});

test("an extension in the browser comes first, and another account in it is noticed", async () => {
  const context = await rig.browser.newContext();
  let key = generateSecretKey();
  await context.exposeFunction("whose", () => getPublicKey(key));
  await context.exposeFunction("signs", (t) => finalizeEvent(t, key));
  await context.addInitScript(() => (window.nostr = { getPublicKey: () => window.whose(), signEvent: (t) => window.signs(t) }));
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await button(page, "Continue with Nostr").click();
  await isIn(page);
  assert.equal(await who(page), getPublicKey(key));
  await context.clearCookies();
  await page.reload();
  key = generateSecretKey();
  await button(page, "Continue as your account").click();
  await page.getByText("You said yes as another account.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: /^Go on as/ }).click();
  await isIn(page);
  assert.equal(await who(page), getPublicKey(key));
  await context.close();
});

test("the signer's own page connects, and leads back logged in: whose page that is was checked", async () => {
  const page = await visit(`signer="${rig.origin}"`, { bypassCSP: true });
  await button(page, "Continue with Nostr").click();
  await good(page, "hosted");
  await page.getByRole("button", { name: /^Go on at/ }).click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("heading", { name: /wants to connect/ }).waitFor();
  await page.getByRole("button", { name: "Not now" }).click(); // told to the app, and told once
  await page.waitForURL(origin + "/**");
  await page.getByText("You said no. Nothing was done.").waitFor();
  await page.reload();
  await button(page, "Continue with Nostr").click();
  await page.getByRole("button", { name: /^Go on at/ }).click();
  await page.getByRole("heading", { name: /wants to connect/ }).waitFor();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await prove(page);
  await page.waitForURL(origin + "/**");
  await isIn(page);
  assert.ok(!page.url().includes("nostr_code"), "the code is gone from the address");
  await page.context().close();
});

test("signers that relays tell of are offered if their own domain says so, and no others", async () => {
  const key = generateSecretKey();
  const host = http.createServer((req, res) => {
    res.setHeader("access-control-allow-origin", "*");
    if (req.url.startsWith("/.well-known/")) return res.end(JSON.stringify({ names: { _: getPublicKey(key) }, nip46: { relays: [rig.ready.relay], nostrconnect_url: `${at}/connect?uri=<nostrconnect>` } }));
    res.setHeader("content-type", "text/html");
    res.end("<h1>The other signer</h1>");
  });
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  const at = `http://localhost:${host.address().port}`;
  const says = (url, by = key) => finalizeEvent({ kind: 31990, created_at: 1_790_000_000, content: "", tags: [["d", "x"], ["k", "24133"], ["nostrconnect_url", url]] }, by);
  const told = await relay();
  told.kept.push(
    says(`${rig.origin}/connect?uri=<nostrconnect>`, generateSecretKey()), // of another's domain
    says(`${at}/connect?uri=<nostrconnect>`, generateSecretKey()),
    says("javascript:alert(document.domain)//<nostrconnect>"),
    says("http://seal.example/<nostrconnect>"),
    says(`${at}/connect?uri=<nostrconnect>`),
  );
  const page = await visit(`relays="${told.url}"`);
  await button(page, "Continue with Nostr").click();
  await button(page, "Use another way").click();
  await page.getByRole("button", { name: "Online account" }).click();
  const offered = page.locator("nostr-login .way");
  await offered.first().waitFor();
  assert.deepEqual(await offered.allInnerTexts(), [new URL(at).host]);
  await offered.click();
  await page.getByRole("heading", { name: "The other signer" }).waitFor();
  assert.match(new URL(page.url()).searchParams.get("uri"), /^nostrconnect:/);
  assert.deepEqual(page.failures, []);
  await page.context().close();
  host.close();
  told.stop();
});
