// nostr-login, in a page: its dialog is opened and filled in.
import { load, pageSession, until } from '../lib/page.mjs'

/** It takes the signer's key for the user's, so it needs a compatible link. */
export const compatible = true

async function page(storage) {
  const window = load('nostr-login/dist/unpkg.js', { storage })
  const ready = new Promise((done) => window.document.addEventListener('nlReady', done))
  await Promise.race([ready, until(() => window.nostr && storage)])
  await ready
  return window
}

/** Opens the dialog and does in it what its button would. */
async function dialog(window) {
  window.document.dispatchEvent(new window.CustomEvent('nlLaunch', { detail: 'welcome' }))
  return until(() => window.document.querySelector('nl-auth'))
}

const loggedIn = (window) => new Promise((done) => window.document.addEventListener('nlAuth', (e) => e.detail.type === 'login' && done()))

export async function bunker(uri) {
  const window = await page()
  const modal = await dialog(window)
  const done = loggedIn(window)
  modal.dispatchEvent(new window.CustomEvent('nlLogin', { detail: uri }))
  await Promise.race([done, until(() => modal.error).then((e) => { throw new Error(e) })])
  return pageSession(window)
}

export async function nostrconnect([relay]) {
  const window = await page()
  const modal = await dialog(window)
  const done = loggedIn(window)
  modal.dispatchEvent(new window.CustomEvent('nlNostrConnect', { detail: { relay } }))
  return { uri: `${modal.connectionString}&relay=${relay}`, session: done.then(() => pageSession(window)) }
}

/** The next page load needs no connect. */
export const restore = async (storage) => pageSession(await page(storage))
