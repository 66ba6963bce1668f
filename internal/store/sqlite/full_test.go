package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// setLimit bounds the file's size, which only the connection that writes can.
func setLimit(x store.Tx, pages int) error {
	_, err := list(x.(*tx).c, (*row).int, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
	return err
}

// TestDiskFull fills the disk (T62): nothing is recorded half, reading goes on,
// what Later was promised is written once there is room.
func TestDiskFull(t *testing.T) {
	var heard atomic.Int32
	s, err := Open(t.Context(), t.TempDir(), Options{OnError: func(error) { heard.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), func(x store.Tx) error { return setLimit(x, 60) }); err != nil {
		t.Fatal(err)
	}
	detail := strings.Repeat("x", 2000)
	write := func(i int) func(store.Tx) error {
		return func(x store.Tx) error {
			if _, err := x.AppendRecord(privyseal.Record{App: "app1", Detail: detail}); err != nil {
				return err
			}
			x.SetSetting(fmt.Sprint(i), detail) // its error is overlooked
			return nil
		}
	}
	written := 0
	for ; written < 1000; written++ {
		if err = s.Update(t.Context(), write(written)); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("filling the disk: %v", err)
	}
	var room atomic.Bool
	s.Later(func(x store.Tx) error {
		if room.Load() {
			setLimit(x, 1<<20)
		}
		return write(-1)(x)
	})
	if err := s.Flush(t.Context()); err == nil {
		t.Fatal("Flush of what was not written")
	}
	if s.Healthy() == nil {
		t.Fatal("healthy on a full disk")
	}
	if heard.Load() == 0 {
		t.Fatal("nobody was told")
	}
	if head := verify(t, s); head.Seq != uint64(written) {
		t.Fatalf("%d acknowledged, the chain ends at %d", written, head.Seq)
	}
	half := s.View(t.Context(), func(r store.Reader) error { _, err := r.Setting(fmt.Sprint(written)); return err })
	if !errors.Is(half, store.ErrNotFound) {
		t.Fatalf("half of a change was recorded: %v", half)
	}

	room.Store(true)
	if err := s.Update(t.Context(), write(written)); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if err := s.Healthy(); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if head := verify(t, s); head.Seq != uint64(written)+2 {
		t.Fatalf("head %d, want what Later and Update wrote after %d", head.Seq, written)
	}
	var listed []privyseal.Record
	if err := s.View(t.Context(), func(r store.Reader) (err error) {
		listed, err = r.Records(store.RecordQuery{App: "app1", Limit: written + 9})
		return err
	}); err != nil || len(listed) != written+2 {
		t.Fatalf("%d of %d records are found by their app: %v", len(listed), written+2, err)
	}
}

// TestLostOnClose closes a store that cannot write what it was given.
func TestLostOnClose(t *testing.T) {
	var heard atomic.Int32
	s, err := Open(t.Context(), t.TempDir(), Options{OnError: func(error) { heard.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(x store.Tx) error { return setLimit(x, 1) }); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.Later(func(x store.Tx) error { return x.SetSetting("a", strings.Repeat("x", 1<<20)) })
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "3 changes were lost") {
		t.Fatalf("Close: %v", err)
	}
	if heard.Load() < 3 {
		t.Fatalf("told of %d losses", heard.Load())
	}
}
