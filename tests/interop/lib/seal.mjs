// The real binary, run in a directory of its own: the signer, a separate relay
// and the command line. Everything started here ends with the cell.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const startLimit = 15_000

/** A privyseal process that has said it is ready. */
class Process {
  constructor(child, ready) {
    this.child = child
    this.ready = ready
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = new Promise((done) => this.child.once('exit', done))
    this.child.kill(signal)
    await gone
  }
}

/** One signer with its data, perhaps with a relay beside it. */
export class Seal {
  constructor(binary) {
    this.binary = binary
    this.dir = mkdtempSync(join(tmpdir(), 'ps-'))
    this.env = { ...process.env, PRIVYSEAL_STATE: join(this.dir, 'state') }
    this.data = join(this.dir, 'd')
    this.keyFile = join(this.dir, 'key')
    this.running = new Set()
    writeFileSync(this.keyFile, randomBytes(32).toString('hex') + '\n', { mode: 0o600 })
  }

  /** Makes the vault and its identity, with a fresh key or this one in hex. */
  async init(secret) {
    const file = join(this.dir, 'secret')
    if (secret) writeFileSync(file, secret + '\n', { mode: 0o600 })
    const identity = await this.run('init', '--name', 'Ana', '--key-file', this.keyFile, ...(secret ? ['--import-file', file] : []))
    this.user = identity.pubkey
  }

  /** Starts the signer on its own relay, on the separate one, or on both its own and the one beside. */
  async up({ separate, beside } = {}) {
    this.listen ??= '127.0.0.1:0'
    const relays = separate ? ['--own-relay=false', '--relay', this.relay.url] : beside ? ['--relay', beside] : []
    this.signer = await this.start('up', '--listen', this.listen, '--key-file', this.keyFile, ...relays)
    this.listen = this.signer.ready.listen
    this.url = separate ? this.relay.url : this.signer.ready.relay
  }

  /** Starts a relay for anybody, as a program of its own. */
  async relayUp() {
    const started = await this.start('relay', '--open', '--listen', '127.0.0.1:0')
    this.relay = { process: started, url: started.ready.relay }
  }

  /** A verb's JSON answer. Throws with the program's own words. */
  run(...args) {
    return new Promise((resolve, reject) => {
      execFile(this.binary, ['--data', this.data, '--json', ...args], { env: this.env, timeout: startLimit, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
        if (error) return reject(new Error(`privyseal ${args[0]}: ${(stderr || stdout || error.message).trim()}`))
        resolve(stdout.trim() ? JSON.parse(stdout) : undefined)
      })
    })
  }

  start(...args) {
    const child = spawn(this.binary, ['--data', this.data, '--json', ...args], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const process = new Process(child)
    this.running.add(process)
    child.once('exit', () => this.running.delete(process))
    let said = ''
    child.stderr.on('data', (d) => { said = (said + d).slice(-4000) })
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`privyseal ${args[0]} was not ready in time: ${said}`)), startLimit)
      child.once('exit', (code) => reject(new Error(`privyseal ${args[0]} ended with ${code}: ${said}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line)
        if (event.event !== 'ready') return
        clearTimeout(late)
        process.ready = event
        resolve(process)
      })
    })
  }

  /** Waits for a question and answers it. */
  async answerQuestion(verb) {
    for (;;) {
      const open = (await this.run('requests', 'list')).filter((q) => q.state === 'open')
      if (open.length) return this.run('requests', verb, open[0].id)
      await new Promise((r) => setTimeout(r, 50))
    }
  }

  /** Ends everything and removes the data. */
  async close() {
    await Promise.all([...this.running].map((p) => p.stop('SIGKILL')))
    rmSync(this.dir, { recursive: true, force: true })
  }
}
