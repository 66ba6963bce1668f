package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
)

// decodeRecord reads a record. A damaged one is still answered, with what can
// be told of it.
func decodeRecord(r *row) (rec privyseal.Record, err error) {
	seq := uint64(r.int())
	if body, ok := r.value().([]byte); ok {
		rec, err = audit.Decode(seq, body)
	} else {
		rec, err = audit.Decode(seq, nil)
	}
	if err != nil {
		err = fmt.Errorf("%w: record %d: %w", ErrDamaged, seq, err)
	}
	return rec, err
}

func scanRecord(r *row) privyseal.Record {
	rec, err := decodeRecord(r)
	if r.err == nil {
		r.err = err
	}
	return rec
}

// scanAnyRecord leaves it to the verifier to find what is damaged.
func scanAnyRecord(r *row) privyseal.Record {
	rec, _ := decodeRecord(r)
	return rec
}

// blockBits: which apps have records is kept by blocks of so many records, as a
// power of two. One entry for each record would cost more than the record.
const blockBits = 6

// blockApps is which apps the last block is known to name.
type blockApps struct {
	block uint64
	apps  map[string]bool
}

func (b *blockApps) forget() { clear(b.apps) }

// AppendRecord implements [store.Tx].
func (x *tx) AppendRecord(r privyseal.Record) (privyseal.Record, error) {
	failpoint.Hit(failpoint.Append)
	defer failpoint.Hit(failpoint.Appended)
	r = audit.Link(x.head, r)
	x.body = audit.Encode(x.body[:0], &r)
	_, err := x.c.change(`INSERT INTO record (seq, body) VALUES (?, ?)`, int64(r.Seq), x.body)
	switch {
	case errors.Is(err, store.ErrDuplicate):
		return privyseal.Record{}, fmt.Errorf("%w: record %d is there, though the chain ended before it; verify the chain", ErrDamaged, r.Seq)
	case err != nil:
		return privyseal.Record{}, err
	}
	if err := x.noteApp(r.App, r.Seq>>blockBits); err != nil {
		return privyseal.Record{}, err
	}
	x.head = store.Head{Seq: r.Seq, Hash: r.Hash}
	return r, nil
}

func (x *tx) noteApp(app string, block uint64) error {
	if x.noted.block != block {
		x.noted.block = block
		x.noted.forget()
	}
	if app == "" || x.noted.apps[app] {
		return nil
	}
	x.noted.apps[app] = true
	_, err := x.c.change(`INSERT OR IGNORE INTO record_app (app, block) VALUES (?, ?)`, app, int64(block))
	return err
}

// Records implements [store.Reader]. The engine passes over most records
// without a look inside: what is sought must be somewhere in them.
func (x *reader) Records(q store.RecordQuery) ([]privyseal.Record, error) {
	from, where, order := `record`, `seq < ?`, `seq DESC`
	before := int64(math.MaxInt64)
	if q.Before > 0 && q.Before < math.MaxInt64 {
		before = int64(q.Before)
	}
	args := []driver.Value{nil}
	if !q.Until.IsZero() {
		end, err := x.seqAt(q.Until)
		if err != nil {
			return nil, err
		}
		before = min(before, end)
	}
	if !q.Since.IsZero() {
		begin, err := x.seqAt(q.Since)
		if err != nil {
			return nil, err
		}
		where += ` AND seq >= ?`
		args = append(args, begin)
	}
	if q.App != "" {
		if len(args) > 1 { // no block before it is looked at
			where += ` AND block >= ?`
			args = append(args, args[1].(int64)>>blockBits)
		}
		from = fmt.Sprintf(`record_app CROSS JOIN record ON seq BETWEEN block << %d AND (block << %d) + %d`, blockBits, blockBits, 1<<blockBits-1)
		where += ` AND app = ?`
		order = `block DESC, seq DESC`
		args = append(args, q.App)
	}
	for _, text := range []string{q.App, q.Identity, q.Trace} {
		if text != "" {
			where += ` AND instr(body, ?)`
			args = append(args, []byte(text))
		}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	query := `SELECT seq, body FROM ` + from + ` WHERE ` + where + ` ORDER BY ` + order + ` LIMIT ?`
	args = append(args, int64(limit))
	var found []privyseal.Record
	for {
		args[0] = before
		some, err := list(x.c, scanRecord, query, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if len(found) < limit && matches(q, &r) {
				found = append(found, r)
			}
		}
		if len(some) < limit || len(found) == limit {
			return found, nil
		}
		before = int64(some[limit-1].Seq)
	}
}

// seqAt is the first record of a time or later, by halves: the chain has no gap,
// and its times rise.
func (x *reader) seqAt(t time.Time) (int64, error) {
	type span struct{ low, high int64 }
	all, err := one(x.c, func(r *row) span { return span{r.int(), r.int()} }, `SELECT ifnull((SELECT min(seq) FROM record), 1), ifnull((SELECT max(seq) FROM record), 0) + 1`)
	if err != nil {
		return 0, err
	}
	low, high := all.low, all.high
	for low < high {
		mid := low + (high-low)/2
		rec, err := one(x.c, scanAnyRecord, `SELECT seq, body FROM record WHERE seq = ?`, mid)
		switch {
		case err != nil:
			return 0, err
		case rec.Time.Before(t):
			low = mid + 1
		default:
			high = mid
		}
	}
	return low, nil
}

func matches(q store.RecordQuery, r *privyseal.Record) bool {
	return (q.App == "" || q.App == r.App) && (q.Identity == "" || q.Identity == r.Identity) && (q.Trace == "" || q.Trace == r.Trace) &&
		(q.Since.IsZero() || !r.Time.Before(q.Since)) && (q.Until.IsZero() || r.Time.Before(q.Until))
}

// walkStep is how many records EachRecord holds at once.
const walkStep = 256

// EachRecord implements [store.Reader]. A record that cannot be read is handed
// on with what can be told of it: a verifier names it.
func (x *reader) EachRecord(from uint64, fn func(privyseal.Record) error) error {
	next := int64(min(from, math.MaxInt64))
	for {
		some, err := list(x.c, scanAnyRecord, `SELECT seq, body FROM record WHERE seq >= ? ORDER BY seq LIMIT ?`,
			next, int64(walkStep))
		if err != nil {
			return err
		}
		for _, r := range some {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(some) < walkStep {
			return nil
		}
		next = int64(some[len(some)-1].Seq) + 1
	}
}

// Head implements [store.Reader].
func (x *reader) Head() (store.Head, error) {
	return one(x.c, func(r *row) store.Head { return store.Head{Seq: uint64(r.int()), Hash: r.hash()} },
		`SELECT seq, hash FROM head`)
}

// Head implements [store.Reader]: within an update, with what it appended.
func (x *tx) Head() (store.Head, error) { return x.head, nil }

func (c *conn) saveHead(h store.Head) error {
	_, err := c.exec(`UPDATE head SET seq = ?, hash = ?`, int64(h.Seq), h.Hash[:])
	return err
}

// Checkpoints implements [store.Reader].
func (x *reader) Checkpoints() ([]store.Checkpoint, error) {
	return list(x.c, func(r *row) store.Checkpoint {
		return store.Checkpoint{Head: store.Head{Seq: uint64(r.int()), Hash: r.hash()}, Time: r.time(), Event: r.blob()}
	}, `SELECT seq, hash, time, event FROM checkpoint ORDER BY n`)
}

// PutCheckpoint implements [store.Tx].
func (x *tx) PutCheckpoint(c store.Checkpoint) error {
	_, err := x.c.change(`INSERT INTO checkpoint (seq, hash, time, event) VALUES (?, ?, ?, ?)`,
		int64(c.Seq), c.Hash[:], milli(c.Time), append([]byte{}, c.Event...))
	return err
}
