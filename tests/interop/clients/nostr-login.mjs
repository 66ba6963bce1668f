// nostr-login.
import { dialogClient } from '../lib/dialog.mjs'

/** It takes the signer's key for the user's. */
export const compatible = true

export const { bunker, nostrconnect, restore } = dialogClient('nostr-login/dist/unpkg.js')
