// Privy Seal's own SDK, the package client (peers/sdk).
import { peerSession, startPeer } from '../lib/peer.mjs'

async function open(...call) {
  const peer = startPeer('sdk')
  await peer.call(...call)
  return peerSession(peer)
}

export const bunker = (uri) => open('bunker', uri)

export async function nostrconnect(relays) {
  const peer = startPeer('sdk')
  const uri = await peer.call('nostrconnect', relays[0])
  return { uri, session: peer.call('paired').then(() => peerSession(peer)) }
}

/** What it saved holds no secret of the link, so it never needs to connect again. */
export const restore = (saved) => open('restore', saved)
