package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// A signer with ever more accounts, each with an app of its own, which ask in
// turn: who asks next is never who asked before.
const accountsTable = "accounts that ask in turn"

func (b *bench) accounts(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if !s.ours() || b.quick && s.name == oursFast {
			continue
		}
		for _, n := range b.spread {
			if err := b.inTurn(ctx, s, n); err != nil {
				return fmt.Errorf("%s, %d accounts: %w", s.name, n, err)
			}
		}
	}
	return nil
}

// inTurn measures a signer with n accounts, once they are known well: a hundred of
// them, or fewer, then have tables of their apps' keys (schnorr).
func (b *bench) inTurn(ctx context.Context, s signer, n int) error {
	data, pass, err := initialised(ctx, s.path, b.dir)
	if err != nil {
		return err
	}
	apps, err := household(ctx, data, n)
	if err != nil {
		return err
	}
	relay, url, err := b.relay(ctx)
	if err != nil {
		return err
	}
	defer relay.stop()
	p, err := up(ctx, s.path, data, pass, url)
	if err != nil {
		return err
	}
	defer p.stop()
	keys := make([]nostr.PubKey, n)
	for i, a := range apps {
		keys[i] = a.key.PublicKey()
	}
	all := &app{answers: make(chan arrival, 4096)}
	if all.conn, err = listen(ctx, url, all.answers, keys...); err != nil {
		return err
	}
	defer all.conn.Close()
	if _, _, _, err := all.turns(ctx, p, apps, min(max(80*n, 500), batch)); err != nil { // warm
		return err
	}
	row := fmt.Sprintf("%s, %d accounts", s.name, n)
	stop, err := p.record(ctx, b.profile, row)
	if err != nil {
		return err
	}
	took, whole, cpu, err := all.turns(ctx, p, apps, max(2*n, b.n))
	stop()
	if err != nil {
		return err
	}
	mb, err := p.memory()
	asked := float64(len(took))
	b.set(accountsTable, row, cpuColumn, cpu.Seconds()/asked*1000)
	b.set(accountsTable, row, rate, asked/whole.Seconds())
	b.set(accountsTable, row, atColumn(99, 64), quantile(took, 99))
	b.set(accountsTable, row, "MB", mb)
	return err
}

// turns has the apps ask n things, one after the other, 64 at a time.
func (all *app) turns(ctx context.Context, p *process, apps []*app, n int) (took []time.Duration, whole, cpu time.Duration, err error) {
	run, qs, whose := time.Now().UnixNano(), make([]question, n), map[nostr.PubKey]int{}
	for i := range qs {
		a := apps[i%len(apps)]
		q, err := a.ask("sign_event", i, run)
		if err != nil {
			return nil, 0, 0, err
		}
		if qs[i], err = a.seal(q); err != nil {
			return nil, 0, 0, err
		}
		whose[a.to] = i % len(apps)
	}
	before, err := p.cpu()
	if err != nil {
		return nil, 0, 0, err
	}
	began := time.Now()
	answers, err := all.exchange(ctx, qs, 64)
	if err != nil {
		return nil, 0, 0, err
	}
	whole = time.Since(began)
	after, err := p.cpu()
	if err != nil {
		return nil, 0, 0, err
	}
	asked, got := make([][]question, len(apps)), make([][]arrival, len(apps))
	for i, q := range qs {
		asked[i%len(apps)] = append(asked[i%len(apps)], q)
	}
	for _, a := range answers {
		i, ours := whose[a.event.PubKey]
		if !ours {
			return nil, 0, 0, errors.New("an answer of somebody else")
		}
		got[i] = append(got[i], a)
	}
	for i, a := range apps {
		some, err := a.check(asked[i], got[i])
		if err != nil {
			return nil, 0, 0, err
		}
		took = append(took, some...)
	}
	return took, whole, after - before, nil
}

// household fills the store of a signer that does not run with accounts, each
// with an app.
func household(ctx context.Context, data string, n int) (apps []*app, err error) {
	s, err := sqlite.Open(ctx, data, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	_, v, err := derived(s)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	sealing := powers.Over(s, v)
	if _, err := sealing.Check(ctx, time.Now(), powers.Facts{}); err != nil {
		return nil, err
	}
	err = sealing.Update(ctx, func(tx store.Tx) error {
		for i := range n {
			a, err := paired(tx, v, i)
			if err != nil {
				return err
			}
			apps = append(apps, a)
		}
		return nil
	})
	return apps, err
}

// paired makes an account, and an app that may post for it.
func paired(tx store.Tx, v *vault.Vault, i int) (*app, error) {
	now := time.Now()
	who := privyseal.Identity{ID: fmt.Sprintf("acc%013x", i+1), Name: fmt.Sprint("account ", i+1), Created: now}
	var err error
	if who.PubKey, who.Sealed, err = v.NewUserKey(who.ID); err != nil {
		return nil, err
	}
	a := &app{user: who.PubKey}
	if a.key, err = newKeypair(); err != nil {
		return nil, err
	}
	id := fmt.Sprintf("%016x", i+1)
	signer, key, err := v.NewSignerKey(id)
	if err != nil {
		return nil, err
	}
	a.to = signer
	if a.ck, err = nip44.NewConversationKey(a.key, (*[32]byte)(&a.to)); err != nil {
		return nil, err
	}
	return a, errors.Join(tx.PutIdentity(who), tx.PutApp(privyseal.App{
		ID: id, Identity: who.ID, Client: a.key.PublicKey(), Signer: signer, SignerKey: key, Label: fmt.Sprint("App ", i), Preset: "trusted",
		State: privyseal.AppActive, Created: now, LastSeen: now, StateSince: now,
	}))
}
