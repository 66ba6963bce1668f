// One cell: node cell.mjs BINARY CLIENT SCENARIO. It reports to its parent.
import { Seal } from './lib/seal.mjs'
import { everything } from './lib/everything.mjs'
import { NotOffered, Trial, wordsOf } from './lib/trial.mjs'

const [binary, clientId, scenarioId] = process.argv.slice(2)
const stray = []
// A page goes on after an unhandled rejection; so does a cell, which says so.
process.on('unhandledRejection', (e) => stray.push(wordsOf(e)))
process.on('uncaughtException', (e) => stray.push(wordsOf(e)))

const seal = new Seal(binary)
process.once('disconnect', async () => { // the run was ended
  await seal.close()
  process.exit(1)
})
const report = { checks: [], stray }
try {
  const client = await import(`./clients/${clientId}.mjs`)
  const trial = new Trial(client, seal)
  report.checks = trial.checks
  const scenario = everything.find((s) => s.id === scenarioId)
  if (!scenario.client) await seal.init() // a scene says who the person is
  await scenario.run(trial)
} catch (error) {
  if (error instanceof NotOffered) report.untested = error.message
  else report.checks.push({ name: 'set up', ok: false, words: wordsOf(error) })
} finally {
  await seal.close()
}
process.send ? process.send(report, () => process.exit(0)) : (console.log(JSON.stringify(report, null, 1)), process.exit(0))
