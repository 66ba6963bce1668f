// One app at work: node asker.mjs CLIENT URI. It connects, says {"ready":true},
// and has every template that comes as a line on its input signed. A library
// waits for ever for an answer whose request was lost with a relay; so, as an
// app does, this asks for the same again every two seconds.
import { createInterface } from 'node:readline'
import { within, wordsOf } from './lib/trial.mjs'

const [clientId, uri] = process.argv.slice(2)
const say = (message) => process.stdout.write(JSON.stringify(message) + '\n')
process.on('unhandledRejection', () => {}) // of a request that was asked again
const client = await import(`./clients/${clientId}.mjs`)
const session = await within(30_000, client.bunker(uri))
say({ ready: true })

async function signed(template) {
  const late = Date.now() + 60_000
  for (;;) {
    try {
      return { event: await within(2_000, session.signEvent(structuredClone(template))) }
    } catch (error) {
      const words = wordsOf(error)
      if (!words.startsWith('no answer within')) return { error: words }
      if (Date.now() > late) return { error: '' }
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) say(await signed(JSON.parse(line)))
process.exit(0)
