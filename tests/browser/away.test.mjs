// The key app is away, its relay is down, it moves to another one, it takes the
// site's access back, and the device it was on is lost: with relays and a signer
// of its own, which the test stops and starts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { button, connect, good, isIn, kits, prove, read, who } from "./kitrig.mjs";
import { passphrase, signer } from "./rig.mjs";

const program = process.env.PRIVYSEAL;
let kit, rig, dir, pass, near, other, far, page, bob;

before(async () => {
  kit = await kits();
  ({ rig } = kit);
  dir = mkdtempSync(join(tmpdir(), "privyseal-away-"));
  pass = join(dir, "pass");
  writeFileSync(pass, passphrase, { mode: 0o600 });
  [near, other] = await Promise.all([relay(), relay()]);
  await wake((run) => run("init", "--name", "bob", "--passphrase-file", pass));
  bob = far.run("identity", "list")[0].pubkey;
  page = await (await rig.browser.newContext({ bypassCSP: true })).newPage();
  await page.clock.install();
  await kit.come(page, `app-name="Away Crays" relays="${rig.ready.relay} ${near.url}"`, kit.second);
  for (const [key, name] of [[bob, "Bob"], [rig.run("identity", "list")[0].pubkey, "Ana"]]) await page.request.post(`${kit.second}/name`, { form: { key, name } });
  await connect(page, far.run("invite", "--preset", "ask", "--allow", "sign_event:27235,sign_event:7").uri);
  await isBob();
});
after(async () => {
  await page?.context().close();
  await far?.stop();
  await Promise.all([near?.stop(), other?.stop()]);
  rmSync(dir, { recursive: true, force: true });
  await kit?.stop();
});

// relay is one of its own, again at the same place if it is given one.
async function relay(listen = "127.0.0.1:0") {
  const child = spawn(program, ["--json", "--data", join(dir, "none"), "relay", "--open", "--listen", listen], { stdio: ["ignore", "pipe", "ignore"] });
  const ready = await new Promise((resolve, reject) => {
    child.stdout.once("data", (d) => resolve(JSON.parse(d)));
    child.once("exit", (code) => reject(new Error(`the relay ended with ${code}`)));
  });
  return {
    url: ready.relay,
    again: () => relay(ready.listen),
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit").once("exit", resolve);
      if (!child.kill("SIGKILL")) resolve(); // it was stopped before
    }),
  };
}

// wake starts the signer.
async function wake(first = () => {}) {
  far = await signer(program, dir, (run) => {
    first(run);
    return ["--no-own-relay", "--relay", near.url, "--passphrase-file", pass];
  });
}

const isBob = () => page.getByRole("button", { name: /^Your account/ }).waitFor();
const dialog = (text) => page.getByRole("dialog").getByText(text, { exact: true }).waitFor();
// like is of another note each time: what is the same gets the same answer.
let notes = 0;
const like = () => page.evaluate((e) => window.nostr.signEvent({ kind: 7, content: "+", tags: [["e", e]] }).then(() => "signed", (e) => e.code), String(++notes).padStart(64, "0"));

// later lets time go by in the page, in steps in which it can hear.
async function later(seconds) {
  for (let left = seconds; left > 0; left -= 4) {
    await page.clock.fastForward(Math.min(left, 4) * 1000);
    await new Promise((r) => setTimeout(r, 50));
  }
}

// out is the page of somebody whose session with the app is over, known here.
async function out() {
  await page.context().clearCookies();
  await page.reload();
  return page.getByRole("button", { name: /^Continue as/ });
}

test("a key app that is asleep is told as that; one still reads, and the same tap goes on when it is awake", async () => {
  await far.stop();
  const liked = like();
  await page.getByText("Waiting for your key app…").waitFor();
  await later(32);
  await dialog("Your key app does not answer. You can still read.");
  await good(page, "asleep");
  assert.equal(await liked, "no-answer");
  await page.reload();
  await isBob(); // still in
  await (await out()).click();
  await dialog("Logging you in…");
  await later(8);
  await dialog("Open your key app: the question is there.");
  await later(24);
  await dialog("Your key app does not answer. You can still read.");
  await wake();
  await button(page, "Try again").click();
  await isBob();
});

test("a relay that goes down is told after five seconds, and what waits is sent when it is back", async () => {
  await near.stop();
  const liked = like();
  await page.getByText("Waiting for your key app…").waitFor();
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 7_000));
  await dialog("The connection is down. Trying another way in…");
  near = await near.again();
  await page.clock.resume();
  assert.equal(await liked, "signed");
  await near.stop();
  const lost = like();
  await later(8);
  await dialog("The connection is down. Trying another way in…");
  await good(page, "down");
  await later(12);
  await dialog("We can't reach your key app. Are you online?");
  assert.equal(await lost, "no-connection");
  near = await near.again();
});

test("a key app that moves to another relay is followed, and the old one can go", async () => {
  far.run("relays", "add", other.url);
  const works = () => far.run("relays", "list").some((r) => r.url === other.url && r.health === "good");
  for (const until = Date.now() + 45_000; !works(); ) { // it tells of no other
    assert.ok(Date.now() < until, "the other relay brought nothing back");
    await new Promise((r) => setTimeout(r, 200));
  }
  far.run("relays", "remove", near.url);
  const moves = page.waitForEvent("websocket", { predicate: (w) => w.url().startsWith(other.url), timeout: 45_000 });
  await page.reload();
  await isBob();
  await (await moves).waitForEvent("framereceived", { timeout: 45_000 }); // it lives, so time may go by
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("nostr-login"))[0].session.relays);
  for (const until = Date.now() + 45_000; String(await kept()) !== other.url; ) {
    assert.ok(Date.now() < until, `it is at ${await kept()}`);
    await later(4);
    await new Promise((r) => setTimeout(r, 200));
  }
  await near.stop();
  await (await out()).click();
  await isBob();
  assert.equal(await like(), "signed");
});

test("access that was taken back is told; whoever comes with another account then is asked", async () => {
  const [app] = far.run("apps", "list");
  far.run("apps", "revoke", app.id);
  await (await out()).click();
  await dialog("You took this site's access away. Log in again to go on.");
  await good(page, "revoked");
  await button(page, "Go on").click();
  await page.getByRole("img", { name: "A code to scan with your key app" }).waitFor();
  rig.run("accept", read(await page.screenshot()), "--preset", "ask", "--allow", "sign_event:27235", "--app-name", "Ana's Crays");
  await dialog("You said yes as another account. Go on as another account?");
  await button(page, "Use Bob").waitFor();
  await good(page, "wrong-account");
  await page.getByRole("dialog").getByRole("button", { name: /^Go on as/ }).click();
  await isIn(page);
  assert.notEqual(await who(page), bob);
});

test("another account is added beside the one, and each is one tap away", async () => {
  await page.getByRole("button", { name: /^Your account/ }).click();
  await button(page, "Use another account").click();
  await page.getByRole("button", { name: "Online account" }).click();
  await page.getByLabel("Your address or a link").fill(far.run("invite", "--preset", "ask", "--allow", "sign_event:27235,sign_event:7").uri);
  await button(page, "Go on").click();
  await page.getByRole("button", { name: "Your account: Bob" }).waitFor();
  assert.equal(await who(page), bob);
  for (const name of ["Ana", "Bob"]) {
    await page.getByRole("button", { name: /^Your account/ }).click();
    await button(page, "Use another account").click();
    await page.getByText("Who are you today?").waitFor();
    if (name === "Bob") await good(page, "whose");
    await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await who(page) === bob, name === "Bob");
  }
});

test("the device is lost: its recovery file brings the account to a new one, and the app knows it again", async () => {
  const there = await (await rig.browser.newContext({ acceptDownloads: true })).newPage();
  await there.goto(far.link());
  await there.goto(`${far.origin}/identities/${far.run("identity", "list")[0].id}/recovery`);
  await there.getByRole("button", { name: "Make a recovery file" }).click();
  await prove(there);
  const code = await there.locator(".secret").innerText();
  const [saved] = await Promise.all([there.waitForEvent("download"), there.getByRole("button", { name: "Save the file" }).click()]);
  const file = await saved.path();
  await far.stop();
  rmSync(join(dir, "data"), { recursive: true });
  rmSync(join(dir, "state"), { recursive: true });
  far = await signer(program, dir, () => ["--no-own-relay", "--relay", other.url]);
  await there.goto(far.link());
  await there.getByLabel("Yes, I bring its key").check();
  await there.getByLabel("The file you saved").or(there.locator("input[name=file]")).setInputFiles(file);
  await there.locator("input[name=password]").fill(code);
  await there.getByLabel("What do you call this account?").fill("Bob");
  await there.getByLabel("Choose a passphrase").fill(passphrase);
  await there.getByLabel("The same once more").fill(passphrase);
  await there.getByRole("button", { name: "Make it" }).click();
  await there.getByRole("heading", { name: "Recovery file" }).waitFor();
  const fresh = await kit.come(await (await rig.browser.newContext()).newPage(), `app-name="Found Crays" relays="${other.url}"`, kit.second);
  await connect(fresh, far.run("invite", "--preset", "ask", "--allow", "sign_event:27235").uri);
  await fresh.getByRole("button", { name: "Your account: Bob" }).waitFor();
  assert.equal(await who(fresh), bob);
  await Promise.all([there, fresh].map((p) => p.context().close()));
});
