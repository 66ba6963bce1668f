// nostr-tools: nip46 BunkerSigner.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { BunkerSigner, createNostrConnectURI, parseBunkerInput } = await import('nostr-tools/nip46')
const { generateSecretKey, getPublicKey } = await import('nostr-tools/pure')

const session = (signer, secret) => ({
  publicKey: () => signer.getPublicKey(),
  signEvent: (e) => signer.signEvent(e),
  nip44Encrypt: (pk, text) => signer.nip44Encrypt(pk, text),
  nip44Decrypt: (pk, text) => signer.nip44Decrypt(pk, text),
  nip04Encrypt: (pk, text) => signer.nip04Encrypt(pk, text),
  nip04Decrypt: (pk, text) => signer.nip04Decrypt(pk, text),
  ping: () => signer.ping(),
  switchRelays: () => signer.switchRelays(),
  logout: () => signer.logout(),
  save: () => ({ secret: Array.from(secret), pointer: signer.bp }),
  close: () => signer.close(),
})

export async function bunker(uri) {
  const secret = generateSecretKey()
  const signer = BunkerSigner.fromBunker(secret, await parseBunkerInput(uri))
  await signer.connect({ name: 'interop' })
  return session(signer, secret)
}

export async function nostrconnect(relays) {
  const secret = generateSecretKey()
  const uri = createNostrConnectURI({ clientPubkey: getPublicKey(secret), relays, secret: 'interop-secret', name: 'interop' })
  return { uri, session: BunkerSigner.fromURI(secret, uri).then((s) => session(s, secret)) }
}

export async function restore({ secret, pointer }, again) {
  const key = Uint8Array.from(secret)
  const signer = BunkerSigner.fromBunker(key, pointer)
  if (again) await signer.connect()
  return session(signer, key)
}
