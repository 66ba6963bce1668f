// @konemono/nostr-login, a fork that is kept up.
import { dialogClient } from '../lib/dialog.mjs'

export const { bunker, nostrconnect, restore } = dialogClient('@konemono/nostr-login/dist/unpkg.js', {
  asksForRelays: true, logsOut: true,
})
