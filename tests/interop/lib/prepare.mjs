// What must be there before the first cell.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const here = new URL('..', import.meta.url).pathname
const root = join(here, '../..')

function must(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (error || status !== 0) {
    console.error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit ${status}`}`)
    process.exit(1)
  }
}

/** Installs what package-lock.json names, when that is not what is installed. */
export function install() {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
  const stamp = join(here, 'node_modules', '.installed-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  // What npm has kept is taken first; a registry may be slow, or away for a while.
  const args = ['ci', '--prefer-offline', '--fetch-retries=5', '--fetch-timeout=120000', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  for (const wait of [5, 20, 60]) {
    const { status } = spawnSync('npm', args, { cwd: here, stdio: 'inherit' })
    if (status === 0) return writeFileSync(stamp, lock)
    console.error(`npm ${args[0]} failed; again in ${wait} s`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait * 1000)
  }
  must('npm', args, { cwd: here })
  writeFileSync(stamp, lock)
}

/** Tests the verifier that all cells rely on. */
export const testVerifier = () => must(process.execPath, ['--test', '--test-reporter=dot', 'lib/'], { cwd: here })

/** Has the login kit sign in with signers of others; peers is where they are. */
export const testKit = (peers) => must(process.execPath, ['--test', '--test-reporter=spec', 'kit.test.mjs'], { cwd: here, env: { ...process.env, PEERS: peers } })

/**
 * Builds the signer and the Go peers; answers where they are, and where cells
 * may keep things until the run ends.
 */
export function build(binary) {
  const scratch = mkdtempSync(join(tmpdir(), 'ps-'))
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  const env = { ...process.env, CGO_ENABLED: '0' }
  if (!binary) must('go', ['build', '-o', join(scratch, 'privyseal'), './cmd/privyseal'], { cwd: root, env })
  must('go', ['build', '-o', scratch + '/', './...'], { cwd: join(here, 'peers'), env })
  return { binary: binary ?? join(scratch, 'privyseal'), peers: scratch, scratch }
}
