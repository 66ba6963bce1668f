package keeper_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

// slowApps is a store whose apps are read only when they are let, and then end in
// an error, if there is one.
type slowApps struct {
	store.Store
	let chan struct{}
	err error
}

type slowAppsReader struct {
	store.Reader
	s *slowApps
}

func (s *slowApps) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.Store.View(ctx, func(r store.Reader) error { return fn(slowAppsReader{r, s}) })
}

func (r slowAppsReader) EachApp(part, of int, fn func(privyseal.App) error) error {
	<-r.s.let
	return errors.Join(r.s.err, r.Reader.EachApp(part, of, fn))
}

// begun is a keeper on the data of a rig that stopped, whose apps are not read yet.
func begun(t *testing.T, r *rig, err error) (*keeper.Keeper, *vault.Vault, *slowApps) {
	t.Helper()
	st, bad := sqlite.Open(t.Context(), r.dir, sqlite.Options{})
	must(t, bad)
	t.Cleanup(func() { must(t, st.Close()) })
	slow := &slowApps{Store: st, let: make(chan struct{}), err: err}
	v := vault.New(vault.Options{MinCost: time.Nanosecond, Memory: 1 << 10})
	t.Cleanup(v.Close)
	k, bad := keeper.Begin(t.Context(), keeper.Options{Store: slow, Vault: v, Now: r.now, Relays: r.relays})
	must(t, bad)
	return k, v, slow
}

func unlocking(t *testing.T, k *keeper.Keeper, pass string) <-chan error {
	done := make(chan error, 1)
	go func() { done <- k.Unlock(t.Context(), control.Passphrase{Passphrase: []byte(pass)}) }()
	return done
}

// The vault is opened beside the reading of the apps, and the unlock ends when
// these are read and looked at.
func TestUnlockBesideTheReading(t *testing.T) {
	r := newRig(t)
	r.paired(control.InviteArgs{AppName: "kept", Preset: "ask"})
	r.stop()
	r.sql(r.dir, `UPDATE app SET preset = 'trusted'`)
	k, v, slow := begun(t, r, nil)
	done := unlocking(t, k, passphrase)
	r.until("the vault is open", func() bool { return !v.Locked() })
	select {
	case err := <-done:
		t.Fatalf("the unlock ended before the apps were read: %v", err)
	default:
	}
	close(slow.let)
	must(t, <-done)
	must(t, k.Loaded())
	raw, err := k.Call(t.Context(), control.CommandLine, control.VerbAppsList, nil, nil)
	must(t, err)
	if apps := raw.([]control.AppInfo); len(apps) != 1 || apps[0].State != "paused" {
		t.Fatalf("what was changed past the signer is not looked at: %+v", apps)
	}
}

// With a wrong passphrase, or apps that cannot be read, the vault is locked.
func TestUnlockThatFailsBesideTheReading(t *testing.T) {
	r := newRig(t)
	r.paired(control.InviteArgs{AppName: "kept", Preset: "ask"})
	r.stop()
	t.Run("wrong passphrase", func(t *testing.T) {
		k, v, slow := begun(t, r, nil)
		if err := <-unlocking(t, k, "not the passphrase"); privyseal.KindOf(err) != privyseal.KindDenied || !v.Locked() {
			t.Fatalf("%v, locked: %v", err, v.Locked())
		}
		close(slow.let)
		must(t, k.Loaded())
	})
	t.Run("unreadable", func(t *testing.T) {
		broken := errors.New("broken")
		k, v, slow := begun(t, r, broken)
		close(slow.let)
		if err := <-unlocking(t, k, passphrase); !errors.Is(err, broken) || !v.Locked() || !errors.Is(k.Loaded(), broken) {
			t.Fatalf("%v, locked: %v, loaded: %v", err, v.Locked(), k.Loaded())
		}
	})
}
