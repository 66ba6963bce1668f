// Shows that a question waits, and leads to it. It keeps nothing and answers for
// no page: what it is told says only that there is a question, and where.
const home = (link) => {
  const to = new URL(String(link || "/"), self.location.origin);
  return to.origin === self.location.origin ? to.href : self.location.origin + "/";
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

self.addEventListener("push", (e) => {
  let told = {};
  try { told = e.data.json(); } catch { /* shown all the same */ }
  e.waitUntil(self.registration.showNotification("Privy Seal", {
    body: String(told.text || ""), tag: "questions", renotify: true, icon: "/assets/icon-192.png", badge: "/assets/icon-badge.png",
    data: home(told.link),
  }));
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil((async () => {
    const to = home(e.notification.data);
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    for (const page of open) {
      try {
        await page.focus();
        return await page.navigate(to);
      } catch { /* another one, then */ }
    }
    return self.clients.openWindow(to);
  })());
});
