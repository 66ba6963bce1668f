// Continue with Nostr: one script, one element, and window.nostr.
export { NostrLogin } from "./element.ts";
export { KitError } from "./errors.ts";
export { connect, Pairing } from "./rpc/pair.ts";
export { Session } from "./rpc/session.ts";
