// Somebody logs in while a signer, a stranger or the site means no good: nothing
// of it succeeds, and each says its words (docs/login.md has the list).
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { KitError } from "../src/errors.ts";
import { told } from "../src/explain.ts";
import { connect, freshKey } from "../src/rpc/pair.ts";
import type { Session } from "../src/rpc/session.ts";
import { Site } from "../src/site.ts";
import { sign, type Event, type Template } from "../src/wire/event.ts";
import { conversationKey, encrypt } from "../src/wire/nip44.ts";
import { app, clock, outcome, pass, Relay, relays, settle, Signer, stranger, user } from "./double.ts";

const at = "https://crays.example/login/nostr/verify";
const notAsked = "The answer is not what we asked for. We stopped it.";
let relay: Relay, signer: Signer, s: Session, given: Event[], nonce: number, verdict: (e: Event) => Response;

beforeEach(async () => {
  clock();
  relays.clear();
  relay = new Relay();
  signer = new Signer(relay);
  given = [];
  nonce = 0;
  verdict = (e) => Response.json({ pubkey: e.pubkey });
  (globalThis as { location: unknown }).location = new URL("https://crays.example/page");
  globalThis.fetch = (async (url: string, init?: { body?: string }) => {
    if (url.endsWith("/challenge")) return Response.json({ kind: 27235, u: at, method: "GET", challenge: `n${nonce++}`, now: 1_790_000_000 });
    given.push(JSON.parse(init!.body!));
    return verdict(given.at(-1)!);
  }) as typeof fetch;
  s = await connect(signer.link, app, freshKey(), {});
  await settle();
});
afterEach(() => {
  s.line.close();
  mock.timers.reset();
});

const login = () => new Site("/login/nostr").login((t) => s.signEvent(t));
const words = (p: Promise<unknown>): Promise<string> => p.then(() => "fine", (e: KitError) => told(e));
const signs = (make: (asked: Template) => Event | string) =>
  (signer.answer = (r) => {
    if (r.method !== "sign_event") return signer.well(r);
    const e = make(JSON.parse(r.params[0]!));
    return typeof e === "string" ? e : JSON.stringify(e);
  });

const before = (): Event => sign({ kind: 27235, created_at: 1_790_000_000, content: "", tags: [["u", at], ["method", "GET"], ["challenge", "of yesterday"]] }, user);
for (const [what, make] of Object.entries({
  "a login event from before": before,
  "one for another origin": (t: Template) => sign({ ...t, tags: [["u", "https://bank.example/login"], ...t.tags.slice(1)] }, user),
  "a stale one": (t: Template) => sign({ ...t, created_at: t.created_at - 3600 }, user),
  "one by somebody else": (t: Template) => sign(t, stranger()),
  "one whose author was exchanged": (t: Template) => ({ ...sign(t, stranger()), pubkey: s.user }),
  "a word in place of one": () => "ack",
})) {
  test(`a signer that gives ${what} logs nobody in`, async () => {
    signs(make);
    assert.equal(await words(login()), notAsked);
    assert.deepEqual(given, [], "the site never gets it");
  });
}

test("a signer that tells no key, or one that is none, begins no session", async () => {
  for (const key of ["ack", "", "npub1x", "00", "G".repeat(64)]) {
    signer.answer = (r) => (r.method === "get_public_key" ? key : signer.well(r));
    assert.equal(await words(connect(signer.link, app, freshKey(), {})), notAsked, key);
  }
});

test("an answer under the signer's name that is not by it, and one that was heard before, are passed over", async () => {
  signer.answer = () => null;
  const asked = words(login());
  await settle();
  const { id, from } = signer.asked.at(-1)!;
  const other = stranger();
  const body = JSON.stringify({ id, result: JSON.stringify(before()) });
  const forged = sign({ kind: 24133, created_at: 1_790_000_000, tags: [["p", from]], content: encrypt(conversationKey(other, from), body) }, other);
  relay.deliver({ ...forged, pubkey: signer.pub });
  const whole = sign({ kind: 24133, created_at: 1_790_000_000, tags: [["p", from]], content: encrypt(conversationKey(signer.key, from), body) }, signer.key);
  relay.deliver({ ...whole, sig: whole.sig.replace(/^../, (x) => (x === "00" ? "01" : "00")) });
  signer.reply({ id: signer.asked[0]!.id, from }, "ack"); // of another request
  assert.equal(await outcome(asked), "waits");
  await pass(31_000);
  assert.equal(await asked, "Your key app does not answer. You can still read.");
  assert.deepEqual(given, []);
});

for (const [reason, said] of Object.entries({
  spent: "This site did not let you in.",
  forged: "This site did not let you in.",
  "wrong-site": "This site did not let you in.",
  "wrong-kind": "This site did not let you in.",
  busy: "There is still too much to do. Try again later.",
  clock: "Your clock is off by 4 minutes. Set it and try again.",
})) {
  test(`a site that refuses a login as ${reason} is told in our words`, async () => {
    verdict = () => Response.json({ reason, message: "x", skew: -240 }, { status: 401 });
    assert.equal(await words(login()), said);
  });
}

test("one nonce twice in parallel logs in once", async () => {
  const used = new Set<string>();
  verdict = (e) => {
    const n = e.tags.find((t) => t[0] === "challenge")![1]!;
    if (used.has(n)) return Response.json({ reason: "spent", message: "used" }, { status: 401 });
    used.add(n);
    return Response.json({ pubkey: e.pubkey });
  };
  const fetched = globalThis.fetch;
  globalThis.fetch = ((url: string, init?: RequestInit) => ((nonce = 0), fetched(url, init))) as typeof fetch; // the same for both
  assert.deepEqual((await Promise.all([words(login()), words(login())])).sort(), ["This site did not let you in.", "fine"]);
});
