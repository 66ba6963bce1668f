// What relays tell of signers (NIP-89) is offered only if the domain says the same.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { announced } from "../src/discover.ts";
import { publicKey, sign, type Event } from "../src/wire/event.ts";
import { clock, pass, Relay, relays, stranger } from "./double.ts";

const seal = stranger();
const told = new Map<string, unknown>(); // by address, what a domain answers
let asked: string[], relay: Relay;

beforeEach(() => {
  clock();
  relays.clear();
  told.clear();
  asked = [];
  relay = new Relay();
  globalThis.fetch = (async (url: string) => {
    asked.push(url);
    return told.has(url) ? Response.json(told.get(url)) : new Response("", { status: 404 });
  }) as typeof fetch;
  host("seal.example", seal);
});
afterEach(() => mock.timers.reset());

const host = (domain: string, key: Uint8Array, page = `https://${domain}/connect?uri=<nostrconnect>`): void =>
  void told.set(`https://${domain}/.well-known/nostr.json?name=_`, { names: { _: publicKey(key) }, nip46: { relays: [relay.url], nostrconnect_url: page } });

const says = (key: Uint8Array, url: string, more: Partial<Event> = {}): Event =>
  ({ ...sign({ kind: 31990, created_at: 1_790_000_000, tags: [["d", "x"], ["k", "24133"], ["nostrconnect_url", url]], content: "" }, key), ...more });

const at = "https://seal.example/connect?uri=<nostrconnect>";
const found = async (...urls: string[]): Promise<string[]> => (await announced(urls.length ? urls : [relay.url])).map((h) => h.domain);

test("a signer that its own domain names is offered, once", async () => {
  new Relay("wss://other.example").stored = [says(seal, at)];
  relay.stored = [says(seal, at), "junk", { kind: 31990 }, says(seal, at)];
  assert.deepEqual(await found(relay.url, "wss://other.example"), ["seal.example"]);
  assert.equal(asked.length, 1);
});

for (const [what, event] of Object.entries({
  "is by somebody else than its domain's signer": says(stranger(), at),
  "leads to a script": says(seal, "javascript:alert(1)//seal.example/<nostrconnect>"),
  "leads to a page over plain http": says(seal, "http://seal.example/<nostrconnect>"),
  "leads to a name before another host": says(seal, "https://seal.example@evil.example/<nostrconnect>"),
  "leads to data": says(seal, "data:text/html,<nostrconnect>"),
  "leads to no place for a link": says(seal, "https://seal.example/connect"),
  "has no page": says(seal, ""),
  "has been altered": says(stranger(), at, { pubkey: publicKey(seal) }),
  "is of another kind": sign({ ...says(seal, at), kind: 31989 }, seal),
  "is of a domain that tells of none": says(seal, "https://silent.example/<nostrconnect>"),
})) {
  test(`an announcement is not offered that ${what}`, async () => {
    relay.stored = [event];
    assert.deepEqual(await found(), []);
  });
}

test("a domain that sends people elsewhere is not offered", async () => {
  for (const page of ["https://evil.example/<nostrconnect>", "javascript:alert(1)//<nostrconnect>", "http://seal.example/<nostrconnect>"]) {
    host("seal.example", seal, page);
    relay.stored = [says(seal, at)];
    assert.deepEqual(await found(), [], page);
  }
});

test("who announces another's domain does not hide the one whose it is", async () => {
  relay.stored = [says(stranger(), at), says(stranger(), at), says(seal, at)];
  assert.deepEqual(await found(), ["seal.example"]);
});

test("a flood has few domains asked, and few offered", async () => {
  relay.stored = Array.from({ length: 40 }, (_, i) => {
    host(`s${i}.example`, seal);
    return says(seal, `https://s${i}.example/<nostrconnect>`);
  });
  assert.equal((await found()).length, 3);
  assert.equal(asked.length, 8);
});

test("a relay that is silent, and one that is away, hold nobody up", async () => {
  relay.deaf = true;
  new Relay("wss://other.example").stored = [says(seal, at)];
  const list = found(relay.url, "wss://gone.example", "wss://other.example");
  await pass(3_500);
  assert.deepEqual(await list, ["seal.example"]);
});
