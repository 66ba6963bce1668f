// @nostrify/nostrify's NConnectSigner, by the logins of @nostrify/react.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { NPool, NRelay1 } = await import('@nostrify/nostrify')
const { generateNostrConnectParams, generateNostrConnectURI, NLogin, NUser } = await import('@nostrify/react/login')

const newPool = () => new NPool({
  open: (url) => new NRelay1(url),
  reqRouter: () => new Map(),
  eventRouter: () => [],
})

function session(login, pool) {
  const { signer } = NUser.fromBunkerLogin(login, pool)
  return {
    publicKey: () => signer.getPublicKey(),
    signEvent: (e) => signer.signEvent(e),
    nip44Encrypt: (pk, text) => signer.nip44.encrypt(pk, text),
    nip44Decrypt: (pk, text) => signer.nip44.decrypt(pk, text),
    nip04Encrypt: (pk, text) => signer.nip04.encrypt(pk, text),
    nip04Decrypt: (pk, text) => signer.nip04.decrypt(pk, text),
    ping: () => signer.ping(),
    save: () => login.toJSON(),
    close: () => pool.close(),
    connect: (secret) => signer.connect(secret),
  }
}

export async function bunker(uri) {
  const pool = newPool()
  return session(await NLogin.fromBunker(uri, pool), pool)
}

export async function nostrconnect(relays) {
  const pool = newPool()
  const params = generateNostrConnectParams(relays)
  const uri = generateNostrConnectURI(params, { name: 'interop', callback: 'https://app.example/' })
  return { uri, session: NLogin.fromNostrConnect(params, pool).then((login) => session(login, pool)) }
}

/** What is kept has no secret. */
export async function restore({ type, pubkey, data }, again) {
  const restored = session(new NLogin(type, pubkey, data), newPool())
  if (again) await restored.connect()
  return restored
}
