// The clients of the table, with the versions that are really installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { here } from './prepare.mjs'

const npm = (name) => () => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version
const go = (module) => () => readFileSync(join(here, 'peers', 'go.mod'), 'utf8').match(new RegExp(`${module} (\\S+)`))[1]

export const clients = [
  { id: 'nostr-tools', name: 'nostr-tools', version: npm('nostr-tools') },
  { id: 'nostr-tools-2.17', name: 'nostr-tools 2.17', version: npm('nostr-tools-2.17'),
    note: 'of 2025, as in Primal\'s web app.' },
  { id: 'nostr-tools-2.7', name: 'nostr-tools 2.7', version: npm('nostr-tools-2.7'),
    note: 'of 2024, still in apps: NIP-04 envelopes, and the signer\'s key taken for the user\'s, so it needs a link made with `--compatible`; with an ordinary one it refuses what is signed.' },
  { id: 'ndk', name: 'NDK', version: npm('@nostr-dev-kit/ndk'),
    note: 'sends its subscription again after a reconnect only when the relay asks it to sign in (NIP-42), as ours does whoever connects and does not subscribe; on a relay that never does, every call after a reconnect hangs. A login asks for new relays once; the library offers no other call for it.' },
  { id: 'ndk-2', name: 'NDK 2', version: npm('ndk-2'),
    note: 'the last of its second major version, still in apps.' },
  { id: 'applesauce', name: 'applesauce', version: npm('applesauce-signers') },
  { id: 'welshman', name: 'welshman', version: npm('@welshman/signer') },
  { id: 'nostrify', name: 'Nostrify', version: npm('@nostrify/nostrify'),
    note: 'with the logins of @nostrify/react.' },
  { id: 'rust-nostr', name: 'rust-nostr (wasm)', version: npm('@rust-nostr/nostr-sdk'),
    note: 'the WebAssembly build, under Node.' },
  { id: 'snstr', name: 'snstr', version: npm('snstr') },
  { id: 'nostr-login', name: 'nostr-login', version: npm('nostr-login'),
    note: 'runs in jsdom, its dialog filled in. It takes the signer\'s key for the user\'s, so it needs a link made with `--compatible`; with an ordinary link it is refused with an error that says so, since it would publish an invalid event.' },
  { id: 'konemono', name: '@konemono/nostr-login', version: npm('@konemono/nostr-login'),
    note: 'a fork of nostr-login that is kept up; in jsdom, its dialog filled in, with an ordinary link.' },
  { id: 'window-nostr', name: 'window.nostr.js', version: npm('window.nostr.js'),
    note: 'runs in jsdom, opened with the link in the page\'s address.' },
  { id: 'snort', name: 'Snort', version: npm('@snort/system'),
    note: '@snort/system, its Nip46Signer; it offers no NIP-44 yet. It ends its subscriptions when a relay asks it to sign in (NIP-42); our relay does not ask who subscribes.' },
  { id: 'nostr-crypto-utils', name: 'nostr-crypto-utils', version: npm('nostr-crypto-utils'),
    note: 'messages and ciphers of its own; the socket is the app\'s, and here connects again and sends again what is unanswered.' },
  { id: 'go-nostr', name: 'go-nostr', version: go('github.com/nbd-wtf/go-nostr') },
  { id: 'fiatjaf', name: 'fiatjaf.com/nostr', version: go('fiatjaf.com/nostr') },
  { id: 'sdk', name: 'Privy Seal SDK', version: () => 'this checkout' },
]
