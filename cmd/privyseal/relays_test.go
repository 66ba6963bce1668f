package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
)

// TestRelaysAdd: a relay that is added is listened on at once, named in links,
// kept for the next start, and removed again.
func TestRelaysAdd(t *testing.T) {
	t.Parallel()
	other := publicRelay(t)
	s := running(t)
	var got control.RelayInfo
	urls := func(list []control.RelayInfo) (out []string) {
		for _, r := range list {
			out = append(out, r.URL)
			if r.URL == other {
				got = r
			}
		}
		return out
	}
	if list := urls(mustJSON[[]control.RelayInfo](t, s.dir, "relays", "add", other)); !slices.Contains(list, other) || len(list) != 2 {
		t.Fatalf("relays %v", list)
	}
	inv := mustJSON[control.Invite](t, s.dir, "invite")
	if !slices.ContainsFunc(inv.Relays, func(r control.LinkRelay) bool { return r.URL == other && r.Live }) {
		t.Fatalf("a link names %+v", inv.Relays)
	}
	app := pair(t, inv.URI)
	if _, err := app.SignEvent(t.Context(), note("x")); err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, s.dir, "relays", "test", other); !strings.Contains(out, " ms") {
		t.Errorf("test: %s", out)
	}
	if code, _, errs := runIn(s.dir, "relays", "add", other); code != exitFailed || !strings.Contains(errs, "already") {
		t.Errorf("twice: exit %d: %s", code, errs)
	}
	s.end()

	// Left out for one run, it is there again in the next.
	alone := start(t, s.dir, "--key-file", shared.key, "--relay", "none")
	fresh := mustJSON[control.Invite](t, s.dir, "invite")
	if slices.ContainsFunc(fresh.Relays, func(r control.LinkRelay) bool { return r.URL == other }) {
		t.Errorf("with --relay none a link names %+v", fresh.Relays)
	}
	alone.end()
	start(t, s.dir, "--key-file", shared.key)
	if list := urls(mustJSON[[]control.RelayInfo](t, s.dir, "relays", "list")); !slices.Contains(list, other) || got.Own {
		t.Fatalf("after a restart: %v", list)
	}
	if _, err := app.SignEvent(t.Context(), note("y")); err != nil {
		t.Fatal(err)
	}
	mustRun(t, s.dir, "relays", "remove", other)
	fresh = mustJSON[control.Invite](t, s.dir, "invite")
	if slices.ContainsFunc(fresh.Relays, func(r control.LinkRelay) bool { return r.URL == other }) {
		t.Errorf("removed, a link names %+v", fresh.Relays)
	}
	if _, err := client.Connect(t.Context(), fresh.URI, client.Options{PrivateRelays: true}); err != nil {
		t.Error(err)
	}
}

// TestBackupStaysInPlace: the copy that is sealed never lies outside the data
// directory, and not for longer than it takes.
func TestBackupStaysInPlace(t *testing.T) {
	s := running(t)
	t.Setenv("TMPDIR", "/nonexistent/nowhere")
	for _, name := range []string{"/online", "/offline"} {
		mustRun(t, s.dir, "backup", s.dir+name, "--passphrase-file", shared.passphrase)
		s.end()
	}
	if left, err := filepath.Glob(s.dir + "/.backup-*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
