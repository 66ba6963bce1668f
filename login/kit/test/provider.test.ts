// window.nostr says what takes long, and where the person is asked.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { provider } from "../src/provider.ts";
import { connect, freshKey } from "../src/rpc/pair.ts";
import { adopt, type Nip07 } from "../src/sessions.ts";
import type { Panel, Screen } from "../src/view/panel.ts";
import { app, authURL, clock, pass, Relay, relays, settle, Signer } from "./double.ts";

const kept = new Map<string, string>();
Object.assign(globalThis, {
  localStorage: { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v), removeItem: (k: string) => kept.delete(k) },
});

let signer: Signer, nostr: Nip07, shown: Partial<Screen>[], end: () => void;

beforeEach(async () => {
  clock();
  relays.clear();
  kept.clear();
  signer = new Signer(new Relay());
  const key = freshKey();
  const s = await connect(signer.link, app, key, {});
  await settle();
  adopt(s, key);
  end = () => s.line.close();
  shown = [];
  const panel = {
    during: (screen: Screen) => (shown.push(screen), new Promise(() => {})),
    show: async (screen: Screen) => (shown.push(screen), "close"),
    update: (screen: Partial<Screen>) => void shown.push(screen),
    close: () => void shown.push({ title: "" }),
  };
  nostr = provider(async () => true, panel as unknown as Panel, () => undefined);
});
afterEach(() => {
  end();
  mock.timers.reset();
});

const note = { kind: 1, content: "hello", tags: [] };

test("what takes no time is not spoken of", async () => {
  await nostr.signEvent(note);
  await pass(2_000);
  assert.deepEqual(shown.map((s) => s.title), [""]);
});

test("what takes a second is, with a way out", async () => {
  signer.answer = () => null;
  nostr.signEvent(note).catch(() => {});
  await pass(900);
  assert.equal(shown.length, 0);
  await pass(200);
  assert.deepEqual(shown.map((s) => [s.title, s.other?.id]), [["Waiting for your key app…", "close"]]);
});

test("a page where the person is asked is shown, however soon it comes", async () => {
  signer.answer = (r) => (signer.reply(r, authURL("https://seal.example/ask/x")), null);
  nostr.signEvent(note).catch(() => {});
  await pass(1_100);
  assert.equal(shown.at(-1)?.next?.href, "https://seal.example/ask/x");
});
