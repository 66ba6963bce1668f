// Package relays is what the demo's apps need of a Nostr relay: ask for events,
// publish one, and ask a question that another side answers. Each call is a
// connection of its own and has a deadline.
//
// It believes no relay: events that are not verified, or not asked for, are
// left out. It reconnects to nothing and keeps nothing.
package relays

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

const (
	wait    = 10 * time.Second // for a relay to answer
	maxRead = 1000             // events of one question
)

// ErrAway says that the relay could not be reached, or did not answer.
var ErrAway = errors.New("the place where posts are kept does not answer")

// conn is one connection.
type conn struct{ ws *websocket.Conn }

func dial(ctx context.Context, url string) (conn, error) {
	ws, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return conn{}, ErrAway
	}
	ws.SetReadLimit(nostr.MaxMessageSize)
	return conn{ws}, nil
}

func (c conn) send(ctx context.Context, m *nostr.ClientMessage) error {
	if err := c.ws.Write(ctx, websocket.MessageText, m.AppendJSON(nil)); err != nil {
		return ErrAway
	}
	return nil
}

// read is the next message that can be understood.
func (c conn) read(ctx context.Context) (*nostr.RelayMessage, error) {
	for {
		_, raw, err := c.ws.Read(ctx)
		if err != nil {
			return nil, ErrAway
		}
		if m, err := nostr.ParseRelayMessage(raw); err == nil {
			return m, nil
		}
	}
}

// close ends the connection without waiting for the other side.
func (c conn) close() { _ = c.ws.CloseNow() }

// Query asks for stored events.
func Query(ctx context.Context, url string, filters ...nostr.Filter) ([]*nostr.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := dial(ctx, url)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.send(ctx, &nostr.ClientMessage{Label: nostr.LabelReq, SubID: "q", Filters: filters}); err != nil {
		return nil, err
	}
	var found []*nostr.Event
	for {
		m, err := c.read(ctx)
		switch {
		case err != nil:
			return nil, err
		case m.Label == nostr.LabelEOSE:
			return found, nil
		case m.Label == nostr.LabelClosed:
			return nil, ErrAway
		case m.Label == nostr.LabelEvent && asked(m.Event, filters) && len(found) < maxRead:
			found = append(found, m.Event)
		}
	}
}

// asked reports whether an event is genuine and one of those asked for.
func asked(e *nostr.Event, filters []nostr.Filter) bool {
	for i := range filters {
		if filters[i].Match(e) {
			return e.Verify() == nil
		}
	}
	return false
}

// Publish hands an event to a relay and waits until it is kept.
func Publish(ctx context.Context, url string, e *nostr.Event) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := dial(ctx, url)
	if err != nil {
		return err
	}
	defer c.close()
	return c.publish(ctx, e, nil)
}

// publish sends an event and waits for its receipt; other is shown what else
// comes meanwhile.
func (c conn) publish(ctx context.Context, e *nostr.Event, other func(*nostr.Event)) error {
	if err := c.send(ctx, &nostr.ClientMessage{Label: nostr.LabelEvent, Event: e}); err != nil {
		return err
	}
	for {
		m, err := c.read(ctx)
		switch {
		case err != nil:
			return err
		case m.Label == nostr.LabelOK && m.ID == e.ID && !m.OK:
			return fmt.Errorf("the place where posts are kept refused it: %s", m.Message)
		case m.Label == nostr.LabelOK && m.ID == e.ID:
			return nil
		case m.Label == nostr.LabelEvent && other != nil:
			other(m.Event)
		}
	}
}

// Ask publishes an event and waits for the first one that answers it.
func Ask(ctx context.Context, url string, e *nostr.Event, answer nostr.Filter) (*nostr.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := dial(ctx, url)
	if err != nil {
		return nil, err
	}
	defer c.close()
	filters := []nostr.Filter{answer}
	if err := c.send(ctx, &nostr.ClientMessage{Label: nostr.LabelReq, SubID: "a", Filters: filters}); err != nil {
		return nil, err
	}
	var got *nostr.Event
	note := func(e *nostr.Event) {
		if got == nil && asked(e, filters) {
			got = e
		}
	}
	if err := c.publish(ctx, e, note); err != nil {
		return nil, err
	}
	for got == nil {
		m, err := c.read(ctx)
		if err != nil {
			return nil, err
		}
		if m.Label == nostr.LabelEvent {
			note(m.Event)
		}
	}
	return got, nil
}
