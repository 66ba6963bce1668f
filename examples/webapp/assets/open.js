// What is sealed is opened by the signer, and only shown here.
import { open, say } from "./signer.js";

async function show(box, where) {
  const text = await open(where, box.dataset.text);
  const hide = box.dataset.hide; // what is a secret in itself is not shown
  const shown = box.querySelector(".text");
  shown.textContent = hide && text.startsWith(hide) ? "Your wallet's connection is whole. It is not shown, and was not sent anywhere." : text;
  shown.hidden = false;
  box.querySelector("button").hidden = true;
  say(where, "");
}

for (const box of document.querySelectorAll(".sealed")) {
  const where = box.querySelector(".said");
  const button = box.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await show(box, where);
    } catch (err) {
      say(where, err.message, "bad");
    } finally {
      button.disabled = false;
    }
  });
}
