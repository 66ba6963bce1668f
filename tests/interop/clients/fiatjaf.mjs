// fiatjaf.com/nostr: nip46.BunkerClient (peers/fiatjaf).
import { newKey } from '../lib/independent.mjs'
import { peerSession, startPeer } from '../lib/peer.mjs'

const open = (peer, saved) => ({ ...peerSession(peer, ['logout']), save: saved && (() => saved) })

async function connect(uri, key) {
  const peer = startPeer('fiatjaf')
  await peer.call('bunker', uri, key)
  return open(peer, { uri, key })
}

export const bunker = (uri) => connect(uri, newKey().hex)

export async function nostrconnect(relays) {
  const peer = startPeer('fiatjaf')
  const uri = await peer.call('nostrconnect', relays[0], newKey().hex)
  return { uri, session: peer.call('paired').then(() => open(peer)) }
}

/** It connects again with every run. */
export const restore = ({ uri, key }) => connect(uri, key)
