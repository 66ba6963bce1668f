// window.nostr, backed by the session of whoever is logged in.
import { isKit, KitError } from "./errors.ts";
import { told } from "./explain.ts";
import { telling } from "./hooks.ts";
import type { Session } from "./rpc/session.ts";
import { leave, open, type Cipher, type Nip07 } from "./sessions.ts";
import { accounts } from "./store.ts";
import { Turn, type Panel, type Screen } from "./view/panel.ts";
import { say } from "./words.ts";

const quiet = 1_000; // what takes no longer is not spoken of

/** provider asks login to begin a session when there is none; notice tells of what takes long. */
export function provider(login: () => Promise<boolean>, notice: Panel, user: () => string | undefined): Nip07 {
  let waits = 0;
  let timer: ReturnType<typeof setTimeout>;
  let heard: Partial<Screen> = {}; // of the signer, before anything was shown

  async function session(): Promise<Session> {
    const has = () => accounts().find((a) => a.session && a.user === (user() ?? a.user));
    if (!has() && !(await login())) throw new KitError("closed", say("e-closed"));
    const a = has();
    if (!a) throw new KitError("closed", say("e-closed"));
    return open(a);
  }

  /** explain says what went wrong; where access was taken away, it begins anew. */
  async function explain(e: KitError, of: string): Promise<void> {
    const next = e.code === "revoked" ? { next: { id: "again", label: say("go-on") } } : {};
    const id = await notice.show({ title: told(e), ...next, other: { id: "close", label: say("close") } });
    if (id !== "closed") notice.close();
    if (id !== "again") return;
    await leave(of);
    await login();
  }

  /** watched says what takes long, and lets the person give it up. */
  async function watched<T>(ask: (s: Session) => Promise<T>): Promise<T> {
    const s = await session();
    if (waits === 0) heard = {};
    s.line.hooks = telling({ update: (change) => (Object.assign(heard, change), notice.update(change)) });
    const asking = ask(s);
    let stop!: (e: unknown) => void;
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    const tell = () => {
      const screen = { title: say("asking"), hint: say("wait-hint"), other: { id: "close", label: say("cancel") }, ...heard };
      notice.during(screen, asking).catch((e) => {
        if (!(e instanceof Turn) || e.id !== "close") return;
        notice.close();
        stop(new KitError("closed", say("e-closed")));
      });
    };
    if (waits++ === 0) timer = setTimeout(tell, quiet);
    try {
      const answer = await Promise.race([asking, stopped]);
      if (waits === 1) notice.close();
      return answer;
    } catch (e) {
      if (isKit(e) && e.code !== "closed") void explain(e, s.user);
      throw e;
    } finally {
      if (--waits === 0) clearTimeout(timer);
    }
  }

  const cipher = (how: "nip04" | "nip44"): Cipher => ({
    encrypt: (peer, text) => watched((s) => s.encrypt(how, peer, text)),
    decrypt: (peer, payload) => watched((s) => s.decrypt(how, peer, payload)),
  });

  return {
    getPublicKey: async () => (await session()).user,
    signEvent: (t) => watched((s) => s.signEvent(t)),
    nip04: cipher("nip04"),
    nip44: cipher("nip44"),
  };
}
