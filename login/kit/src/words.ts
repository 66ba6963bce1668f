// The catalogue's words, exported at build (go run ./scripts/kitwords).
import catalogue from "./words.json";

export type Word = keyof (typeof catalogue)["en"];

let table: Record<Word, string> = catalogue.en;

/** speak sets the language: the first known of those given. */
export function speak(...langs: (string | null | undefined)[]): void {
  for (const l of langs) {
    const short = (l ?? "").toLowerCase().split(/[-_.]/)[0]!;
    if (short in catalogue) {
      table = catalogue[short as keyof typeof catalogue];
      return;
    }
  }
}

/** say is a text with its placeholders filled. */
export const say = (id: Word, fill: Record<string, string> = {}): string =>
  table[id].replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? "");
