// Screens on which the person chooses.
import { announced } from "./discover.ts";
import type { Setup } from "./flow.ts";
import { extension } from "./sessions.ts";
import { accounts } from "./store.ts";
import { Turn, type Panel } from "./view/panel.ts";
import { form, nameOf, ways, type Way } from "./view/parts.ts";
import { say } from "./words.ts";

/** choosing is the list of all ways there are. */
export function choosing(panel: Panel, setup: Setup): Promise<string> {
  const list: Way[] = [];
  if (extension()) list.push({ id: "extension", label: say("way-extension"), what: say("way-extension-what") });
  if (setup.relays.length || setup.signer) {
    list.push({ id: "phone", label: say("way-phone"), what: say("way-phone-what") });
    list.push({ id: "here", label: say("way-here"), what: say("way-here-what") });
  }
  if (setup.signer) list.push({ id: "hosted:" + setup.signer, label: setup.signer, what: say("at-host-what") });
  list.push({ id: "online", label: say("way-online"), what: say("way-online-what") });
  return panel.show({ title: say("choose"), body: ways(list, (id) => panel.choose(id)) });
}

/** whose is the list of accounts known here. */
export function whose(panel: Panel): Promise<string> {
  const list = accounts().map((a): Way => ({ id: "as:" + a.user, label: nameOf(a), what: "", who: a }));
  return panel.show({ title: say("whose"), body: ways(list, (id) => panel.choose(id)), other: { id: "choose", label: say("other-way") } });
}

/** typing waits for an address or a link; signers that relays tell of are offered when they are found. */
export async function typing(panel: Panel, setup: Setup, before: string): Promise<string> {
  let text = "";
  const fields = form(before, (typed) => {
    text = typed.trim();
    if (text) panel.choose("typed");
  });
  const shown = panel.show({ title: say("way-online"), text: say("address-what"), body: fields, other: { id: "choose", label: say("other-way") } });
  let open = true;
  if (!before && setup.relays.length) {
    void announced(setup.relays).then((found) => {
      if (open && found.length) fields.at(-1)?.parentNode?.insertBefore(ways(found.map((h) => ({ id: "hosted:" + h.domain, label: h.domain, what: "" })), (id) => panel.choose(id))[0]!, fields.at(-1)!.nextSibling);
    }, () => {});
  }
  const id = await shown;
  open = false;
  if (id !== "typed") throw new Turn(id);
  return text;
}
