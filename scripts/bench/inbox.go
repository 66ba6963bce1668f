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
	writers    = 50 // who wrote them; each wraps his message with a key of its own
	inboxCPU   = "CPU s"
	inboxTime  = "s"
	quietP99   = "another app's p99 ms before"
	busyP99    = "and meanwhile"
)

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

// letters500 are the questions of an inbox: first the wraps, then what they hold.
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
	var apps [2]*app
	for i := range apps {
		uri, err := invite(ctx, s.path, data)
		if err != nil {
			return err
		}
		if apps[i], err = connect(ctx, uri); err != nil {
			return err
		}
		defer apps[i].conn.Close()
		if _, _, _, err := apps[i].drive(ctx, p, "sign_event", 300, 64); err != nil { // warm
			return err
		}
	}
	reader, other := apps[0], apps[1]
	open := func() (time.Duration, error) {
		qs, err := reader.inbox()
		if err != nil {
			return 0, err
		}
		_, all, err := reader.loop(ctx, qs, 256)
		return all, err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	all, err := open()
	if err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	b.set(inboxTable, s.name, inboxTime, all.Seconds())
	b.set(inboxTable, s.name, inboxCPU, (after - before).Seconds())
	took, _, _, err := other.drive(ctx, p, "sign_event", b.alone, 1)
	if err != nil {
		return err
	}
	b.set(inboxTable, s.name, quietP99, quantile(took, 99))
	opened, failed := make(chan struct{}), error(nil)
	go func() {
		defer close(opened)
		for range 3 {
			if _, failed = open(); failed != nil {
				return
			}
		}
	}()
	took = nil
	for running := true; running; {
		some, _, _, err := other.drive(ctx, p, "sign_event", 10, 1)
		if err != nil {
			return err
		}
		took = append(took, some...)
		select {
		case <-opened:
			running = false
		default:
		}
	}
	b.set(inboxTable, s.name, busyP99, quantile(took, 99))
	return failed
}
