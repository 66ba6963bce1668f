package control

import (
	"encoding/binary"
	"encoding/json"

	"github.com/privyseal/privyseal/nostr"
)

// Bounds of an errand.
const (
	MaxErrandRelays  = 16
	MaxErrandFilters = 8
	MaxErrandEvents  = 1000    // that one relay brings
	MaxErrandBytes   = 4 << 20 // of them; one event always fits
)

// Place is a relay that an errand goes to.
type Place struct {
	URL string `json:"url"` // normalised
	// Typed says that a person typed this address, so private addresses are
	// allowed (design decision 10).
	Typed bool `json:"typed,omitempty"`
}

// Fetch is an errand, keeper to front: bring the stored events that pass these
// filters from each of these relays. A [Fetched] comes of each relay.
type Fetch struct {
	Ref     uint64         `json:"ref"`
	Relays  []Place        `json:"relays"`
	Filters []nostr.Filter `json:"filters"`
	Limit   int            `json:"limit"` // events from each relay, at most
}

// Fetched is what one relay had, front to keeper. Nothing of it is verified.
type Fetched struct {
	Ref   uint64
	Relay string
	// Complete says that the relay told the end of what it has, and that all of
	// it is here.
	Complete bool
	Reason   string   // why it is not complete
	Events   [][]byte // canonical JSON
}

// Post is an errand, keeper to front: publish this signed event on each of
// these relays. A [Posted] comes of each.
type Post struct {
	Ref    uint64          `json:"ref"`
	Relays []Place         `json:"relays"`
	Event  json.RawMessage `json:"event"`
}

// Posted says what one relay did with a [Post], front to keeper.
type Posted Published

// bounded refuses an errand beyond its bounds.
func bounded(m Message) error {
	relays, filters, limit := []Place(nil), []nostr.Filter(nil), 0
	switch m := m.(type) {
	case *Fetch:
		relays, filters, limit = m.Relays, m.Filters, m.Limit
	case *Post:
		relays = m.Relays
	case *Deliver:
		if len(m.To.URL) > MaxDeliverURL || len(m.Body) > MaxDeliverBody || len(m.Headers) > MaxDeliverHeaders {
			return ErrFrameBody
		}
	}
	if len(relays) > MaxErrandRelays || len(filters) > MaxErrandFilters || limit < 0 || limit > MaxErrandEvents {
		return ErrFrameBody
	}
	for _, p := range relays {
		if len(p.URL) > maxRelay {
			return ErrFrameBody
		}
	}
	return nil
}

func (m *Fetched) append(b []byte) []byte {
	b = appendString(binary.AppendUvarint(b, m.Ref), m.Relay)
	var flags byte
	if m.Complete {
		flags = 1
	}
	b = appendString(append(b, flags), m.Reason)
	b = binary.AppendUvarint(b, uint64(len(m.Events)))
	for _, e := range m.Events {
		b = appendBytes(b, e)
	}
	return b
}

func decodeFetched(b []byte) (*Fetched, error) {
	d := decoder{b: b}
	m := &Fetched{Ref: d.uvarint(), Relay: d.string(maxRelay)}
	m.Complete = d.byte()&1 != 0
	m.Reason = d.string(maxFrameText)
	m.Events = make([][]byte, d.count(MaxErrandEvents))
	for i := range m.Events {
		m.Events[i] = d.bytes(maxEvent)
	}
	return m, d.end()
}

func (*Fetch) frameType() byte   { return typeFetch }
func (*Fetched) frameType() byte { return typeFetched }
func (*Post) frameType() byte    { return typePost }
func (*Posted) frameType() byte  { return typePosted }
