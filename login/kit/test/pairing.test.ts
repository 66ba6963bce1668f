// A link of ours is answered: by who has seen it, and by many who have not.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { told } from "../src/explain.ts";
import { Pairing } from "../src/rpc/pair.ts";
import { app, authURL, clock, outcome, pass, Relay, relays, settle, Signer, stranger } from "./double.ts";

let relay: Relay, signer: Signer, pairing: Pairing;

beforeEach(async () => {
  clock();
  relays.clear();
  relay = new Relay();
  signer = new Signer(relay);
  pairing = await Pairing.open([relay.url]);
});
afterEach(() => {
  pairing.line.close();
  mock.timers.reset();
});

const asked = (): { secret: string; from: string } => {
  const u = new URL(pairing.link(app).replace("nostrconnect:", "https:"));
  return { secret: u.searchParams.get("secret")!, from: u.hostname };
};

test("the link is shown when we listen, with a secret of 128 bits, and says what is asked for", () => {
  assert.equal(relay.sockets[0]?.subs.size, 1);
  const u = new URL(pairing.link(app, "https://crays.example/?a=1&b=2").replace("nostrconnect:", "https:"));
  assert.match(u.searchParams.get("secret")!, /^[0-9a-f]{32}$/);
  assert.equal(u.hostname, pairing.line.pub);
  assert.deepEqual([...u.searchParams].slice(2), [["perms", "sign_event:1"], ["name", "Crays"], ["url", "https://crays.example"], ["callback", "https://crays.example/?a=1&b=2"], ["auth_url", "1"]]);
  assert.match(pairing.code, /^\d{3}$/);
});

test("strangers neither end the wait nor take it", async () => {
  const pages: string[] = [];
  const session = pairing.wait(180_000, { page: (u) => pages.push(u) });
  const { secret, from } = asked();
  for (const a of ["ack", "", secret.slice(1), secret.toUpperCase() + "x", new Error("no"), authURL("https://evil.example")]) signer.reply({ id: "x", from }, a, stranger());
  signer.send(from, "junk", stranger());
  const spoofed = { kind: 24133, id: "0".repeat(64), pubkey: signer.pub, sig: "0".repeat(128), tags: [["p", from]], created_at: 1_790_000_000, content: "junk" };
  relay.deliver(spoofed);
  assert.equal(await outcome(session), "waits");
  assert.equal(pairing.line.peer, "");
  signer.reply({ id: "x", from }, secret);
  await settle();
  assert.equal((await session).line.peer, signer.pub);
  assert.deepEqual(pages, []);
  signer.reply({ id: "x", from }, secret, stranger());
  await settle();
  assert.equal(pairing.line.peer, signer.pub, "the secret counts once");
});

test("a no to the link ends the wait, by who has seen it and nobody else", async () => {
  const session = pairing.wait(180_000, {});
  const { secret, from } = asked();
  const no = Object.assign(new Error("denied: you said no"));
  for (const id of ["x", "", secret.slice(1), from]) signer.reply({ id, from }, no, stranger());
  signer.send(from, JSON.stringify({ id: secret, result: "x" }), stranger());
  assert.equal(await outcome(session), "waits");
  signer.reply({ id: secret, from }, no, stranger()); // from a key of its own
  assert.equal(await session.then(() => "", told), "You said no. Nothing was done.");
});

test("with strangers alone the code grows old", async () => {
  const session = pairing.wait(180_000, {});
  signer.reply({ id: "x", from: asked().from }, "ack");
  await pass(179_000);
  assert.equal(await outcome(session), "waits");
  await pass(2_000);
  assert.equal(await outcome(session), "expired");
});

test("a page that was left takes its link up again, and hears what came meanwhile", async () => {
  const { secret, from } = asked();
  pairing.line.close();
  await pass(90_000);
  const back = Pairing.resume(JSON.parse(JSON.stringify(pairing.pending)));
  const session = back.wait(60_000, {});
  await settle();
  const [filter] = relay.sockets.at(-1)!.subs.values();
  assert.ok(!("since" in filter!), "also what came meanwhile, whatever the clock says");
  signer.reply({ id: "x", from }, secret);
  await settle();
  assert.equal((await session).line.peer, signer.pub);
  back.line.close();
});
