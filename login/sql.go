package login

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// SQL is a [Store] in any database that database/sql reaches and that has
// INSERT, UPDATE and DELETE as SQLite, PostgreSQL and MySQL have them.
type SQL struct {
	db     *sql.DB
	dollar bool
}

// Schema makes the two tables, for your own migrations too.
const Schema = `CREATE TABLE IF NOT EXISTS login_pending (
  challenge VARCHAR(64) PRIMARY KEY,
  browser VARCHAR(64) NOT NULL,
  ends BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS login_sessions (
  token VARCHAR(64) PRIMARY KEY,
  pubkey VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL,
  ends BIGINT NOT NULL
);`

// NewSQL makes the tables where they are missing. dollar says that the database
// numbers its placeholders ($1), as PostgreSQL does; others write them as ?.
func NewSQL(ctx context.Context, db *sql.DB, dollar bool) (*SQL, error) {
	s := &SQL{db: db, dollar: dollar}
	for statement := range strings.SplitSeq(Schema, ";") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("login: making the tables: %w", err)
		}
	}
	return s, nil
}

func (s *SQL) text(query string) string {
	if !s.dollar {
		return query
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// exec says how many rows it touched.
func (s *SQL) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := s.db.ExecContext(ctx, s.text(query), args...)
	if err != nil {
		return 0, fmt.Errorf("login: %w", err)
	}
	return res.RowsAffected()
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		return ErrNone
	}
	return err
}

func (h Hash) hex() string { return fmt.Sprintf("%x", h[:]) }

// AddPending keeps a challenge.
func (s *SQL) AddPending(ctx context.Context, p Pending) error {
	return one(s.exec(ctx, `INSERT INTO login_pending (challenge, browser, ends) VALUES (?, ?, ?)`, p.Challenge.hex(), p.Browser.hex(), p.Ends.UnixMilli()))
}

// TakePending takes a challenge out, by one conditional statement.
func (s *SQL) TakePending(ctx context.Context, challenge, browser Hash, now time.Time) error {
	return one(s.exec(ctx, `DELETE FROM login_pending WHERE challenge = ? AND browser = ? AND ends > ?`, challenge.hex(), browser.hex(), now.UnixMilli()))
}

// AddSession keeps a session.
func (s *SQL) AddSession(ctx context.Context, k Kept) error {
	return one(s.exec(ctx, `INSERT INTO login_sessions (token, pubkey, created, used, ends) VALUES (?, ?, ?, ?, ?)`,
		k.Token.hex(), k.PubKey.String(), k.Created.UnixMilli(), k.Used.UnixMilli(), k.Ends.UnixMilli()))
}

// Session finds one that has not ended.
func (s *SQL) Session(ctx context.Context, token Hash, now time.Time) (Kept, error) {
	var key string
	var created, used, ends int64
	err := s.db.QueryRowContext(ctx, s.text(`SELECT pubkey, created, used, ends FROM login_sessions WHERE token = ? AND ends > ?`), token.hex(), now.UnixMilli()).
		Scan(&key, &created, &used, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return Kept{}, ErrNone
	}
	if err != nil {
		return Kept{}, fmt.Errorf("login: %w", err)
	}
	pk, err := nostr.ParsePubKey(key)
	if err != nil {
		return Kept{}, fmt.Errorf("login: a session's key: %w", err)
	}
	return Kept{Token: token, PubKey: pk, Created: time.UnixMilli(created), Used: time.UnixMilli(used), Ends: time.UnixMilli(ends)}, nil
}

// Touch notes that a session was used.
func (s *SQL) Touch(ctx context.Context, token Hash, used, ends time.Time) error {
	return one(s.exec(ctx, `UPDATE login_sessions SET used = ?, ends = ? WHERE token = ?`, used.UnixMilli(), ends.UnixMilli(), token.hex()))
}

// EndSession ends one.
func (s *SQL) EndSession(ctx context.Context, token Hash) error {
	_, err := s.exec(ctx, `DELETE FROM login_sessions WHERE token = ?`, token.hex())
	return err
}

// EndSessions ends all of a key.
func (s *SQL) EndSessions(ctx context.Context, key nostr.PubKey) error {
	_, err := s.exec(ctx, `DELETE FROM login_sessions WHERE pubkey = ?`, key.String())
	return err
}

// Sweep forgets what ended.
func (s *SQL) Sweep(ctx context.Context, now time.Time) error {
	_, err := s.exec(ctx, `DELETE FROM login_pending WHERE ends <= ?`, now.UnixMilli())
	if err == nil {
		_, err = s.exec(ctx, `DELETE FROM login_sessions WHERE ends <= ?`, now.UnixMilli())
	}
	return err
}
