package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Our own relay, and a bare one.
const (
	relayTable = "relays, one event to one listener"
	ownRow     = "own relay, %d others listening"
	bareRow    = "bare verifying relay"
	eventCPU   = "CPU µs/event"
	eventRate  = "events/s"
	fewEars    = 60
	manyEars   = 60_000
	idleConns  = 1900 // of one address the relay takes 2,000
	idleColumn = "kB per idle connection"
)

// relays measures our own relay beside few and many who listen, and a bare one.
func (b *bench) relays(ctx context.Context, _ []signer) error {
	for _, others := range []int{fewEars, manyEars} {
		p, url, err := b.relay(ctx)
		if err != nil {
			return err
		}
		err = b.carry(ctx, p, url, fmt.Sprintf(ownRow, others), others)
		p.stop()
		if err != nil {
			return err
		}
	}
	p, line, err := start(ctx, "event", b.self, "relay")
	if err != nil {
		return err
	}
	err = b.carry(ctx, p, line["relay"].(string), bareRow, 0)
	p.stop()
	if err != nil {
		return err
	}
	return b.idlers(ctx)
}

// carry sends events to one listener, 64 under way, while others listen for
// other keys, 200 subscriptions to a connection.
func (b *bench) carry(ctx context.Context, p *process, url, row string, others int) error {
	var done nostr.PubKey
	for from := 0; from < others; from += 200 {
		conn, err := link.Dial(ctx, url, link.Options{Typed: true})
		if err != nil {
			return err
		}
		defer conn.Close()
		for i := from; i < min(from+200, others); i++ {
			copy(done[:], fmt.Sprintf("%032d", i))
			if err := subscribe(conn, fmt.Sprint(i), done); err != nil {
				return err
			}
		}
		for range min(200, others-from) {
			if _, err := conn.Read(ctx); err != nil { // EOSE
				return err
			}
		}
	}
	writer, reader := newKeys(), newKeys()
	came := make(chan arrival, 4096)
	ears, err := listen(ctx, url, came, reader.PublicKey())
	if err != nil {
		return err
	}
	defer ears.Close()
	mouth, err := listen(ctx, url, make(chan arrival), writer.PublicKey())
	if err != nil {
		return err
	}
	defer mouth.Close()
	run := func(n int) (time.Duration, error) {
		frames, err := letters(writer, reader.PublicKey(), n)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		for i := range n + 64 {
			if i >= 64 {
				select {
				case <-came:
				case <-time.After(patience):
					return 0, errors.New("events were lost")
				}
			}
			if i < n {
				if err := mouth.SendFrame(frames[i]); err != nil {
					return 0, err
				}
			}
		}
		return time.Since(began), nil
	}
	if _, err := run(500); err != nil { // warm
		return err
	}
	before, err := p.cpu()
	if err != nil {
		return err
	}
	took, err := run(b.n)
	if err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	b.set(relayTable, row, eventCPU, float64((after-before).Microseconds())/float64(b.n))
	b.set(relayTable, row, eventRate, float64(b.n)/took.Seconds())
	return nil
}

func subscribe(conn *link.Conn, id string, to nostr.PubKey) error {
	return conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: id, Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {to.String()}},
	}}})
}

// idlers measures what a connection costs that only listens.
func (b *bench) idlers(ctx context.Context) error {
	p, url, err := b.relay(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	before, err := p.memory()
	if err != nil {
		return err
	}
	for i := range idleConns {
		conn, err := link.Dial(ctx, url, link.Options{Typed: true})
		if err != nil {
			return err
		}
		defer conn.Close()
		var key nostr.PubKey
		copy(key[:], fmt.Sprintf("%032d", i))
		if err := subscribe(conn, "s", key); err != nil {
			return err
		}
		if _, err := conn.Read(ctx); err != nil {
			return err
		}
	}
	after, err := p.memory()
	if err != nil {
		return err
	}
	b.set(relayTable, "own relay", idleColumn, (after-before)*1000/idleConns)
	return nil
}
