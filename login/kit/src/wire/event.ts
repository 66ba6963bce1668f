// Events (NIP-01): made, and checked.
import { schnorr } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

export interface Template {
  kind: number;
  created_at: number;
  tags: string[][];
  content: string;
}

export interface Event extends Template {
  id: string;
  pubkey: string;
  sig: string;
}

let ahead = 0; // how far this computer's clock is from one that is right

/** now is the time, in seconds, by the best clock there is. */
export const now = (): number => Math.floor((Date.now() - ahead) / 1000);

/** set sets the clock by a server's time; a few seconds are the way here. It reports whether the clock is another now. */
export function set(server: number): boolean {
  const off = Date.now() - server;
  const before = ahead;
  ahead = Math.abs(off) > 10_000 ? off : 0;
  return Math.abs(ahead - before) > 10_000;
}

const isHex = (s: unknown, bytes: number): s is string => typeof s === "string" && s.length === 2 * bytes && /^[0-9a-f]*$/.test(s);

/** isKey reports whether something is a public key in hex. */
export const isKey = (s: unknown): s is string => isHex(s, 32);

const idOf = (e: Template, pubkey: string): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify([0, pubkey, e.created_at, e.kind, e.tags, e.content]))));

export const publicKey = (secret: Uint8Array): string => bytesToHex(schnorr.getPublicKey(secret));

export function sign(t: Template, secret: Uint8Array): Event {
  const pubkey = publicKey(secret);
  const id = idOf(t, pubkey);
  return { ...t, id, pubkey, sig: bytesToHex(schnorr.sign(hexToBytes(id), secret)) };
}

/** isEvent looks at the form alone. */
export function isEvent(x: unknown): x is Event {
  const e = x as Event;
  return typeof e === "object" && e !== null && isHex(e.id, 32) && isHex(e.pubkey, 32) && isHex(e.sig, 64) &&
    Number.isSafeInteger(e.created_at) && Number.isSafeInteger(e.kind) && typeof e.content === "string" &&
    Array.isArray(e.tags) && e.tags.every((t) => Array.isArray(t) && t.every((s) => typeof s === "string"));
}

/** verify reports whether id and signature are right. */
export function verify(e: Event): boolean {
  try {
    return idOf(e, e.pubkey) === e.id && schnorr.verify(hexToBytes(e.sig), hexToBytes(e.id), hexToBytes(e.pubkey));
  } catch {
    return false;
  }
}
