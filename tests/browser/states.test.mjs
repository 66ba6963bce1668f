// What the login kit says in each state, with the one thing to do next, while
// somebody who is known to the app meets all of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finalizeEvent, generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { button, connect, good, isIn, kits, who } from "./kitrig.mjs";

const name = "State Crays";
let kit, rig, page;

before(async () => {
  kit = await kits();
  ({ rig } = kit);
  const context = await rig.browser.newContext({ bypassCSP: true, userAgent: "Known" });
  page = await context.newPage();
  await page.clock.install();
  await kit.come(page, "", kit.second); // where nobody else is told the name
  await kit.paste(page, name);
  await isIn(page);
  const me = await who(page);
  await page.request.post(`${kit.second}/name`, { form: { key: me, name: "Ana" } });
});
after(async () => {
  await page?.context().close();
  await kit?.stop();
});

const notice = () => page.locator("nostr-login dialog.notice");
const dialog = (text) => page.getByRole("dialog").getByText(text, { exact: true }).waitFor();
const ask = (event) => page.evaluate((e) => window.nostr.signEvent(e).then(() => "signed", (e) => e.code), event);
const isAna = () => page.getByRole("button", { name: "Your account: Ana" }).waitFor();

// out is the page of somebody whose session with the app is over.
async function out() {
  await page.context().clearCookies();
  await page.reload();
  return button(page, "Continue as Ana");
}

test("who is known is greeted by name, goes on with one tap, and from then on without", async () => {
  await page.reload();
  await isAna();
  const go = await out();
  await go.waitFor();
  await good(page, "known");
  await go.click();
  await isAna();
  await page.reload();
  await isAna(); // silently
});

test("a wait says for whom after a second, and after eight what to do", async () => {
  const post = ask({ kind: 1, content: "slow" });
  await dialog("Your key app needs you to say yes on its own page.");
  await notice().getByRole("link", { name: /^Open / }).waitFor();
  await good(page, "post-page");
  rig.run("requests", "approve", (await kit.asked(name, page)).id);
  assert.equal(await post, "signed");
  await notice().waitFor({ state: "hidden" });
  rig.run("apps", "auth-url", name, "off");
  const next = ask({ kind: 1, content: "slower" });
  await dialog("Waiting for your key app…");
  await notice().getByRole("button", { name: "Cancel" }).waitFor();
  await page.clock.fastForward(6_000);
  await dialog("Waiting for you to say yes in your key app.");
  await page.clock.fastForward(8_000);
  await dialog("Open your key app: the question is there.");
  await good(page, "waiting");
  rig.run("requests", "approve", (await kit.asked(name, page)).id);
  assert.equal(await next, "signed");
});

test("a no of the person, and one of their rules, are told apart", async () => {
  const post = ask({ kind: 1, content: "no" });
  rig.run("requests", "deny", (await kit.asked(name, page)).id);
  assert.equal(await post, "denied");
  await dialog("You said no. Nothing was done.");
  await good(page, "post-denied");
  await notice().getByRole("button", { name: "Close" }).last().click();
  rig.run("apps", "refuse", name, "sign_event:6");
  assert.equal(await ask({ kind: 6, content: "", tags: [["e", "22".repeat(32)]] }), "denied");
  await dialog("Your rules stop this site from doing that.");
  await good(page, "blocked");
  await notice().getByRole("button", { name: "Close" }).last().click();
});

test("what is too large is told as that", async () => {
  for (const size of [720_000, 900_000]) {
    assert.equal(await page.evaluate((n) => window.nostr.signEvent({ kind: 1, content: "x".repeat(n) }).then(() => "signed", (e) => `${e.code}: ${e.message}`), size).then((s) => s.split(":")[0]), "limit");
    await dialog("That is too much or too large for your key app.");
  }
  await good(page, "large");
  await notice().getByRole("button", { name: "Close" }).last().click();
});

test("a locked signer is told as that, and once it is open the same tap goes on", async () => {
  rig.run("lock");
  await (await out()).click();
  await dialog("Your key app is locked. Unlock it and try again.");
  await good(page, "locked");
  rig.unlock();
  await button(page, "Try again").click();
  await isAna();
});

test("too many tries wait four seconds, and go on by themselves", async () => {
  const go = await out();
  await go.waitFor();
  for (let tries = 0, status = 200; status !== 429; tries++) {
    assert.ok(tries < 40);
    status = (await page.request.post(`${kit.second}/login/nostr/challenge`, { headers: { origin: kit.second, "user-agent": "Known" } })).status();
  }
  await go.click();
  await dialog("Too much to do right now. Trying again in 4 seconds.");
  await good(page, "busy");
  await isAna();
});

test("a code grows old after three minutes, and a new one is one tap away", async () => {
  const other = await (await rig.browser.newContext({ bypassCSP: true })).newPage();
  await other.clock.install();
  await kit.come(other);
  await button(other, "Continue with Nostr").click();
  const code = other.getByRole("img", { name: "A code to scan with your key app" });
  await code.waitFor();
  await other.clock.fastForward(181_000);
  await other.getByText("This code is too old to use.").waitFor();
  await good(other, "code-old");
  await button(other, "New code").click();
  await code.waitFor();
  await other.context().close();
});

test("a wrong clock does no harm where the app has a server, and is told where it has none", async () => {
  for (const off of [-240_000, 240_000]) {
    const context = await rig.browser.newContext({ bypassCSP: true });
    await context.addInitScript((off) => { const now = Date.now; Date.now = () => now() + off; }, off);
    const there = await context.newPage();
    await kit.come(there);
    await kit.paste(there, `Clock ${off}`);
    await isIn(there);
    const alone = await context.newPage();
    await alone.goto(`${kit.second}/?with=${encodeURIComponent(`api="" relays="${rig.ready.relay}"`)}`);
    await connect(alone, rig.run("invite", "--app-name", `Clock ${off}`, "--preset", "ask").uri);
    await alone.getByText("Your clock is off by 4 minutes. Set it and try again.").waitFor();
    if (off > 0) await good(alone, "clock");
    await button(alone, "Try again").waitFor();
    await context.close();
  }
});

test("an answer that is not what was asked for is stopped", async () => {
  const key = generateSecretKey();
  const context = await rig.browser.newContext({ bypassCSP: true });
  await context.exposeFunction("whose", () => getPublicKey(key));
  await context.exposeFunction("signs", (t) => finalizeEvent({ ...t, tags: t.tags.map(([k, v]) => [k, k === "u" ? "https://evil.example/login" : v]) }, key));
  await context.addInitScript(() => (window.nostr = { getPublicKey: () => window.whose(), signEvent: (t) => window.signs(t) }));
  const there = await kit.come(await context.newPage());
  await button(there, "Continue with Nostr").click();
  await there.getByText("The answer is not what we asked for. We stopped it.").waitFor();
  await good(there, "stopped");
  await button(there, "Use another way").click();
  await there.getByText("How do you want to log in?").waitFor();
  await good(there, "choose");
  assert.equal(await who(there), "");
  await context.close();
});
