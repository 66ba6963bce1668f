// What begins at an app, or before there is a signer, in a second process with a
// signer and a browser of its own: each waits for the other's pages no longer.
import "./tabs.test.mjs";
import "./landing.test.mjs";
import "./demo.test.mjs";
import "./kit.test.mjs";
import "./flows.test.mjs";
import "./away.test.mjs";
import "./hidden.test.mjs";
import "./states.test.mjs";
import "./setup.test.mjs";
