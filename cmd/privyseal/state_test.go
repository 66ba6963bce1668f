package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// withState is a vault with a state directory of its own.
func withState(t *testing.T) (dir, state string) {
	t.Helper()
	dir, state = aVault(t), filepath.Join(t.TempDir(), "state", "privyseal")
	setenv(dir, "PRIVYSEAL_STATE", state)
	return dir, state
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o700); err != nil {
		t.Fatal(err)
	}
}

func note(text string) nostr.Template {
	return nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: text}
}

// TestOlderCopy is T58 with the whole program: the data directory is copied, an
// app revoked and a link spent, and the copy put back.
func TestOlderCopy(t *testing.T) {
	t.Parallel()
	dir, state := withState(t)
	s := start(t, dir, "--key-file", shared.key)
	revoked := s.app("--app-name", "Gone")
	kept := s.app("--app-name", "Kept")
	link := mustJSON[control.Invite](t, s.dir, "invite", "--app-name", "Later").URI
	s.end()
	old := filepath.Join(t.TempDir(), "old")
	copyDir(t, s.dir, old)
	address := s.ready.Listen

	s = start(t, s.dir, "--key-file", shared.key, "--listen", address)
	mustRun(t, s.dir, "apps", "revoke", "Gone")
	pair(t, link)
	if code := s.end(); code != exitDone {
		t.Fatalf("exit %d: %s", code, s.log)
	}
	if files, err := filepath.Glob(filepath.Join(state, "*.json")); err != nil || len(files) != 1 {
		t.Fatalf("marks: %v, %v", files, err)
	}
	copyDir(t, old, s.dir)

	if code, out, _ := runIn(s.dir, "doctor"); code != exitFailed || !strings.Contains(out, "older copy of the data") || !strings.Contains(out, "--accept-older") {
		t.Errorf("doctor without a signer: exit %d: %s", code, out)
	}
	s = start(t, s.dir, "--key-file", shared.key, "--listen", address)
	if !s.ready.Locked || !s.ready.Older || !strings.Contains(s.ready.Note, "older copy") {
		t.Fatalf("ready line %+v", s.ready)
	}
	if code, out, _ := runIn(s.dir, "doctor"); code != exitFailed || strings.Count(out, "older copy of the data") != 1 {
		t.Errorf("doctor: exit %d: %s", code, out)
	}
	for _, how := range [][]string{{"--passphrase-file", shared.passphrase}, {"--key-file", shared.key}, {"--key-file", shared.key, "--accept-older"}, {"--passphrase-file", shared.wrong, "--accept-older"}} {
		if code, _, errs := runIn(s.dir, append([]string{"unlock"}, how...)...); code == exitDone {
			t.Fatalf("%v opened it: %s", how, errs)
		}
	}
	if _, _, errs := runIn(s.dir, "unlock", "--passphrase-file", shared.passphrase); !strings.Contains(errs, "would work again") || !strings.Contains(errs, "--accept-older") {
		t.Errorf("unlock says: %s", errs)
	}
	mustRun(t, s.dir, "unlock", "--accept-older", "--passphrase-file", shared.passphrase)
	var denied *client.Error
	for name, app := range map[string]*client.Session{"revoked": revoked, "kept": kept} {
		if _, err := app.SignEvent(t.Context(), note("x")); !errors.As(err, &denied) {
			t.Errorf("the %s app signs on: %v", name, err)
		}
	}
	if _, err := client.Connect(t.Context(), link, client.Options{PrivateRelays: true}); err == nil {
		t.Error("the link can be used again")
	}
	mustRun(t, s.dir, "apps", "resume", "Kept")
	if _, err := kept.SignEvent(t.Context(), note("x")); err != nil {
		t.Errorf("resumed: %v", err)
	}
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "older copies: would be noticed") {
		t.Errorf("doctor afterwards: %s", out)
	}
	s.end()
	if again := start(t, s.dir, "--key-file", shared.key); again.ready.Locked {
		t.Errorf("locked again: %+v", again.ready)
	}
}

// TestRestoreBeginsAnEpoch: a restored backup is an older copy that a person
// chose; the data it replaced is the one that stays locked now.
func TestRestoreBeginsAnEpoch(t *testing.T) {
	t.Parallel()
	dir, _ := withState(t)
	s := start(t, dir, "--key-file", shared.key)
	file := filepath.Join(t.TempDir(), "backup")
	pass := []string{"--passphrase-file", shared.passphrase}
	mustRun(t, s.dir, append([]string{"backup", file}, pass...)...)
	mustRun(t, s.dir, "identity", "add", "--name", "later")
	s.end()
	done := mustJSON[restored](t, s.dir, append([]string{"restore", file}, pass...)...)
	if done.Epoch != 2 {
		t.Fatalf("%+v", done)
	}
	s = start(t, s.dir, "--key-file", shared.key)
	if s.ready.Locked || s.ready.Note != "" {
		t.Fatalf("ready line %+v", s.ready)
	}
	if out := mustRun(t, s.dir, "activity", "verify"); !strings.Contains(out, "nothing changed") {
		t.Error(out)
	}
	s.end()
	before := filepath.Join(t.TempDir(), "before")
	copyDir(t, done.Before, before)
	copyDir(t, before, s.dir)
	if s = start(t, s.dir, "--key-file", shared.key); !s.ready.Older {
		t.Errorf("ready line %+v", s.ready)
	}
}

// TestNoMark: without a mark the signer starts, says so, and makes one.
func TestNoMark(t *testing.T) {
	t.Parallel()
	dir, state := withState(t)
	s := start(t, dir, "--key-file", shared.key)
	if s.ready.Locked {
		t.Fatalf("%+v", s.ready)
	}
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "no mark of this vault") {
		t.Error(out)
	}
	s.end()
	if !strings.Contains(s.log.String(), "no mark of this vault") {
		t.Errorf("log: %s", s.log)
	}
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "would be noticed, by the mark in "+state) {
		t.Error(out)
	}
	setenv(dir, "PRIVYSEAL_STATE", filepath.Join(s.dir, "state"))
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "inside the data directory") {
		t.Error(out)
	}
	setenv(dir, "PRIVYSEAL_STATE", "")
	if out := mustRun(t, s.dir, "doctor"); !strings.Contains(out, "no place outside") {
		t.Error(out)
	}
}

func TestStateDir(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{map[string]string{"HOME": "/home/ana"}, "/home/ana/.local/state/privyseal"},
		{map[string]string{"HOME": "/home/ana", "XDG_STATE_HOME": "/s"}, "/s/privyseal"},
		{map[string]string{"HOME": "/home/ana", "XDG_STATE_HOME": "relative"}, "/home/ana/.local/state/privyseal"},
		{map[string]string{"HOME": "/home/ana", "PRIVYSEAL_STATE": "/mark"}, "/mark"},
	} {
		m := &Main{Getenv: func(k string) string { return x.env[k] }}
		if got := m.stateDir(); got != x.want {
			t.Errorf("%v: %q, want %q", x.env, got, x.want)
		}
	}
}
