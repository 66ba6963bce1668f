package audit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/privyseal/privyseal"
)

// errForm is all there is to say of bytes that are no record.
var errForm = errors.New("audit: not a record in canonical form")

// ParseCanonical reads what [AppendCanonical] wrote, and nothing else: what it
// accepts is, written again, the same to the byte. Prev and Hash stay zero. It
// keeps nothing of b.
func ParseCanonical(b []byte) (privyseal.Record, error) {
	p := parser{rest: b}
	if len(b) == 0 || b[0] != canonicalVersion {
		return privyseal.Record{}, errForm
	}
	p.rest = b[1:]
	r := privyseal.Record{
		Seq: p.uint(), Time: p.time(), Phase: privyseal.Phase(p.small()),
		Trace: string(p.field()), Identity: string(p.field()), App: string(p.field()),
		Client: p.hash(), Event: p.hash(), Op: privyseal.Operation(p.small()), Kind: int(int64(p.uint())), What: p.hash(),
		Verdict: privyseal.Verdict(p.small()), Level: privyseal.Level(p.small()), Rule: string(p.field()),
		Given: p.time(), Question: string(p.field()), Outcome: privyseal.Outcome(p.small()), Result: p.hash(),
		Detail: string(p.field()),
	}
	var again [640]byte
	if p.bad || len(p.rest) > 0 || !bytes.Equal(AppendCanonical(again[:0], &r), b) {
		return privyseal.Record{}, errForm
	}
	return r, nil
}

// Decode reads what [Encode] wrote as the record of a sequence. It does not
// check the hash. A record that cannot be read, or says that it is another's,
// comes with an error and still with what can be told of it, so that a
// [Verifier] finds it edited and the records around it sound.
func Decode(seq uint64, b []byte) (privyseal.Record, error) {
	if len(b) < 64 {
		return privyseal.Record{Seq: seq, Detail: unreadable}, errForm
	}
	r, err := ParseCanonical(b[64:])
	if err != nil || r.Seq != seq {
		r, err = privyseal.Record{Seq: seq, Detail: unreadable}, errForm
	}
	r.Hash, r.Prev = [32]byte(b[:32]), [32]byte(b[32:64])
	return r, err
}

const unreadable = "unreadable"

// parser reads fields one after the other; bad says that one was not there.
type parser struct {
	rest []byte
	bad  bool
}

func (p *parser) field() []byte {
	n, size := binary.Uvarint(p.rest)
	if size <= 0 || n > uint64(len(p.rest)-size) {
		p.bad, p.rest = true, nil
		return nil
	}
	f := p.rest[size : size+int(n)]
	p.rest = p.rest[size+int(n):]
	return f
}

func (p *parser) uint() uint64 {
	f := p.field()
	if len(f) != 8 {
		p.bad = true
		return 0
	}
	return binary.BigEndian.Uint64(f)
}

func (p *parser) small() uint8 {
	v := p.uint()
	p.bad = p.bad || v > math.MaxUint8
	return uint8(v)
}

func (p *parser) hash() (h [32]byte) {
	f := p.field()
	p.bad = p.bad || len(f) != len(h)
	copy(h[:], f)
	return h
}

func (p *parser) time() time.Time {
	ms := int64(p.uint())
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
