// What the browser keeps: sessions, and a pairing that was left for another page.
import { isKey } from "./wire/event.ts";
import { relayURLs } from "./wire/link.ts";
import type { Pending } from "./rpc/pair.ts";

export interface Account {
  user: string;
  name: string;
  picture: string;
  used: number;
  /** extension accounts have no session of ours. */
  session?: { key: string; signer: string; relays: string[] };
}

const accountsKey = "nostr-login";
export const turnKey = "nostr-login-turn";
const pendingKey = "nostr-login-pending";
export const pendingLasts = 600_000;

type Place = () => Storage; // a browser may refuse it

function read(key: string, place: Place = () => localStorage): unknown {
  try {
    return JSON.parse(place().getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(key: string, value: unknown, place: Place = () => localStorage): void {
  try {
    if (value === null) place().removeItem(key);
    else place().setItem(key, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing: the session ends with the page
  }
}

function usable(x: unknown): x is Account {
  const a = x as Account;
  if (typeof a !== "object" || a === null || !isKey(a.user) || typeof a.name !== "string" || typeof a.picture !== "string") return false;
  const s = a.session;
  return !s || (isKey(s.key) && isKey(s.signer) && Array.isArray(s.relays) && relayURLs(s.relays).length > 0);
}

/** accounts are those known here, the one used last first. */
export function accounts(): Account[] {
  const list = read(accountsKey);
  return (Array.isArray(list) ? list.filter(usable) : []).sort((a, b) => b.used - a.used);
}

/** keep notes an account as the one used last. */
export function keep(a: Account): void {
  write(accountsKey, [{ ...a, used: Date.now() }, ...accounts().filter((o) => o.user !== a.user)].slice(0, 8));
}

/** meet notes what the site has found out about somebody who is known here. */
export function meet(user: string, chip: { name?: string; picture?: string } | undefined): void {
  const a = accounts().find((a) => a.user === user);
  const { name = a?.name, picture = a?.picture } = chip ?? {};
  if (a && (name !== a.name || picture !== a.picture)) keep({ ...a, name: name ?? "", picture: picture ?? "" });
}

export function forget(user: string): void {
  write(accountsKey, accounts().filter((a) => a.user !== user));
}

/** turned tells the other tabs that somebody is in or out, once the site knows it too. */
export const turned = (): void => write(turnKey, [Date.now(), Math.random()]);

/** leave keeps a pairing while the person is elsewhere; one that is only here, for this tab alone. */
export function leave(p: Pending | null): void {
  write(pendingKey, p?.scan ? null : p);
  write(pendingKey, p?.scan ? p : null, () => sessionStorage);
}

/** left is such a pairing, if it is young enough. */
export function left(): Pending | null {
  const p = (read(pendingKey, () => sessionStorage) ?? read(pendingKey)) as Pending | null;
  const good = p && isKey(p.key) && typeof p.secret === "string" && Array.isArray(p.relays) && Date.now() - p.started < pendingLasts;
  if (!good) return null;
  return { ...p, relays: relayURLs(p.relays) };
}
