// Links, addresses, ciphers and sites: what is taken, and what is not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { page, read } from "../src/discover.ts";
import { relayList } from "../src/rpc/session.ts";
import { Site } from "../src/site.ts";
import { checkCode, pageURL, parseBunker, relayURL } from "../src/wire/link.ts";
import { conversationKey, decrypt, encrypt } from "../src/wire/nip44.ts";

const key = "a".repeat(64);

test("NIP-44 is the one of the published vectors, both ways, and refuses theirs that are bad", () => {
  const v = JSON.parse(readFileSync("../../nostr/nip44/testdata/vectors.json", "utf8"));
  for (const c of v.conversation_keys) assert.equal(bytesToHex(conversationKey(hexToBytes(c.secret), c.public)), c.conversation_key);
  for (const c of v.invalid_conversation_keys) assert.throws(() => conversationKey(hexToBytes(c.secret), c.public), c.note);
  for (const m of v.messages) {
    assert.equal(encrypt(hexToBytes(m.conversation_key), m.plaintext, hexToBytes(m.nonce)), m.payload);
    assert.equal(decrypt(hexToBytes(m.conversation_key), m.payload), m.plaintext);
  }
  for (const m of v.invalid_payloads) assert.throws(() => decrypt(hexToBytes(m.conversation_key), m.payload), m.note);
  const large = "x".repeat(70_000);
  assert.equal(decrypt(hexToBytes(key), encrypt(hexToBytes(key), large)), large);
});

test("links of signers", () => {
  assert.deepEqual(parseBunker(` bunker://${key.toUpperCase()}?relay=wss%3A%2F%2Fa.example%2F&relay=wss://b.example&relay=http://no&secret=a+b `), { signer: key, relays: ["wss://a.example", "wss://b.example"], secret: "a+b" });
  for (const bad of ["", "x", `bunker://${key}`, `bunker://${key}?relay=https://a`, `bunker://${key.slice(1)}?relay=wss://a`, `nostrconnect://${key}?relay=wss://a`]) assert.equal(parseBunker(bad), null, bad);
});

test("pages and relays that a person may be sent to", () => {
  for (const good of ["https://a.example/x?y", "http://localhost:8080/", "http://127.0.0.1/"]) assert.equal(pageURL(good), good);
  for (const bad of ["javascript:alert(1)", "http://a.example", "https://u@a.example", "https://a.example/ x", "data:,x", "https://а.example", "x".repeat(3000), 7]) assert.equal(pageURL(bad), "");
  for (const bad of ["https://a.example", "wss://u:p@a.example", "", null]) assert.equal(relayURL(bad), "");
});

test("the digits are those of the signer", () => {
  const [first] = JSON.parse(readFileSync("../../nip46/testdata/checkcode.json", "utf8"));
  assert.equal(checkCode(first.client, first.secret), first.code);
});

test("a domain speaks for itself alone", () => {
  const doc = (url: string) => ({ names: { _: key }, nip46: { relays: ["wss://a.example", "x"], nostrconnect_url: url } });
  const h = read("seal.example", doc("https://seal.example/connect?uri=<nostrconnect>"));
  assert.equal(page(h, "nostrconnect://x?a=1&b=$&"), "https://seal.example/connect?uri=nostrconnect%3A%2F%2Fx%3Fa%3D1%26b%3D%24%26");
  assert.deepEqual(h.relays, ["wss://a.example"]);
  read("seal.example", doc("https://go.seal.example/<nostrconnect>"));
  for (const url of ["https://evil.example/<nostrconnect>", "http://seal.example/<nostrconnect>", "https://seal.example/", "https://u@seal.example/<nostrconnect>", "https://evilseal.example/<nostrconnect>", "javascript:<nostrconnect>"]) assert.throws(() => read("seal.example", doc(url)), url);
  for (const bad of [null, {}, { names: {} }, { names: { _: key } }]) assert.throws(() => read("seal.example", bad));
});

test("what signers really answer to switch_relays", () => {
  assert.deepEqual(relayList('["wss://a.example","x"]'), ["wss://a.example"]);
  assert.deepEqual(relayList('"[\\"wss://a.example\\"]"'), ["wss://a.example"]);
  for (const none of ["null", "", "ack", "[]", "{}", '"x"', "7"]) assert.deepEqual(relayList(none), []);
});

test("a site has signed only what logs in there", async () => {
  (globalThis as { location: unknown }).location = new URL("https://crays.example/page");
  const asks = (c: object) => (globalThis.fetch = (async () => Response.json({ kind: 27235, u: "https://crays.example/login/nostr/verify", method: "GET", challenge: "x", now: 1, ...c })) as typeof fetch);
  let signed = 0;
  const login = () => new Site("/login/nostr").login(async () => (signed++, {} as never));
  for (const bad of [{ kind: 1 }, { u: "https://bank.example/login/nostr/verify" }, { u: "https://crays.example/pay" }]) {
    asks(bad);
    await assert.rejects(login(), { code: "bad-answer" });
  }
  assert.equal(signed, 0);
  globalThis.fetch = (async () => Response.json({ reason: "clock", message: "x", skew: -240 }, { status: 401 })) as typeof fetch;
  await assert.rejects(login(), { code: "clock", more: { seconds: 240 } });
});
