package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

// TestBackupRestore: with and without a running signer; what was there stays.
func TestBackupRestore(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	pass := []string{"--passphrase-file", shared.passphrase}
	s := running(t)
	mustRun(t, s.dir, "identity", "add", "--name", "work")
	online := filepath.Join(tmp, "online")
	mustRun(t, s.dir, append([]string{"backup", online}, pass...)...)
	if code, _, errs := runIn(s.dir, append([]string{"restore", online}, pass...)...); code != exitFailed || !strings.Contains(errs, "stop it first") {
		t.Errorf("restore under a running signer: exit %d: %s", code, errs)
	}
	s.end()
	offline := filepath.Join(tmp, "offline")
	mustRun(t, s.dir, append([]string{"backup", offline}, pass...)...)
	for _, file := range []string{online, offline} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		dir := filepath.Join(tmp, "of-"+filepath.Base(file))
		got := mustJSON[restored](t, dir, append([]string{"restore", file}, pass...)...)
		if got.Identities != 2 || got.Before != "" {
			t.Errorf("%s: %+v", file, got)
		}
		again := start(t, dir, "--key-file", shared.key)
		if n := len(mustJSON[[]control.IdentityInfo](t, dir, "identity", "list")); n != 2 {
			t.Errorf("%s: %d identities", file, n)
		}
		again.end()
	}
	if code, _, errs := runIn(s.dir, append([]string{"backup", offline}, pass...)...); code != exitFailed || !strings.Contains(errs, "--force") {
		t.Errorf("over a file: exit %d: %s", code, errs)
	}
	mustRun(t, s.dir, append([]string{"backup", offline, "--force"}, pass...)...)
	over := mustJSON[restored](t, s.dir, append([]string{"restore", offline}, pass...)...)
	if !hasStore(over.Before, "privyseal.db") {
		t.Errorf("what was there before is gone: %+v", over)
	}
}

// TestRestoreTriesFirst: what cannot be used replaces nothing.
func TestRestoreTriesFirst(t *testing.T) {
	t.Parallel()
	tmp, dir := t.TempDir(), aVault(t)
	good := filepath.Join(tmp, "good")
	mustRun(t, dir, "backup", good, "--passphrase-file", shared.passphrase)
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	before := mustRun(t, dir, "activity", "verify")
	for name, file := range map[string]string{
		"cut":     secretAt(tmp, "cut", string(b[:len(b)/2])),
		"changed": secretAt(tmp, "changed", string(b[:len(b)-9])+"somewhere"),
		"garbage": secretAt(tmp, "garbage", "nonsense"),
		"empty":   secretAt(tmp, "empty", ""),
	} {
		code, _, errs := runIn(dir, "restore", file, "--passphrase-file", shared.passphrase)
		if code == exitDone || strings.Count(errs, "\n") > 2 {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
	if code, _, _ := runIn(dir, "restore", good, "--passphrase-file", shared.wrong); code == exitDone {
		t.Error("a wrong passphrase opened the backup")
	}
	if after := mustRun(t, dir, "activity", "verify"); after != before {
		t.Errorf("something changed: %s%s", before, after)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".restore-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
