// What went wrong, whose side it is on, and the one thing to do next.
import type { Code, KitError } from "./errors.ts";
import { h } from "./view/dom.ts";
import type { Choice, Panel } from "./view/panel.ts";
import { say, span, type Word } from "./words.ts";

const again = (label: Word = "try-again"): Choice => ({ id: "again", label: say(label) });
const pause = 4; // seconds, after "busy"

export const steps: Record<Code, () => Choice> = {
  denied: () => again("ask-again"),
  expired: () => again("ask-again"),
  undecided: () => again("ask-again"),
  limit: () => ({ id: "close", label: say("close") }),
  unsupported: () => ({ id: "choose", label: say("other-way") }),
  invalid: () => ({ id: "choose", label: say("other-way") }),
  "bad-answer": () => ({ id: "choose", label: say("other-way") }),
  revoked: () => ({ id: "revoked", label: say("go-on") }),
  "wrong-account": () => ({ id: "whose", label: say("another") }),
  busy: () => again(),
  locked: () => again(),
  link: () => again(),
  "used-link": () => again(),
  "no-connection": () => again(),
  "relay-refused": () => again(),
  "no-answer": () => again(),
  "no-signer": () => again(),
  clock: () => again(),
  site: () => again(),
  closed: () => again(),
  signer: () => again(),
};

/** told is the sentence for an error. */
export function told(e: KitError): string {
  if (e.code === "denied" && /\b(rules?|allow|blocked|paused)\b/i.test(e.message)) return say("e-blocked");
  if (e.code === "busy") return say("e-busy-still");
  return say(`e-${e.code}`, { text: e.message, n: span(e.more.seconds ?? 0), name: say("nameless") });
}

/** explain shows an error and waits for what is next: the id of a way, "again" or "close". */
export async function explain(panel: Panel, e: KitError, busy: number): Promise<string> {
  if (e.code === "busy" && busy <= 3) {
    const sleep = new Promise<string>((done) => setTimeout(() => done("again"), pause * 1000));
    const cancel = { id: "close", label: say("cancel") };
    return panel.during({ title: say("e-busy", { n: String(pause) }), other: cancel }, sleep).catch((turn: { id: string }) => turn.id);
  }
  const next = steps[e.code]();
  const other = { id: "choose", label: say("other-way") };
  const more = e.message && e.code !== "signer" ? [h("details", {}, h("summary", {}, say("details")), h("p", {}, e.message))] : [];
  return panel.show({ title: told(e), body: more, next, ...(next.id !== other.id && next.id !== "close" && { other }) });
}
