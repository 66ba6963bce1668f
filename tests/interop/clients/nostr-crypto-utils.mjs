// nostr-crypto-utils: messages, events and NIP-44 of its own, over a socket of
// the app's.
import { createRequire } from 'node:module'
import WebSocket from 'ws'
const lib = createRequire(import.meta.url)('nostr-crypto-utils/nip46') // its ES modules are for bundlers only

/** Connects again when the socket closes, and sends again what is unanswered. */
function line(url, filter, hear, unanswered) {
  let socket
  const connect = () => {
    socket = new WebSocket(url)
    socket.on('open', () => {
      socket.send(JSON.stringify(['REQ', 'answers', filter]))
      for (const { event } of unanswered.values()) socket.send(JSON.stringify(['EVENT', event]))
    })
    socket.on('message', (data) => {
      const [type, , event] = JSON.parse(data)
      if (type === 'EVENT') hear(event)
    })
    socket.on('error', () => {}) // close follows
    socket.on('close', () => { if (socket) setTimeout(connect, 500) })
  }
  connect()
  return {
    send: (event) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(['EVENT', event])) },
    close: () => { const open = socket; socket = undefined; open.close() },
  }
}

async function open({ remotePubkey, relays, secret }, wire, connects = true) {
  const unanswered = new Map()
  const socket = line(relays[0], lib.createResponseFilter(wire.clientPubkey), (event) => {
    const { id, result, error } = lib.unwrapEvent(event, wire)
    const asked = unanswered.get(id)
    unanswered.delete(id)
    error ? asked?.fail(new Error(error)) : asked?.done(result)
  }, unanswered)
  const ask = async (request) => {
    const event = await lib.wrapEvent(request, wire, remotePubkey)
    const answer = new Promise((done, fail) => unanswered.set(request.id, { event, done, fail }))
    socket.send(event)
    return answer
  }
  if (connects) await ask(lib.connectRequest(remotePubkey, secret))
  return {
    publicKey: () => ask(lib.getPublicKeyRequest()),
    signEvent: async (e) => JSON.parse(await ask(lib.signEventRequest(JSON.stringify(e)))),
    nip44Encrypt: (pk, text) => ask(lib.nip44EncryptRequest(pk, text)),
    nip44Decrypt: (pk, text) => ask(lib.nip44DecryptRequest(pk, text)),
    nip04Encrypt: (pk, text) => ask(lib.nip04EncryptRequest(pk, text)),
    nip04Decrypt: (pk, text) => ask(lib.nip04DecryptRequest(pk, text)),
    ping: () => ask(lib.pingRequest()),
    save: () => ({ pointer: { remotePubkey, relays, secret }, key: wire.clientSecretKey }),
    close: () => socket.close(),
  }
}

export function bunker(uri) {
  const pointer = lib.parseBunkerURI(uri)
  return open(pointer, lib.createSession(pointer.remotePubkey))
}

export const restore = ({ pointer, key }, again) => open(pointer, lib.restoreSession(key, pointer.remotePubkey), again)
