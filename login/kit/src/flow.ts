// From the button to being logged in: one way after another, until one ends well
// or the person has had enough.
import { isKit, KitError } from "./errors.ts";
import { discover, page } from "./discover.ts";
import { explain } from "./explain.ts";
import { telling } from "./hooks.ts";
import { connect, freshKey, Pairing, type App } from "./rpc/pair.ts";
import type { Session } from "./rpc/session.ts";
import { adopt, extension, leave, open, signExtension } from "./sessions.ts";
import type { Site, Who } from "./site.ts";
import * as store from "./store.ts";
import { Panel, Turn } from "./view/panel.ts";
import { compare, nameOf, scan } from "./view/parts.ts";
import { choosing, typing, whose } from "./choosing.ts";
import { say } from "./words.ts";
import { isKey } from "./wire/event.ts";

export interface Setup {
  app: App;
  relays: string[];
  signer: string; // the domain of a hosted signer, or ""
  site: Site | null; // null: the page has no server to log in at
}

const codeLasts = 180_000;

export class Flow {
  /** expect is the account that the person wants to go on as. */
  private expect = "";
  private expected = ""; // its name, which is kept when the account is forgotten
  private way = "";
  private typed = "";
  private typedKey = freshKey(); // the same link can be tried again with it
  private busy = 0;

  constructor(
    readonly panel: Panel,
    readonly setup: Setup,
  ) {}

  private other = { id: "choose", label: say("other-way") };

  /** first is the way that is most likely this person's. */
  first(): string {
    const known = store.accounts()[0];
    if (known && (known.session || extension())) return "as:" + known.user;
    if (extension()) return "extension";
    if (this.setup.signer) return "hosted";
    if (!this.setup.relays.length) return "online";
    return matchMedia("(pointer: coarse)").matches ? "here" : "phone";
  }

  /** run goes the ways until somebody is logged in; null means that the person gave up. */
  async run(first = this.first()): Promise<Who | null> {
    this.way = first;
    for (this.busy = 0; ; ) {
      try {
        const who = await this.go(this.way);
        this.panel.close();
        return who;
      } catch (e) {
        if (e instanceof Turn) {
          if (e.id === "close" || e.id === "closed") {
            store.leave(null);
            if (e.id === "close") this.panel.close();
            return null;
          }
          if (e.id !== "again") this.way = e.id;
        } else {
          if (!isKit(e)) console.error(e); // a fault of ours
          const error = isKit(e) ? e : new KitError("site", "");
          if (error.code === "busy") this.busy++;
          const next = await explain(this.panel, error, this.busy).catch(() => "close");
          if (next === "revoked" && this.way.startsWith("as:")) {
            this.expect = this.way.slice(3);
            this.expected = store.accounts().find((a) => a.user === this.expect)?.name ?? "";
            await leave(this.expect);
          }
          if (next === "close" || next === "closed") {
            if (next === "close") this.panel.close();
            return null;
          }
          if (next !== "again") this.way = next === "revoked" ? this.first() : next;
        }
      }
    }
  }

  private async go(way: string): Promise<Who> {
    const [name, rest = ""] = way.split(/:(.*)/s);
    switch (name) {
      case "as":
        return this.known(rest);
      case "extension":
        return this.extension();
      case "hosted":
        return this.hosted(rest || this.setup.signer, Boolean(rest));
      case "resume":
        return this.resume();
      case "phone":
      case "here":
        return this.code(name);
      case "online":
        return this.online();
      case "in": // in another tab
        return this.elsewhere();
      case "whose":
        throw new Turn(await whose(this.panel));
      default:
        throw new Turn(await choosing(this.panel, this.setup));
    }
  }

  private async elsewhere(): Promise<Who> {
    const who = await this.setup.site?.current();
    if (!who) throw new Turn(this.first());
    return who;
  }

  private async known(user: string): Promise<Who> {
    const a = store.accounts().find((a) => a.user === user);
    if (!a) throw new Turn("choose");
    if (!a.session) return this.extension(user);
    return this.enter(open(a));
  }

  private async extension(expect = ""): Promise<Who> {
    const n = extension();
    if (!n) throw new Turn("choose");
    const wait = { title: say("wait-extension"), other: this.other };
    const user = await this.panel.during(wait, n.getPublicKey().catch((e) => Promise.reject(new KitError("denied", String(e?.message ?? "")))));
    if (!isKey(user)) throw new KitError("bad-answer", "the extension gave no key");
    await this.agree(user, expect);
    store.keep({ user, name: "", picture: "", used: 0, ...store.accounts().find((a) => a.user === user), session: undefined });
    const { site } = this.setup;
    return this.done(site ? await this.panel.during(wait, site.login((t) => signExtension(user, t))) : { pubkey: user });
  }

  /** enter logs in with a session. */
  private async enter(s: Session): Promise<Who> {
    s.line.hooks = telling(this.panel);
    const a = store.accounts().find((a) => a.user === s.user);
    const other = store.accounts().length > 1 ? { id: "whose", label: say("another") } : this.other;
    const screen = { title: say("wait-site"), other, hint: say("wait-hint"), ...(a && { who: a }) };
    const { site } = this.setup;
    return this.done(site ? await this.panel.during(screen, site.login((t) => s.signEvent(t))) : { pubkey: s.user });
  }

  /** begun takes a new session over, if it is the right person's. */
  private async begun(s: Session, key: string): Promise<Who> {
    try {
      await this.agree(s.user, this.expect);
    } catch (e) {
      void s.logout();
      throw e;
    }
    adopt(s, key);
    this.way = "as:" + s.user; // what goes wrong from here on needs no new session
    return this.enter(s);
  }

  /** agree asks when another person came than the one expected. */
  private async agree(user: string, expect: string): Promise<void> {
    if (!expect || user === expect) return;
    const known = (u: string) => store.accounts().find((a) => a.user === u);
    const name = known(user)?.name || say("nameless-too");
    const id = await this.panel.show({ title: say("e-wrong-account", { name }), next: { id: "yes", label: say("e-wrong-yes", { name }) }, other: { id: "choose", label: say("e-wrong-no", { name: nameOf(known(expect) ?? { name: this.expected }) }) } });
    if (id !== "yes") throw new Turn(id);
    this.expect = "";
  }

  private done(who: Who): Who {
    const a = store.accounts().find((a) => a.user === who.pubkey);
    if (a) store.keep(a); // other tabs look again
    this.expect = "";
    return who;
  }

  /** code has the link scanned with a phone, or opened on this device. */
  private async code(how: "phone" | "here"): Promise<Who> {
    const { app, relays, signer } = this.setup;
    const where = relays.length || !signer ? relays : await discover(signer).then((h) => h.relays);
    if (!where.length) throw new Turn("online");
    const p = await this.panel.during({ title: say("code-making"), other: this.other }, Pairing.open(where));
    if (how === "phone") return this.scanned(p);
    const link = p.link(app, here());
    const other = { id: "phone", label: say("nothing") };
    const opening = () => this.panel.update({ title: say("opening"), text: "", spin: true, next: undefined });
    store.leave(p.pending); // the way back may lead into another tab
    return this.paired(p, { title: say("open-app"), text: say("open-app-what"), body: compare(p.code), next: { id: "", label: say("open-app"), href: link, tap: opening }, other }, codeLasts);
  }

  /** scanned shows a code for a phone; it is the same one after a reload. */
  private scanned(p: Pairing): Promise<Who> {
    p.pending.scan = true;
    store.leave(p.pending);
    const screen = { title: say("scan"), text: say("never"), body: scan(p.link(this.setup.app), p.code), other: this.other };
    return this.paired(p, screen, p.pending.started + codeLasts - Date.now());
  }

  private async paired(p: Pairing, screen: Parameters<Panel["during"]>[0], ms: number, code = ""): Promise<Who> {
    const waking = () => p.line.wake();
    for (const e of wakes) addEventListener(e, waking);
    let s: Session;
    try {
      s = await this.panel.during({ spin: false, ...screen }, p.wait(ms, telling(this.panel)));
    } catch (e) {
      if (isKit(e) && e.code === "denied") store.leave(null); // a no is told once
      if (isKit(e) && e.code === "expired") throw new Turn(await this.panel.show({ title: say("code-old"), next: { id: "again", label: say("new-code") }, other: this.other }));
      throw e;
    } finally {
      for (const e of wakes) removeEventListener(e, waking);
      store.leave(null);
      p.close();
    }
    await prove(s, code);
    return this.begun(s, p.pending.key);
  }

  /** hosted sends the person to a signer's page, from where they come back. */
  private async hosted(domain: string, chosen: boolean): Promise<Who> {
    const finding = discover(domain);
    finding.catch(() => {});
    if (!chosen) {
      const id = await this.panel.show({ title: say("continue"), text: say("at-host-what"), next: { id: "go", label: say("at-host", { host: domain }) }, other: { id: "phone", label: say("with-phone") } });
      if (id !== "go") throw new Turn(id);
    }
    const away = async (): Promise<never> => {
      const h = await finding;
      const p = await Pairing.open([...new Set([...h.relays.slice(0, 4), ...this.setup.relays])].slice(0, 6));
      store.leave(p.pending);
      const to = page(h, p.link(this.setup.app, here()));
      p.line.close();
      addEventListener("pageshow", () => this.panel.choose("resume"), { once: true }); // back without a yes, as the page was left
      location.assign(to);
      return new Promise(() => {});
    };
    return this.panel.during({ title: say("leaving", { host: domain }), other: this.other }, away());
  }

  /** resume takes a pairing up again, when the person is back from the signer's page. */
  private async resume(): Promise<Who> {
    const code = returned();
    const left = store.left();
    if (!left) return this.proven(code);
    const p = Pairing.resume(left);
    if (left.scan) return this.scanned(p);
    const again = this.setup.signer ? "hosted" : "choose";
    return this.paired(p, { title: say("back"), spin: true, body: compare(p.code), hint: say("back-hint"), other: { id: again, label: say("start-again") } }, store.pendingLasts, code);
  }

  /** proven is for a way back whose link another tab of ours took up meanwhile. */
  private async proven(code: string): Promise<Who> {
    const a = store.accounts()[0];
    if (!code || !a?.session) throw new Turn("close");
    const s = open(a);
    await this.panel.during({ title: say("back"), other: this.other }, prove(s, code));
    this.way = "as:" + a.user;
    return this.enter(s);
  }

  /** online takes an address, or the link of a signer. */
  private async online(): Promise<Who> {
    this.typed = await typing(this.panel, this.setup, this.typed);
    if (!this.typed.includes("://") || /^https?:/.test(this.typed)) throw new Turn("hosted:" + this.typed);
    const connecting = connect(this.typed, this.setup.app, this.typedKey, telling(this.panel));
    const s = await this.panel.during({ title: say("linking"), hint: say("wait-hint"), other: this.other }, connecting);
    const key = this.typedKey;
    this.typedKey = freshKey();
    return this.begun(s, key);
  }
}

export const wakes = ["online", "pageshow", "visibilitychange"] as const;

/** here is the page to come back to. */
const here = (): string => location.href.replace(/#.*/, "");

/** prove shows the signer that the app is from here; without it the signer asks more often, no more. */
const prove = (s: Session, code: string): Promise<unknown> => (code ? s.line.do("connect", [s.line.peer, code]).catch(() => {}) : Promise.resolve());

/** cameBack: the address is that of a way back from a signer. */
export const cameBack = (): boolean => new URLSearchParams(location.search).has("nostr_code");

/**
 * returned takes the code that a signer's page sent the person back with out of
 * the address: sent over the session, it shows the signer that the app is from here.
 */
function returned(): string {
  const u = new URL(location.href);
  const code = u.searchParams.get("nostr_code") ?? "";
  if (code) {
    u.searchParams.delete("nostr_code");
    history.replaceState(history.state, "", u);
  }
  return code;
}
