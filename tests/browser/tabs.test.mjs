// Tabs that people hide, leave, reload and open twice while the login kit waits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { button, good, isIn, kits, prove, read, who } from "./kitrig.mjs";
import { inside, rawTab, shadow } from "./tab.mjs";

const twoMinutes = 120_000;
let kit, rig;
export let hidden; // two tabs that hidden.test.mjs looks at

before(async () => {
  kit = await kits();
  ({ rig } = kit);
  // It goes on beside the other tests.
  hidden = Promise.all([asleep(), behind()]);
  hidden.catch(() => {});
});
after(() => kit?.stop());

// asleep is a tab that shows a code, and then is frozen behind another.
async function asleep() {
  let link;
  const tab = await left("Asleep Crays", async (tab) => {
    await tab.press("Continue with Nostr");
    link = read(await tab.code());
  });
  await tab.send("Page.setWebLifecycleState", { state: "frozen" });
  const yes = await scanned(link); // a code is good for three minutes
  await tab.wait();
  await yes();
  await tab.front();
  rig.run("requests", "approve", (await kit.asked("Asleep Crays")).id);
  await tab.until(inside);
  await tab.close();
}

// behind is a tab whose question waits at the signer, behind another.
async function behind() {
  const page = await kit.visit(`app-name="Behind Crays"`);
  await kit.paste(page, "Behind Crays");
  await isIn(page);
  rig.run("apps", "ask", "Behind Crays", "sign_event:27235");
  const session = await page.evaluate(() => localStorage.getItem("nostr-login"));
  await page.context().close();
  const said = new Set();
  const tab = await left("Behind Crays", async (tab) => {
    await tab.until(`${shadow} != null`);
    await tab.get(`localStorage.setItem("nostr-login", ${JSON.stringify(session)}), location.reload()`);
    await tab.press("Continue as");
    await kit.asked("Behind Crays");
  });
  await tab.wait();
  // A login is worth something for a minute, and is asked anew then: the yes may
  // have come to the one before.
  for (const end = Date.now() + 90_000; !(await tab.get(inside)) && Date.now() < end; await new Promise((r) => setTimeout(r, 250)))
    for (const q of rig.run("requests", "list").filter((q) => q.app === "Behind Crays" && !said.has(q.id))) {
      said.add(q.id);
      try { rig.run("requests", "approve", q.id); } catch { /* its minute was over */ }
    }
  await tab.until(inside);
  assert.equal(await tab.get("document.visibilityState"), "hidden");
  await tab.close();
}

// left is a tab that is behind another one once begun is done.
async function left(name, begun) {
  const tab = await rawTab(rig.browser, kit.url(`app-name="${name}"`));
  await begun(tab);
  await tab.open("about:blank");
  await tab.until(`document.visibilityState === "hidden"`);
  const since = Date.now();
  tab.wait = () => new Promise((r) => setTimeout(r, since + twoMinutes - Date.now()).unref()); // the browser and the signer are there meanwhile
  return tab;
}

// code waits for the code on the screen, and reads it.
async function code(page) {
  await page.getByRole("img", { name: "A code to scan with your key app" }).waitFor();
  return read(await page.screenshot());
}

// phone opens an app's link at the signer, and says yes.
const phone = async (link) => (await scanned(link))();

// scanned opens an app's link at the signer, for a yes that comes later.
async function scanned(link) {
  const page = await rig.device();
  await page.goto(`${rig.origin}/connect?uri=${encodeURIComponent(link)}`);
  return async () => {
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await prove(page);
    await page.context().close();
  };
}

test("a reload while the code is shown shows the same one, and a yes meanwhile counts", async () => {
  const page = await kit.visit(`app-name="Reloaded Crays"`);
  await button(page, "Continue with Nostr").click();
  const link = await code(page);
  await page.reload();
  assert.equal(await code(page), link);
  await phone(link);
  rig.run("requests", "approve", (await kit.asked("Reloaded Crays", page)).id);
  await isIn(page);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("nostr-login-pending")), null);
  await page.context().close();
});

test("back to a page that waited, as the browser kept it, and it still waits", async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  try {
    const page = await rawTab(browser, kit.url(`app-name="Kept Crays" signer="${rig.origin}"`));
    const kept = async (there, leave, meanwhile = () => {}) => {
      await page.get(`window.kept = "left", addEventListener("pageshow", (e) => (window.kept = e.persisted), { once: true })`);
      await leave();
      await page.at(there);
      await meanwhile();
      await page.back();
      await page.at(kit.origin);
      assert.ok(await page.get("window.kept"), "it is another page");
      await page.until("window.kept === true");
    };
    const elsewhere = () => page.go(`${kit.second}/`);
    // At the signer's page, without a yes.
    await page.press("Continue with Nostr");
    await kept(rig.origin, () => page.press("Go on at"));
    await page.says("Welcome back. One moment…");
    await page.press("Start again");
    // While the code is shown, and read by the phone meanwhile.
    await page.press("Use my phone");
    const link = read(await page.code());
    await kept(kit.second, elsewhere, () => phone(link));
    const q = await kit.asked("Kept Crays");
    // While the question waits at the signer, and is answered meanwhile.
    await kept(kit.second, elsewhere, () => rig.run("requests", "approve", q.id));
    await page.until(inside);
  } finally {
    await browser.close();
  }
});

test("two tabs at once: who logs in, or out, in one does so in the other", async () => {
  const one = await kit.visit(`app-name="Twin Crays"`);
  const two = await kit.come(await one.context().newPage(), `app-name="Twin Crays"`);
  await button(two, "Continue with Nostr").click();
  await code(two);
  await kit.paste(one, "Twin Crays");
  await isIn(one);
  await isIn(two);
  await two.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await who(one), await who(two));
  await two.getByRole("button", { name: /^Your account/ }).click();
  let go; // the site is slow to hear of it: the other tab is told when it has
  const late = new Promise((resolve) => { go = resolve; });
  await two.route("**/logout*", async (route) => { await late; await route.continue(); });
  await button(two, "Log out here").click();
  await two.waitForFunction(() => localStorage.getItem("nostr-login") === "[]");
  assert.notEqual(await who(one), "");
  go();
  await button(one, "Continue with Nostr").waitFor();
  await one.context().close();
});

test("on a phone a link opens the key app, and no pop-up is needed on the way there and back", async () => {
  const context = await rig.browser.newContext({ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true, bypassCSP: true });
  await context.addInitScript(() => (window.open = () => { throw new Error("a pop-up"); }));
  const page = await kit.come(await context.newPage(), `app-name="Pocket Crays" signer=""`);
  await button(page, "Continue with Nostr").click();
  await page.getByText("Say yes there, then come back here.").waitFor();
  await good(page, "open-app");
  const open = page.getByRole("link", { name: "Open your key app" });
  const link = await open.getAttribute("href");
  assert.match(link, /^nostrconnect:/);
  await open.click();
  await page.getByText("Opening your key app… Come back here after you say yes.").waitFor();
  await good(page, "opening");
  await button(page, "Nothing happened? Show a code").waitFor();
  // The key app is in another tab, and leads back into that one.
  const there = await context.newPage();
  await there.goto(rig.link());
  await there.goto(`${rig.origin}/connect?uri=${encodeURIComponent(link)}`);
  await there.getByRole("button", { name: "Connect", exact: true }).click();
  await prove(there);
  await there.waitForURL(kit.origin + "/**");
  await isIn(there);
  assert.ok(!there.url().includes("nostr_code"));
  await isIn(page);
  assert.deepEqual(page.failures, []);
  await context.close();
});
