// One cell of the table: one client in one scenario, as a list of named checks.
import { newKey, verifySigned } from './independent.mjs'

/** What an app needs for every scenario that asks nobody. */
export const permissions = 'sign_event:1,sign_event:7,sign_event:30023,nip44_encrypt,nip44_decrypt,nip04_encrypt,nip04_decrypt'

/** A session lacks a call because the library does not offer it. */
export class NotOffered extends Error {}

/** Rejects when the promise is still pending after so many milliseconds. */
export function within(ms, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Libraries reject with errors, strings, objects and nothing at all. */
export function wordsOf(error) {
  const text = error?.message ?? (typeof error === 'object' ? JSON.stringify(error) : String(error))
  return text.slice(0, 300)
}

export class Trial {
  constructor(client, seal) {
    this.client = client
    this.seal = seal
    this.third = newKey()
    this.checks = []
  }

  /** Runs a step and keeps how it went; a failure does not end the trial. */
  async check(name, step, limit = 10_000) {
    const began = Date.now()
    try {
      await within(limit, step())
      this.checks.push({ name, ok: true, ms: Date.now() - began })
      return true
    } catch (error) {
      if (error instanceof NotOffered) throw error
      this.checks.push({ name, ok: false, ms: Date.now() - began, words: wordsOf(error) })
      return false
    }
  }

  /** Says that the library has no such call. */
  offers(session, call) {
    if (!session[call]) throw new NotOffered(`the library offers no ${call}`)
  }

  /** The flags with which an app is let in. */
  grants({ allow = permissions, refuse, preset = 'ask' } = {}) {
    const flags = ['--preset', preset]
    if (allow) flags.push('--allow', allow)
    if (refuse) flags.push('--refuse', refuse)
    if (this.client.compatible) flags.push('--compatible')
    return flags
  }

  /** A fresh one-use link. */
  async link(grants) {
    return (await this.seal.run('invite', ...this.grants(grants))).uri
  }

  /** Starts the signer (unless it runs) and pairs by bunker://. */
  async pair(grants) {
    if (!this.seal.signer) await this.seal.up()
    this.uri = await this.link(grants)
    return within(15_000, this.client.bunker(this.uri))
  }

  /** Has a template signed and checks every field of what comes back. */
  async signs(session, template) {
    verifySigned(await session.signEvent(structuredClone(template)), template, this.seal.user)
  }

  /** A template of this kind with this content. */
  template(kind, content = `interop ${kind}`) {
    const tags = { 7: [['e', '0'.repeat(64)], ['p', this.third.pubkey]], 30023: [['d', 'interop'], ['title', 'Über “interop”\n\t\\ 🦭']] }[kind] ?? []
    return { kind, content, tags, created_at: Math.floor(Date.now() / 1000) }
  }
}
