// A question that nobody answers, in its own window. Its two minutes pass behind
// the tests between leave and expired.test.mjs.
import { BunkerSigner, parseBunkerInput } from "nostr-tools/nip46";
import { generateSecretKey } from "nostr-tools/pure";
import { note } from "./rig.mjs";

export let left;

/** Has an app ask something, opens the address that it is told, and answers nothing. */
export async function leave(rig) {
  const invite = rig.run("invite", "--app-name", "Patient", "--preset", "ask");
  let told;
  const address = new Promise((resolve) => { told = resolve; });
  const app = BunkerSigner.fromBunker(generateSecretKey(), await parseBunkerInput(invite.uri), { pool: rig.pool, onauth: told });
  await app.connect();
  rig.run("apps", "auth-url", "Patient", "on");
  const answer = app.signEvent(note("left alone")).then(() => "signed", String);
  const page = await rig.device({ bypassCSP: true });
  await page.goto(await address);
  await page.getByRole("heading", { name: "Patient asks you" }).waitFor();
  left = { page, answer };
}
