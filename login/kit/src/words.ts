// The catalogue's words, exported at build (go run ./scripts/kitwords).
import catalogue from "./words.json";

export type Word = keyof (typeof catalogue)["en"];

let table: Record<Word, string> = catalogue.en;
let spoken = "en";

/** speak sets the language: the first known of those given. */
export function speak(...langs: (string | null | undefined)[]): void {
  for (const l of langs) {
    const short = (l ?? "").toLowerCase().split(/[-_.]/)[0]!;
    if (short in catalogue) {
      table = catalogue[short as keyof typeof catalogue];
      spoken = short;
      return;
    }
  }
}

/** say is a text with its placeholders filled. */
export const say = (id: Word, fill: Record<string, string> = {}): string =>
  table[id].replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? "");

/** span is a number of seconds in words: "4 minutes". */
export function span(seconds: number): string {
  const [size, unit] = ([[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const).find(([size]) => seconds >= size) ?? [1, "second"];
  return new Intl.NumberFormat(spoken, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(Math.round(seconds / size));
}
