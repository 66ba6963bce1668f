// Beginning a session: with a link of the signer, or with one of ours.
import { bytesToHex, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { schnorr } from "@noble/curves/secp256k1.js";
import { isKit, KitError, signerError } from "../errors.ts";
import { publicKey } from "../wire/event.ts";
import { checkCode, connectURI, parseBunker, type Asking } from "../wire/link.ts";
import { same } from "../wire/nip44.ts";
import { keyOf, Line, type Hooks } from "./line.ts";
import { Session } from "./session.ts";

/** App is what the app says of itself, and what it wants to do. */
export interface App {
  name: string;
  url: string;
  image?: string;
  perms: string;
}

export const freshKey = (): string => bytesToHex(schnorr.utils.randomSecretKey());

/** connect begins a session with a bunker:// link. The same key can try the same link again. */
export async function connect(text: string, app: App, key: string, hooks: Hooks): Promise<Session> {
  const b = parseBunker(text);
  if (!b) throw new KitError("link", "that is no link of a key app");
  let line: Line;
  try {
    line = new Line(keyOf(key), b.relays);
    line.pin(b.signer);
  } catch {
    throw new KitError("link", "that is no link of a key app");
  }
  line.hooks = hooks;
  try {
    const about = { name: app.name, url: app.url, image: app.image, auth_url: true };
    const result = await line.do("connect", [b.signer, b.secret, app.perms, JSON.stringify(about)]);
    if (result !== "ack" && !(b.secret && equal(result, b.secret))) throw new KitError("bad-answer", "it answered connect with something else than yes");
  } catch (e) {
    line.close();
    if (isKit(e) && e.code === "denied" && /\blink\b/i.test(e.message)) throw new KitError("used-link", e.message);
    throw e;
  }
  return Session.begin(line);
}

const equal = (a: string, b: string): boolean => same(utf8ToBytes(a), utf8ToBytes(b));

/** Pending is a pairing that a page can take up again, after it was left for the signer's. */
export interface Pending {
  key: string;
  secret: string;
  relays: string[];
  started: number;
  scan?: boolean; // shown as a code to a phone
}

/** Pairing is a link of ours that waits for a signer that proves to have seen it. */
export class Pairing {
  readonly line: Line;
  private answered: Promise<string>;

  private constructor(readonly pending: Pending) {
    this.line = new Line(keyOf(pending.key), pending.relays);
    this.answered = new Promise((resolve, reject) => {
      this.line.stranger = (from, r) => {
        if (r.error && equal(r.id, pending.secret)) reject(signerError(r.error)); // a no, by who has seen the link
        else if (equal(r.result, pending.secret)) resolve(from); // all else is passed over
      };
    });
    this.answered.catch(() => {}); // it may come before anybody waits
  }

  /** open returns when we are listening: from then on the link can be shown. */
  static async open(relays: string[]): Promise<Pairing> {
    const p = new Pairing({ key: freshKey(), secret: bytesToHex(randomBytes(16)), relays, started: Date.now() });
    try {
      await p.line.awaitLive(15_000);
      await p.line.until(() => p.line.lives === p.line.relays.length, 500);
    } catch (e) {
      p.line.close();
      throw e;
    }
    const live = (url: string) => (p.line.relays.find((r) => r.url === url)?.live ? 0 : 1);
    p.pending.relays.sort((a, b) => live(a) - live(b)); // some signers use only the first
    return p;
  }

  static resume(pending: Pending): Pairing {
    return new Pairing(pending);
  }

  link(app: App, callback?: string): string {
    const { relays, secret } = this.pending;
    return connectURI({ client: this.line.pub, relays, secret, ...app, ...(callback && { callback }) } as Asking);
  }

  get code(): string {
    return checkCode(publicKey(keyOf(this.pending.key)), this.pending.secret);
  }

  /** wait waits for the signer, and begins the session. */
  async wait(ms: number, hooks: Hooks): Promise<Session> {
    this.line.hooks = hooks;
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new KitError("expired", "nobody answered the link in time")), ms);
      void this.line.until(() => false, ms).then(() => reject(new KitError("closed", "the link was given up")));
    });
    try {
      const signer = await Promise.race([this.answered, late]);
      this.line.pin(signer);
    } catch (e) {
      this.line.close();
      throw e;
    } finally {
      clearTimeout(timer!);
    }
    return Session.begin(this.line);
  }

  close(): void {
    if (!this.line.peer) this.line.close();
  }
}
