package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/privyseal/privyseal"
)

// Head is the end of a chain: the last record's sequence and hash. The zero
// Head is the end of an empty chain.
type Head struct {
	Seq  uint64
	Hash [32]byte
}

// canonicalVersion starts every serialised record. A later version adds fields
// after these and is used only for records that fill one of them, so that old
// records keep their hash.
const canonicalVersion = 1

// Link makes r the next record after prev: it sets Seq, Prev and Hash, and cuts
// times to milliseconds in UTC, which is what the hash covers.
func Link(prev Head, r privyseal.Record) privyseal.Record {
	r.Seq, r.Prev = prev.Seq+1, prev.Hash
	r.Time, r.Given = cut(r.Time), cut(r.Given)
	r.Hash = Sum(&r)
	return r
}

// Sum is the hash a record must have: SHA-256 of Prev and the canonical form.
func Sum(r *privyseal.Record) [32]byte {
	var buf [640]byte
	return sha256.Sum256(AppendCanonical(append(buf[:0], r.Prev[:]...), r))
}

// AppendCanonical appends the canonical form of a record: a version byte, then
// every field but Prev and Hash in the order of the struct, each behind its
// length as an unsigned varint. Numbers are eight bytes, big-endian; times are
// Unix milliseconds, the zero time is 0.
func AppendCanonical(dst []byte, r *privyseal.Record) []byte {
	dst = append(dst, canonicalVersion)
	dst = appendUint(dst, r.Seq)
	dst = appendUint(dst, uint64(milli(r.Time)))
	dst = appendUint(dst, uint64(r.Phase))
	dst = appendField(dst, r.Trace)
	dst = appendField(dst, r.Identity)
	dst = appendField(dst, r.App)
	dst = appendField(dst, r.Client[:])
	dst = appendField(dst, r.Event[:])
	dst = appendUint(dst, uint64(r.Op))
	dst = appendUint(dst, uint64(int64(r.Kind)))
	dst = appendField(dst, r.What[:])
	dst = appendUint(dst, uint64(r.Verdict))
	dst = appendUint(dst, uint64(r.Level))
	dst = appendField(dst, r.Rule)
	dst = appendUint(dst, uint64(milli(r.Given)))
	dst = appendField(dst, r.Question)
	dst = appendUint(dst, uint64(r.Outcome))
	dst = appendField(dst, r.Result[:])
	return appendField(dst, r.Detail)
}

// Encode appends the form in which a linked record is kept: Hash, Prev and the
// canonical form, so that Hash is the SHA-256 of all that follows it.
func Encode(dst []byte, r *privyseal.Record) []byte {
	dst = append(dst, r.Hash[:]...)
	dst = append(dst, r.Prev[:]...)
	return AppendCanonical(dst, r)
}

func appendField[T string | []byte](dst []byte, v T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(v)))
	return append(dst, v...)
}

func appendUint(dst []byte, v uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, 8), v)
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func cut(t time.Time) time.Time {
	if ms := milli(t); ms != 0 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}
