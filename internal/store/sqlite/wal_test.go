package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// TestLogStaysBounded writes several times the log's limit without a pause: the
// log starts over, and is gone after Close. At worst a move begins just below the
// limit, and two more commits are behind each of the moves that see it and tell.
func TestLogStaysBounded(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir)
	log := s.path + "-wal"
	const most = (walLimit + 6*walPages) * 4200
	for i := range 60 {
		value := strings.Repeat(string(rune('a'+i%26)), 4<<20)
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.SetSetting("big", value) }); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(log); err != nil || info.Size() > most {
			t.Fatalf("after %d MB the log has %d bytes (%v)", 4*(i+1), info.Size(), err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(log); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the log after Close: %v", err)
	}
}

// TestLogOfManyLives: a store that is ended again and again without Close, each
// time before its log is moved, does not leave a log without end.
func TestLogOfManyLives(t *testing.T) {
	dir := t.TempDir()
	for life := range 16 {
		s := openDir(t, dir)
		value := strings.Repeat(string(rune('a'+life%26)), 2<<20) // fewer pages than a life's first move needs
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.SetSetting("big", value) }); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(s.path + "-wal"); err != nil || info.Size() > walKeep+4<<20 {
			t.Fatalf("after %d lives the log has %d bytes (%v)", life+1, info.Size(), err)
		}
		next := t.TempDir() // as a kill leaves it
		for _, tail := range []string{"", "-wal"} {
			if err := os.WriteFile(filepath.Join(next, File+tail), contents(t, s.path+tail), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		dir = next
	}
}

// TestHeadBehindChain opens a store to which somebody added a record: the next
// one is refused with words, not put in its place.
func TestHeadBehindChain(t *testing.T) {
	dir, file := closedDir(t)
	execIn(t, file, `UPDATE head SET seq = 4`)
	s := openDir(t, dir)
	defer s.Close()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.AppendRecord(privyseal.Record{})
		return err
	})
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "record 5") {
		t.Fatalf("appending: %v", err)
	}
}
