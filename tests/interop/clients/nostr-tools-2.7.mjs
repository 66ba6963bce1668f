// nostr-tools 2.7 (2024): NIP-04 envelopes. It takes the signer's key for the
// user's, and its nip44Decrypt asks for nip44_encrypt.
import { restoreWith, session } from '../lib/nostr-tools.mjs'
const { BunkerSigner, parseBunkerInput } = await import('nostr-tools-2.7/nip46')
const { generateSecretKey } = await import('nostr-tools-2.7/pure')

export const compatible = true

export async function bunker(uri) {
  const secret = generateSecretKey()
  const signer = new BunkerSigner(secret, await parseBunkerInput(uri))
  await signer.connect()
  return session(signer, secret)
}

export const restore = restoreWith((key, pointer) => new BunkerSigner(key, pointer))
