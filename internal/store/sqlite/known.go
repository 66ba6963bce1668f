package sqlite

import (
	"crypto/sha256"
	"slices"
	"sync"
)

// known finds the rows of work, by app and event and by app and operation. It
// is in memory and made anew at each start: work is kept for minutes only, and
// its hashes are spread over the whole range, so that an index in the file
// would cost each request two pages of their own at each commit. The writer
// keeps it; readers look into it and then at their own snapshot, which alone
// says whether a row is there. No row's number is ever used again.
type known struct {
	mu     sync.RWMutex
	last   int64
	events map[workKey]int64
	ops    map[workKey]int64 // the newest row
	links  map[int64]link    // of rows that have their operation in common
}

// workKey is 128 bits of the SHA-256 of an event or operation and its app.
type workKey [16]byte

// link is a row's next newer and next older one; 0 is none.
type link struct{ newer, older int64 }

// entry is what known holds of a row; was is the row that had its event before.
type entry struct {
	n, was    int64
	event, op workKey
}

func keyOf(app string, hash *[32]byte) workKey {
	var buf [96]byte
	sum := sha256.Sum256(append(append(buf[:0], hash[:]...), app...))
	return workKey(sum[:16])
}

func scanEntry(r *row) entry {
	n, app, event, op := r.int(), r.text(), r.hash(), r.hash()
	return entry{n: n, event: keyOf(app, &event), op: keyOf(app, &op)}
}

// entryColumns is what scanEntry reads.
const entryColumns = `n, app, event, op_hash`

// loadKnown reads it from the file.
func loadKnown(c *conn) (*known, error) {
	all, err := list(c, scanEntry, `SELECT `+entryColumns+` FROM work ORDER BY n`)
	if err != nil {
		return nil, err
	}
	k := &known{events: map[workKey]int64{}, ops: map[workKey]int64{}, links: map[int64]link{}}
	for _, e := range all {
		k.add(e)
	}
	return k, nil
}

// next is the number of the next row.
func (k *known) next() int64 {
	k.last++
	return k.last
}

// add takes in a row that is newer than all others.
func (k *known) add(e entry) entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last, e.was = e.n, k.events[e.event]
	k.events[e.event] = e.n
	if older := k.ops[e.op]; older != 0 {
		k.setLink(e.n, link{older: older})
		k.setLink(older, link{newer: e.n, older: k.links[older].older})
	}
	k.ops[e.op] = e.n
	return e
}

// remove takes rows out again, the last first.
func (k *known) remove(all []entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range slices.Backward(all) {
		switch {
		case k.events[e.event] != e.n:
		case e.was != 0:
			k.events[e.event] = e.was
		default:
			delete(k.events, e.event)
		}
		l := k.links[e.n]
		delete(k.links, e.n)
		switch {
		case l.newer != 0:
			k.setLink(l.newer, link{newer: k.links[l.newer].newer, older: l.older})
		case l.older != 0:
			k.ops[e.op] = l.older
		default:
			delete(k.ops, e.op)
		}
		if l.older != 0 {
			k.setLink(l.older, link{newer: l.newer, older: k.links[l.older].older})
		}
	}
}

func (k *known) setLink(n int64, l link) {
	if l == (link{}) {
		delete(k.links, n)
		return
	}
	k.links[n] = l
}

// byEvent is the row of an event, 0 for none.
func (k *known) byEvent(key workKey) int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.events[key]
}

// byOp is the newest row of an operation, older the one before another.
func (k *known) byOp(key workKey) int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.ops[key]
}

func (k *known) older(n int64) int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.links[n].older
}

// knownChanges is what a transaction does to known: what it adds is found at
// once, what it deletes goes only with the next deletion, when no reader still
// has it in its snapshot.
type knownChanges struct{ added, deleted, before []entry }

// mark is where the changes of one job begin.
type mark struct{ added, deleted int }

func (c *knownChanges) mark() mark { return mark{len(c.added), len(c.deleted)} }

// undo forgets what was done since a mark.
func (c *knownChanges) undo(k *known, m mark) {
	k.remove(c.added[m.added:])
	c.added, c.deleted = c.added[:m.added], c.deleted[:m.deleted]
}

// done is told that the transaction is committed.
func (c *knownChanges) done(k *known) {
	c.added = c.added[:0]
	if len(c.deleted) > 0 {
		k.remove(c.before)
		c.before, c.deleted = c.deleted, nil
	}
}
