// What becomes of a question that nobody answered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { leave, left } from "./left.mjs";
import { looks, start } from "./rig.mjs";

let rig;
before(async () => { rig = await start(process.env.PRIVYSEAL); });
after(() => rig?.stop());

test("a question that nobody answered is over, and says so", async () => {
  if (!left) await leave(rig); // this file alone
  const { page, answer } = left;
  assert.match(await answer, /Nobody answered in time/);
  await page.reload();
  await page.getByRole("heading", { name: "It took too long, so nothing was done" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Post it" }).count(), 0);
  await looks(page, "asked-expired", [1280, 390]);
  await page.context().close();
});
