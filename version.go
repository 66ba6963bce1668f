package privyseal

import (
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Version is one version of a replaceable event of an identity: signed here, or
// seen on a relay. The newest by its stamp is the one that counts.
type Version struct {
	Identity string
	Slot     [32]byte // names what it replaces: identity, kind and d tag
	Kind     nostr.Kind
	Event    nostr.ID
	Stamp    int64     // the event's created_at, in Unix seconds
	Signed   bool      // here; else it was seen
	App      string    // that had it signed; "": none
	At       time.Time // when it was signed, or first seen
	Result   [32]byte  // SHA-256 of the event's JSON, as a record names it
	Sealed   []byte    // the event's JSON, sealed by the vault
}
