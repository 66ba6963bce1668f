// What a signer gave back, compared with what was asked.
import { KitError } from "../errors.ts";
import { isEvent, verify, type Event, type Template } from "./event.ts";

/** checked gives the event only if it is the person's, whole and unchanged. */
export function checked(e: unknown, user: string, asked: Template): Event {
  const bad = (what: string) => new KitError("bad-answer", what);
  if (!isEvent(e)) throw bad("that is no signed event");
  if (e.pubkey !== user) throw bad("it is signed with another key than the person's");
  const same = e.kind === asked.kind && e.created_at === asked.created_at && e.content === asked.content;
  if (!same || JSON.stringify(e.tags) !== JSON.stringify(asked.tags)) throw bad("the event was changed");
  if (!verify(e)) throw bad("id or signature is wrong");
  return { id: e.id, pubkey: e.pubkey, created_at: e.created_at, kind: e.kind, tags: e.tags, content: e.content, sig: e.sig };
}
