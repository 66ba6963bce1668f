package sqlite

import (
	"database/sql/driver"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
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
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE event = ? AND app = ?`, event[:], app)
}

// WorkByOp implements [store.Reader]. It looks for the row's number first: most
// requests are new, and an empty answer of one column costs least.
func (x *reader) WorkByOp(app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	n, err := one(x.c, (*row).int, `SELECT n FROM work WHERE app = ? AND op_hash = ?
		AND (state IN (1, 2) OR state = 3 AND expires > ?) ORDER BY n DESC LIMIT 1`, app, op[:], milli(now))
	if err != nil {
		return privyseal.Work{}, err
	}
	return one(x.c, scanWork, `SELECT `+workColumns+` FROM work WHERE n = ?`, n)
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
	switch w.State {
	case privyseal.WorkDecided, privyseal.WorkAsking, privyseal.WorkAnswered:
	case privyseal.WorkUnknown:
		return errors.New("store: work without a state")
	}
	_, err := x.c.change(`INSERT INTO work (`+workColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		w.App, w.Event[:], w.OpHash[:], int64(w.Op), int64(w.State), int64(w.Outcome), w.Relay, w.Trace, w.Rule,
		optional(w.Question), bytesOrNull(w.Sealed), bytesOrNull(w.Answer), encode(w.Owed), milli(w.Received), milli(w.Expires))
	return err
}

// AskWork implements [store.Tx].
func (x *tx) AskWork(app string, event nostr.ID, question string) error {
	return x.conditionalWork(app, event,
		`UPDATE work SET state = 2, question = ? WHERE event = ? AND app = ? AND state < 3`, question, event[:], app)
}

// FinishWork implements [store.Tx].
func (x *tx) FinishWork(app string, event nostr.ID, outcome privyseal.Outcome, answer []byte, owed []string, expires time.Time) error {
	return x.conditionalWork(app, event,
		`UPDATE work SET state = 3, outcome = ?, answer = ?, owed = ?, expires = ?, sealed = NULL
		WHERE event = ? AND app = ? AND state < 3`,
		int64(outcome), bytesOrNull(answer), encode(owed), milli(expires), event[:], app)
}

// SetOwed implements [store.Tx].
func (x *tx) SetOwed(app string, event nostr.ID, owed []string) error {
	return x.c.must(`UPDATE work SET owed = ? WHERE event = ? AND app = ?`, encode(owed), event[:], app)
}

func (x *tx) conditionalWork(app string, event nostr.ID, query string, args ...driver.Value) error {
	return x.conditional(store.ErrConflict, `SELECT 1 FROM work WHERE event = ? AND app = ?`,
		[]driver.Value{event[:], app}, query, args...)
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
