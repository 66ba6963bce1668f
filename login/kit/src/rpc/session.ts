// A session with a signer, and the checks of what it answers.
import { KitError } from "../errors.ts";
import { checked } from "../wire/check.ts";
import { isKey, now, type Event, type Template } from "../wire/event.ts";
import { maxRelays, relayURLs } from "../wire/link.ts";
import { within } from "./call.ts";
import type { Line } from "./line.ts";
import { Queue } from "./queue.ts";

const overlap = 10_000; // old relays beside new ones
const anew = [10_000, 60_000, 300_000]; // until a signer that was silent is asked again where to meet

const badAnswer = (what: string) => new KitError("bad-answer", what);

export class Session {
  /** moved is called when the relays have changed, for the session to be saved anew. */
  moved: (() => void) | undefined;
  private moving = 0;
  private decrypts = new Queue();

  constructor(
    readonly line: Line,
    public user = "",
  ) {}

  /** begin learns who the person is, and at the same time where the signer wants to be met. */
  static async begin(line: Line): Promise<Session> {
    const s = new Session(line);
    try {
      s.switchRelays().catch(() => {});
      s.user = await line.do("get_public_key", []);
      if (!isKey(s.user)) throw badAnswer("it answered get_public_key with something else");
      return s;
    } catch (e) {
      line.close();
      throw e;
    }
  }

  get relays(): string[] {
    return this.line.relays.map((r) => r.url);
  }

  /** signEvent returns only what was asked for: signed by the person, every field unchanged. */
  async signEvent(t: Partial<Template> & { kind: number; pubkey?: string }): Promise<Event> {
    const asked: Template = { kind: t.kind, created_at: t.created_at ?? now(), tags: t.tags ?? [], content: t.content ?? "" };
    if (t.pubkey && t.pubkey !== this.user) throw new KitError("wrong-account", "the event names another author", { user: this.user });
    const result = await this.line.do("sign_event", [JSON.stringify(asked)]);
    let e: unknown;
    try {
      e = JSON.parse(result);
    } catch {
      e = null;
    }
    return checked(e, this.user, asked);
  }

  encrypt = (how: "nip04" | "nip44", peer: string, text: string): Promise<string> => this.line.do(`${how}_encrypt`, [peer, text]);

  /** decrypt opens each text once; a few at a time, so that nobody is asked a hundred times. */
  decrypt = (how: "nip04" | "nip44", peer: string, payload: string): Promise<string> =>
    this.decrypts.get(`${how} ${peer} ${payload}`, () => this.line.do(`${how}_decrypt`, [peer, payload]));

  /** switchRelays moves where the signer prefers to be met; old relays stay until a new one works, and a while longer. */
  async switchRelays(): Promise<void> {
    const urls = relayList(await this.line.do("switch_relays", [], within(4_000))).slice(0, maxRelays / 2);
    const same = urls.length === this.line.relays.length && urls.every((u) => this.relays.includes(u));
    if (!urls.length || same) return;
    const mine = ++this.moving;
    this.line.open(urls);
    const fresh = () => this.line.relays.filter((r) => urls.includes(r.url));
    const works = await this.line.until(() => fresh().some((r) => r.live), 15_000);
    if (works) await new Promise((done) => setTimeout(done, overlap));
    if (this.line.closed || mine !== this.moving) return;
    if (works) for (const r of this.line.relays.filter((r) => !urls.includes(r.url))) this.line.drop(r);
    else for (const r of fresh().filter((r) => !r.live && this.line.relays.length > 1)) this.line.drop(r);
    this.moved?.();
  }

  /** meet asks where the signer wants to be met, and once it hears again if it does not now. */
  async meet(): Promise<void> {
    for (const pause of [0, ...anew]) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        await this.line.awaitLive(60_000);
        return await this.switchRelays();
      } catch (e) {
        if (this.line.closed || !(e instanceof KitError && ["no-answer", "no-connection", "clock"].includes(e.code))) return;
      }
    }
  }

  /** logout tells the signer, and gives the key up whether or not it heard. */
  async logout(): Promise<void> {
    await this.line.do("logout", [], within(3_000)).catch(() => {});
    this.decrypts.forget();
    this.line.close();
  }
}

/** relayList reads what switch_relays gave, as signers really answer. */
export function relayList(result: string): string[] {
  try {
    let list: unknown = JSON.parse(result);
    if (typeof list === "string") list = JSON.parse(list);
    return Array.isArray(list) ? relayURLs(list) : [];
  } catch {
    return [];
  }
}
