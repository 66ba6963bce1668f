// The eight prompts that set the bar for the words, asked by real apps and each
// answered in the browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BunkerSigner, parseBunkerInput } from "nostr-tools/nip46";
import { getConversationKey, encrypt } from "nostr-tools/nip44";
import { generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { npubEncode } from "nostr-tools/nip19";
import { looks, note, passphrase, start } from "./rig.mjs";

const bea = generateSecretKey(), wallet = generateSecretKey();
const outcome = (asked) => asked.then((got) => got, () => "refused");
let rig, page, app, me;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  rig.run("settings", "set", "names", `Bea=${npubEncode(getPublicKey(bea))}`);
  app = await rig.app("Eight", "--preset", "ask");
  me = await app.getPublicKey();
  page = await rig.device({ bypassCSP: true });
});
after(() => rig?.stop());

const event = (kind, tags = [], content = "") => ({ ...note(content), kind, tags });
const sealed = (by, text) => encrypt(text, getConversationKey(by, me));

// answers finds the card with that title and presses a button; what is serious is
// typed and proven.
async function answers(title, button, { lines = [], typed, serious = false, shot } = {}) {
  const card = page.getByRole("article").filter({ has: page.getByRole("heading", { name: title }) });
  await card.waitFor();
  for (const line of lines) await card.getByText(line).waitFor();
  if (shot) await looks(page, shot, [1280, 390]);
  if (typed) await card.getByLabel(`To go on, type ${typed}.`).fill(typed);
  await card.getByRole("button", { name: button, exact: true }).click();
  if (serious) {
    await page.getByLabel("Your passphrase").fill(passphrase);
    await page.getByRole("button", { name: "Go on" }).click();
  }
}

test("A: a post", async () => {
  const signed = app.signEvent(event(1, [], "gm, coffee is ready"));
  await answers("Eight wants to post this for everyone to see:", "Post it", { lines: ["gm, coffee is ready"] });
  assert.equal((await signed).content, "gm, coffee is ready");
});

test("B: a list of follows of which most would be gone", async () => {
  const many = Array.from({ length: 341 }, (_, i) => ["p", (i + 1).toString(16).padStart(64, "0")]);
  const first = app.signEvent(event(3, many.slice(0, 340)));
  await answers(/change who you follow/, await yesOf(/change who you follow/), { serious: true });
  await first;
  const signed = app.signEvent(event(3, many.slice(312)));
  await answers("Eight wants to change who you follow: 312 people would be removed, 1 added.", "Remove 312 people", {
    typed: "312", serious: true, lines: ["You follow 340 people now. After this you follow 29.", "You can undo this."], shot: "follows",
  });
  assert.equal((await signed).tags.length, 29);
});

test("C: a profile whose tips would go elsewhere", async () => {
  const profile = (more) => app.signEvent(event(0, [], JSON.stringify({ name: "Ana", picture: "https://a.example/p.png", ...more })));
  const first = profile({ about: "bakes", lud16: "ana@home.example" });
  await answers(/change your profile/, await yesOf(/change your profile/), { serious: true });
  await first;
  const signed = profile({ lud16: "x9@pay.example" });
  await answers("Eight wants to change your profile.", "Change it", { serious: true, lines: ["Tips would go to a different wallet: was ana@home.example, now x9@pay.example.", "Your bio would be erased."] });
  assert.equal(JSON.parse((await signed).content).lud16, "x9@pay.example");
});

test("D: logging in to a website", async () => {
  const signed = app.signEvent(event(27235, [["u", "https://zap.kitchen/login"], ["method", "GET"]]));
  await answers("Eight wants to log in to zap.kitchen as you.", "Log in", { serious: true });
  assert.equal((await signed).kind, 27235);
});

test("E: an app that nobody can check reads a chat", async () => {
  const invite = rig.run("invite", "--preset", "ask");
  const nobody = BunkerSigner.fromBunker(generateSecretKey(), await parseBunkerInput(invite.uri), { pool: rig.pool });
  await nobody.connect();
  const shown = outcome(nobody.nip44Decrypt(getPublicKey(bea), sealed(bea, "see you at six")));
  await answers(/wants to read your private chat with Bea/, "Don't share");
  assert.equal(await shown, "refused");
});

test("F: an app that reads many private messages", async () => {
  rig.run("settings", "set", "rate-reading", "3");
  const reader = await rig.app("Amethyst", "--preset", "messages", "--allow", "nip44_decrypt");
  const reads = Array.from({ length: 6 }, (_, i) => outcome(reader.nip44Decrypt(getPublicKey(bea), sealed(bea, `message ${i}`))));
  await answers(/^Amethyst wants to read many private messages/, "Let it read for 1 hour", { serious: true, lines: ["We have paused it."] });
  assert.deepEqual(await Promise.all(reads), [0, 1, 2, 3, 4, 5].map((i) => `message ${i}`));
  rig.run("settings", "set", "rate-reading", "");
});

test("G: a payment", async () => {
  const order = sealed(wallet, JSON.stringify({ method: "pay_invoice", params: { invoice: "lnbc21u1pexample" } }));
  const paid = app.signEvent(event(23194, [["p", getPublicKey(wallet)]], order));
  await answers("Eight wants to pay 2,100 sats from your wallet.", "Pay 2,100 sats", { serious: true, lines: ["Left for today: 10,000 sats."] });
  assert.equal((await paid).kind, 23194);
});

test("H: erasing all is blocked, told at once, and the app stopped", async () => {
  const quiz = await rig.app("Fun Quiz", "--preset", "trusted");
  assert.equal(await outcome(quiz.signEvent(event(62, [["relay", "ALL_RELAYS"]]))), "refused");
  const { id } = rig.run("apps", "list").find((a) => a.name === "Fun Quiz");
  await page.goto(rig.origin);
  const card = page.getByRole("region", { name: "Blocked. Fun Quiz tried to erase all that you ever posted. Nothing was sent." });
  await looks(page, "blocked", [1280, 390]);
  await card.getByRole("link", { name: "More details" }).click();
  await page.getByText(/^Refused: .*erase/).first().waitFor();
  await page.goBack();
  await card.getByRole("button", { name: "Stop this app" }).click();
  await page.getByText("paused").waitFor();
  assert.equal(rig.run("apps", "show", id).state, "paused");
  await page.goto(rig.origin);
  assert.equal(await card.count(), 0);
  await page.goto(`${rig.origin}/apps/${id}`);
  await page.getByRole("button", { name: "End it for good" }).click();
  await page.getByText("ended").waitFor();
  assert.equal(rig.run("apps", "show", id).state, "revoked");
  rig.run("settings", "set", "names", "");
  await page.context().close();
});

// yesOf is what the button says that agrees.
async function yesOf(title) {
  const card = page.getByRole("article").filter({ has: page.getByRole("heading", { name: title }) });
  return (await card.locator("button[value=yes]").textContent()).trim();
}
