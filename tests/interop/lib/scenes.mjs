// What a person is asked, with a real app behind: each scene is one person, her
// signer, a relay that has what she published, and an app made with nostr-tools.
// She answers at the command line.
import { finalizeEvent } from 'nostr-tools/pure'
import { Relay } from 'nostr-tools/relay'
import { DataRelay } from './datarelay.mjs'
import { newKey, nip44Encrypt } from './independent.mjs'
import { Trial, wordsOf } from './trial.mjs'

const saidNo = /^denied:/
const now = () => Math.floor(Date.now() / 1000)

const ensure = (is, ...words) => {
  if (!is) throw new Error(words.map((w) => (typeof w === 'string' ? w : JSON.stringify(w))).join(' ').slice(0, 300))
}

const ends = async (call, pattern) => {
  const { reason } = (await Promise.allSettled([call]))[0]
  ensure(reason !== undefined, 'it was done')
  ensure(pattern.test(wordsOf(reason)), 'the app is told only:', wordsOf(reason))
}

/** A person with her relay, and the apps she connects. */
class Scene extends Trial {
  async begin(...published) {
    this.person = newKey()
    this.relay = await new DataRelay().start()
    for (const template of published) this.relay.take(finalizeEvent(template, this.person.secret))
    await this.seal.init(this.person.hex)
    await this.seal.up({ beside: this.relay.url })
  }

  /** Publishes as an app does. */
  async publish(event) {
    const relay = await Relay.connect(this.relay.url)
    await relay.publish(event)
    relay.close()
  }

  /** The app asks; what it gets is looked at later. */
  asks(app, template) {
    const answer = this.signs(app, template)
    answer.catch(() => {})
    return answer
  }

  questions = () => this.seal.run('requests', 'list')

  /** The questions, once there is what is waited for. */
  async shown(what = (all) => all.length > 0) {
    for (;;) {
      const all = await this.questions()
      if (what(all)) return all
      await new Promise((r) => setTimeout(r, 100))
    }
  }

  /** Takes back what was done last; it must be on the relay as it was before. */
  async undoes(before) {
    let record
    while (!(record = (await this.seal.run('activity', 'list')).find((r) => r.undo))) await new Promise((r) => setTimeout(r, 100))
    const undo = await this.seal.run('activity', 'undo', String(record.seq), '--yes')
    const on = this.published(before.kind)
    ensure(on.id === undo.event.id, 'the relay has another version')
    ensure(on.content === before.content && JSON.stringify(on.tags) === JSON.stringify(before.tags), 'it is not as it was', on)
  }

  /** What her relay has of this kind. */
  published = (kind) => this.relay.newest(kind, this.person.pubkey)

  approve = (q) => this.seal.run('requests', 'approve', q.id)
  deny = (q) => this.seal.run('requests', 'deny', q.id)
}

const wordsIn = (q) => [q.title, ...(q.lines ?? [])].join('\n')


const people = (from, to) => Array.from({ length: to - from }, (_, i) => ['p', (from + i + 1).toString(16).padStart(64, '0')])
const follows = (from, to, created_at = now()) => ({ kind: 3, created_at, content: '', tags: people(from, to) })

async function followWipe(t) {
  const before = follows(0, 340, now() - 3600)
  await t.begin(before)
  const app = await t.pair({ allow: 'sign_event:3' })
  await t.check('stopped, with the number', async () => {
    const call = t.asks(app, follows(312, 341))
    const [q] = await t.shown()
    ensure(q.level === 'L3' && /312/.test(wordsIn(q)), q.level, wordsIn(q))
    await t.deny(q)
    await ends(call, saidNo)
    ensure(t.published(3).tags.length === 340, 'the list changed')
  }, 20_000)
  await t.check('approved', async () => {
    const wipe = follows(312, 341, now() + 1)
    const call = app.signEvent(structuredClone(wipe))
    await t.approve((await t.shown())[0])
    await t.publish(await call)
    ensure(t.published(3).tags.length === 29, 'the app could not publish')
  }, 20_000)
  await t.check('undone', () => t.undoes(before), 20_000)
}

async function profileWallet(t) {
  const profile = (lud16, created_at = now()) => ({ kind: 0, created_at, tags: [], content: JSON.stringify({ name: 'Bea', about: 'hi', lud16 }) })
  const before = profile('bea@home.example', now() - 3600)
  await t.begin(before)
  const app = await t.pair({ allow: 'sign_event:0' })
  await t.check('caught, with the new wallet', async () => {
    const call = t.asks(app, profile('x9@pay.example'))
    const [q] = await t.shown()
    ensure(q.level === 'L3' && q.reason === 'guard' && /x9@pay\.example/.test(wordsIn(q)), q)
    await t.deny(q)
    await ends(call, saidNo)
  }, 20_000)
  await t.check('another change is not asked about', async () => {
    await t.signs(app, { ...before, created_at: now() + 1, content: before.content.replace('"hi"', '"hello"') })
  })
}

async function group(t) {
  await t.begin()
  const app = await t.pair({ allow: '' })
  await t.check('six are one card', async () => {
    const calls = Array.from({ length: 6 }, (_, i) => t.asks(app, t.template(1, `note ${i}`)))
    const [card, ...more] = await t.shown((all) => all[0]?.items?.length === 6)
    ensure(more.length === 0 && /6/.test(card.title), card)
    await t.approve(card)
    await Promise.all(calls)
    ensure((await t.questions()).length === 0, 'something is still asked')
  }, 20_000)
}

async function bulkReading(t) {
  await t.begin()
  const apps = [await t.pair({ allow: '' }), await t.pair({ allow: '' })]
  const writers = Array.from({ length: 5 }, newKey)
  const texts = Array.from({ length: 25 }, (_, i) => ({ from: writers[i % 5], text: `text ${i}` }))
  const reads = (app) => texts.map(({ from, text }) => {
    const call = app.nip44Decrypt(from.pubkey, nip44Encrypt(from.secret, t.person.pubkey, text)).then((got) => ensure(got === text, 'got', got))
    call.catch(() => {})
    return call
  })
  const paused = async (n) => {
    const [q, ...more] = await t.shown((all) => all.length === 1 && all[0].reason === 'bulk-read' && all[0].lines[0].startsWith(`${n} messages`))
    ensure(more.length === 0 && q.level === 'L3', q)
    return q
  }
  await t.check('paused, and nothing opened after a no', async () => {
    const calls = reads(apps[0])
    await t.deny(await paused(25))
    for (const call of calls) await ends(call, saidNo)
  }, 30_000)
  await t.check('one yes opens all', async () => {
    const calls = reads(apps[1])
    await t.approve(await paused(25))
    await Promise.all(calls)
  }, 30_000)
}

async function walletOrder(t) {
  await t.begin()
  const app = await t.pair({ allow: 'nip44_encrypt' })
  const wallet = newKey()
  const order = async (params, method = 'pay_invoice') => ({
    kind: 23194, created_at: now(), tags: [['p', wallet.pubkey], ['encryption', 'nip44_v2']],
    content: await app.nip44Encrypt(wallet.pubkey, JSON.stringify({ method, params })),
  })
  let first
  await t.check('asked with the amount', async () => {
    first = await order({ invoice: 'lnbc21u1pexample' })
    const call = t.asks(app, first)
    const [q] = await t.shown()
    ensure(q.level === 'L3' && /2,100 sats/.test(wordsIn(q)), q)
    await t.approve(q)
    await call
  }, 20_000)
  await t.check('changed after the yes, it is refused', async () => {
    const changed = { ...await order({ invoice: 'lnbc210u1pexample' }), created_at: first.created_at }
    const call = t.asks(app, changed)
    const [q] = await t.shown()
    ensure(/21,000 sats/.test(wordsIn(q)), q)
    await t.deny(q)
    await ends(call, saidNo)
  }, 20_000)
  await t.check('one that cannot be read is refused unasked', async () => {
    await ends(app.signEvent({ kind: 23194, created_at: now(), tags: [['p', wallet.pubkey]], content: 'not sealed' }), /^invalid:/)
    ensure((await t.questions()).length === 0, 'it is asked')
  })
}

async function lateYes(t) {
  await t.begin()
  const app = await t.pair({ allow: '' })
  const note = t.template(1, 'late')
  let q
  await t.check('silence is no', async () => {
    const call = t.asks(app, note)
    ;[q] = await t.shown()
    await ends(call, /^expired:/)
  }, 130_000)
  await t.check('the late yes counts', async () => {
    await t.approve(q)
    await t.signs(app, note)
    ensure((await t.questions()).length === 0, 'it is asked again')
  })
}

async function cooledDown(t) {
  await t.begin()
  const app = await t.pair({ allow: '' })
  await t.check('refused twice', async () => {
    for (const content of ['buy this', 'buy that']) {
      const call = t.asks(app, t.template(1, content))
      await t.deny((await t.shown())[0])
      await ends(call, saidNo)
    }
  })
  await t.check('and not asked a third time', async () => {
    await ends(app.signEvent(t.template(1, 'buy now')), saidNo)
    ensure((await t.questions()).length === 0, 'it is asked')
  })
}

const scene = (run) => async ({ client, seal, checks }) => {
  const t = new Scene(client, seal)
  t.checks = checks
  try {
    await run(t)
  } finally {
    t.relay?.close()
  }
}

/** Those that `wait` sleep most of their time. */
export const scenes = [
  { id: 'late-yes', client: 'nostr-tools', title: 'A yes after the two minutes counts when the app asks the same again.', run: scene(lateYes), limit: 180_000, waits: true },
  { id: 'follow-wipe', client: 'nostr-tools', title: 'A follow list about to be wiped is stopped, with how many would go; approved, it is put back.', run: scene(followWipe) },
  { id: 'profile-wallet', client: 'nostr-tools', title: 'A profile that sends tips to another wallet is caught, though the app may change profiles.', run: scene(profileWallet) },
  { id: 'group', client: 'nostr-tools', title: 'Six notes at once are one card.', run: scene(group) },
  { id: 'bulk-reading', client: 'nostr-tools', title: 'Reading private texts in bulk is paused and asked about once.', run: scene(bulkReading) },
  { id: 'wallet-order', client: 'nostr-tools', title: 'A wallet order is shown with its amount; changed after the yes, it is refused.', run: scene(walletOrder) },
  { id: 'cooled-down', client: 'nostr-tools', title: 'Refused twice, an app is not shown a third time.', run: scene(cooledDown) },
]
