package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
)

// eventually waits for what the running signer brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("within a minute not: %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestSink: the record is confirmed in a file on another disk; when that goes
// away nothing is signed, and when it is back signing goes on (T60).
func TestSink(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app()
	disk := filepath.Join(t.TempDir(), "disk")
	file := filepath.Join(disk, "record.log")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"file:" + filepath.Join(disk, "none", "x"), "file:" + filepath.Join(s.dir, "x"), "elsewhere", "relay:ws://127.0.0.1:1"} {
		if code, _, errs := runIn(s.dir, "settings", "set", "sink", bad); code == exitDone || errs == "" {
			t.Errorf("%s was taken", bad)
		}
	}
	mustRun(t, s.dir, "settings", "set", "sink-every", "1s")
	mustRun(t, s.dir, "settings", "set", "sink-behind", "3s,1000")
	mustRun(t, s.dir, "settings", "set", "sink", "file:"+file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if _, err := app.SignEvent(t.Context(), note("confirmed")); err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "sink: file:"+file+" has the record") {
		t.Errorf("doctor: %s", out)
	}

	away := disk + ".away"
	if err := os.Rename(disk, away); err != nil {
		t.Fatal(err)
	}
	var refused *client.Error
	eventually(t, "it refuses to sign", func() bool {
		_, err := app.SignEvent(t.Context(), note("unconfirmed"))
		return errors.As(err, &refused)
	})
	eventually(t, "doctor says that nothing is signed, and why", func() bool {
		code, out, _ := runIn(s.dir, "doctor")
		return code == exitFailed && strings.Contains(out, "nothing is signed") && strings.Contains(out, "the file is not there")
	})
	if err := os.Rename(away, disk); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it signs again", func() bool {
		_, err := app.SignEvent(t.Context(), note("confirmed again"))
		return err == nil
	})
	s.end()
	old := filepath.Join(t.TempDir(), "old")
	copyDir(t, s.dir, old)
	s = start(t, s.dir, "--key-file", shared.key, "--listen", s.ready.Listen)
	eventually(t, "it signs after the start, once its record is confirmed anew", func() bool {
		_, err := app.SignEvent(t.Context(), note("later"))
		return err == nil
	})
	s.end()

	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		var ev struct{ Kind int }
		if err := json.Unmarshal(line, &ev); err != nil || ev.Kind != 1905 {
			t.Errorf("line %s: %v", line, err)
		}
	}
	if out := mustRun(t, s.dir, "activity", "verify", "--sink", file); !strings.Contains(out, "nothing changed") || !strings.Contains(out, "the sink has") {
		t.Error(out)
	}
	if code, out, _ := runIn(old, "activity", "verify", "--sink", file); code != exitFailed || !strings.Contains(out, "cut") {
		t.Errorf("an older copy: exit %d: %s", code, out)
	}
	if code, _, errs := runIn(s.dir, "activity", "verify", "--sink", file+"x"); code != exitFailed || !strings.Contains(errs, "does not exist") {
		t.Errorf("no sink: exit %d: %s", code, errs)
	}
}

// TestRelaySink: a relay that takes checkpoints is a sink too.
func TestRelaySink(t *testing.T) {
	t.Parallel()
	s := running(t)
	// Our own kind of relay takes NIP-46 messages only, and says so.
	code, _, errs := runIn(s.dir, "settings", "set", "sink", "relay:"+publicRelay(t))
	if code == exitDone || !strings.Contains(errs, "refuses it") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if st := mustJSON[[]control.SettingInfo](t, s.dir, "settings", "list"); len(st) < 5 {
		t.Errorf("%+v", st)
	}
}

// disk is a file on a disk that may be full, and what a stop left on it.
type disk struct {
	*bytes.Reader
	fs.FileInfo
	wrote bytes.Buffer
	err   error
}

func (d *disk) Stat() (fs.FileInfo, error) { return d.FileInfo, nil }
func (d *disk) Sync() error                { return nil }
func (d *disk) Size() int64                { return d.Reader.Size() }
func (d *disk) Write(b []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	return d.wrote.Write(b)
}

func TestAppendLine(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		had  string
		err  error
		want string
	}{
		{"", nil, "{}\n"}, {"{}\n", nil, "{}\n"}, {`{"id":"cu`, nil, "\n{}\n"}, {"{}\n", syscall.ENOSPC, ""},
	} {
		info, err := fs.Stat(fstest.MapFS{"f": {Data: []byte(x.had)}}, "f")
		if err != nil {
			t.Fatal(err)
		}
		d := &disk{Reader: bytes.NewReader([]byte(x.had)), err: x.err}
		d.FileInfo = info
		if err := appendLine(d, []byte("{}")); !errors.Is(err, x.err) || d.wrote.String() != x.want {
			t.Errorf("after %q: %q, %v", x.had, d.wrote.String(), err)
		}
	}
	if got := plainError(syscall.ENOSPC); got.Error() != "its disk is full" {
		t.Error(got)
	}
}

func TestFileSinkGone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "f")
	if _, err := openFileSink(file, "/nowhere", false); err == nil {
		t.Fatal("a file that is gone was made anew")
	}
	s, err := openFileSink(file, "/nowhere", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(context.Background(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(context.Background(), []byte("{}")); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Fatalf("into a file that is gone: %v", err)
	}
}
