package main

import (
	"context"
	"fmt"
	"time"
)

// An inbox of 500 messages, each sealed twice, opened through one app.
const (
	inboxTable = "an inbox of 500 messages, two decrypts each"
	inboxSize  = 500
	writers    = 50  // who wrote them; each wraps his message with a key of its own
	inboxAt    = 256 // texts asked for at a time
	inboxCPU   = "CPU s"
	inboxTime  = "s"
	quietP50   = "another app's p50 ms before"
	quietP99   = "p99 before"
	busyTime   = "s meanwhile"
	busyP50    = "p50 meanwhile"
	busyP99    = "p99 meanwhile"
)

// manyInboxes are opened one after the other while another app asks.
const manyInboxes = 10

func (b *bench) inboxes(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if s.ours() {
			if err := b.inbox(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

// inbox are the questions of an inbox: first the wraps, then what they hold.
func (a *app) inbox() ([]question, error) {
	var qs []question
	var known []*friend
	for i := range 2 * inboxSize {
		var f *friend
		var err error
		if i < inboxSize || len(known) < writers {
			if f, err = newFriend(a.user); err != nil {
				return nil, err
			}
			if i >= inboxSize {
				known = append(known, f)
			}
		} else {
			f = known[i%writers]
		}
		q, err := a.sealedBy(f, fmt.Sprintf("message %d: %0600d", i, i))
		if err != nil {
			return nil, err
		}
		if q, err = a.seal(q); err != nil {
			return nil, err
		}
		qs = append(qs, q)
	}
	return qs, nil
}

func (b *bench) inbox(ctx context.Context, s signer) error {
	relay, url, err := b.relay(ctx)
	if err != nil {
		return err
	}
	defer relay.stop()
	data, pass, err := initialised(ctx, s.path, b.dir)
	if err != nil {
		return err
	}
	p, err := up(ctx, s.path, data, pass, url)
	if err != nil {
		return err
	}
	defer p.stop()
	pair := func() (*app, error) {
		uri, err := invite(ctx, s.path, data)
		if err != nil {
			return nil, err
		}
		a, err := connect(ctx, uri)
		if err == nil {
			_, _, _, err = a.drive(ctx, p, "sign_event", 300, 64) // warm
		}
		return a, err
	}
	reader, err := pair()
	if err != nil {
		return err
	}
	defer reader.conn.Close()
	qs, err := reader.inbox()
	if err != nil {
		return err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	_, all, err := reader.loop(ctx, qs, inboxAt)
	if err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	b.set(inboxTable, s.name, inboxTime, all.Seconds())
	b.set(inboxTable, s.name, inboxCPU, (after - before).Seconds())
	other, err := pair()
	if err != nil {
		return err
	}
	defer other.conn.Close()
	took, _, _, err := other.drive(ctx, p, "sign_event", b.alone, 1)
	if err != nil {
		return err
	}
	b.set(inboxTable, s.name, quietP50, quantile(took, 50))
	b.set(inboxTable, s.name, quietP99, quantile(took, 99))
	if took, all, err = beside(ctx, reader, other); err != nil {
		return err
	}
	b.set(inboxTable, s.name, busyTime, all.Seconds()/manyInboxes)
	b.set(inboxTable, s.name, busyP50, quantile(took, 50))
	b.set(inboxTable, s.name, busyP99, quantile(took, 99))
	return nil
}

// beside is how long another app's notes take, one at a time, while inboxes are
// opened, and how long these take. All is sealed before and verified afterwards:
// on a small machine the apps' own work would be what is waited for.
func beside(ctx context.Context, reader, other *app) (took []time.Duration, all time.Duration, err error) {
	var inboxes [manyInboxes][]question
	for i := range inboxes {
		if inboxes[i], err = reader.inbox(); err != nil {
			return nil, 0, err
		}
	}
	notes, err := other.sealed("sign_event", 10_000)
	if err != nil {
		return nil, 0, err
	}
	var opened [manyInboxes][]arrival
	done, failed, began := make(chan struct{}), error(nil), time.Now()
	go func() {
		defer close(done)
		for i := range inboxes {
			if opened[i], failed = reader.exchange(ctx, inboxes[i], inboxAt); failed != nil {
				return
			}
		}
	}()
	var signed []arrival
	for running := true; running && len(signed) < len(notes); {
		some, err := other.exchange(ctx, notes[len(signed):len(signed)+1], 1)
		if err != nil {
			return nil, 0, err
		}
		signed = append(signed, some...)
		select {
		case <-done:
			running = false
		default:
		}
	}
	if <-done; failed != nil {
		return nil, 0, failed
	}
	all = time.Since(began)
	for i := range inboxes {
		if _, err := reader.check(inboxes[i], opened[i]); err != nil {
			return nil, 0, err
		}
	}
	took, err = other.check(notes[:len(signed)], signed)
	return took, all, err
}
