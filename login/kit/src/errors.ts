// What can go wrong, by a stable name; the words for it are in the catalogue.

/** Codes of signers (their error begins with the word), then those found here. */
const ofSigners = ["denied", "expired", "limit", "unsupported", "busy", "locked", "invalid", "revoked"] as const;

export type Code =
  | (typeof ofSigners)[number]
  | "link" // not a usable bunker:// link
  | "used-link" // one that connected before
  | "no-connection" // no relay could be reached in time
  | "relay-refused" // every relay refused the request
  | "no-answer" // it went out, nothing came back
  | "undecided" // the signer is there, the person said neither yes nor no
  | "bad-answer" // the answer is not what was asked for
  | "wrong-account" // another person than the one expected
  | "no-signer" // none is told of at an address
  | "clock" // the server says that the clock is wrong
  | "site" // the site's server did not let the person in
  | "closed" // given up here
  | "signer"; // a signer's own words

/** KitError never holds a secret or the text of a message. */
export class KitError extends Error {
  constructor(
    readonly code: Code,
    message: string,
    readonly more: { seconds?: number; user?: string } = {},
  ) {
    super(message);
    this.name = "KitError";
  }
}

/** oneLine makes a text by others fit to be shown. */
export const oneLine = (s: string, most = 200): string => s.replace(/[\p{C}\p{Z}]+/gu, " ").trim().slice(0, most);

const far = 30; // seconds that a clock may be off without being the cause

/** signerError reads a signer's error: "code: words", or words alone; off is how far its clock is from ours. */
export function signerError(text: string, off = 0): KitError {
  const [word, ...rest] = oneLine(text).split(":");
  if (Math.abs(off) > far && /\b(clock|future|too old)\b/i.test(text)) return new KitError("clock", rest.join(":").trim(), { seconds: Math.abs(off) });
  const code = ofSigners.find((c) => c === word);
  if (!code || (!rest.length && word !== text)) return new KitError("signer", oneLine(text));
  return new KitError(code, rest.join(":").trim());
}

/** relayError reads why a relay took a request from nobody. */
export function relayError(reason: string): KitError {
  if (reason.startsWith("mute:")) return new KitError("no-answer", reason);
  const [, off] = /clock is (-?\d+) s off/.exec(reason) ?? [];
  if (off) return new KitError("clock", reason, { seconds: Math.abs(Number(off)) });
  return new KitError(/\b(larger|too large|too big|size)\b/.test(reason) ? "limit" : "relay-refused", reason);
}

export const isKit = (e: unknown): e is KitError => e instanceof KitError;
