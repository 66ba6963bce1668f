// Signing in with what the browser has: an extension, or any other window.nostr.
import { asking, post, say } from "./signer.js";

document.getElementById("in")?.addEventListener("click", async ({ target }) => {
  const where = document.getElementById("in-said");
  target.disabled = true;
  try {
    const c = await post("/login/nostr/challenge");
    const event = await asking(where, (nostr) => nostr.signEvent({ kind: c.kind, created_at: c.now, content: "", tags: [["u", c.u], ["method", c.method], ["challenge", c.challenge]] }));
    await post("/login/nostr/verify", JSON.stringify(event));
    location.reload();
  } catch (err) {
    say(where, err.message, "bad");
    target.disabled = false;
  }
});

document.getElementById("out")?.addEventListener("click", async () => {
  sessionStorage.clear();
  await fetch("/login/nostr/logout", { method: "POST" });
  location.assign("/");
});
