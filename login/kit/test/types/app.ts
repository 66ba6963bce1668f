// An app in TypeScript, as one is written against the package: it compiles, and
// what must not compile is marked.
import { connect, KitError, Pairing, type Event, type NostrLogin } from "privyseal-login";

const login: NostrLogin = document.querySelector("nostr-login")!;
login.addEventListener("nostr-login", (e) => console.log("here is", e.detail.pubkey, e.detail.chip?.name));
document.addEventListener("nostr-logout", (e) => console.log("gone is", e.detail.pubkey));

export async function post(text: string): Promise<Event | null> {
  if (!(await login.login()) || !window.nostr) return null;
  try {
    return await window.nostr.signEvent({ kind: 1, content: text });
  } catch (e) {
    if (e instanceof KitError && e.code === "denied") return null;
    throw e;
  }
}

export async function bare(link: string): Promise<string> {
  const app = { name: "Crays", url: location.origin, perms: "sign_event:1" };
  const s = await connect(link, app, "11".repeat(32), { page: (url) => console.log(url) });
  const p = await Pairing.open(s.relays);
  console.log(p.link(app), p.code, (await p.wait(180_000, {})).user);
  p.close();
  await login.logout(true);
  return s.decrypt("nip44", s.user, await s.encrypt("nip44", s.user, "hello"));
}

// @ts-expect-error: an event has a kind
void window.nostr?.signEvent({ content: "x" });
// @ts-expect-error: there is no such code
export const wrong = (e: KitError): boolean => e.code === "no";
// @ts-expect-error: a pairing is opened, not made
export const made = (): Pairing => new Pairing();
