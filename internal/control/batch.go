package control

import (
	"encoding/binary"

	"github.com/privyseal/privyseal/nostr"
)

// The hot messages cross the seam in a binary form: counts and lengths as
// unsigned varints, then the bytes.
const (
	maxItems  = 4096
	maxRelay  = 512
	maxRelays = 64
	maxEvent  = nostr.MaxEventSize * 2 // an envelope around the largest answer
)

func (m *Events) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m.Items)))
	for _, it := range m.Items {
		b = appendBytes(appendString(b, it.Relay), it.Event)
	}
	return b
}

func decodeEvents(b []byte) (*Events, error) {
	d := decoder{b: b}
	m := &Events{Items: make([]Inbound, d.count(maxItems))}
	for i := range m.Items {
		m.Items[i] = Inbound{Relay: d.string(maxRelay), Event: d.bytes(maxEvent)}
	}
	return m, d.end()
}

func (m *Publish) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m.Items)))
	for _, it := range m.Items {
		b = binary.AppendUvarint(b, it.Ref)
		b = binary.AppendUvarint(b, uint64(len(it.Relays)))
		for _, r := range it.Relays {
			b = appendString(b, r)
		}
		b = appendBytes(b, it.Event)
	}
	return b
}

func decodePublish(b []byte) (*Publish, error) {
	d := decoder{b: b}
	m := &Publish{Items: make([]Outbound, d.count(maxItems))}
	for i := range m.Items {
		o := Outbound{Ref: d.uvarint()}
		o.Relays = make([]string, d.count(maxRelays))
		for j := range o.Relays {
			o.Relays[j] = d.string(maxRelay)
		}
		o.Event = d.bytes(maxEvent)
		m.Items[i] = o
	}
	return m, d.end()
}

func (m *Receipts) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m.Items)))
	for _, it := range m.Items {
		b = binary.AppendUvarint(b, it.Ref)
		b = appendString(b, it.Relay)
		var flags byte
		if it.Sent {
			flags |= 1
		}
		if it.OK {
			flags |= 2
		}
		b = appendString(append(b, flags), it.Reason)
	}
	return b
}

func decodeReceipts(b []byte) (*Receipts, error) {
	d := decoder{b: b}
	m := &Receipts{Items: make([]Published, d.count(maxItems))}
	for i := range m.Items {
		p := Published{Ref: d.uvarint(), Relay: d.string(maxRelay)}
		flags := d.byte()
		p.Sent, p.OK = flags&1 != 0, flags&2 != 0
		p.Reason = d.string(maxFrameText)
		m.Items[i] = p
	}
	return m, d.end()
}

const maxFrameText = 4096

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendBytes(b, v []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// decoder reads the binary form; after the first fault it reads zero values.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || d.bad {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads a number of items, each of which takes at least one byte.
func (d *decoder) count(limit uint64) int {
	n := d.uvarint()
	if n > limit || n > uint64(len(d.b)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) bytes(limit uint64) []byte {
	n := d.uvarint()
	if n > limit || n > uint64(len(d.b)) {
		d.bad = true
		return nil
	}
	v := d.b[:n:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) string(limit uint64) string { return string(d.bytes(limit)) }

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) end() error {
	if d.bad || len(d.b) > 0 {
		return ErrFrameBody
	}
	return nil
}
