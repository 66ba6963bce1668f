// The console's test files in one process: they share the signer and the browser.
import "./console.test.mjs";
import "./notify.test.mjs";
import "./connect.test.mjs";
import "./passkeys.test.mjs";
import "./prompts.test.mjs";
import "./rules.test.mjs";
import "./expired.test.mjs";
