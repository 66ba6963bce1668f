// A tab driven by the browser's own protocol. Playwright keeps its pages visible,
// and loses some of those that come out of the back-forward cache; this one is
// none of its. Its target and session stay the same over all of that.
export const shadow = `document.querySelector("nostr-login")?.shadowRoot`;
export const inside = `${shadow}?.querySelector("button.main").getAttribute("aria-label") === "Your account"`;

// rawTab opens an address in a context of its own.
export async function rawTab(browser, url) {
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send("Target.createBrowserContext", {});
  const open = async (url) => (await root.send("Target.createTarget", { url, browserContextId })).targetId;
  const targetId = await open(url);
  const { sessionId } = await root.send("Target.attachToTarget", { targetId, flatten: false });
  const answers = new Map();
  let id = 0;
  root.on("Target.receivedMessageFromTarget", (m) => {
    const { id, result } = JSON.parse(m.message);
    answers.get(id)?.(result);
  });
  const send = (method, params = {}) => new Promise((resolve, reject) => {
    answers.set(++id, resolve);
    setTimeout(() => reject(new Error(`no answer to ${method}`)), 60_000).unref(); // its page is gone
    root.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) }).catch(reject);
  });
  const get = async (expression) => (await send("Runtime.evaluate", { expression, returnByValue: true }))?.result?.value;
  const tab = {
    send, get, open,
    async until(expression) {
      for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) if (await get(expression)) return;
      throw new Error(`never: ${expression}; the page says ${await get(`${shadow}?.textContent`)}`);
    },
    says: (words) => tab.until(`${shadow}?.textContent.includes(${JSON.stringify(words)})`),
    press: (name) => tab.until(`(() => { const b = [...${shadow}?.querySelectorAll("button") ?? []].find((b) => b.textContent.startsWith(${JSON.stringify(name)})); return b && (b.click(), true); })()`),
    async code() {
      await tab.until(`${shadow}?.querySelector(".qr") != null`);
      return Buffer.from((await send("Page.captureScreenshot")).data, "base64");
    },
    at: (origin) => tab.until(`location.origin === "${origin}" && document.readyState === "complete"`),
    go: (url) => send("Page.navigate", { url }),
    async back() {
      let history; // while the page is exchanged nobody knows it
      for (const end = Date.now() + 60_000; !history && Date.now() < end; await new Promise((r) => setTimeout(r, 100))) history = await send("Page.getNavigationHistory");
      const { currentIndex, entries } = history;
      await send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex - 1].id });
    },
    front: () => root.send("Target.activateTarget", { targetId }),
    close: () => root.send("Target.disposeBrowserContext", { browserContextId }),
  };
  return tab;
}
