// Bodies of some screens.
import type { Account } from "../store.ts";
import { say } from "../words.ts";
import { code, face, h } from "./dom.ts";

const copy = (text: string): HTMLElement => {
  const b = h("button", { class: "plain", type: "button", click: () => void navigator.clipboard.writeText(text).then(() => b.replaceChildren(say("copied"))) }, say("copy"));
  return b;
};

/** compare shows the digits that the signer shows, too. */
export function compare(digits: string): Node[] {
  const [before = "", after = ""] = say("check-code", { n: "\n" }).split("\n");
  return [h("p", {}, before, h("b", { class: "digits" }, digits), after)];
}

/** scan is a code, the digits to compare, and the link to copy. */
export const scan = (link: string, digits: string): Node[] => [code(link, say("scan-picture")), ...compare(digits), copy(link)];

export interface Way {
  id: string;
  label: string;
  what: string;
  who?: { name: string; picture: string };
}

export const ways = (list: Way[], choose: (id: string) => void): Node[] => [
  h("div", { class: "ways" }, ...list.map((w) =>
    h("button", { class: "way", type: "button", click: () => choose(w.id) },
      ...(w.who ? [face(w.who.name, w.who.picture)] : []),
      h("span", {}, h("b", {}, w.label), ...(w.what ? [h("small", {}, w.what)] : []))))),
];

/** form asks for an address or a link. */
export function form(value: string, submit: (text: string) => void): Node[] {
  const input = h("input", { name: "address", autocomplete: "username", autocapitalize: "off", spellcheck: "false", placeholder: say("address-hint"), value });
  return [
    h("form", { submit: (e) => { e.preventDefault(); submit(input.value); } },
      h("label", {}, say("address"), input),
      h("button", { class: "next", type: "submit" }, say("go-on"))),
  ];
}

export const nameOf = (a: Pick<Account, "name"> | undefined): string => a?.name || say("nameless");
