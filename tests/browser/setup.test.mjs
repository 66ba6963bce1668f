// A signer without a vault is set up in a browser, down to the first post.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BunkerSigner, parseBunkerInput } from "nostr-tools/nip46";
import { encrypt, getConversationKey } from "nostr-tools/nip44";
import { finalizeEvent, generateSecretKey } from "nostr-tools/pure";
import { nsecEncode } from "nostr-tools/nip19";
import { looks, note, signer, start } from "./rig.mjs";

const phrase = "a walk along the river";
let rig, fresh, dir;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  dir = mkdtempSync(join(tmpdir(), "privyseal-set-up-"));
  fresh = await signer(process.env.PRIVYSEAL, dir);
});
after(async () => {
  await fresh?.stop();
  rmSync(dir, { recursive: true, force: true });
  await rig?.stop();
});

const prove = async (page, pass = phrase) => {
  await page.getByLabel("Your passphrase").fill(pass);
  await page.getByRole("button", { name: "Go on" }).click();
};

test("only a link leads to setting up: none, a spent one and an older one say what to do", async () => {
  const page = await (await rig.browser.newContext({ bypassCSP: true })).newPage();
  await page.goto(`${fresh.origin}/set-up`);
  await page.getByRole("heading", { name: "Not set up yet" }).waitFor();
  await page.getByText("privyseal console").waitFor();
  await looks(page, "set-up-none");
  const older = fresh.link(), link = fresh.link();
  await page.goto(older);
  await page.getByRole("alert").getByText("this link was used already, or is over").waitFor();
  await looks(page, "set-up-over");
  await page.goto(link);
  await page.getByRole("heading", { name: "Set up your key" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/set-up", "the code is gone from the address");
  const other = await (await rig.browser.newContext()).newPage();
  await other.goto(link);
  await other.getByRole("alert").getByText("this link was used already, or is over").waitFor();
  await other.context().close();
  await page.context().close();
});

test("a newcomer makes a key, tries the recovery file, connects an app and approves its first post", async () => {
  const page = await (await rig.browser.newContext({ bypassCSP: true, acceptDownloads: true })).newPage();
  await page.goto(fresh.link());
  await looks(page, "set-up");
  await page.getByLabel("Yes, I bring its key").check();
  await looks(page, "set-up-bring");
  await page.getByLabel("No, make a new one").check();
  await page.getByLabel("What do you call this account?").fill("Ana");
  await page.getByLabel("Choose a passphrase").fill(phrase);
  await page.getByLabel("The same once more").fill("a walk along the shore");
  await page.getByLabel("No, on this computer only").check();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("alert").getByText("The two were not the same").waitFor();
  await looks(page, "set-up-wrong");
  assert.equal(await page.getByLabel("What do you call this account?").inputValue(), "Ana", "what was typed stays");
  assert.ok(await page.getByLabel("No, on this computer only").isChecked());
  await page.getByLabel("Choose a passphrase").fill(phrase);
  await page.getByLabel("The same once more").fill(phrase);
  await page.getByRole("button", { name: "Make it" }).click();
  // The passphrase was just chosen: the file is made with it.
  await page.getByRole("heading", { name: "Your recovery file" }).waitFor();
  await looks(page, "recovery-made");
  const code = await page.locator(".secret").innerText();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the file" }).click()]);
  const file = readFileSync(await saved.path(), "utf8");
  assert.match(file, /ncryptsec1/);
  assert.ok(!file.includes(code), "the code is not in the file");
  await page.getByRole("link", { name: "Try it" }).click();
  const give = async (text, typed) => {
    await page.getByLabel("The file you saved").setInputFiles({ name: saved.suggestedFilename(), mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.getByLabel("The code on your paper").fill(typed);
    await page.getByRole("button", { name: "Try it" }).click();
  };
  await give("a shopping list", code);
  await page.getByRole("alert").getByText("this is not a recovery file").waitFor();
  await give(file, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA");
  await page.getByRole("alert").getByText("does not open with this code").waitFor();
  await looks(page, "recovery-wrong");
  await give(file, code.toLowerCase());
  await page.getByRole("heading", { name: "It works" }).waitFor();
  await looks(page, "recovery-tried");

  await page.getByRole("link", { name: "Connect your first app" }).click();
  await page.getByRole("heading", { name: "Connect an app" }).waitFor();
  await looks(page, "first-app");
  await page.getByLabel("What you call the app").fill("Fresh Notes");
  await page.getByLabel("Ask me each time").check();
  await page.getByRole("button", { name: "Make a link" }).click();
  await prove(page);
  const uri = await page.locator("#link").inputValue();
  const secret = generateSecretKey();
  const pointer = await parseBunkerInput(uri);
  const app = BunkerSigner.fromBunker(secret, pointer, { pool: rig.pool });
  await app.connect();
  await page.getByText("Fresh Notes is connected").waitFor();
  const signed = app.signEvent(note("my first post"));
  await page.getByRole("link", { name: "Questions" }).click();
  await page.getByRole("heading", { name: /Fresh Notes wants to post/ }).waitFor();
  await page.getByRole("button", { name: "Post it", exact: true }).click();
  assert.equal((await signed).content, "my first post");

  // The same page again is over.
  await page.goto(`${fresh.origin}/set-up`);
  await page.getByRole("heading", { name: "Log in" }).waitFor();

  // A second key is brought, and its page says that it is not backed up.
  await page.goto(`${fresh.origin}/you`);
  await page.getByText("backed up", { exact: true }).waitFor();
  await looks(page, "you-backed");
  await page.getByRole("link", { name: "Add an account" }).click();
  await looks(page, "account-new");
  await page.getByLabel("Yes, I bring its key").check();
  await page.getByLabel("Your key").fill(nsecEncode(generateSecretKey()));
  await page.getByLabel("Your passphrase").fill("wrong horse");
  await page.getByLabel("What do you call this account?").fill("Club");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("alert").waitFor();
  assert.ok(!(await page.content()).includes("nsec1q"), "the key is not in the page that comes back");
  await page.getByLabel("Your key").fill(nsecEncode(generateSecretKey()));
  await page.getByLabel("Your passphrase").fill(phrase);
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("heading", { name: "Recovery file" }).waitFor();
  await looks(page, "recovery");
  await page.getByRole("link", { name: "Later" }).click();
  await page.getByRole("heading", { name: "Club" }).waitFor();
  await page.getByText("It is not backed up.").waitFor();
  await looks(page, "account");

  // Who comes from elsewhere makes one, and goes on to where they wanted to.
  await page.goto(`${fresh.origin}/identities/new?then=${encodeURIComponent("/connect?from=here")}`);
  await page.getByLabel("What do you call this account?").fill("Work");
  await page.getByRole("button", { name: "Add it" }).click();
  await prove(page);
  await page.getByRole("heading", { name: "Your recovery file" }).waitFor();
  await page.getByRole("link", { name: "Later" }).click();
  assert.equal(page.url(), `${fresh.origin}/connect?from=here`);
  await page.goto(`${fresh.origin}/identities/new?then=${encodeURIComponent("//evil.example/x")}`);
  assert.equal(await page.getByRole("link", { name: "Go back" }).getAttribute("href"), "/you", "no other site");

  // A place that is away, and a clock that is off, are said in plain words.
  const gone = createServer();
  await new Promise((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const away = `ws://127.0.0.1:${gone.address().port}`;
  await new Promise((resolve) => gone.close(resolve));
  fresh.run("relays", "add", away);
  await rig.pool.publish(pointer.relays, finalizeEvent({
    kind: 24133, tags: [["p", pointer.pubkey]], created_at: Math.floor(Date.now() / 1000) + 45,
    content: encrypt(JSON.stringify({ id: "ahead", method: "ping", params: [] }), getConversationKey(secret, pointer.pubkey)),
  }, secret))[0];
  const said = page.getByRole("heading", { name: "The clock of this computer seems wrong" });
  await page.goto(`${fresh.origin}/connections`);
  const far = page.getByRole("listitem").filter({ hasText: away }).getByText("cannot be reached");
  while (await said.count() === 0 || await far.count() === 0) await page.reload();
  await looks(page, "connections-away");

  // Without a session, a locked signer asks for the passphrase and says so.
  fresh.run("lock");
  await page.goto(fresh.origin);
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor();
  await looks(page, "locked");
  await page.getByLabel("Your passphrase").fill(phrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor({ state: "detached" });

  // The passphrase is changed, and what it opened is closed.
  await page.goto(`${fresh.origin}/you/passphrase`);
  await looks(page, "new-passphrase");
  await page.getByLabel("Your passphrase as it is").fill(phrase);
  await page.getByLabel("Choose a passphrase").fill("bread on a Sunday");
  await page.getByLabel("The same once more").fill("bread on a Sunday");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await page.getByLabel("Your passphrase").fill("bread on a Sunday");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "You", exact: true }).waitFor();
  await page.context().close();
});

test("an app sends somebody who has no account here: they make one, save its file and are back, logged in, in two minutes", async () => {
  const app = spawn(process.env.KITAPP, ["127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const origin = await new Promise((resolve) => app.stdout.once("data", (d) => resolve(String(d).trim())));
  const page = await (await rig.browser.newContext({ acceptDownloads: true })).newPage();
  await page.goto(`${origin}/?with=${encodeURIComponent(`signer="${fresh.origin}" relays="${fresh.ready.relay}"`)}`);
  let clicks = 0, fields = 0, typed = 0;
  const lines = new Set(); // that are there to be read
  const read = async () => { for (const t of await page.locator("main, nostr-login dialog").allInnerTexts()) for (const line of t.split("\n")) lines.add(line.trim()); };
  const press = async (role, name) => { await page.getByRole(role, { name }).first().waitFor(); await read(); clicks++; await page.getByRole(role, { name }).first().click(); };
  const type = async (label, text) => { fields++; typed += text.length; await page.getByLabel(label).fill(text); };
  const start = Date.now();
  await press("button", "Continue with Nostr");
  await press("button", /^Go on at/);
  await type("Your passphrase", "bread on a Sunday");
  await press("button", /^Log in/);
  await press("link", "Add an account");
  await type("What do you call this account?", "Robin");
  await press("button", "Add it");
  await type("Your passphrase", "bread on a Sunday");
  await press("button", "Go on");
  const saved = page.waitForEvent("download");
  await press("button", "Save the file");
  assert.match(readFileSync(await (await saved).path(), "utf8"), /ncryptsec1/);
  const paper = (await page.locator(".secret").innerText()).length; // is written down by hand
  await press("link", "Later"); // it is tried when there is time
  await page.getByRole("heading", { name: "Crays wants to connect" }).waitFor();
  assert.ok(await page.getByLabel("Robin").isChecked(), "who was just made is proposed");
  await press("button", /^Connect/);
  await page.getByRole("button", { name: /^Your account/ }).waitFor();
  const seconds = (Date.now() - start) / 1000;
  const { pubkey } = await (await page.request.get(`${origin}/login/nostr/session`)).json();
  assert.equal(pubkey, fresh.run("identity", "show", "Robin").pubkey);
  const words = [...lines].join(" ").split(/\s+/).length;
  // What a person's hands take: 1.2 s for a click, 0.3 s for a key, 0.8 s for a character on paper.
  const hands = 1.2 * (clicks + fields) + 0.3 * typed + 0.8 * paper;
  console.log(`# newcomer from an app and back, logged in: ${seconds.toFixed(1)} s by machine, ${clicks} clicks, ${fields} fields (${typed} characters), ${paper} characters on paper: about ${Math.round(hands)} s of a person's hands, and ${words} words to read`);
  assert.ok(seconds < 60, `${seconds} s`);
  await page.context().close();
  app.kill();
});
