// Apps are connected: by a pasted link, by a scanned one, by a redirect, and by
// a link of ours, read from the screen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { writeFileSync } from "node:fs";
import http from "node:http";
import jsqr from "jsqr";
import png from "pngjs";
import { BunkerSigner, createNostrConnectURI, parseBunkerInput } from "nostr-tools/nip46";
import { generateSecretKey, getPublicKey } from "nostr-tools/pure";
import { leave } from "./left.mjs";
import { film, looks, note, passphrase, start } from "./rig.mjs";

let rig;

before(async () => { rig = await start(process.env.PRIVYSEAL); });
after(() => rig?.stop());

// asking is a new app that waits for its link to be accepted.
function asking(name, more = {}) {
  const key = generateSecretKey();
  const uri = createNostrConnectURI({ clientPubkey: getPublicKey(key), relays: [rig.ready.relay], secret: crypto.randomUUID(), name, perms: ["sign_event:7", "nip44_decrypt"], ...more });
  const app = BunkerSigner.fromURI(key, uri, { pool: rig.pool }, 60_000);
  app.catch(() => {});
  return { uri: more.callback ? `${uri}&callback=${encodeURIComponent(more.callback)}` : uri, app };
}

const prove = async (page) => {
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
};

const accept = async (page) => {
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await prove(page);
};

test("an app's link is pasted: what it may do is said, and its first post approved", async () => {
  const page = await rig.device({ bypassCSP: true });
  const { uri, app } = asking("Jumble", { url: "https://jumble.example" });
  await page.getByRole("link", { name: "Apps" }).click();
  await page.getByRole("link", { name: "Connect an app" }).click();
  await looks(page, "connect");
  await page.getByLabel("The app's link").fill("nostrconnect://nonsense");
  await page.getByRole("button", { name: "See what it wants" }).click();
  await page.getByRole("alert").getByText("That is not a link of an app.").waitFor();
  await page.getByLabel("The app's link").fill(uri);
  await page.getByRole("button", { name: "See what it wants" }).click();
  await page.getByRole("heading", { name: "Jumble wants to connect" }).waitFor();
  await page.getByText("It says it comes from jumble.example.").waitFor();
  await looks(page, "pairing");
  await page.getByText("See all of it, or choose something else").click();
  await page.getByLabel("Ask me each time").check();
  await page.getByLabel("May react to posts for you").check();
  await page.getByLabel("For 30 days").check();
  await accept(page);
  await page.getByRole("heading", { name: "Jumble is connected" }).waitFor();
  await looks(page, "connected");
  const signer = await app;
  assert.equal((await signer.signEvent({ ...note("+"), kind: 7, tags: [["e", "11".repeat(32)], ["p", "22".repeat(32)]] })).kind, 7, "what was ticked is not asked about");
  const info = rig.run("apps", "show", "Jumble");
  assert.ok(Date.parse(info.ends_at) - Date.now() > 29 * 86400e3);
  const signed = signer.signEvent(note("hello from Jumble"));
  await page.goto(rig.origin);
  await page.getByRole("article").filter({ hasText: "hello from Jumble" }).getByRole("button", { name: "Post it", exact: true }).click();
  assert.equal((await signed).content, "hello from Jumble");
  await page.context().close();
});

test("another site sends the person here, who signs in, connects and is sent back", async () => {
  const site = http.createServer((req, res) => {
    res.setHeader("content-type", "text/html");
    res.end(req.url === "/back" ? "<h1>Back at the app</h1>" : `<a href="${rig.origin}/connect?uri=${encodeURIComponent(uri)}">Log in with Nostr</a>`);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  const home = `http://127.0.0.1:${site.address().port}`;
  const { uri, app } = asking("Zap Kitchen", { callback: home + "/back" });
  const page = await (await rig.browser.newContext()).newPage();
  await page.goto(home);
  await page.getByRole("link").click();
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Zap Kitchen wants to connect" }).waitFor();
  await page.getByText(`Then you go back to ${new URL(home).host}.`).waitFor();
  // And again, signed in: the session's cookie does not come along from there.
  await page.goto(home);
  await page.getByRole("link").click();
  await page.getByRole("heading", { name: "Zap Kitchen wants to connect" }).waitFor();
  await page.getByRole("button", { name: "Connect", exact: true }).click(); // the passphrase was typed for it
  await page.getByRole("heading", { name: "Zap Kitchen is connected" }).waitFor();
  await page.getByRole("heading", { name: "Back at the app" }).waitFor();
  await (await app).getPublicKey();
  await page.context().close();
  site.close();
});

test("nobody is sent back to what is no page", async () => {
  const page = await rig.device();
  const { uri } = asking("Sly", { callback: "javascript:alert(1)" });
  await page.goto(`${rig.origin}/connect?uri=${encodeURIComponent(uri)}`);
  await accept(page);
  await page.getByText("You can go back to the app now.").waitFor();
  assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0);
  await page.context().close();
});

test("our link is read from the screen, and the page says when the app has come", async () => {
  const page = await rig.device({ bypassCSP: true });
  await page.goto(rig.origin + "/connect");
  await page.getByLabel("What you call the app").fill("Amethyst");
  await page.getByRole("button", { name: "Make a link" }).click();
  await prove(page);
  await page.getByText("Waiting for the app").waitFor();
  await page.getByText(/for 9:\d\d more/).waitFor();
  await looks(page, "link");
  const picture = png.PNG.sync.read(await page.screenshot());
  const seen = jsqr(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  assert.equal(seen.data, await page.locator("#link").inputValue());
  const app = BunkerSigner.fromBunker(generateSecretKey(), await parseBunkerInput(seen.data), { pool: rig.pool });
  await app.connect();
  await page.getByRole("status").getByText("Amethyst is connected").waitFor();
  await looks(page, "link-used");
  await page.context().close();
});

test("the camera reads an app's code", async () => {
  const { uri, app } = asking("Camera App");
  writeFileSync(rig.camera, film(uri));
  const page = await rig.device({ permissions: ["camera"] });
  await page.goto(rig.origin + "/connect");
  await page.getByRole("button", { name: "Scan with the camera" }).click();
  await page.getByRole("heading", { name: "Camera App wants to connect" }).waitFor();
  await accept(page);
  await (await app).getPublicKey();
  await page.context().close();
});

test("an app that is let opens its question, which is answered and done with", async () => {
  const invite = rig.run("invite", "--app-name", "Opener", "--preset", "ask");
  const opened = [];
  const app = BunkerSigner.fromBunker(generateSecretKey(), await parseBunkerInput(invite.uri), { pool: rig.pool, onauth: (url) => opened.push(url) });
  await app.connect();
  const page = await rig.device({ bypassCSP: true });
  await page.goto(`${rig.origin}/apps/${invite.id}`);
  await page.getByRole("button", { name: "Turn it on" }).click();
  await prove(page);
  await page.getByRole("button", { name: "Turn it off" }).waitFor();
  const signed = app.signEvent(note("opened by the app"));
  while (opened.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(opened[0].startsWith(rig.origin + "/ask/"));
  await page.goto(opened[0]);
  await page.getByRole("heading", { name: "Opener asks you" }).waitFor();
  assert.ok(!page.url().includes("/ask/"), "the code is gone from the address");
  await looks(page, "asked");
  await page.getByRole("button", { name: "Post it", exact: true }).click();
  await page.getByRole("heading", { name: "You said yes" }).waitFor();
  assert.equal((await signed).content, "opened by the app");
  assert.equal(opened.length, 1);
  await page.goto(opened[0]);
  await page.getByRole("heading", { name: "This way in was used, or is over" }).waitFor();
  await looks(page, "asked-used");
  await page.context().close();
  await leave(rig); // what nobody answers is looked at in the end
});
