package sqlite

import (
	"errors"
	"hash/maphash"
	"math"
	"sync"

	"github.com/privyseal/privyseal/internal/store"
)

// known finds the rows of work, by app and event and by app and operation. It
// is in memory and made anew at each start: work is kept for minutes only, and
// its hashes are spread over the whole range, so that an index in the file
// would cost each request two pages of their own at each commit.
//
// It answers with candidates. Whether a row is there, and of that event or
// operation, only the file says, in the transaction or snapshot of who asks: so
// an entry too many (of a row that was undone or is gone, or whose hash is
// alike) loses nothing. No entry is missing: each row's is made with the row,
// none is changed, and they are dropped only when their rows are gone. No row's
// number is ever used again.
type known struct {
	seed  maphash.Seed // nobody outside can choose what has a hash in common
	last  int64        // the newest row's number; of the writer
	most  int64        // rows in one part, where a test wants few
	mu    sync.RWMutex
	parts []part // the newest last
	pool  pool
}

// part has the entries of rows whose numbers follow one another.
type part struct {
	first int64 // the number of its first row
	rows  int64 // it has room for
	live  int64 // no row before this one is left
	left  int64 // the same by the latest sweep, for the next
	by    pair
}

// column is what a row is found by.
type column int

const (
	byEvent column = iota
	byOp
)

// newest is where a search begins.
const newest = math.MaxInt64

func newKnown() *known {
	k := &known{seed: maphash.MakeSeed(), most: math.MaxInt64, pool: pool{free: map[uint][]pair{}}}
	k.begin(1, smallBits)
	return k
}

// loadKnown reads it from the file.
func loadKnown(c *conn) (*known, error) {
	k := newKnown()
	err := each(c, func(r *row) error {
		n, app, event, op := r.int(), r.text(), r.hash(), r.hash()
		if k.last == 0 {
			k.parts[0].first = n
		}
		k.add(n, k.hash(app, &event), k.hash(app, &op))
		return r.err
	}, `SELECT n, app, event, op_hash FROM work ORDER BY n`)
	if err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

// hash is what an app's event or operation is found by.
func (k *known) hash(app string, of *[32]byte) uint64 {
	var buf [96]byte
	return maphash.Bytes(k.seed, append(append(buf[:0], of[:]...), app...))
}

// next is the number of the next row.
func (k *known) next() int64 {
	k.last++
	return k.last
}

// add takes in a row that is newer than all others.
func (k *known) add(n int64, event, op uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = n
	p := &k.parts[len(k.parts)-1]
	if n >= p.first+p.rows {
		bits := uint(largeBits)
		if p.live >= p.first+p.rows/2 { // it took longer than rows are kept
			bits = smallBits
		}
		p = k.begin(n, bits)
	}
	i := uint32(n-p.first) + 1
	p.by[byEvent].add(i, event)
	p.by[byOp].add(i, op)
}

// begin begins a part with a row.
func (k *known) begin(n int64, bits uint) *part {
	k.parts = append(k.parts, part{first: n, rows: min(1<<bits-1, k.most), by: k.pool.take(bits)})
	return &k.parts[len(k.parts)-1]
}

// find answers the newest row before another that may have this hash, 0 for none.
func (k *known) find(by column, hash uint64, before int64) int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for i := len(k.parts) - 1; i >= 0; i-- {
		p := &k.parts[i]
		older := uint32(0) // than none: the whole chain
		switch at := before - p.first; {
		case at <= 0:
			continue
		case at < p.rows:
			older = uint32(at) + 1
		}
		if e := p.by[by].find(hash, older); e != 0 {
			if n := p.first + int64(e) - 1; n >= p.live {
				return n
			}
		}
	}
	return 0
}

// sweep drops what the sweep before found gone, when no reader has it in its
// snapshot any more, and looks which rows are left now. The writer does it
// after it committed a deletion.
func (k *known) sweep(c *conn) error {
	left := make([]int64, len(k.parts))
	for i := range k.parts {
		n, err := one(c, (*row).int, `SELECT n FROM work WHERE n >= ? ORDER BY n LIMIT 1`, k.parts[i].first)
		if errors.Is(err, store.ErrNotFound) {
			n, err = k.last+1, nil
		}
		if err != nil {
			return err
		}
		left[i] = n
	}
	for _, p := range k.drop(left) {
		k.pool.give(p.by)
	}
	return nil
}

// drop takes out the parts that are gone, but never the one that is being filled.
func (k *known) drop(left []int64) (gone []part) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := k.parts[:0]
	for i, p := range k.parts {
		p.live, p.left = p.left, left[i]
		if i < len(left)-1 && p.live >= p.first+p.rows {
			gone = append(gone, p)
		} else {
			kept = append(kept, p)
		}
	}
	k.parts = kept
	return gone
}

// close gives its memory back; nobody may search in it any more.
func (k *known) close() error { return k.pool.close() }
