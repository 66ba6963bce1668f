// rust-nostr's NostrConnect, compiled to WebAssembly.
import sdk from '@rust-nostr/nostr-sdk'
await sdk.loadWasmAsync()
const { Duration, Keys, NostrConnect, NostrConnectURI, NostrSigner, PublicKey, UnsignedEvent } = sdk

/** It reconnects ten seconds after a loss, give or take three, and again. */
export const patience = 30_000

const timeout = () => Duration.fromSecs(40)

async function open(uri, keys) {
  // Every call into WebAssembly takes what it is given.
  const connect = new NostrConnect(NostrConnectURI.parse(uri), keys, timeout())
  const signer = NostrSigner.nip46(connect)
  const peer = (pk) => PublicKey.parse(pk)
  let user
  const publicKey = async () => (user ??= (await signer.publicKey()).toHex())
  return {
    publicKey,
    async signEvent(template) {
      const unsigned = UnsignedEvent.fromJson(JSON.stringify({ ...template, pubkey: await publicKey() }))
      return JSON.parse((await signer.signEvent(unsigned)).asJson())
    },
    nip44Encrypt: (pk, text) => signer.nip44Encrypt(peer(pk), text),
    nip44Decrypt: (pk, text) => signer.nip44Decrypt(peer(pk), text),
    nip04Encrypt: (pk, text) => signer.nip04Encrypt(peer(pk), text),
    nip04Decrypt: (pk, text) => signer.nip04Decrypt(peer(pk), text),
    save: () => ({ uri, secret: keys.secretKey.toHex() }),
    close: () => {},
  }
}

/** It connects with its first call. */
export async function bunker(uri) {
  const session = await open(uri, Keys.generate())
  await session.publicKey()
  return session
}

/** The link its Display writes: raw JSON, nothing encoded, and no secret. */
export async function nostrconnect(relays) {
  const keys = Keys.generate()
  const uri = `nostrconnect://${keys.publicKey.toHex()}?metadata={"name":"interop"}&relay=${relays[0]}`
  const session = await open(uri, keys)
  return { uri, session: session.publicKey().then(() => session) }
}

export const restore = async ({ uri, secret }) => open(uri, Keys.parse(secret))
