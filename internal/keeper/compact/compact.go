// Package compact writes events in few bytes: keys, signatures and base64 as the
// bytes they stand for, and no id, which follows from the rest. What the store
// holds of a request is half as long so. It refuses to lose anything (a text
// that it cannot write short stands as it is) and to tell whether what it reads
// is valid: a damaged event has another id, or cannot be read.
package compact

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"github.com/privyseal/privyseal/nostr"
)

// ErrDamaged is the error of bytes that are no event.
var ErrDamaged = errors.New("compact: damaged")

// How a text stands: as it is, or as what it is the hex or the base64 of.
const (
	plain = iota
	asHex
	asBase64
	forms
)

// minBase64 is the length from which a text is looked at for base64.
const minBase64 = 64

var standard = base64.StdEncoding.Strict()

// AppendEvent appends an event whose id is right.
func AppendEvent(dst []byte, ev *nostr.Event) []byte {
	dst = append(dst, ev.PubKey[:]...)
	dst = append(dst, ev.Sig[:]...)
	dst = binary.AppendVarint(dst, ev.CreatedAt)
	dst = binary.AppendUvarint(dst, uint64(ev.Kind))
	dst = binary.AppendUvarint(dst, uint64(len(ev.Tags)))
	for _, tag := range ev.Tags {
		dst = binary.AppendUvarint(dst, uint64(len(tag)))
		for _, text := range tag {
			dst = AppendText(dst, text)
		}
	}
	return AppendText(dst, ev.Content)
}

// AppendText appends a text, as short as it gets.
func AppendText(dst []byte, text string) []byte {
	switch {
	case len(text) == 64 && lowerHex(text):
		dst = appendHead(dst, 32, asHex)
		dst, _ = hex.AppendDecode(dst, []byte(text))
		return dst
	case len(text) >= minBase64 && len(text)%4 == 0:
		n := len(text) / 4 * 3
		for i := len(text) - 1; i >= len(text)-2 && text[i] == '='; i-- {
			n--
		}
		// A line break in it, which the decoder overlooks, makes it shorter.
		head := appendHead(dst, n, asBase64)
		if short, err := standard.AppendDecode(head, []byte(text)); err == nil && len(short) == len(head)+n {
			return short
		}
	}
	return append(appendHead(dst, len(text), plain), text...)
}

func appendHead(dst []byte, n int, form uint64) []byte {
	return binary.AppendUvarint(dst, uint64(n)*forms+form)
}

func lowerHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Reader reads what was appended, one thing after the other. After the first
// that cannot be read, nothing can.
type Reader struct {
	rest []byte
	bad  bool
}

// NewReader reads b.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// Err is [ErrDamaged] when something could not be read, or something is left.
func (r *Reader) Err() error {
	if r.bad || len(r.rest) > 0 {
		return ErrDamaged
	}
	return nil
}

// Event reads an event.
func (r *Reader) Event() *nostr.Event {
	ev := new(nostr.Event)
	copy(ev.PubKey[:], r.bytes(uint64(len(ev.PubKey))))
	copy(ev.Sig[:], r.bytes(uint64(len(ev.Sig))))
	stamp, n := binary.Varint(r.rest)
	ev.CreatedAt = stamp
	r.passed(n)
	kind := r.Number()
	ev.Kind = nostr.Kind(kind)
	r.bad = r.bad || kind > 1<<16-1
	ev.Tags = make(nostr.Tags, r.count())
	for i := range ev.Tags {
		ev.Tags[i] = make(nostr.Tag, r.count())
		for j := range ev.Tags[i] {
			ev.Tags[i][j] = r.Text()
		}
	}
	ev.Content = r.Text()
	ev.ID = ev.ComputeID()
	return ev
}

// Text reads a text.
func (r *Reader) Text() string {
	head := r.Number()
	b := r.bytes(head / forms)
	switch head % forms {
	case asHex:
		return hex.EncodeToString(b)
	case asBase64:
		return standard.EncodeToString(b)
	}
	return string(b)
}

// Number reads what [binary.AppendUvarint] wrote.
func (r *Reader) Number() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.passed(n)
	return v
}

// count reads how many follow: no more than there are bytes.
func (r *Reader) count() uint64 {
	n := r.Number()
	if n > uint64(len(r.rest)) {
		r.bad, n = true, 0
	}
	return n
}

func (r *Reader) bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// passed is told how many bytes a number took; none or fewer is damage.
func (r *Reader) passed(n int) {
	if n <= 0 {
		r.bad, r.rest = true, nil
		return
	}
	r.rest = r.rest[n:]
}
