// The real program with a console, a real app behind it, and real Chromium.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { SimplePool, useWebSocketImplementation } from "nostr-tools/pool";
import { BunkerSigner, parseBunkerInput } from "nostr-tools/nip46";
import { generateSecretKey } from "nostr-tools/pure";
import WebSocket, { WebSocketServer } from "ws";

useWebSocketImplementation(WebSocket);

export const passphrase = "correct horse battery staple";

let running;

// start makes a vault and runs the signer until stop, once for all test files.
export const start = (program) => running ??= begin(program);

async function begin(program) {
  const dir = mkdtempSync(join(tmpdir(), "privyseal-browser-"));
  const pass = join(dir, "pass");
  writeFileSync(pass, passphrase, { mode: 0o600 });
  const env = { ...process.env, PRIVYSEAL_DATA: join(dir, "data"), PRIVYSEAL_STATE: join(dir, "state") };
  const run = (...args) => JSON.parse(execFileSync(program, ["--json", ...args], { env, encoding: "utf8" }));
  run("init", "--name", "ana", "--passphrase-file", pass);
  const up = spawn(program, ["--json", "up", "--relay", "none", "--listen", "127.0.0.1:0", "--passphrase-file", pass], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    up.stdout.on("data", (d) => {
      text += d;
      for (const line of text.split("\n")) if (line.includes('"ready"')) resolve(JSON.parse(line));
    });
    up.stderr.on("data", () => {});
    up.on("exit", (code) => reject(new Error(`up ended with ${code}`)));
  });
  const camera = join(dir, "camera.y4m"); // what the browser's camera sees
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${camera}`],
  });
  const pool = new SimplePool();
  let stopped;
  const link = () => run("console").link;
  return {
    run, link, browser, pool, camera, origin: new URL(link()).origin, ready,
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
    stop: () => stopped ??= end(),
  };

  async function end() {
    await browser.close();
    const ended = new Promise((resolve) => up.removeAllListeners("exit").on("exit", resolve));
    up.kill("SIGTERM");
    await ended;
    pool.destroy();
    rmSync(dir, { recursive: true, force: true });
  }
}

// relay keeps what is published on it.
export async function relay() {
  const kept = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => socket.on("message", (raw) => {
    const [kind, what] = JSON.parse(raw);
    if (kind === "EVENT") {
      kept.push(what);
      socket.send(JSON.stringify(["OK", what.id, true, ""]));
    }
    if (kind === "REQ") socket.send(JSON.stringify(["EOSE", what]));
  }));
  return { kept, url: `ws://127.0.0.1:${server.address().port}`, stop: () => { for (const c of server.clients) c.terminate(); server.close(); } };
}

export const note = (content) => ({ kind: 1, content, tags: [], created_at: Math.floor(Date.now() / 1000) });
