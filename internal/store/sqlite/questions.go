package sqlite

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
)

const questionColumns = `id, app, identity, event, op_hash, op, kind, level, reason, words_hash, words,
	state, asked, deadline, answered, by, replaces`

func scanQuestion(r *row) privyseal.Question {
	return privyseal.Question{
		ID: r.text(), App: r.text(), Identity: r.text(), Event: r.hash(), OpHash: r.hash(),
		Op: small[privyseal.Operation](r), Kind: int(r.int()), Level: small[privyseal.Level](r),
		Reason: r.text(), WordsHash: r.hash(), Words: r.blob(), State: small[privyseal.QuestionState](r),
		Asked: r.time(), Deadline: r.time(), Answered: r.time(), By: r.text(),
		Replaces: r.hash(),
	}
}

// Questions implements [store.Reader].
func (x *reader) Questions(state privyseal.QuestionState) ([]privyseal.Question, error) {
	if state == privyseal.QuestionUnknown {
		return list(x.c, scanQuestion, `SELECT `+questionColumns+` FROM question ORDER BY n`)
	}
	return list(x.c, scanQuestion, `SELECT `+questionColumns+` FROM question WHERE state = ? ORDER BY n`, int64(state))
}

// Question implements [store.Reader].
func (x *reader) Question(id string) (privyseal.Question, error) {
	return one(x.c, scanQuestion, `SELECT `+questionColumns+` FROM question WHERE id = ?`, id)
}

// AskQuestion implements [store.Tx].
func (x *tx) AskQuestion(q privyseal.Question) error {
	failpoint.Hit(failpoint.Ask)
	_, err := x.c.change(`INSERT INTO question (`+questionColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?)`,
		q.ID, q.App, q.Identity, q.Event[:], q.OpHash[:], int64(q.Op), int64(q.Kind), int64(q.Level), q.Reason,
		q.WordsHash[:], bytesOrNull(q.Words), int64(privyseal.QuestionOpen), milli(q.Asked), milli(q.Deadline), q.Replaces[:])
	return err
}

// AnswerQuestion implements [store.Tx].
func (x *tx) AnswerQuestion(id string, to privyseal.QuestionState, by string, at time.Time, late bool) error {
	failpoint.Hit(failpoint.Answer)
	switch to {
	case privyseal.QuestionApproved, privyseal.QuestionDenied, privyseal.QuestionExpired:
	case privyseal.QuestionUnknown, privyseal.QuestionOpen, privyseal.QuestionWaiting:
		return fmt.Errorf("store: %s is no answer to a question", to)
	}
	from := int64(privyseal.QuestionOpen) // twice, when late makes no difference
	if late && to == privyseal.QuestionApproved {
		from = int64(privyseal.QuestionExpired)
	}
	return x.conditional(store.ErrConflict, `SELECT 1 FROM question WHERE id = ?`, []driver.Value{id},
		`UPDATE question SET state = ?, by = ?, answered = ?, words = CASE ? WHEN 4 THEN words END
		WHERE id = ? AND state IN (1, 5, ?)`, int64(to), by, milli(at), int64(to), id, from)
}

// HoldQuestion implements [store.Tx].
func (x *tx) HoldQuestion(id, by string, until time.Time, late bool) error {
	failpoint.Hit(failpoint.Answer)
	from := int64(privyseal.QuestionOpen)
	if late {
		from = int64(privyseal.QuestionExpired)
	}
	return x.conditional(store.ErrConflict, `SELECT 1 FROM question WHERE id = ?`, []driver.Value{id},
		`UPDATE question SET by = ?, state = CASE ? WHEN 0 THEN state ELSE 5 END, deadline = CASE ? WHEN 0 THEN deadline ELSE ? END
		WHERE id = ? AND state IN (1, ?)`, by, milli(until), milli(until), milli(until), id, from)
}
