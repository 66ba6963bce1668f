// nostr-tools 2.17 (2025), as in Primal's web app: no switch_relays, no logout.
import { restoreWith, session } from '../lib/nostr-tools.mjs'
const { BunkerSigner, createNostrConnectURI, parseBunkerInput } = await import('nostr-tools-2.17/nip46')
const { generateSecretKey, getPublicKey } = await import('nostr-tools-2.17/pure')

export async function bunker(uri) {
  const secret = generateSecretKey()
  const signer = BunkerSigner.fromBunker(secret, await parseBunkerInput(uri))
  await signer.connect()
  return session(signer, secret)
}

export async function nostrconnect(relays) {
  const secret = generateSecretKey()
  const uri = createNostrConnectURI({ clientPubkey: getPublicKey(secret), relays, secret: 'sec-4f0c', name: 'interop' })
  return { uri, session: BunkerSigner.fromURI(secret, uri).then((s) => session(s, secret)) }
}

export const restore = restoreWith((key, pointer) => BunkerSigner.fromBunker(key, pointer))
