// Builds the one file, and says how large it is. With a folder as argument it
// goes there instead.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const limit = 60_000; // bytes, gzipped

const outfile = join(process.argv[2] ?? "dist", "nostr-login.js");
await build({
  entryPoints: ["src/index.ts"], outfile, bundle: true, minify: true, format: "esm", target: "es2022",
  legalComments: "none", banner: { js: "/* Privy Seal login kit, MIT. With noble curves, hashes and ciphers (MIT, Paul Miller) and uqr (MIT, Anthony Fu; Nayuki). */" },
});
const raw = readFileSync(outfile);
const zipped = gzipSync(raw, { level: 9 }).length;
console.log(`${outfile}: ${raw.length} bytes, ${zipped} gzipped (limit ${limit})`);
if (zipped > limit) process.exit(1);
