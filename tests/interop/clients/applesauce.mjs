// applesauce-signers: NostrConnectSigner over applesauce-relay's pool.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { NostrConnectSigner } = await import('applesauce-signers')
const { RelayPool } = await import('applesauce-relay')

const session = (signer) => ({
  publicKey: () => signer.getPublicKey(),
  signEvent: (e) => signer.signEvent(e),
  nip44Encrypt: (pk, text) => signer.nip44Encrypt(pk, text),
  nip44Decrypt: (pk, text) => signer.nip44Decrypt(pk, text),
  nip04Encrypt: (pk, text) => signer.nip04Encrypt(pk, text),
  nip04Decrypt: (pk, text) => signer.nip04Decrypt(pk, text),
  ping: () => signer.ping(),
  async switchRelays() {
    const before = JSON.stringify(signer.relays)
    await signer.switchRelays()
    return JSON.stringify(signer.relays) !== before
  },
  logout: () => signer.logout(),
  save: () => signer.getNbunksec(),
  close: () => signer.close(),
})

export async function bunker(uri) {
  return session(await NostrConnectSigner.fromBunkerURI(uri, { pool: new RelayPool(), permissions: NostrConnectSigner.buildSigningPermissions([1]) }))
}

export async function nostrconnect(relays) {
  const signer = new NostrConnectSigner({ relays, pool: new RelayPool() })
  const settled = signer.waitForSigner()
  return { uri: signer.getNostrConnectURI({ name: 'interop' }), session: settled.then(() => session(signer)) }
}

/** A restored session always connects again before its first call. */
export async function restore(saved) {
  return session(await NostrConnectSigner.fromNbunksec(saved, { pool: new RelayPool() }))
}
