// The two links of NIP-46, and what is allowed in them.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { isKey } from "./event.ts";

export const maxRelays = 10;

const loopback = (host: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);

/** relayURL is a relay's address in one form, or "" if none can be used. */
export function relayURL(s: unknown): string {
  if (typeof s !== "string" || !URL.canParse(s)) return "";
  const u = new URL(s);
  if ((u.protocol !== "wss:" && u.protocol !== "ws:") || u.username || u.password || u.hash) return "";
  return u.href.replace(/\/$/, "");
}

/** relayURLs drops what cannot be used, and doubles. */
export const relayURLs = (list: unknown[]): string[] => [...new Set(list.map(relayURL))].filter(Boolean).slice(0, maxRelays);

/** pageURL is a page that a person may be sent to: https, or http to this computer; "" for all else. */
export function pageURL(s: unknown): string {
  if (typeof s !== "string" || s.length > 2048 || /[^!-~]/.test(s) || !URL.canParse(s)) return "";
  const u = new URL(s);
  const safe = u.protocol === "https:" || (u.protocol === "http:" && loopback(u.hostname));
  return safe && u.hostname && !u.username && !u.password ? u.href : "";
}

/** secure is how pages of a host are reached. */
export const secure = (host: string): string => (loopback(host.replace(/:\d+$/, "")) ? "http:" : "https:");

export interface Bunker {
  signer: string;
  relays: string[];
  secret: string;
}

/** parseBunker reads a bunker:// link; null if it is none, or has no relay. */
export function parseBunker(text: string): Bunker | null {
  const found = /^bunker:\/\/([0-9a-f]{64})\/?\?(.*)$/i.exec(text.trim());
  if (!found) return null;
  const query = new URLSearchParams(found[2]!.replaceAll("+", "%2B"));
  const relays = relayURLs(query.getAll("relay"));
  const signer = found[1]!.toLowerCase();
  return isKey(signer) && relays.length ? { signer, relays, secret: query.get("secret") ?? "" } : null;
}

export interface Asking {
  client: string;
  relays: string[];
  secret: string;
  perms?: string;
  name?: string;
  url?: string;
  image?: string;
  callback?: string;
}

/** connectURI is the nostrconnect:// link. Whoever sees it can answer it. */
export function connectURI(a: Asking): string {
  const query: [string, string][] = a.relays.map((r) => ["relay", r]);
  query.push(["secret", a.secret]);
  for (const k of ["perms", "name", "url", "image", "callback"] as const) if (a[k]) query.push([k, a[k]]);
  query.push(["auth_url", "1"]);
  return `nostrconnect://${a.client}?` + query.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&");
}

/** checkCode is three digits that the signer shows for the same link, too. */
export function checkCode(client: string, secret: string): string {
  const sum = sha256(concatBytes(hexToBytes(client), utf8ToBytes(secret)));
  return String(new DataView(sum.buffer, sum.byteOffset).getUint32(0) % 1000).padStart(3, "0");
}
