// snstr: NostrRemoteSignerClient. It makes nostrconnect:// links but cannot wait
// for their answer, and keeps no session.
import { NostrRemoteSignerClient } from 'snstr'

export async function bunker(uri) {
  const client = new NostrRemoteSignerClient()
  await client.connect(uri)
  return {
    publicKey: () => client.getUserPublicKey(),
    signEvent: (e) => client.signEvent(e),
    nip44Encrypt: (pk, text) => client.nip44Encrypt(pk, text),
    nip44Decrypt: (pk, text) => client.nip44Decrypt(pk, text),
    nip04Encrypt: (pk, text) => client.nip04Encrypt(pk, text),
    nip04Decrypt: (pk, text) => client.nip04Decrypt(pk, text),
    ping: () => client.ping(),
    close: () => client.disconnect(),
  }
}
