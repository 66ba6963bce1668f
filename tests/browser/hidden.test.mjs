// Two tabs that tabs.test.mjs began, and that were answered after two minutes: by
// then the tests between have passed, and the signer is not locked yet.
import { test } from "node:test";
import { hidden } from "./tabs.test.mjs";

test("hidden for two minutes, asleep or only behind, a page hears the yes that came late", () => hidden);
