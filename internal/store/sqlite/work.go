package sqlite

import (
	"database/sql/driver"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

const workColumns = `app, event, op_hash, op, state, outcome, relay, trace, rule, question, sealed,
	answer, owed, received, expires`

func scanWork(r *row) privyseal.Work {
	return privyseal.Work{
		App: r.text(), Event: r.hash(), OpHash: r.hash(), Op: small[privyseal.Operation](r),
		State: small[privyseal.WorkState](r), Outcome: small[privyseal.Outcome](r),
		Relay: r.text(), Trace: r.text(), Rule: r.text(), Question: r.text(), Sealed: r.blob(),
		Answer: r.blob(), Owed: r.strings(), Received: r.time(), Expires: r.time(),
	}
}

// index is the store's, or what is in the file for a look from outside.
func (x *reader) index() (*known, error) {
	if x.known == nil {
		k, err := loadKnown(x.c)
		if err != nil {
			return nil, err
		}
		x.known = k
	}
	return x.known, nil
}

// Work implements [store.Reader].
func (x *reader) Work(app string, event nostr.ID) (privyseal.Work, error) {
	k, err := x.index()
	if err != nil {
		return privyseal.Work{}, err
	}
	n := k.byEvent(keyOf(app, (*[32]byte)(&event)))
	if n == 0 {
		return privyseal.Work{}, store.ErrNotFound
	}
	return x.workRow(n)
}

func (x *reader) workRow(n int64) (privyseal.Work, error) {
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE n = ?`, n)
}

// WorkByOp implements [store.Reader].
func (x *reader) WorkByOp(app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	k, err := x.index()
	if err != nil {
		return privyseal.Work{}, err
	}
	for n := k.byOp(keyOf(app, &op)); n != 0; n = k.older(n) {
		_, err := one(x.c, (*row).int, `SELECT 1 FROM work WHERE n = ? AND (state IN (1, 2) OR state = 3 AND expires > ?)`,
			n, milli(now))
		switch {
		case err == nil:
			return x.workRow(n)
		case !errors.Is(err, store.ErrNotFound):
			return privyseal.Work{}, err
		}
	}
	return privyseal.Work{}, store.ErrNotFound
}

// OpenWork implements [store.Reader].
func (x *reader) OpenWork() ([]privyseal.Work, error) {
	return list(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE state < 3 ORDER BY n`)
}

// OwedWork implements [store.Reader].
func (x *reader) OwedWork() ([]privyseal.Work, error) {
	return list(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE owed IS NOT NULL AND state = 3 ORDER BY n`)
}

// AddWork implements [store.Tx].
func (x *tx) AddWork(w privyseal.Work) error {
	failpoint.Hit(failpoint.AddWork)
	defer failpoint.Hit(failpoint.WorkAdded)
	switch w.State {
	case privyseal.WorkDecided, privyseal.WorkAsking, privyseal.WorkAnswered:
	case privyseal.WorkUnknown:
		return errors.New("store: work without a state")
	}
	e := entry{event: keyOf(w.App, (*[32]byte)(&w.Event)), op: keyOf(w.App, &w.OpHash)}
	if n := x.known.byEvent(e.event); n != 0 {
		switch _, err := one(x.c, (*row).int, workExists, n); {
		case err == nil:
			return store.ErrDuplicate
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	e.n = x.known.next()
	_, err := x.c.change(`INSERT INTO work (n, `+workColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.n,
		w.App, w.Event[:], w.OpHash[:], int64(w.Op), int64(w.State), int64(w.Outcome), w.Relay, w.Trace, w.Rule,
		optional(w.Question), bytesOrNull(w.Sealed), bytesOrNull(w.Answer), encode(w.Owed), milli(w.Received), milli(w.Expires))
	if err == nil {
		x.work.added = append(x.work.added, x.known.add(e))
	}
	return err
}

const workExists = `SELECT 1 FROM work WHERE n = ?`

// AskWork implements [store.Tx].
func (x *tx) AskWork(app string, event nostr.ID, question string) error {
	n := x.known.byEvent(keyOf(app, (*[32]byte)(&event)))
	return x.conditional(store.ErrConflict, workExists, []driver.Value{n},
		`UPDATE work SET state = 2, question = ? WHERE n = ? AND state < 3`, question, n)
}

// FinishWork implements [store.Tx].
func (x *tx) FinishWork(app string, event nostr.ID, outcome privyseal.Outcome, answer []byte, owed []string, expires time.Time) error {
	failpoint.Hit(failpoint.FinishWork)
	defer failpoint.Hit(failpoint.WorkDone)
	n := x.known.byEvent(keyOf(app, (*[32]byte)(&event)))
	return x.conditional(store.ErrConflict, workExists, []driver.Value{n},
		`UPDATE work SET state = 3, outcome = ?, answer = ?, owed = ?, expires = ?, sealed = NULL
		WHERE n = ? AND state < 3`, int64(outcome), bytesOrNull(answer), encode(owed), milli(expires), n)
}

// SetOwed implements [store.Tx].
func (x *tx) SetOwed(app string, event nostr.ID, owed []string) error {
	failpoint.Hit(failpoint.Settle)
	n := x.known.byEvent(keyOf(app, (*[32]byte)(&event)))
	return x.c.must(`UPDATE work SET owed = ? WHERE n = ?`, encode(owed), n)
}

// conditional runs a statement that must change one row. When it does not, the
// answer is refused, or ErrNotFound when exists finds nothing.
func (x *tx) conditional(refused error, exists string, key []driver.Value, query string, args ...driver.Value) error {
	changed, err := x.c.change(query, args...)
	if err != nil || changed > 0 {
		return err
	}
	if _, err := one(x.c, (*row).int, exists, key...); err != nil {
		return err
	}
	return refused
}
