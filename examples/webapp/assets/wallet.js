// A wallet's connection is kept sealed with the account, and open in this tab
// for the visit. It goes to the board for the moment of a payment. A signer may
// refuse to open it again (Privy Seal does, to every app): then it is asked for.
import { open, post, say } from "./signer.js";

async function connection(form, where) {
  const again = form.querySelector("#again");
  const here = again.value.trim() || sessionStorage.getItem("wallet");
  if (here) return here;
  try {
    return await open(where, form.dataset.wallet);
  } catch {
    form.querySelector(".again").hidden = false;
    again.focus();
    return "";
  }
}

for (const form of document.querySelectorAll(".wallet")) {
  const where = form.querySelector(".said");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    button.disabled = true;
    try {
      const wallet = await connection(form, where);
      say(where, wallet ? "Asking your wallet…" : "");
      if (!wallet) return;
      const answer = await post(form.dataset.do, new URLSearchParams({ wallet }));
      sessionStorage.setItem("wallet", wallet);
      say(where, answer.said, "good");
      if (answer.next) setTimeout(() => location.assign(answer.next), 300);
    } catch (err) {
      say(where, err.message, "bad");
    } finally {
      button.disabled = false;
    }
  });
}
