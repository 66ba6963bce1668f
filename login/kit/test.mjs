// Runs the tests: TypeScript through esbuild, then node's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const outdir = mkdtempSync(".test-");
try {
  const entryPoints = readdirSync("test").filter((f) => f.endsWith(".test.ts")).map((f) => join("test", f));
  await build({ entryPoints, outdir, bundle: true, platform: "node", format: "esm", target: "es2022", outExtension: { ".js": ".mjs" }, logLevel: "warning" });
  const files = readdirSync(outdir).map((f) => join(outdir, f));
  process.exitCode = spawnSync(process.execPath, ["--test", "--no-warnings", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(outdir, { recursive: true });
}
