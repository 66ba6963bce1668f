// Small makers of elements. Text stays text: nothing is ever parsed as HTML.
import { encode } from "uqr";

type Attributes = Record<string, string | boolean | ((e: globalThis.Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (typeof v === "function") e.addEventListener(k, v);
    else if (v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...inside);
  return e;
}

function drawing(box: string, path: string, attributes: Record<string, string>): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({ viewBox: box, ...attributes })) svg.setAttribute(k, v);
  const p = document.createElementNS("http://www.w3.org/2000/svg", "path");
  p.setAttribute("d", path);
  p.setAttribute("fill", attributes.fill ?? "currentColor");
  svg.append(p);
  return svg;
}

/** mark is that of the button: a key. */
export const mark = (): SVGSVGElement =>
  drawing("0 0 24 24", "M15.5 2a6.5 6.5 0 0 0-6.2 8.5L2 17.8V22h4.2v-2.6h2.6v-2.6h2.6l1.1-1.1A6.5 6.5 0 1 0 15.5 2Zm2 6.5a2 2 0 1 1 0-4 2 2 0 0 1 0 4Z", { "aria-hidden": "true" });

/** face is a picture, or the first letter of a name, or the mark. */
export function face(name: string, picture: string): HTMLElement {
  const letter = () => (name ? [...name][0]!.toUpperCase() : mark());
  const box = h("span", { class: "face", "aria-hidden": "true" });
  if (!picture.startsWith("https://")) box.append(letter());
  else box.append(h("img", { src: picture, alt: "", referrerpolicy: "no-referrer", error: () => box.replaceChildren(letter()) }));
  return box;
}

/** code draws a QR code. */
export function code(text: string, label: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: "L", border: 0 });
  let path = "";
  data.forEach((row, y) => row.forEach((on, x) => (path += on ? `M${x} ${y}h1v1h-1z` : "")));
  return drawing(`0 0 ${size} ${size}`, path, { class: "qr", role: "img", "aria-label": label, "shape-rendering": "crispEdges", fill: "#000" });
}
