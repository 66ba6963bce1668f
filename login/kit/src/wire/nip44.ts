// NIP-44 version 2, with the longer prefix for texts of 64 KiB and more.
import { chacha20 } from "@noble/ciphers/chacha.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { KitError } from "../errors.ts";

const largest = 768 << 10;

export const conversationKey = (secret: Uint8Array, peer: string): Uint8Array =>
  extract(sha256, secp256k1.getSharedSecret(secret, hexToBytes("02" + peer)).subarray(1, 33), utf8ToBytes("nip44-v2"));

function messageKeys(key: Uint8Array, nonce: Uint8Array) {
  const k = expand(sha256, key, nonce, 76);
  return { cipher: k.subarray(0, 32), iv: k.subarray(32, 44), mac: k.subarray(44) };
}

function padded(n: number): number {
  if (n <= 32) return 32;
  const chunk = Math.max(32, 2 ** Math.ceil(Math.log2(n)) / 8);
  return chunk * Math.ceil(n / chunk);
}

const prefixOf = (n: number): number => (n < 65536 ? 2 : 6);

export function encrypt(key: Uint8Array, text: string, nonce = randomBytes(32)): string {
  const plain = utf8ToBytes(text);
  const n = plain.length;
  if (n < 1 || n > largest) throw new KitError("limit", "the text is empty or too large");
  const prefix = prefixOf(n);
  const room = new Uint8Array(prefix + padded(n));
  const view = new DataView(room.buffer);
  if (prefix === 2) view.setUint16(0, n);
  else view.setUint32(2, n);
  room.set(plain, prefix);
  const k = messageKeys(key, nonce);
  const sealed = chacha20(k.cipher, k.iv, room);
  return toBase64(concatBytes(new Uint8Array([2]), nonce, sealed, hmac(sha256, k.mac, concatBytes(nonce, sealed))));
}

/** decrypt throws whatever is wrong; it checks the MAC before anything else. */
export function decrypt(key: Uint8Array, payload: string): string {
  if (payload.length < 132 || payload.length > 2 * largest) throw new Error("not a payload");
  const raw = fromBase64(payload);
  if (raw[0] !== 2) throw new Error("another version");
  const nonce = raw.subarray(1, 33);
  const sealed = raw.subarray(33, -32);
  const k = messageKeys(key, nonce);
  if (!same(hmac(sha256, k.mac, concatBytes(nonce, sealed)), raw.subarray(-32))) throw new Error("wrong MAC");
  const room = chacha20(k.cipher, k.iv, sealed);
  const view = new DataView(room.buffer, room.byteOffset);
  const short = view.getUint16(0);
  const n = short || view.getUint32(2);
  const prefix = short ? 2 : 6;
  if (n < 1 || prefixOf(n) !== prefix || room.length !== prefix + padded(n)) throw new Error("wrong padding");
  return new TextDecoder("utf-8", { fatal: true }).decode(room.subarray(prefix, prefix + n));
}

/** same compares in constant time. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  let differ = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) differ |= a[i]! ^ (b[i] ?? 0);
  return differ === 0;
}

function toBase64(raw: Uint8Array): string {
  let s = "";
  for (let i = 0; i < raw.length; i += 8192) s += String.fromCharCode(...raw.subarray(i, i + 8192));
  return btoa(s);
}

const fromBase64 = (s: string): Uint8Array => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
