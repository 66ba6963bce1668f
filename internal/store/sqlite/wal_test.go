package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// TestLogStaysBounded writes several times the log's limit without a pause: the
// log starts over, and is gone after Close.
func TestLogStaysBounded(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir)
	log := s.path + "-wal"
	const most = (walLimit + 3*walPages) * 4200
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
