// @nostrify/nostrify: NConnectSigner. Its nostrconnect:// login is in
// @nostrify/react, which needs a page.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { NConnectSigner, NRelay1, NSecSigner } = await import('@nostrify/nostrify')
import { newKey } from '../lib/independent.mjs'

function open({ pubkey, relay, secret, hex }) {
  const signer = new NConnectSigner({ relay: new NRelay1(relay), pubkey, signer: new NSecSigner(Uint8Array.from(Buffer.from(hex, 'hex'))) })
  const session = {
    publicKey: () => signer.getPublicKey(),
    signEvent: (e) => signer.signEvent(e),
    nip44Encrypt: (pk, text) => signer.nip44.encrypt(pk, text),
    nip44Decrypt: (pk, text) => signer.nip44.decrypt(pk, text),
    nip04Encrypt: (pk, text) => signer.nip04.encrypt(pk, text),
    nip04Decrypt: (pk, text) => signer.nip04.decrypt(pk, text),
    ping: () => signer.ping(),
    save: () => ({ pubkey, relay, secret, hex }),
    close: () => {},
  }
  return { signer, session }
}

export async function bunker(uri) {
  const url = new URL(uri)
  const secret = url.searchParams.get('secret')
  const { signer, session } = open({ pubkey: url.hostname, relay: url.searchParams.get('relay'), secret, hex: newKey().hex })
  await signer.connect(secret)
  return session
}

export async function restore(saved, again) {
  const { signer, session } = open(saved)
  if (again) await signer.connect(saved.secret)
  return session
}
