// One request on its way, with its deadlines.
import { bytesToHex, randomBytes } from "@noble/hashes/utils.js";
import { KitError, relayError } from "../errors.ts";
import { now, type Event } from "../wire/event.ts";
import type { Line } from "./line.ts";
import type { Receipt, Relay } from "./relay.ts";

export interface Limits {
  connect: number; // for a relay
  answer: number; // for a signer that shows no sign of life
  approval: number; // for a person; 0: none is ever asked
  whole: number; // of all together; 0: none
}

export const lookBack = 60; // seconds before now that a subscription starts
const staleAfter = 45; // seconds after which a request is made anew to be sent again
const probeAfter = 5_000;
const standard: Limits = { connect: 15_000, answer: 30_000, approval: 300_000, whole: 0 };
const ofPages = 600_000; // for a person at a page of the signer
const courtesies = ["ping", "get_public_key", "switch_relays", "logout"];

/** within is for a courtesy that must not hold anybody up. */
export const within = (ms: number): Partial<Limits> => ({ connect: ms, answer: ms, whole: ms });

type State = "sent" | "taken" | "refused" | "later";

interface Try {
  event: string;
  state: State;
  reason: string;
  pauses: number;
}

export class Call {
  readonly id = bytesToHex(randomBytes(16));
  readonly tries = new Map<Relay, Try>();
  readonly asks: boolean;
  page = false; // the person was sent to a page
  private limits: Limits;
  private event: Event;
  private body: string;
  private started = Date.now();
  private aired = 0;
  private probed = false;
  private told = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private line: Line,
    readonly method: string,
    params: string[],
    limits: Partial<Limits>,
    private done: (answer: string | KitError) => void,
  ) {
    this.limits = { ...standard, ...(courtesies.includes(method) && { approval: 0 }), ...limits };
    this.asks = this.limits.approval > 0;
    this.body = JSON.stringify({ id: this.id, method, params });
    this.event = line.seal(this.body);
  }

  end(answer: string | KitError): void {
    clearTimeout(this.timer);
    if (this.line.pending.delete(this.id)) this.done(answer);
  }

  /** send puts the request on a live relay, where it has been only if again. */
  send(relay: Relay, again: boolean): void {
    const was = this.tries.get(relay);
    if (!relay.live || !this.line.pending.has(this.id) || (was && !again)) return;
    if (Math.abs(now() - this.event.created_at) > staleAfter) this.event = this.line.seal(this.body);
    const mine: Try = { event: this.event.id, state: "sent", reason: "", pauses: was?.pauses ?? 0 };
    if (!relay.publish(this.event, (r) => this.tries.get(relay) === mine && this.receipt(relay, mine, r))) return;
    this.tries.set(relay, mine);
    if (!this.aired || (this.asks && this.line.lives === 1)) {
      this.aired = Date.now(); // after a loss the signer has its time again
      this.probed = false;
    }
  }

  private receipt(relay: Relay, t: Try, r: Receipt): void {
    t.reason = r.reason;
    if (r.ok || r.reason.startsWith("duplicate:")) t.state = "taken";
    else if (r.reason.startsWith("rate-limited:") || (r.reason.startsWith("mute:") && t.pauses < 3)) {
      t.state = "later"; // the signer may be about to come back
      setTimeout(() => this.send(relay, true), 1000 << Math.min(t.pauses, 3));
      t.pauses++;
    } else t.state = "refused";
    this.weigh();
  }

  /** weigh ends the request if it is lost, and looks again when it might be. */
  weigh(): void {
    const t = Date.now();
    const until = this.deadline(t);
    clearTimeout(this.timer);
    if (until instanceof KitError) this.end(until);
    else this.timer = setTimeout(() => this.weigh(), Math.max(until - t, 1));
  }

  private deadline(t: number): number | KitError {
    const l = this.limits;
    const tries = [...this.tries.values()];
    if (!tries.some((x) => x.state === "sent" || x.state === "taken")) {
      const until = this.started + l.connect;
      const refused = tries.filter((x) => x.state === "refused").length;
      if (refused === this.line.relays.length || this.line.hopeless || t >= until) return this.notSent(tries);
      return until;
    }
    const probe = this.aired + Math.min(probeAfter, l.answer / 2);
    let until = this.aired + l.answer;
    if (l.whole) until = Math.min(until, this.started + l.whole);
    if (this.asks && this.page) until = this.started + Math.max(ofPages, l.approval);
    else if (this.asks && t < probe) return probe;
    else if (this.asks && this.line.heard >= probe) {
      until = this.started + l.approval; // it is there, so it asks the person
      if (!this.told) this.line.hooks.asking?.();
      this.told = true;
    } else if (t >= until) return this.silent();
    else if (this.asks && !this.probed) {
      this.probed = true;
      this.probe();
    }
    return t >= until ? new KitError("undecided", "nobody said yes or no in time") : until;
  }

  /** probe asks whether the signer is there, and whether the relays still hear us. */
  private probe(): void {
    this.line.wake();
    if ([...this.line.pending.values()].some((c) => c.method === "ping")) return;
    setTimeout(() => this.line.closed || void this.line.do("ping", []).catch(() => {}), 0);
  }

  private notSent(tries: Try[]): KitError {
    const no = tries.find((x) => x.state === "refused" || x.state === "later");
    if (!no) return new KitError("no-connection", "no relay could be reached");
    return relayError(no.reason);
  }

  private silent(): KitError {
    if (this.line.lives === 0) return new KitError("no-connection", "no relay could be reached");
    return new KitError("no-answer", `it did not answer ${this.method}`);
  }
}
