// The panel shows one state at a time: what is happening, the one next step,
// and at most one other way.
import { say } from "../words.ts";
import { face, h } from "./dom.ts";

export interface Choice {
  id: string;
  label: string;
  href?: string; // a link, opened by the person's own tap
  tap?: () => void; // what to say then
}

export interface Screen {
  title: string;
  text?: string;
  body?: Node[];
  spin?: boolean;
  next?: Choice;
  other?: Choice;
  hint?: string; // said when it has lasted eight seconds
  who?: { name: string; picture: string };
}

/** Turn is thrown when the person chooses another way while something is under way. */
export class Turn {
  constructor(readonly id: string) {}
}

const hintAfter = 8_000;

export class Panel {
  private dialog: HTMLDialogElement;
  private resolve: ((id: string) => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private screen: Screen | undefined;

  constructor(root: ShadowRoot, private notice = false) {
    this.dialog = h("dialog", { class: notice ? "notice" : "", "aria-labelledby": "title", cancel: (e) => { e.preventDefault(); this.choose("close"); } });
    root.append(this.dialog);
  }

  choose(id: string): void {
    const resolve = this.resolve;
    this.resolve = undefined;
    resolve?.(id);
  }

  /** show waits for a choice: the id of one, or "close". */
  show(s: Screen): Promise<string> {
    this.choose("closed");
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.render(s);
    });
  }

  /** during shows a state while something is under way; a choice ends the waiting with a Turn. */
  during<T>(s: Screen, what: Promise<T>): Promise<T> {
    what.catch(() => {}); // it may fail after the person went another way
    const turned = this.show({ spin: true, ...s }).then((id): never => {
      throw new Turn(id);
    });
    return Promise.race([what, turned]);
  }

  /** update changes what is shown; what was chosen before still counts. */
  update(change: Partial<Screen>): void {
    if (this.resolve && this.screen) this.render({ ...this.screen, ...change });
  }

  private render(s: Screen): void {
    this.screen = s;
    clearTimeout(this.timer);
    const hint = h("p", { role: "status" });
    if (s.hint) this.timer = setTimeout(() => hint.replaceChildren(s.hint!), hintAfter);
    const focus = this.dialog.open && this.dialog.contains((this.dialog.getRootNode() as ShadowRoot).activeElement);
    this.dialog.replaceChildren(
      h("button", { class: "x", type: "button", "aria-label": say("close"), click: () => this.choose("close") }, "×"),
      face(s.who?.name ?? "", s.who?.picture ?? ""),
      h("h2", { id: "title", role: s.spin ? "status" : false }, s.title),
      ...(s.text ? [h("p", {}, s.text)] : []),
      ...(s.body ?? []),
      ...(s.spin ? [h("div", { class: "spin", "aria-hidden": "true" })] : []),
      hint,
      ...(s.next ? [this.button("next", s.next)] : []),
      ...(s.other ? [this.button("other", s.other)] : []),
    );
    if (!this.dialog.open) this.notice ? (this.dialog.open = true) : this.dialog.showModal(); // a notice takes no focus
    if (focus || !this.notice) this.dialog.querySelector<HTMLElement>("input, .next, .way, .other")?.focus();
  }

  private button(kind: string, c: Choice): HTMLElement {
    if (!c.href) return h("button", { class: kind, type: "button", click: () => this.choose(c.id) }, c.label);
    const web = c.href.startsWith("http");
    return h("a", { class: kind, href: c.href, rel: "noopener noreferrer", target: web ? "_blank" : false, click: () => (c.tap ? c.tap() : c.id && this.choose(c.id)) }, c.label);
  }

  close(): void {
    clearTimeout(this.timer);
    this.choose("closed");
    this.dialog.close();
    this.dialog.replaceChildren();
  }
}
