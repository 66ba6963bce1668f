// Finding a signer: by the domain that tells of it, and by what signers announce.
import { KitError } from "./errors.ts";
import { isEvent, isKey, verify, type Event } from "./wire/event.ts";
import { pageURL, relayURLs, secure } from "./wire/link.ts";

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

const most = 3; // signers offered
const asks = 8; // domains asked: each learns that somebody looks for a signer

/** announced are domains of signers that relays tell of (NIP-89), each vouched for by the domain itself. */
export async function announced(relays: string[]): Promise<Hosted[]> {
  const events = (await Promise.all(relays.slice(0, 4).map(announcements))).flat();
  const domains = new Map<string, Set<string>>(); // by domain, the keys that say so
  for (const e of events) {
    const domain = domainOf(e);
    if (domain && (domains.has(domain) || domains.size < asks)) domains.set(domain, (domains.get(domain) ?? new Set()).add(e.pubkey));
  }
  const found = await Promise.all([...domains].map(([domain, keys]) => discover(domain).then((h) => (keys.has(h.key) ? h : null), () => null)));
  return found.filter((h) => h !== null).slice(0, most);
}

/** domainOf is the host of an announcement's page, "" if no person may be sent there. */
function domainOf(e: Event): string {
  const url = e.tags.find((t) => t[0] === "nostrconnect_url")?.[1] ?? "";
  const before = pageURL(url.split(place)[0]);
  return before && pageOf(url, new URL(before).host) ? new URL(before).host : "";
}

/** announcements are what one relay has, within three seconds. */
function announcements(relay: string): Promise<Event[]> {
  return new Promise((resolve) => {
    const events: Event[] = [];
    let s: WebSocket;
    try {
      s = new WebSocket(relay);
    } catch {
      return resolve([]); // one that a secure page must not open
    }
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
