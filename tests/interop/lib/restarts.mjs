// The signer goes away and comes back under a running session.

// Libraries wait some seconds before they reconnect; some say how long.
const patienceWith = (client) => client.patience ?? 12_000

// Some try once after a second and never again.
const outage = 2000

/** A call that is under way while other things happen. */
function begin(t, session, template) {
  const signed = t.signs(session, template)
  signed.catch(() => {}) // looked at when it is awaited
  return signed
}

const openQuestion = async (t) => {
  while (!(await t.seal.run('requests', 'list')).some((q) => q.state === 'open')) await new Promise((r) => setTimeout(r, 50))
}

/** The signer restarts, by this signal, while the relay stays. */
const signerRestarts = (signal) => async (t) => {
  await t.seal.relayUp()
  await t.seal.up({ separate: true })
  const session = await t.pair()
  await t.signs(session, t.template(1))

  const asked = begin(t, session, t.template(6, 'asked'))
  await openQuestion(t)
  await t.seal.signer.stop(signal)
  const away = begin(t, session, t.template(1, 'away'))
  await t.seal.up({ separate: true })

  const patience = patienceWith(t.client)
  await t.check('a call made while it was away', () => away, patience)
  await t.check('the next call', () => t.signs(session, t.template(1, 'next')), patience)
  await t.check('asked before, approved after', async () => {
    await t.seal.answerQuestion('approve')
    await asked
  }, patience)
}

/** The signer and its own relay are killed and come back. */
async function everythingRestarts(t) {
  const session = await t.pair()
  await t.signs(session, t.template(1))

  const asked = begin(t, session, t.template(6, 'asked'))
  await openQuestion(t)
  await t.seal.signer.stop('SIGKILL')
  await new Promise((r) => setTimeout(r, outage))
  await t.seal.up()

  const patience = patienceWith(t.client)
  await t.check('asked before, approved after', async () => {
    await t.seal.answerQuestion('approve')
    await asked
  }, patience)
  await t.check('the next call', () => t.signs(session, t.template(1, 'next')), patience)
}

export const restarts = [
  { id: 'signer-stopped', short: 'SIGTERM', title: 'the signer is restarted in an orderly way while an app waits', run: signerRestarts('SIGTERM') },
  { id: 'signer-killed', short: 'kill -9', title: 'the signer is killed and started again while an app waits', run: signerRestarts('SIGKILL') },
  { id: 'all-killed', short: 'relay too', title: 'the signer is killed and started again, and with it the relay the app is on', run: everythingRestarts, waits: true },
]
