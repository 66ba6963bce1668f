// What the versions of nostr-tools have in common.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket

/** The calls of a BunkerSigner, in every version. */
export const session = (signer, secret) => ({
  publicKey: () => signer.getPublicKey(),
  signEvent: (e) => signer.signEvent(e),
  nip44Encrypt: (pk, text) => signer.nip44Encrypt(pk, text),
  nip44Decrypt: (pk, text) => signer.nip44Decrypt(pk, text),
  nip04Encrypt: (pk, text) => signer.nip04Encrypt(pk, text),
  nip04Decrypt: (pk, text) => signer.nip04Decrypt(pk, text),
  ping: () => signer.ping(),
  save: () => ({ secret: Array.from(secret), pointer: signer.bp }),
  close: () => signer.close(),
})

/** A restore that connects again when it is asked to; `open` makes the signer. */
export const restoreWith = (open, wrap = session) => async ({ secret, pointer }, again) => {
  const key = Uint8Array.from(secret)
  const signer = open(key, pointer)
  if (again) await signer.connect()
  return wrap(signer, key)
}
