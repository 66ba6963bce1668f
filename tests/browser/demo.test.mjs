// The demo as one command brings it: a person at the board and at the second
// app, with the demo's own signer behind, whose questions are answered in its
// console.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { verifyEvent } from "nostr-tools/pure";
import { looks, start } from "./rig.mjs";

const program = process.env.PRIVYSEAL;
const perms = [0, 3, 7, 1018, 9734, 10002, 27235, 30008, 30078].map((k) => `sign_event:${k}`).join(",") + ",nip44_encrypt,nip44_decrypt";
let rig, demo, page;

before(async () => {
  rig = await start(program);
  demo = await play();
  const context = await rig.browser.newContext({ bypassCSP: true }); // for axe
  page = await context.newPage();
});
after(async () => {
  await page?.context().close();
  await demo?.stop();
  await rig?.stop();
});

// play starts the demo, on free ports.
async function play() {
  const child = spawn(program, ["--json", "demo", "--listen", "127.0.0.1:0", "--board", "127.0.0.1:0", "--desk", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = await new Promise((resolve, reject) => {
    child.stdout.once("data", (d) => resolve(JSON.parse(d)));
    child.once("exit", (code) => reject(new Error(`the demo ended with ${code}`)));
  });
  const env = { ...process.env, PRIVYSEAL_DATA: ready.data, PRIVYSEAL_STATE: join(ready.data, "state") };
  return {
    ready,
    run: (...args) => JSON.parse(execFileSync(program, ["--json", ...args], { env, encoding: "utf8" })),
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit").once("exit", resolve);
      child.kill("SIGINT");
    }),
  };
}

// prove is the passphrase, where the signer asks for it.
async function prove(at) {
  await at.getByLabel("Your passphrase").fill(demo.ready.passphrase);
  await at.keyboard.press("Enter");
}

// enter goes from the button to the signer and back, as a person does who has
// read what the terminal shows.
async function enter() {
  await page.getByRole("button", { name: "Continue with Nostr" }).click();
  await page.getByRole("button", { name: /^Go on at localhost/ }).click();
  const connect = page.getByRole("button", { name: "Connect", exact: true });
  const passphrase = page.getByLabel("Your passphrase");
  await connect.or(passphrase).first().waitFor();
  const fresh = await passphrase.isVisible();
  if (fresh) await prove(page);
  await connect.click();
  if (!fresh) await prove(page); // else it was typed a moment ago
  await page.waitForURL((url) => url.origin !== new URL(demo.ready.signer).origin);
}

// answer says yes to the one question at the signer, where the page's button leads.
async function answer() {
  const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: /^Open localhost/ }).click()]);
  await tab.locator("button[value=yes]").first().click();
  await prove(tab);
  await tab.getByLabel("Your passphrase").waitFor({ state: "detached" });
  await tab.close();
}

// stored is what the board's relay has, as another client reads it: verified.
async function stored(filter) {
  const events = await rig.pool.querySync([demo.ready.posts_relay], filter);
  assert.ok(events.length > 0 && events.every((e) => verifyEvent(e)));
  return events;
}

// A page behind another tab is not drawn, and takes no click.
const press = async (name) => { await page.bringToFront(); await page.getByRole("button", { name, exact: true }).click(); };
const saves = async (name) => { // and shows the page anew
  await page.evaluate(() => { window.before = true; });
  await press(name);
  await page.waitForFunction(() => !window.before && document.readyState === "complete");
};
const to = async (name) => { await page.bringToFront(); await page.getByRole("link", { name, exact: true }).click(); };
const said = (text) => page.getByText(text).first().waitFor();

test("the board is read by anybody, and entered without a password", async () => {
  await page.goto(demo.ready.page);
  await said("Fresh bread at the mill");
  await looks(page, "demo-outside", [390]);
  await enter();
  await page.getByLabel("Your post").waitFor();
  demo.run("apps", "allow", "Village Board", perms); // the rest is about the board
});

test("who is in posts and reacts", async () => {
  await page.getByLabel("Your post").fill("Found a hat by the pond.");
  await press("Post");
  const mine = page.getByRole("article").filter({ hasText: "Found a hat by the pond." });
  await mine.waitFor();
  await mine.getByRole("button", { name: /^Like/ }).click();
  await mine.getByText("♥ 1").waitFor();
  await looks(page, "demo-board", [1280, 390]);
});

test("a private note is sealed before it leaves, and opened again", async () => {
  await to("Notes");
  const sent = page.waitForRequest((r) => r.url().endsWith("/draft/note"));
  await page.getByLabel("Your note").fill("The hat is mine.");
  await press("Seal and keep");
  assert.ok(!(await sent).postData().includes("hat"), "the site does not see it");
  await press("Open");
  await said("The hat is mine.");
  await looks(page, "demo-notes", [390]);
});

test("a wallet is connected, sealed, and tells its budget", async () => {
  await to("Wallet");
  await press("Use the test wallet");
  await press("Connect");
  await said("Your signer asks you first");
  await answer();
  await page.getByRole("heading", { name: "Connected" }).waitFor();
  await press("Show what is left");
  await said("1000 of 1000 sats are left");
  await looks(page, "demo-wallet", [390]);
});

test("a tip is asked for, paid from the wallet, and its receipt seen", async () => {
  let go; // the page's scripts are late: what is pressed before is not lost
  const late = new Promise((resolve) => { go = resolve; });
  await page.route("**/assets/acts.js", async (route) => { await late; await route.continue(); });
  await to("Board");
  await page.getByRole("article").filter({ hasText: "Fresh bread" }).getByRole("button", { name: /^Tip Bea/ }).click();
  go();
  await page.getByRole("heading", { name: "21 sats for Bea" }).waitFor();
  await looks(page, "demo-bill", [390]);
  await press("Pay 21 sats");
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  await to("Board");
  await said("21 sats in tips");
});

test("a vote is counted, and can be changed", async () => {
  await to("Poll");
  for (const label of ["A willow", "An apple tree"]) {
    await page.getByRole("radio", { name: label }).check();
    await press("Vote");
    await said(`You voted for “${label}”`);
  }
  // Another implementation counts the same.
  const votes = (await stored({ kinds: [1018] })).sort((a, b) => a.created_at - b.created_at);
  const last = new Map(votes.map((e) => [e.pubkey, e.tags.find((t) => t[0] === "response")[1]]));
  assert.deepEqual([...last.values()], ["apple"]);
  assert.equal(await page.locator("meter#oapple").getAttribute("value"), "1");
  await looks(page, "demo-poll", [390]);
});

test("a profile is saved and checked, and a badge shown", async () => {
  await to("You");
  await page.getByLabel("Your name").fill("Robin");
  await press("Save");
  await page.getByRole("button", { name: /Robin$/ }).waitFor();
  await press("Check it");
  await said("Its domain names you too");
  const profile = (await stored({ kinds: [0] })).find((e) => JSON.parse(e.content).name === "Robin");
  const { nip05 } = JSON.parse(profile.content); // another client finds the same
  const [name, host] = nip05.split("@");
  const { names } = await (await fetch(`http://${host}/.well-known/nostr.json?name=${name}`)).json();
  assert.equal(names[name], profile.pubkey);
  await press("Show it on my profile");
  await said("It is on your profile");
  await looks(page, "demo-you", [390]);
});

test("the door opens to a signed answer, and once to a pass, without signer", async () => {
  await to("Door");
  await press("Knock");
  await said("Robin, by signing");
  await press("Get a pass");
  await page.locator("#mine").waitFor();
  const pass = await page.locator("#mine").inputValue();
  await looks(page, "demo-door", [390]);
  const context = await rig.browser.newContext(); // nobody, with the pass alone
  const guest = await context.newPage();
  await guest.goto(demo.ready.page + "door");
  for (const want of ["Robin, with a pass", "This pass was used before"]) {
    await guest.getByLabel("Your pass").fill(pass);
    await guest.getByRole("button", { name: "Show it" }).click();
    await guest.getByText(want).first().waitFor();
  }
  await context.close();
});

test("the second app, on another origin, finds the account's things again", async () => {
  await to("Bag");
  await press("Follow Bea");
  await page.getByRole("listitem").filter({ hasText: "Bea" }).waitFor();
  await saves("Save places");
  await page.getByLabel("Greeting").fill("Good evening, Robin");
  await saves("Save settings");
  await looks(page, "demo-carry", [390]);
  await to("Board");
  await page.getByRole("heading", { name: "Good evening, Robin" }).waitFor();
  assert.notEqual(new URL(demo.ready.desk).origin, new URL(demo.ready.page).origin);
  await page.goto(demo.ready.desk);
  await enter();
  await page.getByRole("heading", { name: "Welcome, Robin" }).waitFor();
  for (const thing of [demo.ready.posts_relay, "Bea", "Good evening, Robin", "A sealed connection is kept"]) await page.getByText(thing).first().waitFor();
  await looks(page, "demo-desk", [1280, 390]);
});
