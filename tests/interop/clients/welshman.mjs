// @welshman/signer: Nip46Broker and Nip46Signer, as Coracle and Flotilla use it.
import { Nip46Broker, Nip46Signer } from '@welshman/signer'
import { makeSecret } from '@welshman/util'

// Its errors are whole responses.
const plain = (promise) => promise.catch((e) => { throw new Error(e?.error ?? e) })

function session(broker) {
  const signer = new Nip46Signer(broker)
  return {
    publicKey: () => plain(signer.getPubkey()),
    signEvent: (e) => plain(signer.sign(e)),
    nip44Encrypt: (pk, text) => plain(signer.nip44.encrypt(pk, text)),
    nip44Decrypt: (pk, text) => plain(signer.nip44.decrypt(pk, text)),
    nip04Encrypt: (pk, text) => plain(signer.nip04.encrypt(pk, text)),
    nip04Decrypt: (pk, text) => plain(signer.nip04.decrypt(pk, text)),
    ping: () => plain(broker.ping()),
    async switchRelays() {
      const before = JSON.stringify(broker.params.relays)
      await plain(broker.switchRelays())
      return JSON.stringify(broker.params.relays) !== before
    },
    save: () => ({ uri: broker.getBunkerUrl(), clientSecret: broker.params.clientSecret }),
    close: () => signer.cleanup(),
  }
}

export async function bunker(uri) {
  const broker = Nip46Broker.fromBunkerUrl(uri)
  await plain(broker.connect(broker.params.connectSecret, 'sign_event:1,nip44_encrypt'))
  return session(broker)
}

export async function nostrconnect(relays) {
  const broker = new Nip46Broker({ clientSecret: makeSecret(), relays })
  const uri = await broker.makeNostrconnectUrl({ name: 'interop' })
  return { uri, session: plain(broker.waitForNostrconnect(uri, new AbortController().signal)).then(() => session(broker)) }
}

export async function restore({ uri, clientSecret }, again) {
  const broker = new Nip46Broker({ ...Nip46Broker.parseBunkerUrl(uri), clientSecret })
  if (again) await plain(broker.connect(broker.params.connectSecret))
  return session(broker)
}
