import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { looks, note, passphrase, start } from "./rig.mjs";

let rig, app, id;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  app = await rig.app("Ruled", "--preset", "social");
  id = rig.run("apps", "list").find((a) => a.name === "Ruled").id;
});
after(() => rig?.stop());

const proven = async (page) => {
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
};

test("what an app may do is stopped one by one, undone, and limited", async () => {
  await app.signEvent(note("within the rules"));
  const page = await rig.device({ bypassCSP: true });
  const rule = (text) => page.locator(".rules > li").filter({ hasText: text });
  await page.goto(`${rig.origin}/apps/${id}`);
  assert.equal(await rule("post notes").getByRole("meter").getAttribute("value"), "1");
  await rule("post notes").getByText("1 of 20 used").waitFor();
  await looks(page, "app");

  await rule("post notes").getByRole("button", { name: /^Stop allowing this/ }).click();
  await page.getByRole("heading", { name: "Stopped" }).waitFor();
  await looks(page, "stopped");
  const asked = app.signEvent(note("asked now"));
  await page.getByRole("link", { name: "Back to Ruled" }).click();
  await rule("post notes").getByText(/ask/).first().waitFor();
  await page.goto(rig.origin);
  await page.getByRole("article").filter({ hasText: "asked now" }).getByRole("button", { name: "Post it", exact: true }).click();
  await asked;

  await page.goto(`${rig.origin}/apps/${id}`);
  await rule("comments").getByRole("button", { name: /^Stop allowing this/ }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await proven(page);
  await page.waitForURL(`**/apps/${id}`);
  await rule("comments").filter({ hasText: "up to 20 an hour" }).waitFor();

  await rule("comments").getByText("Change it").first().click();
  await looks(page, "change");
  await rule("comments").getByLabel("How many times").fill("3");
  await rule("comments").getByLabel("In what time").selectOption("d");
  await rule("comments").getByLabel("For how long").selectOption("30d");
  await rule("comments").getByRole("button", { name: "Change it", exact: true }).click();
  await proven(page);
  await rule("comments").filter({ hasText: "up to 3 a day" }).waitFor();
  await page.context().close();
});
