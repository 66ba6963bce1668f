package sqlite

import (
	"encoding/binary"
	"errors"

	"github.com/privyseal/privyseal/internal/offheap"
)

// An index has room for so many entries, as powers of two: small for what a
// person's apps ask for in ten minutes, large where that is not enough, so that
// there are few. Each search looks into all of them.
const (
	smallBits = 16
	largeBits = 18
)

// index is a hash table of a fixed size, with chains, of 6 bytes an entry. A
// bucket, of which there is one for two entries, has the newest entry of its
// chain (0: none, entries are numbered from 1) and a bit for each entry in it:
// most chains without what is sought are never followed. An entry has the one
// before it and its tag.
type index struct {
	buckets, entries words
	bits             uint // of an entry's number; those above are for tags
	lane, lanes      uint32
}

// words are numbers of 32 bits.
type words []byte

func (w words) at(i uint32) uint32     { return binary.NativeEndian.Uint32(w[4*i:]) }
func (w words) set(i uint32, v uint32) { binary.NativeEndian.PutUint32(w[4*i:], v) }

// indexSize is how many bytes an index takes.
func indexSize(bits uint) int { return 6 << bits }

// indexes divides memory, all of it zero, between indexes. What one hash has in
// each of them lies together: to search all takes about as long as to search one.
func indexes(b []byte, bits uint) []index {
	all := make([]index, len(b)/indexSize(bits))
	buckets := b[:len(all)*2<<bits]
	for i := range all {
		entries := b[len(buckets)+i*4<<bits:][:4<<bits]
		all[i] = index{words(buckets), words(entries), bits, uint32(i), uint32(len(all))}
	}
	return all
}

// forget empties it.
func (x index) forget() {
	for i := range uint32(1) << (x.bits - 1) {
		x.buckets.set(i*x.lanes+x.lane, 0)
	}
}

// place answers a hash's bucket, its tag, and its bit in the bucket.
func (x index) place(hash uint64) (bucket, tag, bit uint32) {
	above := 32 - x.bits
	return (uint32(hash)&(1<<(x.bits-1)-1))*x.lanes + x.lane, uint32(hash>>(64-above)) << x.bits,
		1 << (x.bits + uint(hash>>24&0xff)*above>>8)
}

// add takes in the next entry.
func (x index) add(i uint32, hash uint64) {
	bucket, tag, bit := x.place(hash)
	head, number := x.buckets.at(bucket), uint32(1)<<x.bits-1
	x.entries.set(i, tag|head&number)
	x.buckets.set(bucket, head&^number|bit|i)
}

// find answers the newest entry with this tag in the hash's chain, or the newest
// before one that it answered before; 0 for none.
func (x index) find(hash uint64, before uint32) uint32 {
	bucket, tag, bit := x.place(hash)
	head, number := x.buckets.at(bucket), uint32(1)<<x.bits-1
	if head&bit == 0 {
		return 0
	}
	i := head & number
	if before != 0 {
		i = x.entries.at(before) & number
	}
	for i != 0 {
		e := x.entries.at(i)
		if e&^number == tag {
			return i
		}
		i = e & number
	}
	return 0
}

// reserve is for how many large parts memory is taken when there is none: enough
// for 2500 requests a second. It is taken at once, so that a signer under steady
// load does not grow for the ten minutes in which work is kept.
const reserve = 8

// pool is where parts get their indexes. Their memory is outside the collector's
// heap, which is small otherwise, and would let several times as much garbage
// gather. What was taken is kept.
type pool struct {
	free  map[uint][]pair // by their bits
	taken []*offheap.Block
}

// pair is by event and by operation.
type pair [2]index

func (p *pool) take(bits uint) pair {
	if len(p.free[bits]) == 0 {
		n := 1
		if bits == largeBits {
			n = reserve
		}
		b := offheap.New(2 * n * indexSize(bits))
		if n > 1 {
			clear(b.Bytes()) // it is touched now, not page by page
		}
		p.taken = append(p.taken, b)
		half := len(b.Bytes()) / 2
		events, ops := indexes(b.Bytes()[:half], bits), indexes(b.Bytes()[half:], bits)
		for i := range events {
			p.free[bits] = append(p.free[bits], pair{events[i], ops[i]})
		}
	}
	free := p.free[bits]
	p.free[bits] = free[:len(free)-1]
	return free[len(free)-1]
}

// give takes back what take gave.
func (p *pool) give(x pair) {
	x[byEvent].forget()
	x[byOp].forget()
	p.free[x[byEvent].bits] = append(p.free[x[byEvent].bits], x)
}

func (p *pool) close() (err error) {
	for _, b := range p.taken {
		err = errors.Join(err, b.Close())
	}
	*p = pool{}
	return err
}
