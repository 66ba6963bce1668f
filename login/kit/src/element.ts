// <nostr-login>: the button, and what it opens.
import { cameBack, Flow, wakes, type Setup } from "./flow.ts";
import { extension, leave, open, provide, wake } from "./sessions.ts";
import { Site, type Who } from "./site.ts";
import * as store from "./store.ts";
import { provider } from "./provider.ts";
import { face, h, mark } from "./view/dom.ts";
import { Panel } from "./view/panel.ts";
import { nameOf, ways } from "./view/parts.ts";
import { style } from "./view/style.ts";
import { pageURL, relayURLs } from "./wire/link.ts";
import { say, speak } from "./words.ts";

export class NostrLogin extends HTMLElement {
  private root = this.attachShadow({ mode: "open" });
  private panel!: Panel;
  private button = h("button", { class: "main", type: "button", click: () => void this.open() });
  private who: Who | null = null;
  private under: Promise<boolean> | undefined;

  connectedCallback(): void {
    if (this.panel) return;
    speak(this.lang, document.documentElement.lang, ...navigator.languages);
    style(this.root);
    this.root.append(this.button);
    this.panel = new Panel(this.root);
    const notice = new Panel(this.root, true);
    this.draw();
    for (const e of wakes) addEventListener(e, wake);
    addEventListener("storage", (e) => e.key === store.turnKey && void this.look());
    void this.greet();
    const put = () => provide(provider(() => this.login(), notice, () => this.who?.pubkey));
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", put) : put();
  }

  /** greet finds who is here: by the site's session, or coming back from a signer. */
  private async greet(): Promise<void> {
    const known = store.accounts()[0];
    if (known?.session) open(known); // its relays are there when it is needed
    if (store.left() || cameBack()) return void this.login("resume");
    const who = this.setup().site ? await this.setup().site!.current() : known ? { pubkey: known.user } : null;
    if (who && !this.under) this.entered(who);
  }

  /** look finds out who is here now: in another tab somebody logged in, or out. */
  private async look(): Promise<void> {
    const { site } = this.setup();
    const who = site ? await site.current() : this.who;
    if (who && who.pubkey !== this.who?.pubkey) {
      if (this.under) return this.panel.choose("in");
      this.entered(who);
    } else if (!who && this.who) {
      const { pubkey } = this.who;
      this.who = null;
      this.tell("nostr-logout", { pubkey });
    }
    this.draw();
  }

  private setup(): Setup {
    const at = (name: string) => this.getAttribute(name)?.trim() ?? "";
    const api = at("api").replace(/\/$/, "");
    const perms = at("perms").split(",").map((p) => p.trim()).filter(Boolean);
    if (api && !perms.includes("sign_event:27235")) perms.unshift("sign_event:27235");
    const image = pageURL(at("app-icon") && new URL(at("app-icon"), location.href).href);
    const signer = URL.canParse(at("signer")) ? new URL(at("signer")).host : at("signer");
    return {
      app: { name: at("app-name") || document.title || location.host, url: location.origin, perms: perms.join(","), ...(image && { image }) },
      relays: relayURLs(at("relays").split(/[\s,]+/)),
      signer,
      site: api ? new Site(api) : null,
    };
  }

  /** login opens the dialog; it resolves with whether somebody is logged in. */
  login(way?: string): Promise<boolean> {
    this.under ??= new Flow(this.panel, this.setup()).run(way).then((who) => {
      this.under = undefined;
      if (who) {
        this.entered(who);
        store.turned();
      }
      this.draw();
      return who !== null;
    });
    return this.under;
  }

  private entered(who: Who): void {
    this.who = who;
    store.meet(who.pubkey, who.chip);
    this.draw();
    this.tell("nostr-login", { pubkey: who.pubkey, chip: who.chip ?? null });
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  private async open(): Promise<void> {
    if (!this.who) return void this.login();
    const shown = { name: this.who.chip?.name ?? "", picture: this.who.chip?.picture ?? "" };
    const id = await this.panel.show({
      title: shown.name ? say("you-are", { name: shown.name }) : say("in"),
      who: shown,
      text: this.who.chip?.checked ? this.who.chip.address : "",
      body: ways([{ id: "whose", label: say("another"), what: "" }], (id) => this.panel.choose(id)),
      next: { id: "here", label: say("out-here") },
      other: { id: "all", label: say("out-all") },
    });
    if (id === "here" || id === "all") await this.logout(id === "all");
    else if (id === "whose") await this.login(store.accounts().length > 1 ? "whose" : "choose");
    else if (id === "close") this.panel.close();
  }

  /** logout ends the site's session and the one with the signer, whose key is deleted either way. */
  async logout(everywhere = false): Promise<void> {
    const who = this.who;
    const { site } = this.setup();
    const leaving = (async () => {
      const [server] = await Promise.allSettled([site?.logout(everywhere), who ? leave(who.pubkey) : undefined]);
      store.turned();
      if (server.status === "rejected") throw server.reason;
    })();
    try {
      await this.panel.during({ title: say("out-wait"), other: { id: "close", label: say("close") } }, leaving);
      this.who = null;
      this.draw();
      this.tell("nostr-logout", { pubkey: who?.pubkey ?? null });
      await this.panel.show({ title: say(everywhere ? "out-all-done" : "out-done"), next: { id: "close", label: say("close") } });
      this.panel.close();
    } catch {
      const id = await this.panel.show({ title: say("e-no-connection"), next: { id: "again", label: say("try-again") }, other: { id: "close", label: say("close") } });
      if (id === "again") return this.logout(everywhere);
      this.panel.close();
    }
  }

  private draw(): void {
    const known = store.accounts()[0];
    const reachable = known && (known.session || extension()) ? known : undefined;
    const name = this.who ? nameOf({ name: this.who.chip?.name ?? "" }) : reachable ? nameOf(reachable) : "";
    const picture = this.who ? this.who.chip?.picture ?? "" : reachable?.picture ?? "";
    const text = this.who ? this.who.chip?.name || say("account-of") : name ? say("continue-as", { name }) : say("continue");
    const head = name ? face(this.who?.chip?.name ?? reachable?.name ?? "", picture) : h("span", { class: "face", "aria-hidden": "true" }, mark());
    this.button.replaceChildren(head, h("span", {}, text));
    if (this.who) this.button.setAttribute("aria-label", [say("account-of"), this.who.chip?.name].filter(Boolean).join(": "));
    else this.button.removeAttribute("aria-label");
  }
}

if (!customElements.get("nostr-login")) customElements.define("nostr-login", NostrLogin);
