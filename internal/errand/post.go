package errand

import (
	"context"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// post takes an event to one relay and waits for its word.
func (r *Runner) post(ctx context.Context, m *control.Post, p control.Place) *control.Posted {
	out := &control.Posted{Ref: m.Ref, Relay: p.URL}
	e, err := nostr.ParseEvent(m.Event)
	if err != nil {
		out.Reason = "not an event"
		return out
	}
	conn, err := r.dial(ctx, p)
	if err != nil {
		out.Reason = why(ctx, err)
		return out
	}
	defer conn.Close()
	if err := conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: e}); err != nil {
		out.Reason = why(ctx, err)
		return out
	}
	for {
		got, err := conn.Read(ctx)
		if err != nil {
			out.Reason = why(ctx, err)
			return out
		}
		if got.Label == nostr.LabelOK && got.ID == e.ID {
			out.Sent, out.OK, out.Reason = true, got.OK, short(got.Message)
			return out
		}
	}
}
