// A relay, and a signer behind it, in memory, that do as badly as a test wants.
import { mock } from "node:test";
import { randomBytes } from "@noble/hashes/utils.js";
import { schnorr } from "@noble/curves/secp256k1.js";
import { now, publicKey, sign, type Event, type Template } from "../src/wire/event.ts";
import { conversationKey, decrypt, encrypt } from "../src/wire/nip44.ts";

/** relays are those that there are; all else cannot be reached. */
export const relays = new Map<string, Relay>();

export class Relay {
  sockets: Socket[] = [];
  events: Event[] = [];
  deaf = false; // takes connections, and says nothing
  stored: unknown[] = []; // told to whoever asks
  verdict: [boolean, string] | null = [true, ""]; // of OK; null: none
  hear: ((e: Event) => void) | undefined;

  constructor(readonly url = "wss://relay.example") {
    relays.set(url, this);
  }

  deliver(e: Event): void {
    for (const s of this.sockets) for (const [id, f] of s.subs) if (!f.authors || f.authors.includes(e.pubkey)) s.tell(["EVENT", id, e]);
  }

  drop(): void {
    for (const s of this.sockets.splice(0)) s.end();
  }
}

class Socket {
  readyState = 0;
  subs = new Map<string, { authors?: string[]; since?: number }>();
  onopen?: () => void;
  onclose?: () => void;
  onerror?: () => void;
  onmessage?: (m: { data: string }) => void;
  private relay: Relay | undefined;

  constructor(url: string) {
    queueMicrotask(() => {
      this.relay = relays.get(url);
      if (!this.relay) return this.end();
      this.readyState = 1;
      this.relay.sockets.push(this);
      this.onopen?.();
    });
  }

  tell(m: unknown): void {
    queueMicrotask(() => this.onmessage?.({ data: typeof m === "string" ? m : JSON.stringify(m) }));
  }

  send(text: string): void {
    const r = this.relay!;
    if (r.deaf) return;
    const [label, a, b] = JSON.parse(text);
    if (label === "REQ") {
      this.subs.set(a, b);
      for (const e of r.stored) this.tell(["EVENT", a, e]);
      this.tell(["EOSE", a]);
    }
    if (label === "CLOSE") this.subs.delete(a);
    if (label === "EVENT") {
      r.events.push(a);
      if (r.verdict) this.tell(["OK", a.id, ...r.verdict]);
      if (!r.verdict || r.verdict[0]) r.hear?.(a);
    }
  }

  end(): void {
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.());
  }

  close(): void {
    this.readyState = 3;
    if (this.relay) this.relay.sockets = this.relay.sockets.filter((s) => s !== this);
  }
}

export interface Request {
  id: string;
  method: string;
  params: string[];
  from: string;
}

export const user = schnorr.utils.randomSecretKey();

/** Signer answers as told: a text is the result, an Error the error, null is silence. */
export class Signer {
  readonly key = schnorr.utils.randomSecretKey();
  readonly pub = publicKey(this.key);
  asked: Request[] = [];
  answer: (r: Request) => string | Error | null = (r) => this.well(r);

  constructor(readonly relay: Relay) {
    relay.hear = (e) => {
      const r = { ...JSON.parse(decrypt(conversationKey(this.key, e.pubkey), e.content)), from: e.pubkey } as Request;
      this.asked.push(r);
      const a = this.answer(r);
      if (a !== null) this.reply(r, a);
    };
  }

  /** well is what an honest signer answers. */
  well(r: Request): string | null {
    switch (r.method) {
      case "connect":
        return "ack";
      case "ping":
        return "pong";
      case "get_public_key":
        return publicKey(user);
      case "sign_event":
        return JSON.stringify(sign(JSON.parse(r.params[0]!) as Template, user));
      case "switch_relays":
        return "null";
      case "nip44_decrypt":
        return "opened " + r.params[1];
    }
    return "ack";
  }

  reply(r: Pick<Request, "id" | "from">, a: string | Error, key = this.key): void {
    const body = a instanceof Error ? { id: r.id, result: a.name === "auth_url" ? "auth_url" : "", error: a.message } : { id: r.id, result: a };
    this.send(r.from, JSON.stringify(body), key);
  }

  send(to: string, body: string, key = this.key): void {
    this.relay.deliver(sign({ kind: 24133, created_at: now(), tags: [["p", to]], content: encrypt(conversationKey(key, to), body) }, key));
  }

  methods(): string[] {
    return this.asked.map((r) => r.method);
  }

  get link(): string {
    return `bunker://${this.pub}?relay=${encodeURIComponent(this.relay.url)}&secret=shh`;
  }
}

export const authURL = (url: string): Error => Object.assign(new Error(url), { name: "auth_url" });
export const app = { name: "Crays", url: "https://crays.example", perms: "sign_event:1" };
export const stranger = (): Uint8Array => schnorr.utils.randomSecretKey(randomBytes(48));

(globalThis as { WebSocket: unknown }).WebSocket = Socket;

/** clock stops time, until pass lets some of it go by. */
export const clock = (): void => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_790_000_000_000 });
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await new Promise((r) => setImmediate(r));
};
export async function pass(ms: number): Promise<void> {
  await settle();
  for (let left = ms; left > 0; left -= 500) {
    mock.timers.tick(Math.min(500, left));
    await settle();
  }
}

/** outcome is what became of a promise: its error's code, or "fine", or "waits". */
export async function outcome(p: Promise<unknown>): Promise<string> {
  p.catch(() => {});
  await settle();
  return Promise.race([p.then(() => "fine", (e: { code?: string }) => e.code ?? String(e)), new Promise<string>((r) => setImmediate(() => r("waits")))]);
}
