// What a panel says of a signer while a request waits.
import type { Hooks } from "./rpc/line.ts";
import type { Panel } from "./view/panel.ts";
import { say } from "./words.ts";

const downFor = 5_000; // before it is spoken of

export function telling(panel: Pick<Panel, "update">): Hooks {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let said = false;
  return {
    asking: () => panel.update({ title: say("wait-approve"), hint: say("wait-hint") }),
    page: (url) => panel.update({ title: say("second-step"), spin: false, next: { id: "", label: say("open-page", { host: new URL(url).host }), href: url } }),
    network: (live) => {
      if (live) {
        clearTimeout(timer);
        timer = undefined;
        if (said) panel.update({ text: "" });
        said = false;
      } else
        timer ??= setTimeout(() => {
          said = true;
          panel.update({ text: say("wait-network") });
        }, downFor);
    },
  };
}
