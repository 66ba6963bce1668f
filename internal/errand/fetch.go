package errand

import (
	"context"
	"slices"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// subID names the one subscription of a connection.
const subID = "1"

// maxIdle bounds the messages that are read in vain.
const maxIdle = 200

// fetch brings what one relay has.
func (r *Runner) fetch(ctx context.Context, m *control.Fetch, p control.Place) *control.Fetched {
	out := &control.Fetched{Ref: m.Ref, Relay: p.URL}
	conn, err := r.dial(ctx, p)
	if err != nil {
		r.o.Log.Info("an errand found no relay", "relay", p.URL, "err", err)
		out.Reason = why(ctx, err)
		return out
	}
	defer conn.Close()
	if err := conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: subID, Filters: m.Filters}); err != nil {
		out.Reason = why(ctx, err)
		return out
	}
	h := haul{limit: min(m.Limit, control.MaxErrandEvents), filters: m.Filters, seen: map[nostr.ID]bool{}}
	for read := 0; ; read++ {
		got, err := conn.Read(ctx)
		if err != nil {
			out.Reason = why(ctx, err)
			break
		}
		if read > maxIdle+h.limit {
			out.Reason = "it sends what nobody asked for"
			break
		}
		if got.SubID != subID {
			continue
		}
		if got.Label == nostr.LabelEOSE {
			out.Complete = !h.full
			break
		}
		if got.Label == nostr.LabelClosed {
			out.Reason = "it said no: " + short(got.Message)
			break
		}
		if got.Label == nostr.LabelEvent && !h.take(got.Event) {
			out.Reason = "it has more than was asked for"
			break
		}
	}
	out.Events = h.events
	return out
}

// haul is what one relay brought, within bounds.
type haul struct {
	limit   int
	filters []nostr.Filter
	seen    map[nostr.ID]bool
	events  [][]byte
	bytes   int
	full    bool
}

// take keeps an event that was asked for; false says that there is no more room.
func (h *haul) take(e *nostr.Event) bool {
	if h.seen[e.ID] || !slices.ContainsFunc(h.filters, func(f nostr.Filter) bool { return f.Match(e) }) {
		return true
	}
	raw := e.AppendJSON(nil)
	if len(h.events) >= h.limit || len(h.events) > 0 && h.bytes+len(raw) > control.MaxErrandBytes {
		h.full = true
		return false
	}
	h.seen[e.ID] = true
	h.events, h.bytes = append(h.events, raw), h.bytes+len(raw)
	return true
}

// short bounds a relay's own text.
func short(s string) string {
	const most = 200
	if len(s) > most {
		return s[:most]
	}
	return s
}
