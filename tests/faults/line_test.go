package faults

import (
	"context"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// line is an app's connection to one relay. It is made again as soon as the
// relay lets it. The app's mutex guards it.
type line struct {
	a        *app
	url      string
	conn     *link.Conn
	live     bool
	verdicts map[nostr.ID]verdict
}

// verdict is a relay's OK.
type verdict struct {
	ok     bool
	reason string
}

// redial is the pause between two attempts to connect.
const redial = 20 * time.Millisecond

func (l *line) run(ctx context.Context) {
	for ctx.Err() == nil {
		conn, err := link.Dial(ctx, l.url, link.Options{Typed: true})
		if err == nil {
			l.serve(ctx, conn)
			_ = conn.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(redial):
		}
	}
}

func (l *line) serve(ctx context.Context, conn *link.Conn) {
	a := l.a
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		l.conn, l.live = nil, false
		a.tell()
	}()
	err := conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: answers, Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {a.me.String()}}, Since: new(time.Now().Add(-2 * time.Minute).Unix()),
	}}})
	for err == nil {
		var m *nostr.RelayMessage
		if m, err = conn.Read(ctx); err != nil {
			return
		}
		switch m.Label {
		case nostr.LabelEvent:
			a.hear(m.Event)
		case nostr.LabelEOSE:
			a.mu.Lock()
			l.conn, l.live = conn, true
			a.tell()
			a.mu.Unlock()
		case nostr.LabelOK:
			a.mu.Lock()
			l.verdicts[m.ID] = verdict{m.OK, m.Message}
			if m.OK {
				a.sent(m.ID)
			}
			a.tell()
			a.mu.Unlock()
		case nostr.LabelClosed:
			return // and connect again
		}
	}
}

// publish sends an event and answers what the relay said, if it said anything.
func (l *line) publish(ev *nostr.Event) verdict {
	a := l.a
	a.mu.Lock()
	conn := l.conn
	delete(l.verdicts, ev.ID)
	a.mu.Unlock()
	if conn == nil || conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}) != nil {
		return verdict{reason: "not connected"}
	}
	v := verdict{reason: "no answer"}
	a.await(5*time.Second, func() bool {
		got, ok := l.verdicts[ev.ID]
		if ok {
			v = got
		}
		return ok || l.conn != conn
	})
	return v
}
