// Faults that are not ours, each with the check it breaks. A fault that is gone
// fails the run too, so that this list stays true.
//
// client, scenario, check   where it shows
// whose                     'client', 'relay' or 'signer'
// why                       one sentence for docs/support.md
// source                    where it is read
const lostAnswer = {
  scenario: 'all-killed', check: 'asked before, approved after', whose: 'client',
}

export const expected = [
  ...['nostr-tools', 'nostr-tools-2.17'].map((client) => ({
    ...lostAnswer, client,
    why: 'subscribes again only with its next call, and with limit:0, so the answer to a call that was open when the relay went away is lost',
    source: 'nostr-tools nip46.ts, setupSubscription and sendRequest',
  })),
  {
    ...lostAnswer, client: 'ndk',
    why: 'tries to reconnect once, after one second, and then not before the app makes its next call',
    source: 'NDK core/src/relay/connectivity.ts, handleReconnection and connect',
  },
  {
    client: 'ndk', scenario: 'restore', check: 'signs again', whose: 'client',
    why: 'a session restored by fromPayload subscribes to nothing until blockUntilReady connects again',
    source: 'NDK core/src/signers/nip46/index.ts, fromPayload; repaired upstream in d08415f, not released',
  },
  {
    client: 'nostr-tools-2.7', scenario: 'sign', check: 'an ordinary link says what to do', whose: 'client',
    why: 'takes the signer\'s key for the user\'s, and says of an event signed with the user\'s only that it is “improperly signed”',
    source: 'nostr-tools 2.7 nip46.ts, signEvent',
  },
  {
    client: 'nostr-tools-2.7', scenario: 'nip44', check: "opens the third key's", whose: 'client',
    why: 'its nip44Decrypt asks for nip44_encrypt',
    source: 'nostr-tools 2.7 nip46.ts, nip44Decrypt',
  },
  ...['signs', "the user's key"].map((check) => ({
    client: 'ndk-2', scenario: 'nostrconnect', check, whose: 'client',
    why: 'takes the signer\'s key for the user\'s when it shows the link itself; accepted with --compatible it works',
    source: 'NDK 2.18 signers/nip46/index.ts, nostrconnect flow',
  })),
  {
    client: 'snort', scenario: 'restore', check: 'the spent link is refused to others', whose: 'client',
    why: 'a refused connection gets our error but lets its login hang',
    source: '@snort/system impl/nip46.ts, init: the error ends as an unhandled rejection',
  },
  {
    client: 'applesauce', scenario: 'switch-relays', check: 'told of a change', whose: 'client',
    why: 'expects an array where NIP-46 sends a string, and ignores the new relays',
    source: 'applesauce packages/signers nostr-connect-signer.ts, switchRelays',
  },
  {
    client: 'rust-nostr', scenario: 'nostrconnect', check: 'paired', whose: 'client',
    why: 'its link carries no secret, so a stranger on the relay could answer it first; we refuse such a link and say why; with a secret added by hand it does not take the secret as the answer',
    source: 'rust-nostr crates/nostr nips/nip46.rs, NostrConnectURI::Client at 0.43',
  },
  {
    ...lostAnswer, client: 'ndk-2',
    why: 'tries to reconnect once, after one second, and then not before the app makes its next call',
    source: 'NDK relay/connectivity.ts, handleReconnection and connect',
  },
  ...['asked before, approved after', 'the next call'].flatMap((check) => [
    {
      client: 'nostr-tools-2.7', scenario: 'all-killed', check, whose: 'client',
      why: 'reconnects but never sends its subscription again: the page must be loaded again',
      source: 'nostr-tools 2.7 nip46.ts, seen on the wire',
    },
    {
      client: 'nostr-login', scenario: 'all-killed', check, whose: 'client',
      why: 'tries to reconnect once, at once, and never again: the page must be loaded again',
      source: 'nostr-login 1.7.12 with its NDK 2, seen on the wire',
    },
    {
      client: 'window-nostr', scenario: 'all-killed', check, whose: 'client',
      why: 'reconnects but never sends its subscription again: the page must be loaded again',
      source: 'window.nostr.js 0.4.9 with its nostr-tools 2.12 (nip46.ts), seen on the wire',
    },
    {
      client: 'snstr', scenario: 'all-killed', check, whose: 'client',
      why: 'reconnects but never sends its subscription again: every later call hangs',
      source: 'snstr src/nip01/relay.ts, onopen',
    },
  ]),
  {
    client: 'konemono', scenario: 'logout', check: 'no signature any more', whose: 'client',
    why: 'a page that still holds a session after a logout elsewhere gets our error but lets its call hang',
    source: '@konemono/nostr-login 1.16.1: the error ends as an unhandled rejection',
  },
  {
    client: 'fiatjaf', scenario: 'switch-relays', check: 'told of a change', whose: 'client',
    why: 'asks for new relays and drops the answer',
    source: 'fiatjaf.com/nostr nip46/client.go, SwitchRelays',
  },
]

// Libraries that fail now and then in any call. A cell that ends with these
// words is tried again, four times at most.
export const stumbles = [
  {
    client: 'go-nostr', words: /couldn't connect to any relay|context (canceled|deadline exceeded)|gonostr ended/,
    why: 'now and then a call ends with “couldn\'t connect to any relay” though it was sent and answered, and an answer that comes late ends the program',
    source: 'go-nostr nip46/client.go, RPC: signals on unbuffered channels are dropped; a closed channel is sent on',
  },
  {
    client: 'fiatjaf', words: /couldn't (connect to any relay|reach the bunker)|context (canceled|deadline exceeded)/,
    why: 'now and then a call ends with “couldn\'t connect to any relay” though it was sent and answered, and then every later call hangs',
    source: 'fiatjaf.com/nostr nip46/client.go, RPC: signals on unbuffered channels are dropped, and the reader then waits forever',
  },
]
