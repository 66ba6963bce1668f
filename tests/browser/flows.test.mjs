// What a person does with an account after the first login: another account,
// another device, an answer elsewhere, rights changed and taken, an account that
// was there before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { button, good, isIn, kits, who } from "./kitrig.mjs";
import { passphrase } from "./rig.mjs";

let kit, rig;

before(async () => {
  kit = await kits();
  ({ rig } = kit);
});
after(() => kit?.stop());

// like is of another note each time: what is the same gets the same answer.
let notes = 0;
const like = (page) => page.evaluate((e) => window.nostr.signEvent({ kind: 7, content: "+", tags: [["e", e]] }).then(() => "signed", (e) => e.code), String(++notes).padStart(64, "0"));
const dialog = (page, text) => page.getByRole("dialog").getByText(text, { exact: true }).waitFor();

test("a second device joins, one answers what the other asks, and logging out everywhere ends both", async () => {
  const desk = await kit.visit(`app-name="Desk Crays"`);
  await kit.paste(desk, "Desk Crays");
  await isIn(desk);
  const pocket = await kit.visit(`app-name="Pocket Crays" signer="${rig.origin}"`, { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true });
  await button(pocket, "Continue with Nostr").click();
  await pocket.getByRole("button", { name: /^Go on at/ }).click();
  await pocket.getByLabel("Your passphrase").fill(passphrase);
  await pocket.getByRole("button", { name: "Log in", exact: true }).click();
  await pocket.getByRole("button", { name: "Connect", exact: true }).click();
  await pocket.waitForURL(kit.origin + "/**");
  await isIn(pocket);
  assert.equal(await who(pocket), await who(desk));
  // The desk asks; the phone, at the signer's page, answers.
  const post = desk.evaluate(() => window.nostr.signEvent({ kind: 1, content: "asked at the desk" }).then(() => "signed"));
  const there = await pocket.context().newPage();
  await there.goto(rig.origin);
  await there.getByRole("article").filter({ hasText: "asked at the desk" }).getByRole("button", { name: "Post it", exact: true }).click();
  assert.equal(await post, "signed");
  await desk.getByRole("button", { name: /^Your account/ }).click();
  await button(desk, "Log out everywhere").click();
  await desk.getByText("You are logged out everywhere. Your account is unchanged.").waitFor();
  assert.equal(await who(desk), "");
  assert.equal(await who(pocket), "");
  await pocket.reload();
  await button(pocket, "Continue as your account").waitFor();
  await Promise.all([desk, pocket].map((p) => p.context().close()));
});

test("what an app may do is changed at the signer, and taken, and the app says so", async () => {
  const page = await kit.visit(`app-name="Allowed Crays"`, { bypassCSP: true });
  await kit.paste(page, "Allowed Crays");
  await isIn(page);
  assert.equal(await like(page), "signed");
  const there = await rig.device();
  await there.getByRole("link", { name: "Apps" }).click();
  await there.getByRole("link", { name: /^Allowed Crays/ }).click();
  const rule = there.locator(".rules > li").filter({ hasText: "react" });
  await rule.getByRole("button", { name: /^Stop allowing this/ }).click();
  await there.getByRole("heading", { name: "Stopped" }).waitFor();
  const asked = like(page);
  await page.getByText("Your key app needs you to say yes on its own page.").waitFor();
  rig.run("requests", "approve", (await kit.asked("Allowed Crays", page)).id);
  assert.equal(await asked, "signed");
  await there.getByRole("link", { name: "Back to Allowed Crays" }).click();
  await there.getByRole("button", { name: "End it for good" }).click();
  await there.getByText("ended").first().waitFor();
  assert.equal(await like(page), "revoked");
  await dialog(page, "You took this site's access away. Log in again to go on.");
  await good(page, "ended");
  await page.getByRole("dialog").getByRole("button", { name: "Go on" }).click();
  await page.getByRole("img", { name: "A code to scan with your key app" }).waitFor();
  await Promise.all([page, there].map((p) => p.context().close()));
});

test("who had an account before links the key to it, and comes in by the key from then on", async () => {
  const page = await kit.visit(`app-name="Linked Crays"`);
  const post = (path, form = {}) => page.evaluate(async ([path, form]) => (await fetch(path, { method: "POST", body: new URLSearchParams(form) })).status, [path, form]);
  assert.equal(await post("/account/link"), 401);
  assert.equal(await post("/account", { name: "Carol" }), 200);
  assert.equal(await post("/account/link"), 401, "no key yet");
  await kit.paste(page, "Linked Crays");
  await isIn(page);
  const mine = (page) => page.evaluate(async () => (await fetch("/account")).text());
  assert.equal(await mine(page), "");
  assert.equal(await post("/account/link"), 200);
  const elsewhere = await kit.visit(`app-name="Linked Crays"`);
  await kit.paste(elsewhere, "Linked Crays 2");
  await isIn(elsewhere);
  assert.equal(await mine(elsewhere), "Carol");
  await Promise.all([page, elsewhere].map((p) => p.context().close()));
});
