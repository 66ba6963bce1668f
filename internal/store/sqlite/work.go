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

// Work implements [store.Reader].
func (x *reader) Work(app string, event nostr.ID) (privyseal.Work, error) {
	if x.known == nil {
		return x.searchWork(app, event)
	}
	hash := x.known.hash(app, (*[32]byte)(&event))
	for n := x.known.find(byEvent, hash, newest); n != 0; n = x.known.find(byEvent, hash, n) {
		if w, err := x.workAt(n, app, event); !errors.Is(err, store.ErrNotFound) {
			return w, err
		}
	}
	return privyseal.Work{}, store.ErrNotFound
}

// workAt is a row, if it is this event's. It is apart from those who search, which
// for most requests find none, so that they need no memory.
func (x *reader) workAt(n int64, app string, event nostr.ID) (privyseal.Work, error) {
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work`+thatWork, n, event[:], app)
}

// current is of work that is not past its end.
const current = `(state IN (1, 2) OR state = 3 AND expires > ?)`

// WorkByOp implements [store.Reader].
func (x *reader) WorkByOp(app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	if x.known == nil {
		return x.searchByOp(app, op, now)
	}
	hash := x.known.hash(app, &op)
	for n := x.known.find(byOp, hash, newest); n != 0; n = x.known.find(byOp, hash, n) {
		if w, err := x.byOpAt(n, app, op, now); !errors.Is(err, store.ErrNotFound) {
			return w, err
		}
	}
	return privyseal.Work{}, store.ErrNotFound
}

func (x *reader) byOpAt(n int64, app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE n = ? AND op_hash = ? AND app = ? AND `+current,
		n, op[:], app, milli(now))
}

// searchWork and searchByOp look at all rows: for who has no index.
func (x *reader) searchWork(app string, event nostr.ID) (privyseal.Work, error) {
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE event = ? AND app = ?`, event[:], app)
}

func (x *reader) searchByOp(app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE op_hash = ? AND app = ? AND `+current+`
		ORDER BY n DESC LIMIT 1`, op[:], app, milli(now))
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
	switch err := x.hasWork(w.App, w.Event); {
	case err == nil:
		return store.ErrDuplicate
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	n := x.known.next()
	_, err := x.c.change(`INSERT INTO work (n, `+workColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, n,
		w.App, w.Event[:], w.OpHash[:], int64(w.Op), int64(w.State), int64(w.Outcome), w.Relay, w.Trace, w.Rule,
		optional(w.Question), bytesOrNull(w.Sealed), bytesOrNull(w.Answer), encode(w.Owed), milli(w.Received), milli(w.Expires))
	if err == nil {
		x.known.add(n, x.known.hash(w.App, (*[32]byte)(&w.Event)), x.known.hash(w.App, &w.OpHash))
	}
	return err
}

// hasWork answers nil when an event has a row, else ErrNotFound.
func (x *tx) hasWork(app string, event nostr.ID) error {
	hash := x.known.hash(app, (*[32]byte)(&event))
	for n := x.known.find(byEvent, hash, newest); n != 0; n = x.known.find(byEvent, hash, n) {
		if err := x.isWork(n, app, event); !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return store.ErrNotFound
}

func (x *tx) isWork(n int64, app string, event nostr.ID) error {
	_, err := one(x.c, (*row).int, `SELECT 1 FROM work`+thatWork, n, event[:], app)
	return err
}

// How a statement on an event's row ends, and one that an answered row refuses.
const (
	thatWork   = ` WHERE n = ? AND event = ? AND app = ?`
	unanswered = ` AND state < 3`
)

// changeWork runs a statement on the row of an event, whose last three arguments
// it fills in. When it changes none, the answer is refused, or ErrNotFound when
// there is no row.
func (x *tx) changeWork(app string, event nostr.ID, refused error, query string, args ...driver.Value) error {
	hash := x.known.hash(app, (*[32]byte)(&event))
	key := args[len(args)-3:]
	key[1], key[2] = event[:], app
	for n := x.known.find(byEvent, hash, newest); n != 0; n = x.known.find(byEvent, hash, n) {
		key[0] = n
		if changed, err := x.c.change(query, args...); err != nil || changed > 0 {
			return err
		}
	}
	if err := x.hasWork(app, event); err != nil {
		return err
	}
	return refused
}

// AskWork implements [store.Tx].
func (x *tx) AskWork(app string, event nostr.ID, question string) error {
	return x.changeWork(app, event, store.ErrConflict, `UPDATE work SET state = 2, question = ?`+thatWork+unanswered, question, nil, nil, nil)
}

// FinishWork implements [store.Tx].
func (x *tx) FinishWork(app string, event nostr.ID, outcome privyseal.Outcome, answer []byte, owed []string, expires time.Time) error {
	failpoint.Hit(failpoint.FinishWork)
	defer failpoint.Hit(failpoint.WorkDone)
	return x.changeWork(app, event, store.ErrConflict,
		`UPDATE work SET state = 3, outcome = ?, answer = ?, owed = ?, expires = ?, sealed = NULL`+thatWork+unanswered,
		int64(outcome), bytesOrNull(answer), encode(owed), milli(expires), nil, nil, nil)
}

// SetOwed implements [store.Tx].
func (x *tx) SetOwed(app string, event nostr.ID, owed []string) error {
	failpoint.Hit(failpoint.Settle)
	return x.changeWork(app, event, store.ErrNotFound, `UPDATE work SET owed = ?`+thatWork, encode(owed), nil, nil, nil)
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
