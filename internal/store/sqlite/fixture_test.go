package sqlite

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/privyseal/privyseal/internal/store/storetest"
)

var updateFixture = flag.Bool("update", false, "write this release's database to testdata")

// TestFixtures opens a copy of each release's database and reads back every
// fact. The files are never changed after their release.
func TestFixtures(t *testing.T) {
	if *updateFixture {
		s := openDir(t, t.TempDir())
		storetest.Fill(t, s)
		file := filepath.Join("testdata", fmt.Sprint("v", release.version), File)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for schema := 1; schema <= int(release.version); schema++ {
		v := fmt.Sprint("v", schema)
		t.Run(v, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, File), contents(t, filepath.Join("testdata", v, File)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, empty := openDir(t, dir), openDir(t, t.TempDir())
			defer s.Close()
			defer empty.Close()
			storetest.Filled(t, s, empty, schema)
		})
	}
}
