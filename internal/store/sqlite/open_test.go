package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/storetest"
)

// closedDir has a store with one of everything, properly closed.
func closedDir(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	s := openDir(t, dir)
	storetest.Fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, File)
}

func contents(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// execIn runs statements on a file that nobody has open.
func execIn(t *testing.T, file string, statements ...string) {
	t.Helper()
	c, err := dial(writing(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := c.exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
}

// refused opens a store that must not open, with an error that wraps want and
// says the words, and with the file left as it was.
func refused(t *testing.T, dir string, want error, words string) {
	t.Helper()
	file := filepath.Join(dir, File)
	before := contents(t, file)
	s, err := Open(t.Context(), dir, Options{})
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	if want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), words) {
		t.Fatalf("got %v, want %v that says %q", err, want, words)
	}
	if !bytes.Equal(before, contents(t, file)) {
		t.Fatal("the file was changed")
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // has no modes
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := openDir(t, dir)
	defer s.Close()
	storetest.Fill(t, s)
	for name, want := range map[string]fs.FileMode{".": fs.ModeDir | 0o700, File: 0o600, File + "-wal": 0o600, LockFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir)
	for range 2 {
		_, err := Open(t.Context(), dir, Options{})
		if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("process %d ", os.Getpid())) {
			t.Fatalf("second open: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := openDir(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNewer(t *testing.T) {
	dir, file := closedDir(t)
	execIn(t, file, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	refused(t, dir, store.ErrNewer, "schema is 99")
	if _, err := OpenReadOnly(dir); !errors.Is(err, store.ErrNewer) {
		t.Fatalf("read-only: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	t.Run("not a database", func(t *testing.T) {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, File), bytes.Repeat([]byte("no database "), 1000), 0o600)
		refused(t, dir, ErrDamaged, "restore a backup")
		if _, err := OpenReadOnly(dir); !errors.Is(err, ErrDamaged) {
			t.Fatalf("read-only: %v", err)
		}
	})
	t.Run("somebody else's database", func(t *testing.T) {
		dir := t.TempDir()
		execIn(t, filepath.Join(dir, File), `CREATE TABLE other (x)`)
		refused(t, dir, nil, "not Privy Seal's")
	})
	t.Run("cut short", func(t *testing.T) {
		dir, file := closedDir(t)
		b := contents(t, file)
		os.WriteFile(file, b[:len(b)/2], 0o600)
		os.WriteFile(file+"-wal", []byte("an unclean end"), 0o600)
		refused(t, dir, ErrDamaged, "restore a backup")
	})
	t.Run("a broken page", func(t *testing.T) {
		dir, file := closedDir(t)
		b := contents(t, file)
		for i := 4096 * 4; i < len(b)-4096; i++ {
			b[i] ^= 0x5a
		}
		os.WriteFile(file, b, 0o600)
		r, err := OpenReadOnly(dir)
		if err == nil {
			err = r.Check(t.Context())
			r.Close()
		}
		if !errors.Is(err, ErrDamaged) {
			t.Fatalf("read-only: %v", err)
		}
		os.WriteFile(file+"-wal", []byte("an unclean end"), 0o600)
		refused(t, dir, ErrDamaged, "restore a backup")
	})
	t.Run("a value of another type", func(t *testing.T) {
		dir, file := closedDir(t)
		execIn(t, file, `UPDATE record SET body = x'00' WHERE seq = 3`)
		s := openDir(t, dir)
		defer s.Close()
		err := s.View(t.Context(), func(r store.Reader) error {
			_, err := r.Records(store.RecordQuery{})
			return err
		})
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "record 3") {
			t.Fatalf("reading it: %v", err)
		}
	})
}

// TestMigrate opens this release's store with the next one.
func TestMigrate(t *testing.T) {
	version := release.version + 1
	next := func(sql string) schema {
		files := fstest.MapFS{fmt.Sprintf("%05d_next.sql", version): {Data: []byte("-- +goose Up\n" + sql)}}
		names, err := fs.Glob(release.files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(release.files, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: b}
		}
		return schema{version: version, files: files}
	}
	dir, file := closedDir(t)

	if _, err := open(t.Context(), dir, Options{}, next("ALTER TABLE app ADD COLUMN x;\nNONSENSE;")); err == nil {
		t.Fatal("a broken migration succeeded")
	}
	old := openDir(t, dir)
	storetest.Filled(t, old, openDir(t, t.TempDir()), int(release.version))
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := open(t.Context(), dir, Options{}, next("ALTER TABLE app ADD COLUMN x;"))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Filled(t, s, openDir(t, t.TempDir()), int(release.version))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, store.ErrNewer, fmt.Sprint("schema is ", version))

	kept := t.TempDir()
	if err := os.Rename(fmt.Sprint(file, ".before-v", version), filepath.Join(kept, File)); err != nil {
		t.Fatal(err)
	}
	copied := openDir(t, kept)
	defer copied.Close()
	storetest.Filled(t, copied, openDir(t, t.TempDir()), int(release.version))
}

// TestReadOnly looks at a store while it is written to.
func TestReadOnly(t *testing.T) {
	if _, err := OpenReadOnly(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("an empty directory: %v", err)
	}
	dir := t.TempDir()
	s := openDir(t, dir)
	defer s.Close()
	storetest.Fill(t, s)
	r, err := OpenReadOnly(dir)
	if err != nil {
		t.Fatal(err)
	}
	if head := verify(t, r); head.Seq != 5 {
		t.Fatalf("head %d", head.Seq)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.SetSetting("x", "y") }); err != nil {
		t.Fatal(err)
	}
	if err := r.View(t.Context(), func(r store.Reader) error { _, err := r.Setting("x"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Check(t.Context()), r.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestBackup opens a backup as a store.
func TestBackup(t *testing.T) {
	s := openDir(t, t.TempDir())
	defer s.Close()
	storetest.Fill(t, s)
	dir := t.TempDir()
	if err := s.Backup(t.Context(), filepath.Join(dir, File)); err != nil {
		t.Fatal(err)
	}
	restored := openDir(t, dir)
	defer restored.Close()
	storetest.Filled(t, restored, openDir(t, t.TempDir()), int(release.version))
	if err := s.Backup(t.Context(), filepath.Join(dir, "no", "such", "place")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("backup to nowhere: %v", err)
	}
}
