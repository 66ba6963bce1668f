// The real program with a console, a real app behind it, and real Chromium.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import qrcode from "qrcode-generator";
import { SimplePool, useWebSocketImplementation } from "nostr-tools/pool";
import { BunkerSigner, parseBunkerInput } from "nostr-tools/nip46";
import { generateSecretKey } from "nostr-tools/pure";
import WebSocket, { WebSocketServer } from "ws";

useWebSocketImplementation(WebSocket);

export const passphrase = "correct horse battery staple";

let running;

// signer runs the program on a directory of its own until stop; first makes what
// it starts with, and names the flags for it.
export async function signer(program, dir, first = () => []) {
  const env = { ...process.env, PRIVYSEAL_DATA: join(dir, "data"), PRIVYSEAL_STATE: join(dir, "state") };
  const run = (...args) => JSON.parse(execFileSync(program, ["--json", ...args], { env, encoding: "utf8" }));
  const flags = first(run);
  const up = spawn(program, ["--json", "up", "--listen", "127.0.0.1:0", ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    up.stdout.on("data", (d) => {
      text += d;
      for (const line of text.split("\n")) if (line.includes('"ready"')) resolve(JSON.parse(line));
    });
    up.stderr.on("data", () => {});
    up.on("exit", (code) => reject(new Error(`up ended with ${code}`)));
  });
  const link = () => run("console").link;
  return {
    run, link, ready, origin: new URL(link()).origin,
    async stop() {
      const ended = new Promise((resolve) => up.removeAllListeners("exit").on("exit", resolve));
      up.kill("SIGTERM");
      await ended;
    },
  };
}

// launch starts Chromium. A page of it that is sent on while what was pressed on it
// still leads somewhere goes there first, as for a person.
async function launch(camera, env = {}, ...more) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium", env: { ...process.env, ...env },
    args: ["--no-sandbox", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${camera}`, ...more],
  });
  const contexts = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await contexts(options);
    return context.on("page", (page) => {
      const go = page.goto.bind(page);
      page.goto = async (...to) => {
        for (let left = 3; ; left--) {
          try {
            return await go(...to);
          } catch (err) {
            if (!left || !/interrupted by another navigation|net::ERR_ABORTED/.test(err.message)) throw err;
            await page.waitForLoadState();
          }
        }
      };
    });
  };
  return browser;
}

// start makes a vault and runs the signer until stop, once for all test files.
export const start = (program) => running ??= begin(program);

async function begin(program) {
  const dir = mkdtempSync(join(tmpdir(), "privyseal-browser-"));
  const pass = join(dir, "pass");
  writeFileSync(pass, passphrase, { mode: 0o600 });
  const { run, link, ready, origin, stop: end } = await signer(program, dir, (run) => {
    run("init", "--name", "ana", "--passphrase-file", pass);
    return ["--relay", "none", "--passphrase-file", pass];
  });
  const camera = join(dir, "camera.y4m"); // what the browser's camera sees
  const browser = await launch(camera);
  const pool = new SimplePool();
  let stopped;
  return {
    run, link, browser, pool, camera, origin, ready, pass,
    unlock: () => run("unlock", "--passphrase-file", pass),
    // app pairs a new app.
    async app(name, ...more) {
      const invite = run("invite", "--app-name", name, ...more);
      const app = BunkerSigner.fromBunker(generateSecretKey(), await parseBunkerInput(invite.uri), { pool });
      await app.connect();
      return app;
    },
    // device is a browser of its own, signed in.
    async device(options = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(link());
      return page;
    },
    stop: () => stopped ??= over(),
  };

  async function over() {
    await browser.close();
    await end();
    pool.destroy();
    rmSync(dir, { recursive: true, force: true });
  }
}

// film is a code in front of a camera: two frames of uncompressed grey.
export function film(text) {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  const [width, height, n] = [1280, 960, code.getModuleCount()];
  const scale = Math.floor(height / (n + 8)), left = (width - n * scale) >> 1, top = (height - n * scale) >> 1;
  const light = Buffer.alloc(width * height, 235);
  for (let y = 0; y < n * scale; y++) for (let x = 0; x < n * scale; x++) {
    if (code.isDark(Math.floor(y / scale), Math.floor(x / scale))) light[(top + y) * width + left + x] = 16;
  }
  const frame = Buffer.concat([Buffer.from("FRAME\n"), light, Buffer.alloc((width * height) / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]);
}

// far puts TLS with a CA of the test in front of a signer, and tells it where it
// is found now. Its Chromium has a home of its own, whose certificate store (NSS)
// trusts that CA.
export async function far(rig) {
  const dir = mkdtempSync(join(tmpdir(), "privyseal-far-"));
  const openssl = (...args) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test CA", "-days", "2");
  openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "req.pem", "-subj", "/CN=seal.test");
  writeFileSync(join(dir, "ext"), "subjectAltName=DNS:seal.test\n");
  openssl("x509", "-req", "-in", "req.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "cert.pem", "-days", "2", "-extfile", "ext");
  const trust = `sql:${join(dir, ".pki/nssdb")}`;
  mkdirSync(join(dir, ".pki/nssdb"), { recursive: true });
  for (const args of [["-N", "--empty-password"], ["-A", "-n", "test CA", "-t", "C,,", "-i", join(dir, "ca.pem")]]) execFileSync("certutil", ["-d", trust, ...args], { stdio: "pipe" });
  const { port } = new URL(rig.origin);
  const server = https.createServer({ key: readFileSync(join(dir, "key.pem")), cert: readFileSync(join(dir, "cert.pem")) }, (req, res) => {
    const on = http.request({ host: "127.0.0.1", port, path: req.url, method: req.method, headers: { ...req.headers, "x-forwarded-proto": "https" } }, (got) => {
      res.writeHead(got.statusCode, got.headers);
      got.pipe(res);
    });
    on.on("error", () => res.destroy());
    res.on("close", () => on.destroy());
    req.pipe(on);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `https://seal.test:${server.address().port}`;
  rig.run("settings", "set", "console-domain", "seal.test");
  rig.run("settings", "set", "console-origins", origin);
  const browser = await launch(rig.camera, { HOME: dir }, "--host-resolver-rules=MAP seal.test 127.0.0.1");
  return {
    origin,
    async device(options = {}) {
      const page = await (await browser.newContext(options)).newPage();
      await page.goto(rig.link());
      return page;
    },
    async stop() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      rig.run("settings", "set", "console-domain", "");
      rig.run("settings", "set", "console-origins", "");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

// relay keeps what is published on it, and gives what is of an asked kind.
export async function relay() {
  const kept = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => socket.on("message", (raw) => {
    const [kind, what, filter] = JSON.parse(raw);
    if (kind === "EVENT") {
      kept.push(what);
      socket.send(JSON.stringify(["OK", what.id, true, ""]));
    }
    if (kind !== "REQ") return;
    for (const e of kept) if (filter.kinds?.includes(e.kind) && !filter["#p"]) socket.send(JSON.stringify(["EVENT", what, e]));
    socket.send(JSON.stringify(["EOSE", what]));
  }));
  return { kept, url: `ws://127.0.0.1:${server.address().port}`, stop: () => { for (const c of server.clients) c.terminate(); server.close(); } };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// looks holds a page, as it stands, to its width and to axe: all its rules at the
// widest and the narrowest, and those about colours in the dark. SHOTS keeps
// pictures.
export async function looks(page, name, widths = [1280, 390, 320]) {
  await page.evaluate(axe);
  const holds = async (where, rules) => {
    const violations = await page.evaluate((rules) => window.axe.run({ resultTypes: ["violations"], ...rules && { runOnly: rules } }).then((r) => r.violations), rules);
    const bad = violations.filter((v) => ["serious", "critical"].includes(v.impact));
    assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes[0].html}`), [], `${name} ${where}`);
  };
  for (const width of widths) for (const colorScheme of ["dark", "light"]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    if (colorScheme === "dark") width === widths[0] && await holds("in the dark", ["color-contrast", "link-in-text-block"]);
    else if ([widths[0], widths.at(-1)].includes(width)) await holds(`at ${width}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px too wide at ${width}`);
    if (process.env.SHOTS && width !== 320) await page.screenshot({ path: `${process.env.SHOTS}/${name.replace(/[^\w-]+/g, "_")}-${width}-${colorScheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

export const note = (content) => ({ kind: 1, content, tags: [], created_at: Math.floor(Date.now() / 1000) });
