package keeper_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// Alive is asked over the same path as any call, and is true only while every
// part answers.
func TestAlive(t *testing.T) {
	r := newRig(t)
	ask := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, err := r.k.Call(ctx, control.CommandLine, control.VerbAlive, json.RawMessage("{}"), nil)
		return err
	}
	must(t, ask(10*time.Second))
	r.lock()
	must(t, ask(10*time.Second)) // locked, it lives
	r.mu.Lock()
	r.deaf = map[string]bool{ownRelay: true}
	r.mu.Unlock()
	if err := ask(100 * time.Millisecond); err == nil {
		t.Fatal("alive with a front that does not answer")
	}
	r.cancel()
	if err := ask(500 * time.Millisecond); err == nil {
		t.Fatal("alive when stopped")
	}
}

// sickStore is a store that cannot write, and says so.
type sickStore struct{ store.Store }

func (sickStore) Healthy() error { return errDisk }

// A full disk is no reason for a restart, which would lock the vault: the store
// goes on by itself when there is room, and status and alerts tell.
func TestAliveWithoutRoomOnTheDisk(t *testing.T) {
	r := newRig(t)
	r.stop()
	r.wrap = func(s store.Store) store.Store { return sickStore{s} }
	r.start(false)
	if _, err := call[control.Alive](r, control.VerbAlive, nil); err != nil {
		t.Fatalf("not alive: %v", err)
	}
	if s := mustCall[control.Status](r, control.VerbStatus, nil); s.Store == "ok" {
		t.Fatal("status does not tell that nothing can be written")
	}
}

func TestFigures(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.settle()
	s := mustCall[control.Status](r, control.VerbStatus, nil)
	a := s.Answers
	if a.Count == 0 || len(a.Within) != len(a.Bounds) || a.Within[len(a.Within)-1] != a.Count {
		t.Fatalf("answers %+v", a)
	}
	for i := 1; i < len(a.Within); i++ {
		if a.Within[i] < a.Within[i-1] || a.Bounds[i] <= a.Bounds[i-1] {
			t.Fatalf("answers %+v", a)
		}
	}
	if s.Chain.Records == 0 || s.Chain.Last.IsZero() {
		t.Fatalf("chain %+v", s.Chain)
	}
}
