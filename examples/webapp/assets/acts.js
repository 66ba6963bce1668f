// Forms: what a person does is drafted by the server, signed by the signer, and
// handed in. A form with data-seal has that field sealed before it leaves.
import { post, say, seal, sign } from "./signer.js";

async function act(form, where) {
  const fields = new URLSearchParams(new FormData(form));
  const name = form.dataset.seal;
  const open = fields.get(name);
  if (name) fields.set(name, await seal(where, open));
  say(where, "");
  const template = await post(`/draft/${form.dataset.act}`, fields);
  const event = await sign(where, template, Boolean(name));
  const answer = await post(`/sent/${form.dataset.act}`, JSON.stringify(event));
  if (form.dataset.keep) sessionStorage.setItem(form.dataset.keep, open); // for this visit
  return answer;
}

// plain is a form that needs no signer.
async function plain(form) {
  const answer = await post(form.dataset.do, new URLSearchParams(new FormData(form)));
  if (answer.pass) {
    const box = form.querySelector("textarea");
    box.value = answer.pass;
    for (const one of [box, ...box.labels]) one.hidden = false;
  }
  return answer;
}

document.addEventListener("submit", async (submitted) => {
  const form = submitted.target;
  if (!form.matches(".act, .do")) return;
  submitted.preventDefault();
  const where = form.querySelector(".said");
  const button = form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    const answer = await (form.matches(".act") ? act(form, where) : plain(form));
    say(where, answer.said, "good");
    form.dispatchEvent(new Event("done", { bubbles: true }));
    if (answer.next) location.assign(answer.next);
  } catch (err) {
    say(where, err.message, "bad");
  } finally {
    button.disabled = false;
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.matches?.(".fill")) document.getElementById(target.dataset.fill).value = target.dataset.value;
});
