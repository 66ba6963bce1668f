package main

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/sandbox"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

type keeperHalfCmd struct{}

func (keeperHalfCmd) Help() string {
	return "Started by the signer itself.\n\nExample:\n  privyseal up"
}

// keeperHalf is the process that holds keys, facts and decisions.
type keeperHalf struct {
	*part
	letter keeperLetter
	store  store.Store
	vault  *vault.Vault
	keeper *keeper.Keeper
	door   net.Listener // of the control socket

	mu   sync.Mutex
	seam *seam // the one in use
	over bool
}

// seam is one connection with the front.
type seam struct {
	*intake
	ends child.Ends
}

// Run is the keeper's whole life.
func (keeperHalfCmd) Run(ctx context.Context, m *Main) error {
	k := &keeperHalf{}
	var err error
	if k.part, err = dial(ctx, &k.letter); err != nil {
		return err
	}
	k.log, k.level = k.letter.Log.gathered(m)
	defer k.close()
	if err := k.begun(ctx, k.begin(ctx)); err != nil {
		return err
	}
	return k.serve(ctx)
}

// begin opens the store and the vault.
func (k *keeperHalf) begin(ctx context.Context) error {
	if err := vault.HardenProcess(); err != nil {
		k.log.Warn("the keeper could not be protected from tracing", "err", err)
	}
	k.confined("keeper", sandbox.Keeper(k.letter.Dir))
	k.found = append(k.found, memoryFinding())
	var err error
	if k.door, err = k.parent.Door(0); err != nil {
		return err
	}
	k.store, err = sqlite.Open(ctx, k.letter.Dir, sqlite.Options{
		PID:     k.letter.PID,
		OnError: func(err error) { k.log.Error("the store could not write", "err", err) },
	})
	if err != nil {
		return err
	}
	is, err := k.look(ctx)
	if err != nil {
		return err
	}
	terms, err := control.Do[terms](ctx, k.parent.Client, tellOpened, is)
	if err != nil {
		return err
	}
	k.vault = vault.New(vault.Options{})
	o := keeper.Options{
		Store: k.store, Vault: k.vault, Log: k.log, Relays: terms.Relays, Version: version(), SettingChanged: k.settingChanged,
		OpenSink: k.openSink, Dir: k.letter.Dir, Spares: terms.Spares, Reviewed: terms.Reviewed, NoKeptRelays: terms.NoKeptRelays, PID: k.letter.PID,
		Findings: k.found, Site: terms.Site,
	}
	if terms.Command {
		o.Command = k.runCommand
	}
	if k.letter.Mark != "" {
		o.Anchor = markPlace{k.part, k.letter.Mark}
	}
	if k.keeper, err = keeper.Begin(ctx, o); err != nil {
		return err
	}
	if is.Sealed && terms.Found == nil {
		err = k.unlock(ctx) // beside the reading of the apps
	}
	if bad := k.keeper.Loaded(); err == nil {
		err = bad
	}
	if err != nil || terms.Found == nil {
		return err
	}
	f := terms.Found.founding()
	defer f.Wipe()
	_, err = k.keeper.Found(ctx, f)
	return err
}

// look reads what the supervisor must know of the store.
func (k *keeperHalf) look(ctx context.Context) (is opened, err error) {
	err = k.store.View(ctx, func(r store.Reader) error {
		seals, err := r.Seals()
		if err != nil {
			return err
		}
		kept := map[string]string{}
		for _, key := range []string{"socks", "relays", "metrics", settingLevel} {
			if kept[key], err = r.Setting(key); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		is = opened{Sealed: len(seals) > 0, Socks: kept["socks"], Relays: kept["relays"], Metrics: kept["metrics"], Level: kept[settingLevel]}
		return nil
	})
	if k.letter.Log.LogLevel == "" {
		setLevel(k.level, is.Level)
	}
	return is, err
}

// unlock opens the vault with what the supervisor finds; without anything the
// keeper starts locked.
func (k *keeperHalf) unlock(ctx context.Context) error {
	wish := keyWish{Older: k.keeper.Older()}
	for {
		with, err := control.Do[key](ctx, k.parent.Client, askKey, wish)
		switch {
		case err != nil:
			return err
		case with.Refused != nil:
			return with.Refused.failure()
		case with.none():
			return nil
		}
		err = k.open(ctx, with)
		with.wipe()
		if err == nil {
			return nil
		}
		wish.Wrong = illness(err)
	}
}

func (k *keeperHalf) open(ctx context.Context, with key) error {
	p := control.Passphrase{Passphrase: with.Passphrase, KeyFile: with.KeyFile}
	if !with.Credential {
		return k.keeper.Unlock(ctx, p)
	}
	// One that the vault was sealed with as such, or a key file handed over.
	err := k.keeper.UnlockCredential(credentialName, with.KeyFile)
	if err != nil && k.keeper.Unlock(ctx, p) == nil {
		return nil
	}
	return err
}

// settingChanged hears of settings that concern more than the keeper.
func (k *keeperHalf) settingChanged(name, value string) {
	if name == settingLevel && k.letter.Log.LogLevel == "" {
		setLevel(k.level, value)
	}
	if err := k.tell(context.Background(), tellSetting, control.SettingArgs{Key: name, Value: value}); err != nil {
		k.log.Warn("the supervisor did not hear of a setting", "setting", name, "err", err)
	}
}

// serve works for whatever front there is, until the supervisor wants the end.
func (k *keeperHalf) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k.heard = func(o order) { k.keeper.FrontFindings(o.Front) }
	k.wg.Go(func() { k.obey(ctx) })
	k.wg.Go(func() { k.acceptControl(ctx) })
	seams := make(chan child.Ends)
	go k.seams(seams)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		<-k.stop
		k.finish(ctx)
	}()
	for {
		select {
		case ends := <-seams:
			k.work(ctx, ends)
		case <-finished:
			return nil
		}
	}
}

// seams takes up each seam that the supervisor makes. The one before it is over.
func (k *keeperHalf) seams(to chan<- child.Ends) {
	for {
		ends, err := k.parent.Seam()
		if err != nil {
			return
		}
		k.mu.Lock()
		if k.seam != nil {
			_ = k.seam.ends.Close()
		}
		k.mu.Unlock()
		to <- ends
	}
}

// work is what the keeper does while one front is there.
func (k *keeperHalf) work(ctx context.Context, ends child.Ends) {
	s := &seam{intake: &intake{Conn: control.NewConn(ends.Events)}, ends: ends}
	defer ends.Close()
	k.mu.Lock()
	k.seam = s
	over := k.over
	k.mu.Unlock()
	if over {
		return
	}
	k.wg.Go(func() {
		_ = control.ServeCalls(ctx, control.NewConn(ends.Calls), control.Front, k.keeper.Call)
		_ = ends.Close() // half a seam is none
	})
	err := k.keeper.Run(ctx, s)
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.over {
		k.log.Warn("the front is gone", "err", err)
	}
}

// finish takes nothing new, finishes what is recorded and sends what is
// answered; then the front is let go.
func (k *keeperHalf) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	_ = k.door.Close()
	k.mu.Lock()
	k.over = true
	s := k.seam
	k.mu.Unlock()
	if s != nil {
		s.stop()
	}
	if err := k.keeper.Drain(ctx); err != nil {
		k.log.Warn("not all work was finished; the next start goes on with it", "err", err)
	}
	if s != nil {
		_ = s.ends.Close()
	}
}

// close wipes what is secret and closes the store.
func (k *keeperHalf) close() {
	if k.vault != nil {
		k.vault.Close()
	}
	if k.store == nil {
		return
	}
	if err := k.store.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		k.log.Error("the store was not closed cleanly", "err", err)
	}
}
