// The site's server: it asks for one signed event, and keeps a session of its own.
import { isKit, KitError } from "./errors.ts";
import { corrected } from "./sessions.ts";
import { set, type Event, type Template } from "./wire/event.ts";

/** Chip is what the site's server found out about a person. */
export interface Chip {
  name?: string;
  picture?: string;
  address?: string;
  checked?: boolean;
}

export interface Who {
  pubkey: string;
  chip?: Chip;
}

interface Refusal {
  reason?: string;
  message?: string;
  skew?: number;
}

// A login that the person took longer for is too old for the site: it is asked
// for anew, for as long as a person has.
const old = 45_000;
const whole = 300_000;

export class Site {
  constructor(private api: string) {}

  private async ask(method: string, path: string, body?: string): Promise<Response> {
    let res: Response;
    try {
      res = await fetch(this.api + path, { method, credentials: "same-origin", signal: AbortSignal.timeout(20_000), ...(body && { body }) });
    } catch {
      throw new KitError("site", "the site could not be reached");
    }
    const at = Date.parse(res.headers.get("date") ?? "");
    if (at && set(at)) corrected(); // what is wrong with this computer's clock does no harm
    return res;
  }

  private async refusal(res: Response): Promise<KitError> {
    const r = ((await res.json().catch(() => ({}))) ?? {}) as Refusal;
    if (r.reason === "clock") return new KitError("clock", r.message ?? "", { seconds: Math.abs(r.skew ?? 0) });
    if (r.reason === "busy" || res.status === 429 || res.status === 503) return new KitError("busy", r.message ?? "");
    return new KitError("site", r.message ?? "the site said no");
  }

  /** current is who is logged in here, as the site knows. */
  async current(): Promise<Who | null> {
    const res = await this.ask("GET", "/session").catch(() => null);
    return res?.ok ? ((await res.json()) as Who) : null;
  }

  /** login has one event signed that counts here alone, once, and for a minute. */
  async login(sign: (t: Template) => Promise<Event>): Promise<Who> {
    for (const start = Date.now(); ; ) {
      const began = Date.now();
      try {
        return await this.once(sign);
      } catch (e) {
        const late = isKit(e) && (e.code === "expired" || e.code === "clock") && Date.now() - began > old;
        if (!late || Date.now() - start > whole) throw e;
      }
    }
  }

  private async once(sign: (t: Template) => Promise<Event>): Promise<Who> {
    const res = await this.ask("POST", "/challenge");
    if (!res.ok) throw await this.refusal(res);
    const c = (await res.json()) as { kind: number; u: string; method: string; challenge: string; now: number };
    const mine = new URL(this.api + "/verify", location.href).href;
    if (c.kind !== 27235 || c.u !== mine) throw new KitError("bad-answer", "the site asks for something else than a login here");
    const event = await sign({ kind: c.kind, created_at: c.now, content: "", tags: [["u", c.u], ["method", c.method], ["challenge", c.challenge]] });
    const took = await this.ask("POST", "/verify", JSON.stringify(event));
    if (!took.ok) throw await this.refusal(took);
    return (await took.json()) as Who;
  }

  async logout(everywhere: boolean): Promise<void> {
    const res = await this.ask("POST", "/logout" + (everywhere ? "?everywhere=1" : ""));
    if (!res.ok && res.status !== 401) throw await this.refusal(res);
  }
}
