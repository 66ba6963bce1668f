// What every page needs of a signer: window.nostr (NIP-07), which a browser
// extension or the sign-in kit brings, with words for each way it can go.

// post sends a form or an event, and gives the answer or its words.
export async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body }).catch(() => { throw new Error("This site does not answer. Look at your connection, then try again."); });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message ?? "That did not work. Try again in a moment.");
  return said;
}

// me is the account that is signed in.
export const me = () => document.body.dataset.me;

// say shows words beside what was pressed.
export function say(where, words, how = "") {
  where.textContent = words;
  where.className = `said ${how}`;
}

const first = "Your signer asks you first.", more = "Sealed. Your signer has one more question: whether to save it.";

// asking runs one call of the signer, and tells while it waits whom it waits for.
export async function asking(where, what, why = first) {
  if (!window.nostr) throw new Error("No signer is connected in this tab. Sign in again to connect one.");
  const soon = setTimeout(() => say(where, "Waiting for your signer…"), 1000);
  const later = setTimeout(() => say(where, `${why} Answer there, or by the button below; this page then goes on by itself.`), 3000);
  try {
    return await what(window.nostr);
  } catch (err) {
    throw new Error(words(String(err?.message ?? err)));
  } finally {
    clearTimeout(soon);
    clearTimeout(later);
  }
}

// words turns a signer's error into what to do next.
function words(error) {
  if (/denied|reject|refus|cancel/i.test(error)) return "You said no. Nothing was signed.";
  if (/expired/i.test(error)) return "Nobody answered in your signer. Try again.";
  if (/locked/i.test(error)) return "Your signer is locked. Open it, then try again.";
  if (/revoked/i.test(error)) return "You ended this app's access in your signer. Sign in again to go on.";
  if (/unsupported|not a function/i.test(error)) return "Your signer cannot do this yet. What to do without it is below.";
  if (/busy|limit/i.test(error)) return "Your signer has too much to do. Try again in a moment.";
  return error || "Your signer is away. You can still read. Try again when it is back.";
}

// sign has a template signed; sealed: what is in it was asked about before.
export const sign = (where, template, sealed) => asking(where, (nostr) => nostr.signEvent(template), sealed ? more : first);

// seal and open are for one's own eyes.
export const seal = (where, text) => asking(where, (nostr) => nostr.nip44.encrypt(me(), text));
export const open = (where, sealed) => asking(where, (nostr) => nostr.nip44.decrypt(me(), sealed));
