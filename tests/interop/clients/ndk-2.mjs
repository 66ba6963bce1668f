// NDK 2.18, the last of its second major version.
import WebSocket from 'ws'
globalThis.WebSocket = WebSocket
const { default: NDK, NDKEvent, NDKNip46Signer, NDKPrivateKeySigner, NDKUser } = await import('ndk-2')

async function connected(relays) {
  const ndk = new NDK({ explicitRelayUrls: relays, enableOutboxModel: false })
  await ndk.connect(2000)
  return ndk
}

const session = (ndk, signer, saved) => ({
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
  save: () => saved,
  close: () => signer.stop(),
})

async function open(uri, local) {
  const ndk = await connected(new URL(uri).searchParams.getAll('relay'))
  const signer = NDKNip46Signer.bunker(ndk, uri, local)
  await signer.blockUntilReady()
  return session(ndk, signer, { uri, key: local.privateKey })
}

export const bunker = (uri) => open(uri, NDKPrivateKeySigner.generate())

export async function nostrconnect(relays) {
  const ndk = await connected(relays)
  const signer = NDKNip46Signer.nostrconnect(ndk, relays[0], undefined, { name: 'interop' })
  return { uri: signer.nostrConnectUri, session: signer.blockUntilReady().then(() => session(ndk, signer)) }
}

/** It connects again each time. */
export const restore = ({ uri, key }) => open(uri, new NDKPrivateKeySigner(key))
