// window.nostr.js, in a page that is opened with a link in its address.
import { load, pageSession, until } from '../lib/page.mjs'

const script = 'window.nostr.js/dist/window.nostr.js'

/** The page is connected when the widget has asked for the user's key. */
async function connected(window) {
  await window.nostr.getPublicKey()
  return pageSession(window)
}

export async function bunker(uri) {
  const window = load(script, { hash: '#nostr-login=' + uri })
  await until(() => window.nostr)
  return connected(window)
}

/** It connects again, with the same secret, at every load. */
export async function restore(storage) {
  const window = load(script, { storage })
  await until(() => window.nostr)
  return connected(window)
}
