// The login kit's own code against signers of others: a link of theirs, and one of
// ours. PEERS names the folder of the Go programs.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import WebSocket from 'ws'
import { generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import { DataRelay } from './lib/datarelay.mjs'

const app = { name: 'Kit', url: 'https://app.example', perms: 'sign_event:1' }
let kit, relay

before(async () => {
  const { window } = new JSDOM('<!doctype html>', { url: 'https://app.example/' })
  globalThis.WebSocket = WebSocket
  for (const name of ['window', 'document', 'HTMLElement', 'customElements', 'localStorage', 'location', 'CSSStyleSheet', 'addEventListener']) {
    globalThis[name] ??= name === 'window' ? window : window[name]
  }
  kit = await import('../../login/kit/dist/nostr-login.js')
  relay = await new DataRelay().start()
})
after(() => relay.close())

// use has a session do what an app does, and looks at it with other code.
async function use(session, user) {
  assert.equal(session.user, user)
  const e = await session.signEvent({ kind: 1, content: 'by another signer', tags: [['t', 'kit']] })
  assert.ok(verifyEvent(JSON.parse(JSON.stringify(e))))
  assert.equal(e.pubkey, user)
  const friend = getPublicKey(generateSecretKey())
  const sealed = await session.encrypt('nip44', friend, 'hello')
  assert.equal(await session.decrypt('nip44', friend, sealed), 'hello')
  session.line.close()
}

// both connects by a link of theirs, and by one of ours that they answer.
async function both({ uri, user, answer }) {
  await use(await kit.connect(uri, app, Buffer.from(generateSecretKey()).toString('hex'), {}), user)
  const pairing = await kit.Pairing.open([relay.url])
  const [session] = await Promise.all([pairing.wait(20_000, {}), answer(pairing.link(app))])
  await use(session, user)
}

test('the signer of fiatjaf.com/nostr, which nak runs', async () => {
  const bunker = spawn(join(process.env.PEERS, 'bunker'), [relay.url], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const uri = await new Promise((resolve, reject) => {
      createInterface({ input: bunker.stdout }).once('line', resolve)
      bunker.once('exit', (code) => reject(new Error(`it ended with ${code}`)))
    })
    await both({ uri, user: new URL(uri.replace('bunker:', 'https:')).host, answer: async (link) => bunker.stdin.write(link + '\n') })
  } finally {
    bunker.kill()
  }
})

test('applesauce-signers, from npm', async () => {
  const { NostrConnectProvider, PrivateKeySigner } = await import('applesauce-signers')
  const { RelayPool } = await import('applesauce-relay')
  const key = generateSecretKey()
  const running = []
  const pools = []
  const provider = async (bunkerSecret, link) => {
    const pool = new RelayPool()
    pools.push(pool)
    const p = new NostrConnectProvider({ relays: [relay.url], upstream: new PrivateKeySigner(key), pool, bunkerSecret })
    running.push(p)
    await p.start(link)
    return p
  }
  try {
    const uri = await (await provider('0123456789abcdef0123456789abcdef')).getBunkerURI()
    await both({ uri, user: getPublicKey(key), answer: (link) => provider(undefined, link) })
  } finally {
    await Promise.all(running.map((p) => p.stop()))
    for (const pool of pools) pool.close() // else it keeps its sockets half a minute
  }
})
