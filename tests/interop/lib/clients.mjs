// The clients of the table, with the versions that are really installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { here } from './prepare.mjs'

const npm = (name) => () => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version
const go = (module) => () => readFileSync(join(here, 'peers', 'go.mod'), 'utf8').match(new RegExp(`${module} (\\S+)`))[1]

export const clients = [
  { id: 'nostr-tools', name: 'nostr-tools', version: npm('nostr-tools') },
  { id: 'ndk', name: 'NDK', version: npm('@nostr-dev-kit/ndk') },
  { id: 'applesauce', name: 'applesauce', version: npm('applesauce-signers') },
  { id: 'welshman', name: 'welshman', version: npm('@welshman/signer') },
  { id: 'nostrify', name: 'Nostrify', version: npm('@nostrify/nostrify') },
  { id: 'rust-nostr', name: 'rust-nostr (wasm)', version: npm('@rust-nostr/nostr-sdk') },
  { id: 'snstr', name: 'snstr', version: npm('snstr') },
  { id: 'go-nostr', name: 'go-nostr', version: go('github.com/nbd-wtf/go-nostr') },
  { id: 'fiatjaf', name: 'fiatjaf.com/nostr', version: go('fiatjaf.com/nostr') },
  { id: 'sdk', name: 'Privy Seal SDK', version: () => 'this checkout' },
]
