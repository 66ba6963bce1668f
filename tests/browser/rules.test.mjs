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

test("settings have names, units and a usual value, and keep what was chosen", async () => {
  const page = await rig.device({ bypassCSP: true });
  await page.goto(`${rig.origin}/settings`);
  assert.equal(await page.getByRole("heading", { name: "More", exact: true }).count(), 0, "every setting has its place");
  assert.equal(await page.locator(".setting").count(), rig.run("settings", "list").length);
  const save = async (name, more) => {
    await more(page.locator(".setting").filter({ hasText: name }));
    await page.getByRole("button", { name: `Save ${name}`, exact: true }).click();
    await proven(page);
    await page.waitForURL("**/settings");
  };
  const value = (key) => rig.run("settings", "get", key).value;
  await save("Warn me of a tip above", (s) => s.getByRole("spinbutton").fill("500"));
  await save("How long to wait", async (s) => { await s.getByRole("spinbutton").fill("2"); await s.getByRole("combobox").selectOption("h"); });
  await save("Wait after my yes with", async (s) => { await s.getByLabel("change who you follow").check(); await s.getByLabel("change your profile").check(); });
  await save("What a stranger may send", async (s) => { await s.getByRole("spinbutton").first().fill("4"); });
  assert.deepEqual(["tip-limit", "veto-for", "veto", "rate-stranger"].map(value), ["500", "2h", "sign_event:0,sign_event:3", "4,20"]);
  await looks(page, "settings");
  await save("Warn me of a tip above", (s) => s.getByRole("spinbutton").fill(""));
  assert.equal(value("tip-limit"), "1000", "empty is as usual");
  for (const key of ["veto-for", "veto", "rate-stranger"]) rig.run("settings", "set", key, "");
  await page.context().close();
});
