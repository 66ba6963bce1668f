// A web app with the login kit, at two origins, and what a person does there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import jsqr from "jsqr";
import png from "pngjs";
import { passphrase, start } from "./rig.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;

let begun;

// kits starts the signer, the browser and the app, once for all test files.
export const kits = () => begun ??= begin();

async function begin() {
  const rig = await start(process.env.PRIVYSEAL);
  const app = spawn(process.env.KITAPP, ["127.0.0.1:0", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [origin, second] = await new Promise((resolve, reject) => {
    let said = "";
    app.stdout.on("data", (d) => (said += d).split("\n").length > 2 && resolve(said.trim().split("\n")));
    app.once("exit", (code) => reject(new Error(`the app ended with ${code}`)));
  });
  return {
    rig, origin, second,
    url,
    // visit is a browser of its own at the app.
    async visit(attributes = "", options = {}) {
      const context = await rig.browser.newContext(options);
      return come(await context.newPage(), attributes, origin);
    },
    come: (page, attributes = "", at = origin) => come(page, attributes, at),
    // asked waits for an app's question.
    asked: (name, page) => asked(rig, name, page),
    // paste logs in with a link of the signer, as far as the question there.
    paste(page, name, ...more) {
      return connect(page, rig.run("invite", "--app-name", name, "--preset", "ask", "--allow", "sign_event:27235,sign_event:7", ...more).uri);
    },
    stop() {
      app.kill();
      return rig.stop();
    },
  };

  async function come(page, attributes, at) {
    page.setDefaultTimeout(45_000);
    page.failures = [];
    page.on("pageerror", (e) => page.failures.push(e.message));
    page.on("console", (m) => m.type() === "error" && /Content Security/.test(m.text()) && page.failures.push(m.text()));
    await page.goto(url(attributes, at));
    return page;
  }

  // url is the app's page, its element with these attributes.
  function url(attributes, at = origin) {
    return `${at}/?with=${encodeURIComponent(`${attributes} relays="${rig.ready.relay}"`)}`;
  }
}

export const button = (page, name) => page.getByRole("button", { name, exact: true });

// connect gives the app a link of the signer.
export async function connect(page, uri) {
  await button(page, "Continue with Nostr").click();
  await button(page, "Use another way").click();
  await page.getByRole("button", { name: "Online account" }).click();
  await page.getByLabel("Your address or a link").fill(uri);
  await button(page, "Go on").click();
}

// good has axe find nothing serious, light and dark, and keeps pictures.
export async function good(page, name) {
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate((o) => window.axe.run(o), colorScheme === "dark" ? { runOnly: ["color-contrast"] } : {});
    const bad = violations.filter((v) => ["serious", "critical"].includes(v.impact));
    assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
    for (const width of [390, 1280]) {
      if (!shots) continue;
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${shots}/kit-${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}

// prove is the passphrase, where the signer asks for it.
export async function prove(page) {
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
}

async function asked(rig, name, page) {
  for (const until = Date.now() + 45_000; Date.now() < until; ) {
    const [q] = rig.run("requests", "list").filter((q) => q.app === name);
    if (q) return q;
    await new Promise((r) => setTimeout(r, 250));
  }
  throw new Error(`${name} asked nothing; the page says: ${await page?.locator("nostr-login dialog").first().innerText()}`);
}

// read is what the code in a picture says.
export function read(shot) {
  const picture = png.PNG.sync.read(shot);
  return jsqr(new Uint8ClampedArray(picture.data), picture.width, picture.height).data;
}

export const isIn = (page) => page.getByRole("button", { name: /^Your account/ }).waitFor();

// who is the account that the app's server knows the page by; "" for nobody.
export async function who(page) {
  const res = await page.request.get(new URL("/login/nostr/session", page.url()).href);
  return res.ok() ? (await res.json()).pubkey : "";
}
