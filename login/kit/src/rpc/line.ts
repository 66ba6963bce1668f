// The way to one signer: the app's key, a set of relays, the requests that wait.
import { hexToBytes } from "@noble/hashes/utils.js";
import { KitError, signerError } from "../errors.ts";
import { now, publicKey, sign, verify, type Event } from "../wire/event.ts";
import { conversationKey, decrypt, encrypt } from "../wire/nip44.ts";
import { maxRelays, pageURL } from "../wire/link.ts";
import { Call, lookBack, type Limits } from "./call.ts";
import { Relay } from "./relay.ts";

const kind = 24133;

/** Hooks are what a view shows while a request waits. */
export interface Hooks {
  /** page: the person must open this address for the request to go on. */
  page?(url: string): void;
  /** asking: the signer is there and has not answered; it probably asks the person. */
  asking?(): void;
  /** network: whether any relay is live. */
  network?(live: boolean): void;
}

interface Response {
  id: string;
  result: string;
  error: string;
}

export class Line {
  readonly pub: string;
  peer = "";
  heard = 0;
  closed = false;
  hooks: Hooks = {};
  /** stranger gets what comes while no signer is pinned. */
  stranger: ((from: string, r: Response) => void) | undefined;
  relays: Relay[] = [];
  readonly pending = new Map<string, Call>();
  private ck: Uint8Array = new Uint8Array();
  private watchers = new Set<() => void>();

  constructor(
    private secret: Uint8Array,
    urls: string[],
  ) {
    this.pub = publicKey(secret);
    this.open(urls);
  }

  /** pin: answers are taken from this signer only, from now on. */
  pin(signer: string): void {
    this.ck = conversationKey(this.secret, signer);
    this.peer = signer;
    this.stranger = undefined;
    for (const r of this.relays) r.subscribe();
  }

  open(urls: string[]): void {
    for (const url of urls) {
      if (this.closed || this.relays.length >= maxRelays || this.relays.some((r) => r.url === url)) continue;
      const relay: Relay = new Relay(url, {
        // Before somebody is known here nobody has written: then all is asked for, whatever the clock.
        filter: () => ({ kinds: [kind], "#p": [this.pub], ...(this.peer && { authors: [this.peer], since: now() - lookBack }) }),
        event: (e) => this.receive(e),
        live: () => this.live(relay),
        down: () => this.stir(),
        challenge: (text) => sign({ kind: 22242, created_at: now(), content: "", tags: [["relay", url], ["challenge", text]] }, this.secret),
      });
      this.relays.push(relay);
    }
  }

  drop(relay: Relay): void {
    this.relays = this.relays.filter((r) => r !== relay);
    for (const c of this.pending.values()) c.tries.delete(relay);
    relay.close();
    this.stir();
  }

  get lives(): number {
    return this.relays.filter((r) => r.live).length;
  }

  /** hopeless: no relay ever took us, and each was tried. */
  get hopeless(): boolean {
    return this.relays.every((r) => r.refused);
  }

  /** awaitLive waits until a relay is live. */
  awaitLive(ms: number): Promise<void> {
    return this.until(() => this.lives > 0, ms).then((live) => {
      if (!live) throw new KitError("no-connection", "no relay could be reached");
    });
  }

  /** until waits for something to become true; false means that it did not. */
  until(good: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (was: boolean) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(was);
      };
      const look = () => (good() ? end(true) : this.closed && end(false));
      const timer = setTimeout(() => end(false), ms);
      this.watchers.add(look);
      look();
    });
  }

  /** stir: the state of a relay or a request changed. */
  stir(): void {
    for (const c of [...this.pending.values()]) c.weigh();
    for (const w of [...this.watchers]) w();
    if (!this.closed) this.hooks.network?.(this.lives > 0);
  }

  private live(relay: Relay): void {
    for (const c of this.pending.values()) c.send(relay, true);
    this.stir();
  }

  /** seal makes a request's event. */
  seal(body: string): Event {
    return sign({ kind, created_at: now(), tags: [["p", this.peer]], content: encrypt(this.ck, body) }, this.secret);
  }

  private receive(e: Event): void {
    if (e.kind !== kind || !e.tags.some((t) => t[0] === "p" && t[1] === this.pub)) return;
    if (this.peer && e.pubkey !== this.peer) return;
    try {
      const ck = this.peer ? this.ck : conversationKey(this.secret, e.pubkey);
      const r = read(decrypt(ck, e.content)); // its MAC is cheaper than the signature
      if (!r || !verify(e)) return;
      if (this.peer) this.deliver(r, e.created_at);
      else this.stranger?.(e.pubkey, r);
    } catch {
      // not for us, or not well made: passed over
    }
  }

  private deliver(r: Response, at: number): void {
    const c = this.pending.get(r.id);
    if (!c) return;
    this.heard = Date.now();
    if (r.result === "auth_url" && r.error) {
      const url = pageURL(r.error);
      if (!c.page && c.asks && url) {
        c.page = true;
        this.hooks.page?.(url);
      }
    } else if (r.error) c.end(signerError(r.error, now() - at));
    else c.end(r.result);
    this.stir();
  }

  /** do sends a request and waits for its answer. */
  do(method: string, params: string[], limits?: Partial<Limits>): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new KitError("closed", "the session is closed"));
      const c = new Call(this, method, params, limits ?? {}, (answer) => (typeof answer === "string" ? resolve(answer) : reject(answer)));
      this.pending.set(c.id, c);
      for (const r of this.relays) c.send(r, false);
      c.weigh();
      this.hooks.network?.(this.lives > 0);
    });
  }

  /** wake looks after every connection at once. */
  wake(): void {
    for (const r of this.relays) r.wake();
  }

  /** corrected: the clock was set; by the wrong one a relay was asked for too little, and what was sent may count as too old. */
  corrected(): void {
    this.wake();
    for (const c of this.pending.values()) for (const r of this.relays) c.send(r, true);
  }

  /** close gives everything up; who waits is told so. The key goes with it. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const c of [...this.pending.values()]) c.end(new KitError("closed", "the session is closed"));
    for (const r of this.relays) r.close();
    for (const w of [...this.watchers]) w();
    this.secret.fill(0);
    this.ck.fill(0);
  }
}

/** read takes a response apart; null if it is none. */
function read(plain: string): Response | null {
  const r = JSON.parse(plain) as Record<string, unknown>;
  if (typeof r !== "object" || r === null || "method" in r) return null;
  const text = (x: unknown) => (typeof x === "string" ? x : x === undefined || x === null ? "" : JSON.stringify(x));
  const out = { id: text(r.id), result: r.result === null ? "null" : text(r.result), error: text(r.error) };
  return out.id && (out.error || "result" in r) ? out : null;
}

export const keyOf = (hex: string): Uint8Array => hexToBytes(hex);
