// What is serious is shown for a moment before it takes a yes. The keeper holds
// to that; here the button waits along.
(() => {
  const wait = (root) => root.querySelectorAll("button[data-ready]").forEach((b) => {
    const left = Number(b.dataset.ready);
    b.removeAttribute("data-ready");
    if (!(left > 0)) return;
    b.disabled = true;
    setTimeout(() => { b.disabled = false; }, Math.min(left, 3000));
  });
  wait(document);
  document.addEventListener("htmx:afterSwap", (e) => { wait(e.target); settle(); });
  // A list that is shown anew keeps what somebody was choosing or typing there.
  const chosen = new Map();
  const fields = (root, each) => root.querySelectorAll("article.card[id]").forEach((card) =>
    card.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((f) => each(f, `${card.id} ${f.name} ${f.type === "radio" ? f.value : ""}`)));
  document.addEventListener("htmx:beforeSwap", (e) => {
    chosen.clear();
    fields(e.target, (f, key) => chosen.set(key, f.type === "radio" || f.type === "checkbox" ? f.checked : f.value));
  });
  document.addEventListener("htmx:afterSwap", () => fields(document, (f, key) => {
    if (!chosen.has(key)) return;
    if (f.type === "radio" || f.type === "checkbox") f.checked = chosen.get(key);
    else f.value = chosen.get(key);
  }));
  // What shows that a question waits goes when none does.
  const settle = async () => {
    if (!document.getElementById("list") || document.querySelector("article.card")) return;
    const reg = await navigator.serviceWorker?.getRegistration();
    for (const n of await reg?.getNotifications() ?? []) n.close();
  };
  navigator.serviceWorker?.register("/worker.js").then(settle, () => {});
})();
