// Finding a signer: by the domain that tells of it, and by what signers announce.
import { KitError } from "./errors.ts";
import { isEvent, isKey, verify, type Event } from "./wire/event.ts";
import { relayURLs, secure } from "./wire/link.ts";

const place = "<nostrconnect>";

/** Hosted is a signer with a page of its own to connect at. */
export interface Hosted {
  domain: string;
  key: string;
  relays: string[];
  template: string;
}

const none = (why: string) => new KitError("no-signer", why);

/** discover asks a domain, or that of a name@domain, for its signer. */
export async function discover(address: string): Promise<Hosted> {
  const domain = address.trim().toLowerCase().replace(/^.*@/, "").replace(/^https?:\/\//, "").replace(/\/$/, "");
  if (!/^[a-z0-9.-]+(:\d+)?$/.test(domain)) throw none("that is no domain");
  const abort = AbortSignal.timeout(10_000);
  let doc: unknown;
  try {
    const res = await fetch(`${secure(domain)}//${domain}/.well-known/nostr.json?name=_`, { redirect: "error", credentials: "omit", signal: abort });
    if (!res.ok) throw none("its server tells of none");
    doc = JSON.parse((await res.text()).slice(0, 65536));
  } catch (e) {
    throw none(e instanceof KitError ? e.message : "it could not be asked");
  }
  return read(domain, doc);
}

/** read takes a nostr.json apart. */
export function read(domain: string, doc: unknown): Hosted {
  const d = doc as { names?: Record<string, unknown>; nip46?: { relays?: unknown; nostrconnect_url?: unknown } };
  const key = d?.names?._;
  const template = d?.nip46?.nostrconnect_url;
  if (!isKey(key)) throw none("its server names no key");
  if (typeof template !== "string" || !pageOf(template, domain)) throw none("its server names no page of its own");
  const relays = d.nip46?.relays;
  return { domain, key, relays: Array.isArray(relays) ? relayURLs(relays) : [], template };
}

/** pageOf: a nostrconnect_url must be a secure page of the domain itself. */
function pageOf(template: string, domain: string): boolean {
  const [before, after] = template.split(place);
  if (after === undefined || !URL.canParse(before!)) return false;
  const u = new URL(before!);
  if (u.username || u.password || u.protocol !== secure(u.host)) return false;
  return u.host === domain || u.host.endsWith("." + domain) || (secure(domain) === "http:" && u.protocol === "http:");
}

/** page is where to send the person with a link. */
export const page = (h: Hosted, link: string): string => h.template.replace(place, () => encodeURIComponent(link));

/** announced are domains of signers that relays tell of (NIP-89), each vouched for by the domain itself. */
export async function announced(relays: string[], most = 3): Promise<Hosted[]> {
  const events = (await Promise.all(relays.slice(0, 4).map(announcements))).flat();
  const domains = new Map<string, string>(); // by domain, the key that says so
  for (const e of events) {
    const url = e.tags.find((t) => t[0] === "nostrconnect_url")?.[1] ?? "";
    const host = URL.canParse(url.split(place)[0]!) ? new URL(url.split(place)[0]!).host : "";
    if (host && !domains.has(host)) domains.set(host, e.pubkey);
  }
  const found = await Promise.all(
    [...domains].slice(0, 8).map(([domain, key]) => discover(domain).then((h) => (h.key === key ? h : null), () => null)),
  );
  return found.filter((h) => h !== null).slice(0, most);
}

/** announcements are what one relay has, within three seconds. */
function announcements(relay: string): Promise<Event[]> {
  return new Promise((resolve) => {
    const events: Event[] = [];
    const s = new WebSocket(relay);
    const end = () => {
      clearTimeout(timer);
      s.close();
      resolve(events);
    };
    const timer = setTimeout(end, 3_000);
    s.onopen = () => s.send(JSON.stringify(["REQ", "signers", { kinds: [31990], "#k": ["24133"], limit: 20 }]));
    s.onerror = end;
    s.onmessage = (m) => {
      try {
        const [label, , e] = JSON.parse(String(m.data)) as [string, unknown, unknown];
        if (label === "EOSE" || label === "CLOSED") end();
        if (label === "EVENT" && isEvent(e) && e.kind === 31990 && events.length < 20 && verify(e)) events.push(e);
      } catch {
        // junk
      }
    };
  });
}
