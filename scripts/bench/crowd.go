package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/nostr"
)

// Signers at rest and at their start, with few and many apps.
const (
	restTable   = "at rest"
	idleMB      = "MB idle"
	idleCPU     = "% of a core idle"
	listenMS    = "listening ms"
	readyMS     = "ready ms"
	derivedMS   = "of it key derivation ms"
	sizeMB      = "binary MB"
	afterUnlock = 30 * time.Second
)

func appsRow(name string, apps int) string { return fmt.Sprintf("%s, %d apps", name, apps) }

// crowd fills the store of a signer that does not run with apps, as pairing
// does, and answers how long its key takes to derive.
func crowd(ctx context.Context, data string, n int) (time.Duration, error) {
	s, err := sqlite.Open(ctx, data, sqlite.Options{})
	if err != nil {
		return 0, err
	}
	took, v, err := derived(s)
	if err != nil {
		return 0, errors.Join(err, s.Close())
	}
	defer v.Close()
	sealing, now := powers.Over(s, v), time.Now()
	var who string
	err = s.View(ctx, func(r store.Reader) error {
		ids, err := r.Identities()
		if err == nil {
			who = ids[0].ID
		}
		return err
	})
	if err == nil && n > 0 {
		_, err = sealing.Check(ctx, now, powers.Facts{})
	}
	for from := 0; from < n && err == nil; from += 1000 {
		err = sealing.Update(ctx, func(tx store.Tx) error {
			for i := from; i < min(from+1000, n); i++ {
				id := fmt.Sprintf("%016x", i+1)
				signer, key, err := v.NewSignerKey(id)
				if err != nil {
					return err
				}
				var client nostr.PubKey
				copy(client[:], fmt.Sprintf("client %025d", i))
				err = tx.PutApp(privyseal.App{
					ID: id, Identity: who, Client: client, Signer: signer, SignerKey: key, Label: fmt.Sprint("App ", i), Preset: "social",
					State: privyseal.AppActive, Created: now, LastSeen: now, StateSince: now,
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return took, errors.Join(err, s.Close())
}

// starts measures our signers' start and rest, with ever more apps.
func (b *bench) starts(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if !s.ours() || b.quick && s.name == oursFast { // start and rest are the same code
			continue
		}
		info, err := os.Stat(s.path)
		if err != nil {
			return err
		}
		b.set(restTable, appsRow(s.name, b.apps[0]), sizeMB, float64(info.Size())/1e6)
		for _, apps := range b.apps {
			if err := b.rest(ctx, s, apps); err != nil {
				return fmt.Errorf("%s: %w", appsRow(s.name, apps), err)
			}
		}
	}
	return nil
}

// rest starts a signer with so many apps, and leaves it alone: then it is used.
func (b *bench) rest(ctx context.Context, s signer, apps int) error {
	row := appsRow(s.name, apps)
	data, pass, err := initialised(ctx, s.path, b.dir)
	if err != nil {
		return err
	}
	kdf, err := crowd(ctx, data, apps-1)
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	began, open := time.Now(), make(chan time.Duration, 1)
	go func() {
		for ctx.Err() == nil && time.Since(began) < patience {
			if c, err := net.Dial("tcp", address); err == nil {
				open <- time.Since(began)
				_ = c.Close()
				return
			}
			time.Sleep(time.Millisecond)
		}
		open <- patience
	}()
	p, _, err := start(ctx, "event", s.path, "up", "--json", "--data", data, "--listen", address, "--passphrase-file", pass)
	if err != nil {
		return err
	}
	defer p.stop()
	ready := time.Since(began)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.set(restTable, row, listenMS, ms(<-open))
	b.set(restTable, row, readyMS, ms(ready))
	b.set(restTable, row, derivedMS, ms(kdf))
	if apps == b.apps[0] || apps == b.apps[len(b.apps)-1] {
		if err := b.leave(ctx, p, row); err != nil {
			return err
		}
	}
	uri, err := invite(ctx, s.path, data)
	if err != nil {
		return err
	}
	a, err := connect(ctx, uri)
	if err != nil {
		return err
	}
	defer a.conn.Close()
	if _, _, _, err := a.drive(ctx, p, "sign_event", 500, 64); err != nil { // warm
		return err
	}
	_, _, cpu, err := a.drive(ctx, p, "sign_event", b.n, 64)
	b.set(restTable, row, cpuColumn+" with the own relay", cpu.Seconds()/float64(b.n)*1000)
	return err
}

// leave measures memory half a minute after the start, and idle CPU from there on.
func (b *bench) leave(ctx context.Context, p *process, row string) error {
	select {
	case <-time.After(afterUnlock):
	case <-ctx.Done():
		return ctx.Err()
	}
	mb, err := p.memory()
	if err != nil {
		return err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	select {
	case <-time.After(b.idle):
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := p.cpu()
	b.set(restTable, row, idleMB, mb)
	b.set(restTable, row, idleCPU, (after-before).Seconds()/b.idle.Seconds()*100)
	return err
}
