// NDK: NDKNip46Signer. It has no public switch_relays: it asks once, at login.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { default: NDK, NDKEvent, NDKNip46Signer, NDKUser } = await import('@nostr-dev-kit/ndk')

async function connected(relays) {
  const ndk = new NDK({ explicitRelayUrls: relays, enableOutboxModel: false })
  await ndk.connect(2000)
  return ndk
}

const relaysOf = (uri) => new URL(uri).searchParams.getAll('relay')

const session = (ndk, signer) => ({
  // getPublicKey answers from memory when the link named a key; a login asks.
  publicKey: async () => (await signer.user()).pubkey,
  async signEvent(template) {
    const event = new NDKEvent(ndk, { ...template })
    await event.sign(signer)
    return event.rawEvent()
  },
  nip44Encrypt: (pubkey, text) => signer.encrypt(new NDKUser({ pubkey }), text, 'nip44'),
  nip44Decrypt: (pubkey, text) => signer.decrypt(new NDKUser({ pubkey }), text, 'nip44'),
  nip04Encrypt: (pubkey, text) => signer.encrypt(new NDKUser({ pubkey }), text, 'nip04'),
  nip04Decrypt: (pubkey, text) => signer.decrypt(new NDKUser({ pubkey }), text, 'nip04'),
  async switchRelays() {
    const before = JSON.stringify(signer.relayUrls)
    await signer.switchRelays()
    return JSON.stringify(signer.relayUrls) !== before
  },
  save: () => ({ payload: signer.toPayload(), relays: signer.relayUrls }),
  close: () => signer.stop(),
})

export async function bunker(uri) {
  const ndk = await connected(relaysOf(uri))
  const signer = NDKNip46Signer.bunker(ndk, uri)
  await signer.blockUntilReady()
  return session(ndk, signer)
}

export async function nostrconnect(relays) {
  const ndk = await connected(relays)
  const signer = NDKNip46Signer.nostrconnect(ndk, relays[0], undefined, { name: 'interop' })
  return { uri: signer.nostrConnectUri, session: signer.blockUntilReady().then(() => session(ndk, signer)) }
}

export async function restore({ payload, relays }, again) {
  const ndk = await connected(relays)
  const signer = await NDKNip46Signer.fromPayload(payload, ndk)
  if (again) await signer.blockUntilReady()
  return session(ndk, signer)
}
