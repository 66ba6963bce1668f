package sqlite

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// Seals implements [store.Reader].
func (x *reader) Seals() ([]privyseal.Seal, error) {
	return list(x.c, func(r *row) privyseal.Seal {
		return privyseal.Seal{ID: r.text(), Type: r.text(), Params: r.blob(), Sealed: r.blob(), Created: r.time()}
	}, `SELECT id, type, params, sealed, created FROM seal ORDER BY n`)
}

// PutSeal implements [store.Tx].
func (x *tx) PutSeal(s privyseal.Seal) error {
	_, err := x.c.change(`INSERT INTO seal (id, type, params, sealed, created) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET type = excluded.type, params = excluded.params,
		sealed = excluded.sealed, created = excluded.created`,
		s.ID, s.Type, bytesOrNull(s.Params), bytesOrNull(s.Sealed), milli(s.Created))
	return err
}

// DeleteSeal implements [store.Tx].
func (x *tx) DeleteSeal(id string) error { return x.c.must(`DELETE FROM seal WHERE id = ?`, id) }

// Setting implements [store.Reader].
func (x *reader) Setting(key string) (string, error) {
	return one(x.c, (*row).text, `SELECT value FROM setting WHERE key = ?`, key)
}

// Settings implements [store.Reader].
func (x *reader) Settings() (map[string]string, error) {
	all, err := list(x.c, func(r *row) [2]string { return [2]string{r.text(), r.text()} }, `SELECT key, value FROM setting`)
	if err != nil {
		return nil, err
	}
	m := make(map[string]string, len(all))
	for _, kv := range all {
		m[kv[0]] = kv[1]
	}
	return m, nil
}

// EachSetting implements [store.Reader].
func (x *reader) EachSetting(from, to string, fn func(key, value string) error) error {
	return each(x.c, func(r *row) error {
		key, value := r.text(), r.text()
		if r.err != nil {
			return r.err
		}
		return fn(key, value)
	}, `SELECT key, value FROM setting WHERE key >= ? AND key < ? ORDER BY key`, from, to)
}

// SetSetting implements [store.Tx].
func (x *tx) SetSetting(key, value string) error {
	if value == "" {
		_, err := x.c.change(`DELETE FROM setting WHERE key = ?`, key)
		return err
	}
	_, err := x.c.change(`INSERT INTO setting (key, value) VALUES (?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// keepFor is how long used invitations and answered questions are kept.
const keepFor = 30 * 24 * time.Hour

// wordsFor is how long the words of a question that is over are kept for a late
// yes.
const wordsFor = 15 * time.Minute

// Prune implements [store.Tx]. A budget's window is old once a later one has
// begun; a window that lies ahead of now makes none old, so that a clock set
// forward and back does not renew a budget (T61).
func (x *tx) Prune(now time.Time) (more bool, err error) {
	at := milli(now)
	dropped, err := x.c.change(`DELETE FROM work WHERE n IN
		(SELECT n FROM work WHERE state = 3 AND expires <= ? ORDER BY expires LIMIT ?)`, at, int64(store.MaxPruned))
	if err != nil {
		return false, err
	}
	if more = dropped == store.MaxPruned; !more {
		x.pruned = true // sweeps are a minute apart: no reader's snapshot is as old
	}
	return more, x.pruneRest(now)
}

func (x *tx) pruneRest(now time.Time) error {
	at, old := milli(now), milli(now.Add(-keepFor))
	if _, err := x.c.change(`DELETE FROM login WHERE ends <= ?`, at); err != nil {
		return err
	}
	if _, err := x.c.change(`DELETE FROM invitation WHERE CASE WHEN spent THEN used ELSE expires END < ?`, old); err != nil {
		return err
	}
	if _, err := x.c.change(`DELETE FROM question WHERE state IN (2, 3, 4) AND answered < ?`, old); err != nil {
		return err
	}
	if _, err := x.c.change(`UPDATE question SET words = NULL WHERE words IS NOT NULL AND
		(state IN (2, 3) OR state = 4 AND answered < ?)`, milli(now.Add(-wordsFor))); err != nil {
		return err
	}
	_, err := x.c.change(`DELETE FROM budget WHERE EXISTS (SELECT 1 FROM budget AS later
		WHERE later.permit = budget.permit AND later.window > budget.window AND later.window <= ?)`, at)
	return err
}
