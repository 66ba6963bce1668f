// The client of NIP-46 against signers, relays and strangers that mean no good.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { KitError } from "../src/errors.ts";
import { told } from "../src/explain.ts";
import { connect, freshKey } from "../src/rpc/pair.ts";
import type { Session } from "../src/rpc/session.ts";
import { now, publicKey, set, sign, verify, type Event } from "../src/wire/event.ts";
import { app, authURL, clock, outcome, pass, Relay, relays, settle, Signer, stranger, user } from "./double.ts";

let relay: Relay, signer: Signer, open: Session[];

beforeEach(() => {
  clock();
  relays.clear();
  open = [];
  relay = new Relay();
  signer = new Signer(relay);
});
afterEach(() => {
  for (const s of open) s.line.close();
  mock.timers.reset();
});

async function session(): Promise<Session> {
  const s = await connect(signer.link, app, freshKey(), {});
  open.push(s);
  await settle();
  return s;
}

const words = async (p: Promise<unknown>): Promise<string> => p.then(() => "fine", (e: KitError) => told(e));
const note = { kind: 1, content: "hello", tags: [["t", "x"]], created_at: 1_790_000_000 };

test("a link connects: secret, permissions and who asks are sent, in their places", async () => {
  const s = await session();
  assert.equal(s.user, publicKey(user));
  const { params, id } = signer.asked[0]!;
  assert.deepEqual(params.slice(0, 3), [signer.pub, "shh", "sign_event:1"]);
  assert.deepEqual(JSON.parse(params[3]!), { name: "Crays", url: "https://crays.example", auth_url: true });
  assert.match(id, /^[0-9a-f]{32}$/);
  const e = await s.signEvent(note);
  assert.ok(verify(e));
  assert.deepEqual({ ...note, ...e }, e);
});

test("a signer may say the secret back, and nothing else", async () => {
  signer.answer = (r) => (r.method === "connect" ? "shh" : signer.well(r));
  await session();
  signer.answer = (r) => (r.method === "connect" ? "sure" : signer.well(r));
  assert.equal(await words(connect(signer.link, app, freshKey(), {})), "The answer is not what we asked for. We stopped it.");
});

test("a link that was used before is told as that", async () => {
  signer.answer = () => new Error("denied: this link was used before");
  assert.equal(await words(connect(signer.link, app, freshKey(), {})), "This link was used before. Ask your key app for a new one.");
});

for (const [what, change] of Object.entries({
  "the content": (e: Event) => ({ ...sign({ ...e, content: "hello!" }, user) }),
  "the kind": (e: Event) => sign({ ...e, kind: 3 }, user),
  "the tags": (e: Event) => sign({ ...e, tags: [] }, user),
  "the time": (e: Event) => sign({ ...e, created_at: e.created_at + 1 }, user),
  "the author": (e: Event) => sign(e, stranger()),
  "the signature": (e: Event) => ({ ...e, sig: e.sig.replace(/^../, (x) => (x === "00" ? "01" : "00")) }),
  "the id": (e: Event) => ({ ...e, id: e.id.replace(/^../, (x) => (x === "00" ? "01" : "00")) }),
  "all of it": () => ({ junk: true }),
})) {
  test(`an event is refused when the signer changed ${what}`, async () => {
    const s = await session();
    signer.answer = (r) => (r.method === "sign_event" ? JSON.stringify(change(sign(JSON.parse(r.params[0]!), user))) : signer.well(r));
    assert.equal(await words(s.signEvent(note)), "The answer is not what we asked for. We stopped it.");
  });
}

test("an answer of somebody else is none, whatever id it has", async () => {
  const s = await session();
  signer.answer = (r) => {
    if (r.method === "sign_event") signer.reply(r, signer.well(r)!, stranger());
    return null;
  };
  const asked = words(s.signEvent(note));
  assert.equal(await outcome(asked), "waits");
  await pass(31_000);
  assert.equal(await asked, "Your key app does not answer. You can still read.");
});

test("junk and other ids are passed over", async () => {
  const s = await session();
  signer.answer = (r) => {
    for (const body of ["junk", "[]", "null", '{"id":"x","result":"y"}', `{"id":"${r.id}"}`, `{"id":"${r.id}","method":"ping","params":[]}`]) signer.send(r.from, body);
    relay.sockets[0]!.tell("junk");
    relay.sockets[0]!.tell(["EVENT", "x", {}]);
    return signer.well(r);
  };
  assert.equal((await s.signEvent(note)).content, "hello");
});

test("a page is shown once, and only one that is safe to open", async () => {
  const s = await session();
  const pages: string[] = [];
  s.line.hooks = { page: (u) => pages.push(u) };
  let asked!: Parameters<Signer["reply"]>[0];
  signer.answer = (r) => {
    if (r.method !== "sign_event") return signer.well(r);
    asked = r;
    for (const url of ["javascript:alert(1)", "http://evil.example/x", "https://you@evil.example", "data:text/html,x", "intent://x", "https://a b", "https://first.example/ok", "https://second.example/"]) signer.reply(r, authURL(url));
    signer.reply(r, authURL("https://stranger.example/"), stranger());
    return null;
  };
  const event = s.signEvent(note);
  await pass(400_000); // longer than a person has without a page
  assert.deepEqual(pages, ["https://first.example/ok"]);
  signer.reply(asked, JSON.stringify(sign(note, user)));
  assert.equal((await event).kind, 1);
});

test("who is being asked is told apart from who is away", async () => {
  const s = await session();
  let asking = 0;
  s.line.hooks = { asking: () => asking++ };
  signer.answer = (r) => (r.method === "sign_event" ? null : signer.well(r));
  const event = words(s.signEvent(note));
  await pass(6_000);
  assert.equal(asking, 1);
  await pass(280_000);
  assert.equal(await outcome(event), "waits");
  await pass(20_000);
  assert.equal(await event, "You said neither yes nor no in time. Nothing was done.");
});

test("a relay that says no, one that is silent, and none at all each have their words", async () => {
  const s = await session();
  relay.verdict = [false, "blocked: no"];
  assert.equal(await words(s.signEvent(note)), "The way to your key app is closed right now.");
  relay.verdict = [false, "rate-limited: slow"];
  const slow = s.signEvent(note);
  await pass(1_100);
  relay.verdict = [true, ""];
  await pass(2_100);
  assert.equal(await outcome(slow), "fine");
  relay.verdict = null;
  relay.hear = () => {};
  const silent = words(s.signEvent(note));
  await pass(31_000);
  assert.equal(await silent, "Your key app does not answer. You can still read.");
  relays.clear();
  relay.drop();
  const lost = words(s.signEvent(note));
  await pass(16_000);
  assert.equal(await lost, "We can't reach your key app. Are you online?");
});

test("what was not answered is sent again when the connection is back, as the same request", async () => {
  const s = await session();
  signer.answer = () => null;
  const event = s.signEvent(note);
  await settle();
  signer.answer = (r) => signer.well(r);
  relay.drop();
  await pass(2_000);
  assert.equal((await event).content, "hello");
  const ids = signer.asked.filter((r) => r.method === "sign_event").map((r) => r.id);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

test("a connection that died unseen is found dead when the page is back", async () => {
  const s = await session();
  relay.deaf = true;
  for (const x of relay.sockets) x.subs.clear();
  s.line.wake();
  await pass(4_900);
  relay.deaf = false;
  await pass(2_000);
  assert.equal((await s.signEvent(note)).kind, 1);
});

test("relays are switched: the new one first, the old one a while longer, and forgotten", async () => {
  const other = new Relay("wss://other.example");
  signer.answer = (r) => (r.method === "switch_relays" ? '["wss://other.example"]' : signer.well(r));
  const s = await session();
  await pass(5_000);
  assert.deepEqual(s.relays, [relay.url, other.url]);
  await pass(10_000);
  assert.deepEqual(s.relays, [other.url]);
});

test("a signer that was silent is asked again where to meet; one that knows no such question is not", async () => {
  const s = await session();
  const asked = () => signer.methods().filter((m) => m === "switch_relays").length - 1;
  signer.answer = (r) => (r.method === "switch_relays" ? null : signer.well(r));
  void s.meet();
  await pass(13_500);
  assert.equal(asked(), 1);
  await pass(1_000);
  assert.equal(asked(), 2);
  signer.answer = (r) => (r.method === "switch_relays" ? new Error("unsupported") : signer.well(r));
  await pass(64_000);
  assert.equal(asked(), 3);
  await pass(600_000);
  assert.equal(asked(), 3);
});

test("once the clock is set, relays are asked by it and what waits is sent by it", async () => {
  const s = await session();
  signer.answer = () => null;
  const pending = s.signEvent(note);
  await settle();
  assert.ok(set(Date.now() - 90_000));
  s.line.corrected();
  await settle();
  const [socket] = relay.sockets;
  assert.deepEqual([...socket!.subs.values()].map((f) => f.since), [now() - 60]);
  const [before, after] = relay.events.slice(-2);
  assert.deepEqual([before!.created_at - now(), after!.created_at - now()], [90, 0]);
  signer.reply(signer.asked.at(-1)!, signer.well(signer.asked.at(-1)!)!);
  assert.equal((await pending).content, note.content);
  assert.ok(set(Date.now()));
  assert.ok(!set(Date.now() - 9_000));
});

test("a text is opened once, four at a time", async () => {
  const s = await session();
  const asked: string[] = [];
  signer.answer = (r) => (r.method === "nip44_decrypt" ? (asked.push(r.params[1]!), null) : signer.well(r));
  const texts = ["a", "b", "c", "d", "e", "a"].map((t) => s.decrypt("nip44", publicKey(user), t));
  await settle();
  assert.deepEqual(asked, ["a", "b", "c", "d"]);
  for (const r of signer.asked.filter((r) => r.method === "nip44_decrypt")) signer.reply(r, "opened " + r.params[1]);
  await settle();
  signer.reply(signer.asked.at(-1)!, "opened e");
  assert.deepEqual(await Promise.all(texts), ["a", "b", "c", "d", "e", "a"].map((t) => "opened " + t));
  assert.equal(asked.length, 5);
});

test("logging out is sent, and the key is gone whether or not anybody hears", async () => {
  const s = await session();
  signer.answer = () => null;
  const out = s.logout();
  await pass(3_100);
  await out;
  assert.ok(signer.methods().includes("logout"));
  assert.equal(await outcome(s.signEvent(note)), "closed");
  assert.ok((s.line as unknown as { secret: Uint8Array }).secret.every((b) => b === 0));
});

for (const [text, said] of Object.entries({
  "denied: by you": "You said no. Nothing was done.",
  "denied: The person does not allow this.": "Your rules stop this site from doing that.",
  "expired: late": "It took too long. Nothing was done.",
  "limit: large": "That is too much or too large for your key app.",
  "unsupported: no": "Your key app can't do this yet.",
  "busy: later": "There is still too much to do. Try again later.",
  "locked: open it": "Your key app is locked. Unlock it and try again.",
  "invalid: what": "Your key app does not know what to do with this.",
  "revoked: gone": "You took this site's access away. Log in again to go on.",
  "something\nelse‮": "Your key app said: something else",
})) {
  test(`"${text.slice(0, 12)}" is told in our words`, async () => {
    const s = await session();
    signer.answer = (r) => (r.method === "sign_event" ? new Error(text) : signer.well(r));
    assert.equal(await words(s.signEvent(note)), said);
  });
}
