// The sessions of this page, one for each account, taken up from what is kept.
import { KitError } from "./errors.ts";
import { keyOf, Line } from "./rpc/line.ts";
import { Session } from "./rpc/session.ts";
import { accounts, forget, keep, type Account } from "./store.ts";
import { checked } from "./wire/check.ts";
import { now, type Event, type Template } from "./wire/event.ts";

/** Nip07 is what extensions, and the kit, put into window.nostr. */
export interface Nip07 {
  getPublicKey(): Promise<string>;
  signEvent(t: Partial<Template> & { kind: number; pubkey?: string }): Promise<Event>;
  nip04?: Cipher;
  nip44?: Cipher;
}

export interface Cipher {
  encrypt(peer: string, text: string): Promise<string>;
  decrypt(peer: string, payload: string): Promise<string>;
}

const ours = Symbol.for("nostr-login");

/** extension is a signer in the browser itself, or undefined. */
export function extension(): Nip07 | undefined {
  const n = (window as { nostr?: Nip07 }).nostr;
  return n && !(ours in n) ? n : undefined;
}

/** provide puts window.nostr there, unless an extension has. */
export function provide(n: Nip07): void {
  if (extension()) return;
  Object.defineProperty(window, "nostr", { configurable: true, writable: true, value: Object.assign(n, { [ours]: true }) });
}

const live = new Map<string, Session>();

/** open is the session of an account, taken up without asking anybody anything. */
export function open(a: Account): Session {
  const known = live.get(a.user);
  if (known && !known.line.closed) return known;
  if (!a.session) throw new KitError("closed", "the account has no session");
  const line = new Line(keyOf(a.session.key), a.session.relays);
  line.pin(a.session.signer);
  const s = new Session(line, a.user);
  void s.meet();
  return adopt(s, a.session.key);
}

/** adopt keeps a session, here and in the browser. */
export function adopt(s: Session, key: string): Session {
  const before = live.get(s.user);
  if (before && before !== s) before.line.close();
  live.set(s.user, s);
  const save = () => {
    const known = accounts().find((a) => a.user === s.user);
    keep({ user: s.user, name: known?.name ?? "", picture: known?.picture ?? "", used: 0, session: { key, signer: s.line.peer, relays: s.relays } });
  };
  save();
  s.moved = save;
  return s;
}

/** leave ends a session: the signer is told, and the key is gone either way. */
export async function leave(user: string): Promise<void> {
  const a = accounts().find((a) => a.user === user);
  if (!a) return;
  let s: Session | undefined;
  try {
    s = a.session && open(a);
  } catch {
    s = undefined;
  }
  forget(user);
  live.delete(user);
  if (s) s.moved = undefined;
  await s?.logout();
}

/** signExtension has the extension sign, and checks what it gives. */
export async function signExtension(user: string, t: Template): Promise<Event> {
  const n = extension();
  if (!n) throw new KitError("no-signer", "the extension is gone");
  let e: unknown;
  try {
    e = await n.signEvent({ ...t, tags: t.tags.map((x) => [...x]) });
  } catch (err) {
    throw new KitError("denied", err instanceof Error ? err.message : "");
  }
  return checked(e, user, { ...t, created_at: t.created_at ?? now() });
}

/** corrected: the clock was set, and what hung on it is done anew. */
export function corrected(): void {
  for (const s of live.values()) s.line.corrected();
}

/** wake looks after every connection: the page is back, or the network. */
export function wake(): void {
  for (const s of live.values()) s.line.wake();
}
