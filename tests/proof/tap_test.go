package proof

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// tap is a connection to a relay that hears everything that is published for
// some apps. It is made anew when it breaks, as after a sleep of the machine.
type tap struct {
	t    testing.TB
	url  string
	live chan struct{}
	ear

	line struct {
		sync.Mutex
		conn *link.Conn
		apps []*app
	}
}

func newTap(t testing.TB, url string) *tap {
	t.Helper()
	p := &tap{t: t, url: url, live: make(chan struct{}, 1)}
	ctx, hangUp := context.WithCancel(context.Background())
	must(t, p.dial(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p.read(ctx) == nil {
			for p.dial(ctx) != nil && ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
			}
		}
	}()
	t.Cleanup(func() { hangUp(); <-done; _ = p.conn().Close() })
	return p
}

func (p *tap) dial(ctx context.Context) error {
	conn, err := link.Dial(ctx, p.url, link.Options{Typed: true})
	if err != nil {
		return err
	}
	p.line.Lock()
	defer p.line.Unlock()
	p.line.conn = conn
	for _, a := range p.line.apps {
		_ = conn.Send(wanted(a))
	}
	return nil
}

func (p *tap) conn() *link.Conn {
	p.line.Lock()
	defer p.line.Unlock()
	return p.line.conn
}

// read hears what comes until the connection breaks; it answers why nothing more
// is to be heard.
func (p *tap) read(ctx context.Context) error {
	for conn := p.conn(); ; {
		m, err := conn.Read(ctx)
		switch {
		case err != nil:
			_ = conn.Close()
			return ctx.Err()
		case m.Label == nostr.LabelEOSE:
			select {
			case p.live <- struct{}{}:
			default: // of an app that was followed before
			}
		case m.Label == nostr.LabelEvent:
			p.hear(m.Event)
		}
	}
}

func wanted(a *app) *nostr.ClientMessage {
	return &nostr.ClientMessage{Label: nostr.LabelReq, SubID: a.name, Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {a.pub.String()}},
	}}}
}

// join listens for an app and connects it to the signer.
func (p *tap) join(a *app) *request {
	p.t.Helper()
	p.follow(a)
	hello := a.connect()
	p.all(hello)
	return hello
}

// follow listens for an app.
func (p *tap) follow(a *app) {
	p.t.Helper()
	p.listenFor(a)
	p.line.Lock()
	p.line.apps = append(p.line.apps, a)
	p.line.Unlock()
	must(p.t, p.conn().Send(wanted(a)))
	select {
	case <-p.live:
	case <-time.After(patience):
		p.t.Fatal("the tap was not let in")
	}
}

// send sends one event, if need be over a connection made anew.
func (p *tap) send(ev *nostr.Event) {
	p.t.Helper()
	var err error
	for range 50 {
		if err = p.conn().Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.t.Fatal(err)
}

// all sends requests until each is answered, every second anew. It counts tries,
// not time: a machine that slept has not waited.
func (p *tap) all(list ...*request) {
	p.t.Helper()
	open := map[string]*request{}
	for _, r := range list {
		open[r.id] = r
	}
	read := 0
	answered := func() bool {
		fresh := p.since(read)
		read += len(fresh)
		for _, a := range fresh {
			delete(open, a.id)
		}
		return len(open) == 0
	}
	for range 30 {
		for _, r := range open {
			p.send(r.seal(p.t, time.Now()))
		}
		for late := time.After(time.Second); ; {
			changed := p.next()
			if answered() {
				return
			}
			select {
			case <-changed:
				continue
			case <-late:
			}
			break
		}
	}
	p.t.Fatalf("%d requests were never answered", len(open))
}

// wait waits for the answer to one request, sent once.
func (p *tap) wait(r *request) {
	p.t.Helper()
	if !p.within(patience, r) {
		p.t.Fatalf("%s was not answered", r.id)
	}
}

// within reports whether a request is answered in time.
func (p *tap) within(limit time.Duration, r *request) bool {
	for late := time.After(limit); ; {
		changed := p.next()
		for _, a := range p.heard() {
			if a.id == r.id {
				return true
			}
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}
