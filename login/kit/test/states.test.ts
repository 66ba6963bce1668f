// Whatever goes wrong is said in words, with one thing to do next and a way out.
import assert from "node:assert/strict";
import { test } from "node:test";
import catalogue from "../src/words.json";
import { KitError, type Code } from "../src/errors.ts";
import { explain, steps } from "../src/explain.ts";
import { telling } from "../src/hooks.ts";
import type { Panel, Screen } from "../src/view/panel.ts";
import { say, span, speak } from "../src/words.ts";

const shown: Screen[] = [];
const panel = {
  show: async (s: Screen) => (shown.push(s), "close"),
  during: async (s: Screen, what: Promise<string>) => (shown.push(s), what),
  update: (s: Screen) => void shown.push(s),
} as unknown as Panel;

test("every error has a sentence, one next step, and a way out, in both languages", async () => {
  for (const lang of Object.keys(catalogue)) {
    speak(lang);
    for (const code of Object.keys(steps) as Code[]) {
      shown.length = 0;
      await explain(panel, new KitError(code, ""), 9);
      const [s] = shown;
      assert.ok(s?.title && !/[{}]|undefined/.test(s.title), `${lang} ${code}: ${s?.title}`);
      assert.ok(s.next?.label, code);
      if (s.other) assert.notEqual(s.other.id, s.next.id, code);
    }
  }
  speak("en");
});

test("too much to do is tried again by itself, three times", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const time of [1, 2, 3]) {
    const next = explain(panel, new KitError("busy", ""), time);
    assert.equal(shown.at(-1)?.title, "Too much to do right now. Trying again in 4 seconds.");
    assert.ok(shown.at(-1)?.other);
    t.mock.timers.tick(4_000);
    assert.equal(await next, "again");
  }
  assert.equal(await explain(panel, new KitError("busy", ""), 4), "close");
});

test("a lost connection is spoken of after five seconds, and no more when it is back", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  shown.length = 0;
  const { network } = telling(panel);
  network!(false);
  t.mock.timers.tick(4_900);
  assert.deepEqual(shown, []);
  t.mock.timers.tick(200);
  assert.equal(shown.pop()?.text, say("wait-network"));
  network!(true);
  assert.equal(shown.pop()?.text, "");
});

test("a page of the signer is a link that the person taps", () => {
  telling(panel).page!("https://seal.example/ask/x");
  assert.equal(shown.pop()?.next?.href, "https://seal.example/ask/x");
});

test("a clock is off by so much", () => {
  assert.deepEqual([59, 240, 7200, 172800].map(span), ["59 seconds", "4 minutes", "2 hours", "2 days"]);
  speak("xx", "es-MX");
  assert.equal(span(240), "4 minutos");
  assert.equal(span(239), "4 minutos"); // a second went by on the way
  speak("en");
});
