// @snort/system: Nip46Signer. It says disconnect as it closes, and ends its
// subscriptions when a relay asks it to sign in.
import '../lib/bundled.mjs'
import WebSocket from 'ws'
import { newKey } from '../lib/independent.mjs'

globalThis.WebSocket = WebSocket
const { Nip46Signer, PrivateKeySigner } = await import('@snort/system')

async function open(uri, key) {
  const signer = new Nip46Signer(uri, new PrivateKeySigner(key))
  await signer.init()
  return {
    publicKey: () => signer.getPubKey(),
    signEvent: async (e) => signer.sign({ ...e, pubkey: await signer.getPubKey(), id: '', sig: '' }),
    nip04Encrypt: (pk, text) => signer.nip4Encrypt(text, pk),
    nip04Decrypt: (pk, text) => signer.nip4Decrypt(text, pk),
    save: () => ({ uri, key }),
    close: () => signer.close(),
  }
}

export const bunker = (uri) => open(uri, newKey().hex)

export async function nostrconnect(relays) {
  const { hex, pubkey } = newKey()
  const uri = `nostrconnect://${pubkey}?relay=${encodeURIComponent(relays[0])}&secret=interop-secret&name=interop`
  return { uri, session: open(uri, hex) }
}

/** It connects again each time. */
export const restore = ({ uri, key }) => open(uri, key)
