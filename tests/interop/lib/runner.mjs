// Runs cells, each a process of its own that has so long and no longer.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { clients } from './clients.mjs'
import { everything } from './everything.mjs'
import { here } from './prepare.mjs'

const usually = 60_000
const atOnce = 2 // and as many of those that mostly wait

/** Every client in every scenario and the scenes, or those that are asked for. */
export function cells({ client, scenario }) {
  return clients.filter((c) => !client || c.id === client)
    .flatMap((c) => everything.filter((s) => (!scenario || s.id === scenario) && (!s.client || s.client === c.id))
      .map((s) => ({ client: c.id, scenario: s.id, limit: s.limit ?? usually, waits: s.waits })))
}

/**
 * Runs cells and hands over each report: checks, or why it is untested. A cell
 * for which `again` says so is run again, at most four times.
 */
export async function runCells(list, tools, again, done) {
  const worker = async (waiting) => {
    for (let cell; (cell = waiting.shift());) {
      let report
      for (let attempt = 1; attempt <= 5; attempt++) {
        report = { ...await runCell(cell, tools), attempt }
        if (!again(cell, report)) break
      }
      done(cell, report)
    }
  }
  const lanes = [list.filter((c) => c.waits), list.filter((c) => !c.waits)]
  await Promise.all(lanes.flatMap((lane) => Array.from({ length: atOnce }, () => worker(lane))))
}

function runCell({ client, scenario, limit }, { binary, peers, scratch }) {
  const began = Date.now()
  // A group of its own, so that a stuck cell takes its signer with it.
  const child = fork(join(here, 'cell.mjs'), [binary, client, scenario], {
    detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, INTEROP_PEERS: peers, TMPDIR: scratch },
  })
  let report
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { said = (said + d).slice(-8000) })
  child.on('message', (message) => { report = message })
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), limit)
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      report ??= { checks: [{ name: 'the cell ended', ok: false, words: signal ? `not done after ${limit / 1000} s` : `exit ${code}: ${said.slice(-400)}` }], stray: [] }
      resolve({ ...report, said, ms: Date.now() - began })
    })
  })
}
