// What is serious is shown for a moment before it takes a yes. The keeper holds
// to that; here the button waits along.
(() => {
  const wait = (root) => root.querySelectorAll("button[data-ready]").forEach((b) => {
    const left = Date.parse(b.dataset.ready) - Date.now();
    b.removeAttribute("data-ready");
    if (!(left > 0)) return;
    b.disabled = true;
    setTimeout(() => { b.disabled = false; }, Math.min(left, 3000) + 50);
  });
  wait(document);
  document.addEventListener("htmx:afterSwap", (e) => { wait(e.target); settle(); });
  // What shows that a question waits goes when none does.
  const settle = async () => {
    if (!document.getElementById("list") || document.querySelector("article.card")) return;
    const reg = await navigator.serviceWorker?.getRegistration();
    for (const n of await reg?.getNotifications() ?? []) n.close();
  };
  navigator.serviceWorker?.register("/worker.js").then(settle, () => {});
})();
