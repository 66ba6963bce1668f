// Types of the script. test/types holds them to the source, and an app to them.

/** What an event says before it is signed. */
export interface Template {
  kind: number;
  created_at: number;
  tags: string[][];
  content: string;
}

/** A signed event (NIP-01). */
export interface Event extends Template {
  id: string;
  pubkey: string;
  sig: string;
}

/** What is to be signed; what is left out is empty, the time is now. */
export type Draft = Partial<Template> & { kind: number; pubkey?: string };

/** What the site's server found out about a person. */
export interface Chip {
  name?: string;
  picture?: string;
  address?: string;
  /** the domain of address names this person, too */
  checked?: boolean;
}

export interface Cipher {
  encrypt(peer: string, text: string): Promise<string>;
  decrypt(peer: string, payload: string): Promise<string>;
}

/** window.nostr (NIP-07). A promise that fails says why in words to show. */
export interface Nostr {
  getPublicKey(): Promise<string>;
  signEvent(draft: Draft): Promise<Event>;
  nip04?: Cipher;
  nip44?: Cipher;
}

/** `<nostr-login>`: the button, and what it opens. */
export class NostrLogin extends HTMLElement {
  /** login opens the dialog; it resolves with whether somebody is logged in. */
  login(): Promise<boolean>;
  /** logout ends the site's session and the one with the signer. */
  logout(everywhere?: boolean): Promise<void>;
}

/** Why something failed, by a name that stays. */
export type Code =
  | "denied" | "expired" | "limit" | "unsupported" | "busy" | "locked" | "invalid" | "revoked"
  | "link" | "used-link" | "no-connection" | "relay-refused" | "no-answer" | "undecided" | "bad-answer"
  | "wrong-account" | "no-signer" | "clock" | "site" | "closed" | "signer";

export class KitError extends Error {
  constructor(code: Code, message: string, more?: { seconds?: number; user?: string });
  readonly code: Code;
  readonly more: { seconds?: number; user?: string };
}

/** What the app says of itself, and what it wants to do. */
export interface App {
  name: string;
  url: string;
  image?: string;
  perms: string;
}

/** What is told while a request waits. */
export interface Hooks {
  /** the person must open this address for the request to go on: show it as a link */
  page?(url: string): void;
  /** the signer is there and has not answered: it probably asks the person */
  asking?(): void;
  /** whether any relay is live */
  network?(live: boolean): void;
}

/** A session with a signer. */
export class Session {
  private constructor();
  /** the person's public key */
  user: string;
  readonly relays: string[];
  /** signEvent gives only what was asked for: signed by the person, every field unchanged. */
  signEvent(draft: Draft): Promise<Event>;
  encrypt(how: "nip04" | "nip44", peer: string, text: string): Promise<string>;
  decrypt(how: "nip04" | "nip44", peer: string, payload: string): Promise<string>;
  /** logout tells the signer, and gives the key up whether or not it heard. */
  logout(): Promise<void>;
}

/** connect begins a session with a bunker:// link; key is the app's own, 64 hex digits. */
export function connect(link: string, app: App, key: string, hooks: Hooks): Promise<Session>;

/** A link of ours that waits for a signer. */
export class Pairing {
  private constructor();
  /** open returns when it listens: from then on the link can be shown. */
  static open(relays: string[]): Promise<Pairing>;
  /** link is nostrconnect://, for a code or a signer's page. */
  link(app: App, callback?: string): string;
  /** three digits that the signer shows, too */
  readonly code: string;
  wait(ms: number, hooks: Hooks): Promise<Session>;
  close(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "nostr-login": NostrLogin;
  }
  interface DocumentEventMap {
    "nostr-login": CustomEvent<{ pubkey: string; chip: Chip | null }>;
    "nostr-logout": CustomEvent<{ pubkey: string | null }>;
  }
  interface HTMLElementEventMap {
    "nostr-login": CustomEvent<{ pubkey: string; chip: Chip | null }>;
    "nostr-logout": CustomEvent<{ pubkey: string | null }>;
  }
  interface Window {
    /** the browser's extension, or the kit; nobody's before the script has run */
    nostr?: Nostr;
  }
}
