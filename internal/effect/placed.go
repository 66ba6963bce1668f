package effect

import "github.com/privyseal/privyseal/nostr"

// Placed says whether an event of a kind names a host, or a relay, that a grant
// may be bound to (see [Effect.Scopes]).
func Placed(k nostr.Kind) (host, relay bool) {
	return k == kindRelayLogin || k == kindWebLogin || k == kindFile, k == kindRelayLogin
}
