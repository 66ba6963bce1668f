// nostr-login and its forks, in a page: the dialog is opened and filled in.
import { load, pageSession, until } from './page.mjs'

/**
 * A client over the widget of this script. A fork may ask for relays before it
 * shows a link, and may tell the signer when the person logs out.
 */
export function dialogClient(script, { asksForRelays = false, logsOut = false } = {}) {
  async function page(storage) {
    const window = load(script, { storage })
    await until(() => window.nostr)
    return window
  }

  function session(window) {
    if (!logsOut) return pageSession(window)
    const logout = () => new Promise((done) => {
      window.document.addEventListener('nlAuth', (e) => e.detail.type === 'logout' && done())
      window.document.dispatchEvent(new window.Event('nlLogout'))
    })
    return { ...pageSession(window), logout }
  }

  /** The open dialog: `say` does what a button would, `done` is the login. */
  async function dialog(window) {
    window.document.dispatchEvent(new window.CustomEvent('nlLaunch', { detail: 'welcome' }))
    const modal = await until(() => window.document.querySelector('nl-auth'))
    await until(() => modal.connectionString)
    const done = new Promise((resolve, reject) => {
      window.document.addEventListener('nlAuth', (e) => e.detail.type === 'login' && resolve(session(window)))
      until(() => modal.error).then((words) => reject(new Error(words)))
    })
    return { modal, done, say: (event, detail) => modal.dispatchEvent(new window.CustomEvent(event, { detail })) }
  }

  return {
    async bunker(uri) {
      const { done, say } = await dialog(await page())
      say('nlLogin', uri)
      return done
    },

    async nostrconnect([relay]) {
      const { modal, done, say } = await dialog(await page())
      let uri = `${modal.connectionString}&relay=${relay}`
      if (asksForRelays) {
        const before = modal.connectionString
        say('nlRelaysChanged', [relay])
        await until(() => modal.connectionString !== before)
        uri = modal.connectionString
      }
      say('nlNostrConnect', { relay })
      return { uri, session: done }
    },

    /** The next page load needs no connect. */
    restore: async (storage) => session(await page(storage)),
  }
}
