// A relay for what a person publishes: it keeps profiles and lists, the newest
// of each, as NIP-01 says. Ours takes nothing but requests to a signer.
import { WebSocketServer } from 'ws'

const replaceable = (kind) => kind === 0 || kind === 3 || (kind >= 10_000 && kind < 20_000)
const ephemeral = (kind) => kind >= 20_000 && kind < 30_000

function matches(filter, event) {
  return Object.entries(filter).every(([name, want]) => {
    switch (name) {
      case 'ids': return want.includes(event.id)
      case 'authors': return want.includes(event.pubkey)
      case 'kinds': return want.includes(event.kind)
      case 'since': return event.created_at >= want
      case 'until': return event.created_at <= want
      case 'limit': return true
      default: return event.tags.some(([tag, value]) => '#' + tag === name && want.includes(value))
    }
  })
}

export class DataRelay {
  kept = []

  async start() {
    this.server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    this.server.on('connection', (socket) => {
      socket.open = new Map()
      socket.on('message', (data) => this.hear(socket, JSON.parse(data)))
    })
    await new Promise((done) => this.server.once('listening', done))
    this.url = `ws://127.0.0.1:${this.server.address().port}`
    return this
  }

  hear(socket, [type, id, ...rest]) {
    const say = (...message) => socket.send(JSON.stringify(message))
    if (type === 'REQ') {
      socket.open.set(id, rest)
      for (const event of this.kept) if (rest.some((f) => f.limit !== 0 && matches(f, event))) say('EVENT', id, event)
      say('EOSE', id)
    }
    if (type === 'CLOSE') socket.open.delete(id)
    if (type === 'EVENT') {
      this.take(id)
      say('OK', id.id, true, '')
    }
  }

  /** Keeps an event and passes it on. */
  take(event) {
    const same = (e) => replaceable(event.kind) && e.kind === event.kind && e.pubkey === event.pubkey
    if (this.kept.some((e) => same(e) && e.created_at > event.created_at)) return
    if (!ephemeral(event.kind)) this.kept = [...this.kept.filter((e) => !same(e)), event]
    for (const socket of this.server.clients) {
      for (const [id, filters] of socket.open) {
        if (filters.some((f) => matches(f, event))) socket.send(JSON.stringify(['EVENT', id, event]))
      }
    }
  }

  /** The newest of this kind by its author. */
  newest(kind, author) {
    return this.kept.find((e) => e.kind === kind && e.pubkey === author)
  }

  close() {
    for (const socket of this.server.clients) socket.terminate()
    this.server.close()
  }
}
