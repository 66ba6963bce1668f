// One relay: a socket that comes back, one subscription, and receipts.
import { randomBytes, bytesToHex } from "@noble/hashes/utils.js";
import { isEvent, type Event } from "../wire/event.ts";

export interface Receipt {
  ok: boolean;
  reason: string;
}

export interface Hearer {
  /** filter is what to ask for, at this moment. */
  filter(): object;
  event(e: Event): void;
  /** live: the subscription is confirmed on this connection. */
  live(): void;
  /** down: nothing comes from here now. */
  down(reason: string): void;
  challenge(text: string): Event;
}

const slowest = 30_000;
const answersIn = 5_000; // a relay that does not confirm by then has lost us

export class Relay {
  live = false;
  refused = false; // it never worked, so far
  private socket: WebSocket | undefined;
  private sub = "";
  private old = "";
  private worked = false;
  private pause = 500;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private receipts = new Map<string, (r: Receipt) => void>();
  private over = false;

  constructor(
    readonly url: string,
    private hearer: Hearer,
  ) {
    this.dial();
  }

  private dial(): void {
    clearTimeout(this.timer);
    let s: WebSocket;
    try {
      s = this.socket = new WebSocket(this.url);
    } catch {
      this.refused = true; // the page may not open it at all
      this.hearer.down("the page may not connect");
      return;
    }
    this.guard(s, 10_000);
    s.onopen = () => s === this.socket && this.subscribe();
    s.onmessage = (m) => s === this.socket && this.take(String(m.data));
    s.onclose = s.onerror = () => s === this.socket && this.lost("the connection ended");
  }

  /** guard gives a connection up that shows no sign of life. */
  private guard(s: WebSocket, ms: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => s === this.socket && !this.over && this.lost("no sign of life"), ms);
  }

  private lost(reason: string): void {
    const s = this.socket;
    this.socket = undefined;
    clearTimeout(this.watch);
    s?.close();
    this.refused ||= !this.worked && this.pause > 500;
    this.live = false;
    this.old = this.sub = "";
    this.receipts.clear();
    if (this.over) return;
    this.timer = setTimeout(() => this.dial(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, slowest);
    this.hearer.down(reason);
  }

  private send(...message: unknown[]): boolean {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** subscribe asks anew; what was asked before goes on until this is confirmed. */
  subscribe(): void {
    const id = bytesToHex(randomBytes(8));
    if (!this.send("REQ", id, this.hearer.filter())) return;
    this.old ||= this.live ? this.sub : "";
    this.sub = id;
    this.guard(this.socket!, answersIn);
  }

  /** wake looks whether the connection still stands, or dials at once. */
  wake(): void {
    if (this.over) return;
    if (this.socket) this.subscribe();
    else {
      this.pause = 500;
      this.dial();
    }
  }

  /** publish reports whether the event is on its way. */
  publish(e: Event, receipt: (r: Receipt) => void): boolean {
    this.receipts.set(e.id, receipt);
    return this.send("EVENT", e);
  }

  private take(text: string): void {
    let m: unknown;
    try {
      m = JSON.parse(text);
    } catch {
      return;
    }
    if (!Array.isArray(m)) return;
    const [label, a, b, c] = m as unknown[];
    if (label === "EVENT" && (a === this.sub || a === this.old) && isEvent(b)) this.hearer.event(b);
    else if (label === "EOSE" && a === this.sub) this.confirmed();
    else if (label === "CLOSED" && a === this.sub) this.closed(String(b));
    else if (label === "AUTH" && typeof a === "string") {
      const e = this.hearer.challenge(a);
      this.receipts.set(e.id, (r) => r.ok && !this.live && this.subscribe());
      this.send("AUTH", e);
    } else if (label === "OK" && typeof a === "string") {
      this.receipts.get(a)?.({ ok: b === true, reason: typeof c === "string" ? c : "" });
    }
  }

  private confirmed(): void {
    clearTimeout(this.watch);
    if (this.old) this.send("CLOSE", this.old);
    this.old = "";
    this.pause = 500;
    this.refused = false;
    this.worked = true;
    if (this.live) return; // it never was away: nothing is to be sent again
    this.live = true;
    this.hearer.live();
  }

  private closed(reason: string): void {
    if (!reason.startsWith("auth-required:")) return this.lost(reason);
    this.live = false;
    this.guard(this.socket!, answersIn); // a challenge comes, or came
    this.hearer.down(reason);
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.lost("");
  }
}
