package sqlite

import (
	"testing"

	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/storetest"
)

// openDir opens a store that is closed with the test, if not before.
func openDir(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	dirs := map[store.Store]string{}
	storetest.Run(t, func(t *testing.T) store.Store {
		dir := t.TempDir()
		s := openDir(t, dir)
		dirs[s] = dir
		return s
	}, func(t *testing.T, s store.Store) store.Store {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return openDir(t, dirs[s])
	})
}
