// docs/support.json and docs/support.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stumbles } from '../expected.mjs'
import { clients } from './clients.mjs'
import { here } from './prepare.mjs'
import { scenarios } from './scenarios.mjs'
import { scenes } from './scenes.mjs'

const file = (name) => join(here, '../../docs', name)

function support(results) {
  const found = (client, scenario) => {
    const { status, why, faults } = results.find((r) => r.client === client && r.scenario === scenario)
    return { status, ...(why && { why }), ...(faults?.length && { faults }) }
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    scenarios: scenarios.map(({ id, short, title }) => ({ id, short, title })),
    scenes: scenes.map(({ id, title, client }) => ({ id, title, client, ...found(client, id) })),
    clients: clients.map((c) => ({
      id: c.id, name: c.name, version: c.version(), ...(c.note && { note: c.note }), ...sometimes(c), cells: scenarios.map((s) => ({ scenario: s.id, ...found(c.id, s.id) })),
    })),
  }
}

/** What a client does wrong now and then, in any cell. */
function sometimes(client) {
  const found = stumbles.find((s) => s.client === client.id)
  return found && { sometimes: { whose: 'client', why: found.why, source: found.source } }
}

const signs = { works: '✓', partly: '◐', fails: '✗', untested: '–' }

function markdown({ date, scenarios, scenes, clients }) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  const foot = []
  const numbers = (faults) => {
    const all = faults.map((f) => {
      const line = `${f.whose}: ${f.why} (${f.source})`
      if (!foot.includes(line)) foot.push(line)
      return foot.indexOf(line) + 1
    })
    return all.length ? ` <sup>${[...new Set(all)].join(' ')}</sup>` : ''
  }
  const mark = (cell) => signs[cell.status] + numbers(cell.faults ?? [])
  const name = (c) => `**${c.name.replace(/ [\d.]+$/, '')}** ${c.version.replace(/^v0\.0\.0-(\d{8}).*/, 'of $1')}${numbers(c.sometimes ? [c.sometimes] : [])}`
  const body = clients.map((c) => row([name(c), ...c.cells.map(mark)]))
  return `# Which apps work

Written by \`tests/interop/run\` on ${date}: real client libraries against the real
binary, each cell a process of its own. Do not edit; run it again.

✓ works · ◐ partly · ✗ fails · – not offered by the library. A number names the
fault and whose it is. What Privy Seal answers is checked by an implementation of
its own (id, signature, author, every field; both ciphers with a third key).

${row(['', ...scenarios.map((s) => s.short)])}
${row(['---', ...scenarios.map(() => ':-:')])}
${body.join('\n')}

${scenarios.filter((s) => s.short !== s.title).map((s) => `**${s.short}** ${s.title}`).join(' · ')}

## If you write an app

- Take the user's key from \`get_public_key\`, never from the link: the signer's key is another.
- Keep your client key. With it you connect again at any time, with a spent secret or none, and nobody is asked.
- After a reconnect send your subscription again, without \`limit:0\`, and ask again for what is unanswered: for ten
  minutes the same gets the same answer, and nothing is signed twice.
- Somebody may have to say yes. They have two minutes; a late yes counts when you ask for the same again within ten.
- An error begins with \`denied:\`, \`expired:\`, \`limit:\`, \`unsupported:\`, \`busy:\`, \`locked:\`, \`invalid:\` or
  \`revoked:\`. What follows is for people: show it.
- \`disconnect\` ends nothing; \`logout\` ends the session.

## What a person is asked

With a real nostr-tools app, and the answers given at the command line:

${scenes.map((s) => `- ${signs[s.status]} ${s.title}`).join('\n')}

## Known faults

${foot.map((line, i) => `${i + 1}. ${line}`).join('\n')}

## Remarks

${clients.filter((c) => c.note).map((c) => `- **${c.name}**: ${c.note}`).join('\n')}

Each fault is asserted: when a library is repaired, the run fails until the list in
\`tests/interop/expected.mjs\` says so. To see it for yourself (Go, Node 20):

    tests/interop/run
    tests/interop/run --client ndk --scenario all-killed --verbose
`
}

export function writeDocs(results) {
  const found = support(results)
  writeFileSync(file('support.json'), JSON.stringify(found, null, 2) + '\n')
  writeFileSync(file('support.md'), markdown(found))
}

/** Whether the committed table says what this run found, dates aside. */
export function checkDocs(results) {
  const missing = ['support.json', 'support.md'].find((name) => !existsSync(file(name)))
  if (missing) {
    console.log(`docs/${missing} is missing; run tests/interop/run and commit what it writes`)
    return false
  }
  const kept = JSON.parse(readFileSync(file('support.json'), 'utf8'))
  const found = { ...support(results), date: kept.date }
  const same = JSON.stringify(found) === JSON.stringify(kept) && readFileSync(file('support.md'), 'utf8') === markdown(kept)
  if (!same) console.log('docs/support.* differ from this run; run tests/interop/run and commit what it writes')
  return same
}
