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
  must('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: here })
  writeFileSync(stamp, lock)
}

/** Tests the verifier that all cells rely on. */
export const testVerifier = () => must(process.execPath, ['--test', '--test-reporter=dot', 'lib/'], { cwd: here })

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
