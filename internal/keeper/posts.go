package keeper

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// postFor is how long relays may take to say something of an event.
const postFor = 10 * time.Second

// posts are the events that errands take to relays, and who waits to hear of
// them. The zero value is ready.
type posts struct {
	mu   sync.Mutex
	next uint64
	open map[uint64]chan control.Posted
}

func (p *posts) begin(relays int) (ref uint64, came <-chan control.Posted, end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[uint64]chan control.Posted{}
	}
	p.next++
	ref = p.next
	ch := make(chan control.Posted, relays)
	p.open[ref] = ch
	return ref, ch, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, ref)
	}
}

// posted hands over what one relay said; more than was asked for is dropped.
func (k *Keeper) posted(m *control.Posted) {
	k.posts.mu.Lock()
	defer k.posts.mu.Unlock()
	select {
	case k.posts.open[m.Ref] <- *m:
	default:
	}
}

// postTo takes a signed event to relays and says what each said.
func (k *Keeper) postTo(ctx context.Context, places []control.Place, event json.RawMessage) []control.Posted {
	ref, came, end := k.posts.begin(len(places))
	defer end()
	out := make([]control.Posted, len(places))
	for i, p := range places {
		out[i] = control.Posted{Ref: ref, Relay: p.URL, Reason: "no answer in time"}
	}
	if len(places) == 0 || k.send(&control.Post{Ref: ref, Relays: places, Event: event}) != nil {
		return out
	}
	patience := time.NewTimer(postFor)
	defer patience.Stop()
	for range places {
		select {
		case p := <-came:
			for i := range out {
				if out[i].Relay == p.Relay {
					out[i] = p
				}
			}
		case <-patience.C:
			return out
		case <-ctx.Done():
			return out
		}
	}
	return out
}
