// Passkeys, people and what each may do, with an authenticator of DevTools.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { far, film, looks, note, passphrase, start } from "./rig.mjs";

let rig, app;

before(async () => {
  rig = await start(process.env.PRIVYSEAL);
  app = await rig.app("Damus", "--preset", "ask");
});
after(() => rig?.stop());

// authenticator gives a page's browser a passkey maker that verifies its person.
const authenticator = async (page) => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
  } });
  return { devtools, authenticatorId };
};

const prove = async (page) => {
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Go on" }).click();
};

// enrol makes a passkey in a page that is signed in.
const enrol = async (page, label) => {
  const maker = await authenticator(page);
  await page.goto(`${new URL(page.url()).origin}/you/passkey`);
  await page.getByLabel("What to call it").fill(label);
  await page.getByRole("button", { name: "Make it" }).click();
  await prove(page);
  await page.getByText(label).first().waitFor();
  return maker;
};

const deletion = (id) => app.signEvent({ ...note(""), kind: 5, tags: [["e", id.repeat(32)]] });
const asked = (page, hasText) => page.getByRole("article").filter({ hasText });

test("a passkey is made, proves what is serious, signs in, and is removed", async () => {
  const page = await rig.device();
  await enrol(page, "ana's laptop");
  const signed = deletion("11");
  await page.goto(rig.origin);
  await asked(page, "Damus").locator("button[value=yes]").click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  assert.equal((await signed).kind, 5);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await page.getByRole("heading", { name: "Questions" }).waitFor();

  const post = app.signEvent(note("and from now on"));
  const card = asked(page, "and from now on");
  await card.waitFor();
  await card.getByRole("radio").nth(1).check();
  await card.locator("button[value=yes]").click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await post;
  assert.equal((await app.signEvent(note("not asked again"))).content, "not asked again");

  await page.goto(`${rig.origin}/settings`);
  await page.getByLabel("The name passkeys are for").fill("seal.example");
  await page.getByRole("button", { name: "Save The name passkeys are for" }).click();
  await page.getByText("This passkey will not work any more: Owner, ana's laptop. It is for localhost only.").waitFor();
  await page.getByText("You will find these pages at https://seal.example.").waitFor();
  assert.equal(rig.run("settings", "get", "console-domain").value, "", "said, and not done");

  await page.goto(`${rig.origin}/you`);
  await page.getByRole("button", { name: "Remove it ana's laptop" }).click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await page.getByText("You have none yet.").waitFor();
  await page.context().close();
});

test("what a passkey signed counts once, and for that act only", async () => {
  const page = await rig.device();
  const other = await rig.app("Other", "--preset", "ask");
  await enrol(page, "the desk");
  const proofs = [];
  page.on("request", (r) => { if (r.method() === "POST" && r.postData()?.includes("proof=")) proofs.push(new URLSearchParams(r.postData())); });
  const id = (name) => rig.run("apps", "list").find((a) => a.name === name).id;
  for (const name of ["Damus", "Other"]) rig.run("apps", "pause", id(name));

  await page.goto(`${rig.origin}/apps/${id("Damus")}`);
  await page.getByRole("button", { name: "Let it go on" }).click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await page.getByRole("button", { name: "Pause it" }).click();
  await page.getByRole("button", { name: "Let it go on" }).waitFor();

  // again posts what a form posted, from the page itself.
  const again = (path, fields) => page.evaluate(async ([path, body]) => (await fetch(path, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } })).status, [path, new URLSearchParams(fields).toString()]);
  assert.equal(await again(`/apps/${id("Damus")}`, proofs[0]), 403, "a second time");
  assert.equal(rig.run("apps", "show", id("Damus")).state, "paused");

  // One that was not used yet, for another act than it was made for.
  await page.getByRole("button", { name: "Let it go on" }).click();
  const carries = (request) => request.method() === "POST" && Boolean(request.postData()?.includes("proof="));
  await page.route("**/apps/**", (route) => (carries(route.request()) ? route.abort("aborted") : route.continue()));
  const lost = page.waitForEvent("requestfailed", carries);
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  await lost;
  await page.unroute("**/apps/**");
  await page.goto(`${rig.origin}/apps`);
  assert.equal(await again(`/apps/${id("Other")}`, proofs[1]), 403, "another app");
  assert.equal(rig.run("apps", "show", id("Other")).state, "paused");
  assert.equal(await again(`/apps/${id("Damus")}`, proofs[1]), 403, "spent on the wrong one");
  rig.run("apps", "resume", id("Damus"));
  await other.close?.();
  await page.context().close();
});

test("a session's cookie is worth nothing once it has ended", async () => {
  const page = await rig.device();
  const cookies = await page.context().cookies();
  const thief = await rig.browser.newContext();
  await thief.addCookies(cookies);
  const stolen = await thief.newPage();
  await stolen.goto(rig.origin);
  await stolen.getByRole("heading", { name: "Questions" }).waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL("**/login");
  await stolen.goto(rig.origin);
  assert.equal(new URL(stolen.url()).pathname, "/login");
  await stolen.goto(`${rig.origin}/people`);
  assert.equal(new URL(stolen.url()).pathname, "/login");
  await thief.close();
  await page.context().close();
});

// invites has an owner ask somebody in, and answers the link.
const invites = async (page, name, role) => {
  await page.goto(`${rig.origin}/people`);
  await page.getByLabel("Name").fill(name);
  const invite = page.locator("section", { hasText: "Invite somebody" });
  await invite.locator(`input[name=role][value=${role}]`).check();
  await invite.getByRole("button", { name: "Make a link" }).click();
  await prove(page);
  return page.locator("#link").textContent();
};

const joins = async (link) => {
  const page = await (await rig.browser.newContext({ bypassCSP: true })).newPage();
  await authenticator(page);
  await page.goto(link);
  await page.getByRole("button", { name: "Make my passkey" }).click();
  await page.getByRole("heading", { name: "Questions" }).waitFor();
  return page;
};

test("people are asked in: an approver answers and changes no rights, an auditor only looks", async () => {
  const owner = await rig.device({ bypassCSP: true });
  const link = await invites(owner, "Bea", "approver");
  const bea = await joins(link);
  const late = await (await rig.browser.newContext({ bypassCSP: true })).newPage();
  await late.goto(link);
  await late.getByText("used already").waitFor();
  await looks(late, "message", [1280, 390]);
  await late.context().close();
  const carl = await joins(await invites(owner, "Carl", "auditor"));

  const signed = app.signEvent({ ...note(JSON.stringify({ name: "Ana" })), kind: 30078, tags: [["d", "a"]] });
  await asked(carl, "Damus").waitFor();
  assert.equal(await carl.locator("button[value=yes], button[value=no]").count(), 0, "an auditor has no answers");
  await asked(bea, "Damus").locator("button[value=yes]").click();
  assert.equal((await signed).kind, 30078);

  const id = rig.run("apps", "list").find((a) => a.name === "Damus").id;
  const forced = (page, path, fields) => page.evaluate(async ([path, fields]) => {
    const body = new URLSearchParams({ ...fields, form: document.querySelector("input[name=form]").value });
    return (await fetch(path, { method: "POST", body, redirect: "manual" })).status;
  }, [path, fields]);
  for (const page of [bea, carl]) {
    await page.goto(`${rig.origin}/apps/${id}`);
    await forced(page, `/people`, { name: "Mallory", role: "owner" });
  }
  assert.notEqual(await forced(carl, `/apps/${id}`, { do: "pause" }), 0, "an auditor pauses nothing");
  assert.equal(rig.run("apps", "show", id).state, "active");
  assert.equal(rig.run("people", "list").some((p) => p.name === "Mallory"), false);
  await looks(owner, "link");
  await owner.goto(`${rig.origin}/people`);
  await looks(owner, "people");

  await owner.setViewportSize({ width: 1280, height: 800 });
  const carls = owner.getByRole("article").filter({ has: owner.getByRole("heading", { name: "Carl" }) });
  await carls.getByText("Change it").first().click();
  await carls.getByRole("button", { name: "Remove Carl" }).click();
  await prove(owner);
  await carls.waitFor({ state: "detached" });
  await carl.goto(rig.origin);
  assert.equal(new URL(carl.url()).pathname, "/login", "who is removed is out");
  for (const page of [owner, bea, carl]) await page.context().close();
});

test("over https, on a phone, with a passkey, the camera and a note of the browser", async () => {
  writeFileSync(rig.camera, film(`nostrconnect://${"ab".repeat(32)}?relay=${encodeURIComponent(rig.ready.relay)}&secret=${"cd".repeat(16)}&name=Scanned%20Far%20Away`));
  const away = await far(rig);
  const page = await away.device({ viewport: { width: 390, height: 800 } });
  assert.equal(new URL(page.url()).protocol, "https:");
  await enrol(page, "ana's phone");
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await page.getByRole("heading", { name: "Questions" }).waitFor();
  const [cookie] = await page.context().cookies();
  assert.equal(cookie.name, "__Host-privyseal");
  assert.equal(cookie.secure, true);
  const signed = deletion("33");
  await asked(page, "Damus").locator("button[value=yes]").click();
  await looks(page, "confirm-https", [390]);
  await page.getByRole("button", { name: "Confirm with your passkey" }).click();
  assert.equal((await signed).kind, 5);

  await page.context().grantPermissions(["camera"], { origin: away.origin });
  await page.goto(away.origin + "/connect");
  await page.getByRole("button", { name: "Scan with the camera" }).click();
  await page.getByRole("heading", { name: "Scanned Far Away wants to connect" }).waitFor();
  await looks(page, "scanned-https", [390]);

  await page.context().close();

  const told = await away.device({ viewport: { width: 390, height: 800 } });
  await told.context().grantPermissions(["notifications"], { origin: away.origin });
  const devtools = await told.context().newCDPSession(told);
  const registered = new Promise((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId)));
  await devtools.send("ServiceWorker.enable");
  await told.evaluate(async () => { await navigator.serviceWorker.register("/worker.js"); await navigator.serviceWorker.ready; });
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: away.origin, registrationId: await registered, data: JSON.stringify({ text: "A question is waiting for you.", link: "/" }) });
  await told.waitForFunction(async () => (await (await navigator.serviceWorker.ready).getNotifications()).some((n) => n.body === "A question is waiting for you." && n.data === `${location.origin}/`));
  await told.context().close();
  await away.stop();
});

test("nothing serious for axe on what is confirmed, undone, locked and logged in to", async () => {
  const page = await rig.device({ bypassCSP: true });
  await enrol(page, "a key");
  await page.goto(`${rig.origin}/you`);
  await looks(page, "you-passkeys");
  await page.goto(`${rig.origin}/you/passkey`);
  await looks(page, "passkey");
  const refused = deletion("44").catch(() => {});
  await page.goto(rig.origin);
  await asked(page, "Damus").locator("button[value=yes]").click();
  await page.getByRole("button", { name: "Confirm with your passkey" }).waitFor();
  await looks(page, "confirm");
  rig.run("lock");
  await page.goto(rig.origin);
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor();
  await looks(page, "locked");
  await page.getByLabel("Your passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("heading", { name: "Your keys are locked" }).waitFor({ state: "detached" });
  for (const q of rig.run("requests", "list").filter((q) => q.app !== "Patient")) // whom nobody answers (left.mjs)
    rig.run("requests", "deny", q.id);
  await refused;
  await page.goto(`${rig.origin}/apps/nobody`);
  await looks(page, "message");
  await page.goto(`${rig.origin}/login`);
  await looks(page, "login-passkey");
  await page.context().close();
});
