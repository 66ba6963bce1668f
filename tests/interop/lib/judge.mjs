// What a report means, and whether it is what is expected.
import { expected, stumbles } from '../expected.mjs'

/** A cell's line of the table. `surprise` says why the run must fail. */
export function judge({ client, scenario }, { checks, untested }) {
  const known = expected.filter((e) => e.client === client && e.scenario === scenario)
  const result = { client, scenario }
  if (untested) return { ...result, status: 'untested', why: untested, surprise: known.length ? `expected ${known[0].check} to fail, but: ${untested}` : undefined }

  const failed = checks.filter((c) => !c.ok)
  const always = known.filter((e) => !e.sometimes)
  const surprises = [
    ...failed.filter((c) => !known.some((e) => e.check === c.name)).map((c) => `“${c.name}” failed: ${c.words}`),
    ...(checks.length ? [] : ['nothing was checked']),
    ...always.filter((e) => checks.some((c) => c.ok && c.name === e.check)).map((e) => `“${e.check}” works now, but is listed as a fault of the ${e.whose}`),
    ...always.filter((e) => !checks.some((c) => c.name === e.check)).map((e) => `“${e.check}” is listed as a fault, but was never tried`),
  ]
  const wanting = known.filter((e) => checks.some((c) => c.name === e.check))
  const status = wanting.length === 0 ? 'works' : wanting.length === checks.length && !known.some((e) => e.sometimes) ? 'fails' : 'partly'
  return {
    ...result,
    status: surprises.length && failed.length ? 'fails' : status,
    faults: wanting.map(({ check, whose, why, source }) => ({ check, whose, why, source })),
    surprise: surprises.length ? surprises.join('; ') : undefined,
  }
}

/** Whether a cell failed only in a way in which its library fails now and then. */
export function knownToStumble(cell, report) {
  if (!judge(cell, report).surprise) return false
  const first = report.checks?.find((c) => !c.ok)
  return Boolean(first && stumbles.some((s) => s.client === cell.client && s.words.test(first.words)))
}
