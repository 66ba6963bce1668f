// Whether this browser tells of questions, and the way to turn it on and off.
(() => {
  const card = document.getElementById("this-browser");
  if (!card) return;
  const show = (state) => {
    for (const part of card.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const key = card.dataset.key;

  const save = async (sub) => {
    const body = new URLSearchParams({ form: card.dataset.form, key, endpoint: sub.endpoint, p256dh: text(sub.getKey("p256dh")), auth: text(sub.getKey("auth")) });
    return (await fetch("/notifications/browser", { method: "POST", body, redirect: "manual" })).status === 204;
  };
  const on = async () => {
    if (await Notification.requestPermission() !== "granted") return show("denied");
    const reg = await navigator.serviceWorker.ready;
    const sub = await reg.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    if (!await save(sub)) throw new Error("not taken");
    location.reload();
  };
  const off = async () => {
    const sub = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
    if (sub) await sub.unsubscribe();
    show("off");
  };
  const act = (what) => async (e) => {
    e.preventDefault();
    try { await what(); } catch { show("failed"); }
  };
  card.querySelector("button[data-do=on]").addEventListener("click", act(on));
  card.querySelector("button[data-do=off]").addEventListener("click", act(off));

  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return show("no");
  if (!key) return show("locked");
  if (Notification.permission === "denied") return show("denied");
  show("off");
  navigator.serviceWorker.ready.then((reg) => reg.pushManager.getSubscription()).then((sub) => { if (sub) show("on"); });
})();
