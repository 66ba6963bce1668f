// A Go library as a client: a program of peers/ that is called line by line.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const methods = ['publicKey', 'nip44Encrypt', 'nip44Decrypt', 'nip04Encrypt', 'nip04Decrypt', 'ping', 'switchRelays', 'logout', 'save']

/** Starts the program; `call` asks it something, `close` ends it. */
export function startPeer(name) {
  const child = spawn(join(process.env.INTEROP_PEERS, name), { stdio: ['pipe', 'pipe', 'inherit'] })
  const open = new Map()
  let last = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line)
    const { resolve, reject } = open.get(id)
    open.delete(id)
    error ? reject(new Error(error)) : resolve(result)
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`${name} ended with ${signal ?? code}`))
  })
  return {
    call: (call, ...args) => new Promise((resolve, reject) => {
      open.set(++last, { resolve, reject })
      child.stdin.write(JSON.stringify({ id: last, call, args }) + '\n')
    }),
    close: () => child.kill(),
  }
}

/** The session of a peer, with those of the calls that its library offers. */
export function peerSession(peer, without = []) {
  const session = { close: () => peer.close(), signEvent: (template) => peer.call('signEvent', JSON.stringify(template)) }
  for (const method of methods) if (!without.includes(method)) session[method] = (...args) => peer.call(method, ...args)
  return session
}
