// window.nostr, backed by the session of whoever is logged in.
import { isKit, KitError } from "./errors.ts";
import { told } from "./explain.ts";
import { telling } from "./hooks.ts";
import type { Session } from "./rpc/session.ts";
import { open, type Cipher, type Nip07 } from "./sessions.ts";
import { accounts } from "./store.ts";
import { Turn, type Panel } from "./view/panel.ts";
import { say } from "./words.ts";

const quiet = 1_000; // what takes no longer is not spoken of

/** provider asks login to begin a session when there is none; notice tells of what takes long. */
export function provider(login: () => Promise<boolean>, notice: Panel): Nip07 {
  let waits = 0;
  let timer: ReturnType<typeof setTimeout>;

  async function session(): Promise<Session> {
    const has = () => accounts().find((a) => a.session);
    if (!has() && !(await login())) throw new KitError("closed", say("e-closed"));
    const a = has();
    if (!a) throw new KitError("closed", say("e-closed"));
    return open(a);
  }

  /** watched says what takes long, and lets the person give it up. */
  async function watched<T>(ask: (s: Session) => Promise<T>): Promise<T> {
    const s = await session();
    const asking = ask(s);
    let stop!: (e: unknown) => void;
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    const tell = () => {
      const screen = { title: say("asking"), hint: say("wait-hint"), other: { id: "close", label: say("cancel") } };
      s.line.hooks = telling(notice);
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
      if (isKit(e) && e.code !== "closed") void notice.show({ title: told(e), other: { id: "close", label: say("close") } }).then((id) => id === "close" && notice.close());
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
