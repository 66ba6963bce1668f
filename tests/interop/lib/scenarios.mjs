// The scenarios, in the order of the table. Each takes a Trial; what it checks
// is named, so that a client's known fault is the name of a check.
import { nip04Decrypt, nip04Encrypt, nip44Decrypt, nip44Encrypt } from './independent.mjs'
import { restarts } from './restarts.mjs'
import { within, wordsOf } from './trial.mjs'

const text = 'Grüße, 🦭 "quoted" \\ and\nlines'

// Our SDK says in a sentence what the others show as the signer wrote it.
const saidNo = /denied|does not allow|said no/

const same = (is, should) => {
  if (is !== should) throw new Error(`got ${JSON.stringify(is)?.slice(0, 120)}, should be ${JSON.stringify(should).slice(0, 120)}`)
}

/** The error a call must end with; a success or silence is no error. */
async function errorOf(promise) {
  let result
  try {
    result = await promise
  } catch (error) {
    return wordsOf(error)
  }
  throw new Error(`it answered ${JSON.stringify(result)?.slice(0, 120)} and no error`)
}

const shows = async (promise, pattern) => {
  const words = await errorOf(promise)
  if (!pattern.test(words)) throw new Error(`the error says only: ${words}`)
}

async function bunker(t) {
  if (!await t.check('paired', async () => { t.session = await t.pair() }, 15_000)) return
  await t.check('signs', () => t.signs(t.session, t.template(1)))
  await t.check('one app is connected', async () => same((await t.seal.run('apps', 'list')).length, 1))
}

async function nostrconnect(t) {
  if (!t.client.nostrconnect) t.offers({}, 'nostrconnect')
  await t.seal.relayUp()
  await t.seal.up()
  await t.seal.run('relays', 'add', t.seal.relay.url) // a link alone does not lead to this computer
  const paired = await t.check('paired', async () => {
    const { uri, session } = await t.client.nostrconnect([t.seal.relay.url]) // the app's choice
    const settled = session.then((s) => { t.session = s })
    await new Promise((r) => setTimeout(r, 500)) // nobody pastes a link faster; some subscribe only now
    await t.seal.run('accept', uri, ...t.grants())
    await settled
  }, 15_000)
  if (!paired) return
  await t.check('signs', () => t.signs(t.session, t.template(1)))
  await t.check("the user's key", async () => same(await t.session.publicKey(), t.seal.user))
}

async function publicKey(t) {
  const session = await t.pair()
  await t.check("the user's key", async () => same(await session.publicKey(), t.seal.user))
}

async function sign(t) {
  const session = await t.pair()
  for (const kind of [1, 7, 30023]) await t.check(`kind ${kind}`, () => t.signs(session, t.template(kind, text)))
  if (t.client.compatible) await t.check('an ordinary link says what to do', () => saysWhatToDo(t))
}

/** A client that needs a compatible link is told so, and gets no bad event. */
async function saysWhatToDo(t) {
  const link = (await t.seal.run('invite', '--preset', 'ask', '--allow', 'sign_event:1')).uri
  const session = await t.client.bunker(link)
  await shows(session.signEvent(t.template(1)), /--compatible/)
}

const roundTrip = (encrypt, decrypt, seal, open) => async (t) => {
  const session = await t.pair()
  t.offers(session, encrypt)
  const { secret, pubkey } = t.third
  await t.check('the third key opens', async () => same(open(secret, t.seal.user, await session[encrypt](pubkey, text)), text))
  await t.check("opens the third key's", async () => same(await session[decrypt](pubkey, seal(secret, t.seal.user, text)), text))
}

async function burst(t) {
  const session = await t.pair()
  const templates = Array.from({ length: 20 }, (_, i) => t.template(1, `note ${i}`))
  await t.check('all twenty', () => Promise.all(templates.map((each) => t.signs(session, each))), 15_000)
}

async function large(t) {
  const session = await t.pair()
  await t.check('signed', () => t.signs(session, t.template(1, 'n'.repeat(60_000))), 15_000)
}

async function refused(t) {
  const session = await t.pair({ refuse: 'sign_event:4' })
  await t.check('the reason is shown', () => shows(session.signEvent(t.template(4)), saidNo))
  await t.check('the next call works', () => t.signs(session, t.template(1)))
}

async function asked(t) {
  const session = await t.pair({ allow: 'sign_event:1' })
  await t.check('approved', async () => {
    const signed = t.signs(session, t.template(7))
    signed.catch(() => {}) // looked at below
    await t.seal.answerQuestion('approve')
    await signed
  })
  await t.check('denied', async () => {
    const error = shows(session.signEvent(t.template(30023)), saidNo)
    error.catch(() => {}) // looked at below
    await t.seal.answerQuestion('deny')
    await error
  })
}

async function restore(t) {
  const session = await t.pair()
  t.offers(session, 'save')
  await t.signs(session, t.template(1))
  const saved = JSON.parse(JSON.stringify(await session.save()))
  await session.close()
  await t.check('signs again', async () => t.signs(await t.client.restore(saved), t.template(1)))
  await t.check('connects again', async () => t.signs(await t.client.restore(saved, true), t.template(1)))
  await t.check('still one app', async () => same((await t.seal.run('apps', 'list')).length, 1))
  await t.check('the spent link is refused to others', () => shows(within(10_000, t.client.bunker(t.uri)), /used|spent|expired|denied|invalid/), 12_000)
}

async function ping(t) {
  const session = await t.pair()
  t.offers(session, 'ping')
  await t.check('pong', () => session.ping())
}

async function switchRelays(t) {
  await t.seal.relayUp()
  const session = await t.pair()
  t.offers(session, 'switchRelays')
  await t.check('answered without a change', async () => same(await session.switchRelays(), false))
  await t.seal.run('relays', 'add', t.seal.relay.url)
  await t.check('told of a change', async () => same(await session.switchRelays(), true))
  await t.check('signs afterwards', () => t.signs(session, t.template(1)))
}

async function logout(t) {
  const session = await t.pair()
  t.offers(session, 'logout')
  const saved = session.save && JSON.parse(JSON.stringify(await session.save()))
  await t.check('acknowledged', () => session.logout())
  await t.check('the app is gone', async () => {
    const apps = await t.seal.run('apps', 'list')
    if (apps.some((a) => a.state === 'active')) throw new Error(`an app is still ${apps[0].state}`)
  })
  if (saved) await t.check('no signature any more', () => shows(within(10_000, t.client.restore(saved).then((s) => s.signEvent(t.template(1)))), /revoked|logged out/), 12_000)
}

export const scenarios = [
  { id: 'bunker', short: 'bunker://', title: 'pairing by a link of the signer', run: bunker },
  { id: 'nostrconnect', short: 'nostrconnect://', title: 'pairing by a link of the app', run: nostrconnect },
  { id: 'get-public-key', short: 'public key', title: 'get_public_key', run: publicKey },
  { id: 'sign', short: 'sign', title: 'kinds 1, 7 and 30023', run: sign },
  { id: 'nip44', short: 'NIP-44', title: 'sealed and opened', run: roundTrip('nip44Encrypt', 'nip44Decrypt', nip44Encrypt, nip44Decrypt) },
  { id: 'nip04', short: 'NIP-04', title: 'sealed and opened', run: roundTrip('nip04Encrypt', 'nip04Decrypt', nip04Encrypt, nip04Decrypt) },
  { id: 'burst', short: '20 at once', title: '20 signatures asked for at once', run: burst },
  { id: 'large', short: '60 kB', title: 'a note of 60 kB', run: large },
  { id: 'refused', short: 'refused', title: 'a refusal is shown as an error', run: refused },
  { id: 'asked', short: 'asked', title: 'a person is asked, and says yes or no', run: asked },
  { id: 'restore', short: 'restored', title: 'a session is restored, its link spent', run: restore },
  ...restarts,
  { id: 'ping', short: 'ping', title: 'ping', run: ping },
  { id: 'switch-relays', short: 'switch_relays', title: 'new relays are asked for and followed', run: switchRelays },
  { id: 'logout', short: 'logout', title: 'logout ends the session', run: logout },
]
