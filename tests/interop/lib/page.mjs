// A page with a login widget, in jsdom. No page reaches out: a connection to
// any other computer ends in a closed port of this one.
import { webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM, VirtualConsole } from 'jsdom'
import { here } from './prepare.mjs'

const address = 'https://app.example/'
const closed = 'ws://127.0.0.1:1/'

/** Loads a page that runs this script of node_modules; storage is what it kept. */
export function load(script, { hash = '', storage = {} } = {}) {
  const { window } = new JSDOM('<!doctype html><html><head></head><body></body></html>', {
    url: address + hash, runScripts: 'dangerously', pretendToBeVisual: true, virtualConsole: new VirtualConsole(),
  })
  class LoopbackSocket extends window.WebSocket {
    constructor(url, ...rest) {
      super(new URL(url).hostname === '127.0.0.1' ? url : closed, ...rest)
    }
  }
  Object.defineProperty(window, 'crypto', { value: webcrypto })
  Object.assign(window, {
    WebSocket: LoopbackSocket, TextEncoder, TextDecoder, MessageChannel, Uint8Array, ArrayBuffer,
    matchMedia: () => ({ matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} }),
    fetch: () => Promise.reject(new Error('no page fetches anything here')),
    open: () => null,
  })
  // jsdom knows no modal dialogs.
  window.HTMLDialogElement.prototype.showModal ??= function () { this.open = true }
  window.HTMLDialogElement.prototype.close ??= function () { this.open = false; this.dispatchEvent(new window.Event('close')) }
  for (const [key, value] of Object.entries(storage)) window.localStorage.setItem(key, value)
  const element = window.document.createElement('script')
  element.textContent = readFileSync(join(here, 'node_modules', script), 'utf8')
  window.document.body.append(element)
  return window
}

/** What a page keeps for its next load. */
export const stored = (window) => Object.fromEntries(Object.entries(window.localStorage))

/** Waits until the function gives something. */
export async function until(f) {
  for (;;) {
    const value = f()
    if (value) return value
    await new Promise((r) => setTimeout(r, 20))
  }
}

/** The session of a page whose window.nostr is connected (NIP-07). */
export function pageSession(window) {
  const nostr = () => window.nostr
  const session = {
    publicKey: () => nostr().getPublicKey(),
    // What a page signs is an object of the page.
    signEvent: async (e) => JSON.parse(JSON.stringify(await nostr().signEvent(window.JSON.parse(JSON.stringify(e))))),
    nip04Encrypt: (pk, text) => nostr().nip04.encrypt(pk, text),
    nip04Decrypt: (pk, text) => nostr().nip04.decrypt(pk, text),
    save: () => stored(window),
    close: () => window.close(),
  }
  if (window.nostr.nip44) {
    session.nip44Encrypt = (pk, text) => nostr().nip44.encrypt(pk, text)
    session.nip44Decrypt = (pk, text) => nostr().nip44.decrypt(pk, text)
  }
  return session
}
