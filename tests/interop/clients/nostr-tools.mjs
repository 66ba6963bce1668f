// nostr-tools: nip46 BunkerSigner.
import { restoreWith, session } from '../lib/nostr-tools.mjs'
const { BunkerSigner, createNostrConnectURI, parseBunkerInput } = await import('nostr-tools/nip46')
const { generateSecretKey, getPublicKey } = await import('nostr-tools/pure')

const full = (signer, secret) => ({
  ...session(signer, secret),
  switchRelays: () => signer.switchRelays(),
  logout: () => signer.logout(),
})

export async function bunker(uri) {
  const secret = generateSecretKey()
  const signer = BunkerSigner.fromBunker(secret, await parseBunkerInput(uri))
  await signer.connect({ name: 'interop' })
  return full(signer, secret)
}

export async function nostrconnect(relays) {
  const secret = generateSecretKey()
  const uri = createNostrConnectURI({ clientPubkey: getPublicKey(secret), relays, secret: 'interop-secret', name: 'interop' })
  return { uri, session: BunkerSigner.fromURI(secret, uri).then((s) => full(s, secret)) }
}

export const restore = restoreWith((key, pointer) => BunkerSigner.fromBunker(key, pointer), full)
