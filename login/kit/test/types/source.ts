// The source is what the types say of it.
import type * as said from "privyseal-login";
import * as real from "../../src/index.ts";

export const kit: Omit<typeof said, "Pairing" | "Session"> = real; // those two are not made by apps
export const session = (s: real.Session): Pick<said.Session, keyof said.Session> => s;
export const pairing = (p: real.Pairing): Pick<said.Pairing, keyof said.Pairing> => p;
export const open: (relays: string[]) => Promise<real.Pairing> = real.Pairing.open;
export const known = (code: real.KitError["code"]): said.Code => code;
export const codes = (code: said.Code): real.KitError["code"] => code;
