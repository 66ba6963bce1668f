package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
)

const recordColumns = `seq, prev, hash, time, phase, trace, identity, app, client, event, op, kind, what,
	verdict, level, rule, given, question, outcome, result, detail`

func scanRecord(r *row) privyseal.Record {
	rec := privyseal.Record{
		Seq: uint64(r.int()), Prev: r.hash(), Hash: r.hash(), Time: r.time(), Phase: small[privyseal.Phase](r),
		Trace: r.text(), Identity: r.text(), App: r.text(), Client: r.hash(), Event: r.hash(),
		Op: small[privyseal.Operation](r), Kind: int(r.int()), What: r.hash(),
		Verdict: small[privyseal.Verdict](r), Level: small[privyseal.Level](r), Rule: r.text(),
		Given: r.time(), Question: r.text(), Outcome: small[privyseal.Outcome](r), Result: r.hash(), Detail: r.text(),
	}
	if r.err != nil {
		r.err = fmt.Errorf("record %d: %w", rec.Seq, r.err)
	}
	return rec
}

// AppendRecord implements [store.Tx].
func (x *tx) AppendRecord(r privyseal.Record) (privyseal.Record, error) {
	r = audit.Link(x.head, r)
	_, err := x.c.change(`INSERT INTO record (`+recordColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(r.Seq), r.Prev[:], r.Hash[:], milli(r.Time), int64(r.Phase), optional(r.Trace), optional(r.Identity),
		optional(r.App), optionalHash(r.Client), optionalHash(r.Event), int64(r.Op), int64(r.Kind),
		optionalHash(r.What), int64(r.Verdict), int64(r.Level), optional(r.Rule), milli(r.Given),
		optional(r.Question), int64(r.Outcome), optionalHash(r.Result), optional(r.Detail))
	switch {
	case errors.Is(err, store.ErrDuplicate):
		return privyseal.Record{}, fmt.Errorf("%w: record %d is there, though the chain ended before it; verify the chain", ErrDamaged, r.Seq)
	case err != nil:
		return privyseal.Record{}, err
	}
	x.head = store.Head{Seq: r.Seq, Hash: r.Hash}
	return r, nil
}

// Records implements [store.Reader].
func (x *reader) Records(q store.RecordQuery) ([]privyseal.Record, error) {
	query, args := `SELECT `+recordColumns+` FROM record WHERE seq < ?`, []driver.Value{int64(math.MaxInt64)}
	if q.Before > 0 && q.Before < math.MaxInt64 {
		args[0] = int64(q.Before)
	}
	for _, f := range []struct{ column, value string }{{"app", q.App}, {"identity", q.Identity}, {"trace", q.Trace}} {
		if f.value != "" {
			query += ` AND ` + f.column + ` = ?`
			args = append(args, f.value)
		}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	return list(x.c, scanRecord, query+` ORDER BY seq DESC LIMIT ?`, append(args, int64(limit))...)
}

// walkStep is how many records EachRecord holds at once.
const walkStep = 256

// EachRecord implements [store.Reader].
func (x *reader) EachRecord(from uint64, fn func(privyseal.Record) error) error {
	next := int64(min(from, math.MaxInt64))
	for {
		some, err := list(x.c, scanRecord, `SELECT `+recordColumns+` FROM record WHERE seq >= ? ORDER BY seq LIMIT ?`,
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
