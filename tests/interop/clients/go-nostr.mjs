// github.com/nbd-wtf/go-nostr: nip46.BunkerClient (peers/gonostr).
import { newKey } from '../lib/independent.mjs'
import { peerSession, startPeer } from '../lib/peer.mjs'

async function connect(uri, key) {
  const peer = startPeer('gonostr')
  await peer.call('bunker', uri, key)
  return { ...peerSession(peer, ['switchRelays', 'logout']), save: () => ({ uri, key }) }
}

export const bunker = (uri) => connect(uri, newKey().hex)

/** It connects again with every run. */
export const restore = ({ uri, key }) => connect(uri, key)
