package transport

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// Bounds of what waits for the keeper.
const (
	batchItems  = 64
	batchBytes  = 4 << 20
	laneItems   = 256     // of one relay
	laneBytes   = 4 << 20 // of one relay; one event always fits
	maxReceipts = 1 << 16 // beyond it the oldest are dropped: what is owed is sent again
	maxNews     = 4096
)

// outbox is what waits for the keeper. Each relay has a lane for its events;
// lanes take turns, so that a flood from one relay delays no other.
type outbox struct {
	wake chan struct{}

	mu       sync.Mutex
	turn     []*lane // lanes that hold something, the next one first
	receipts []control.Published
	dropped  uint64
	news     []control.Message
	live     map[string]map[nostr.PubKey]bool
	states   map[string]control.RelayStatus
}

// lane holds one relay's events.
type lane struct {
	o     *outbox
	url   string
	items [][]byte
	bytes int
	room  chan struct{}
}

func newOutbox() *outbox {
	return &outbox{wake: make(chan struct{}, 1), live: map[string]map[nostr.PubKey]bool{}, states: map[string]control.RelayStatus{}}
}

func (o *outbox) lane(url string) *lane {
	return &lane{o: o, url: url, room: make(chan struct{}, 1)}
}

// push waits until the event fits; false means that ctx ended.
func (l *lane) push(ctx context.Context, event []byte) bool {
	for !l.offer(event) {
		select {
		case <-l.room:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// offer takes an event if it fits.
func (l *lane) offer(event []byte) bool {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	if len(l.items) > 0 && (len(l.items) >= laneItems || l.bytes+len(event) > laneBytes) {
		return false
	}
	if len(l.items) == 0 {
		l.o.turn = append(l.o.turn, l)
	}
	l.items = append(l.items, event)
	l.bytes += len(event)
	signal(l.o.wake)
	return true
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (o *outbox) receipt(p control.Published) {
	if len(p.Reason) > 512 {
		p.Reason = p.Reason[:512]
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.receipts) >= maxReceipts {
		o.receipts = o.receipts[1:]
		o.dropped++
	}
	o.receipts = append(o.receipts, p)
	signal(o.wake)
}

// status replaces an older status of the same relay.
func (o *outbox) status(s control.RelayStatus) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.states[s.Relay] = s
	signal(o.wake)
}

func (o *outbox) liveKeys(url string, keys []nostr.PubKey) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.live[url] == nil {
		o.live[url] = make(map[nostr.PubKey]bool, len(keys))
	}
	for _, k := range keys {
		o.live[url][k] = true
	}
	signal(o.wake)
}

// tell hands over a challenge, a change of the network, or what came of an
// errand. It is dropped when the keeper has not taken thousands: a relay asks
// again, and the keeper gives up an errand that brings nothing.
func (o *outbox) tell(m control.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.news) < maxNews {
		o.news = append(o.news, m)
		signal(o.wake)
	}
}

// run hands everything over, in batches as large as have gathered.
func (o *outbox) run(ctx context.Context, conn Seam) error {
	for ctx.Err() == nil {
		batch := o.take()
		if len(batch) == 0 {
			select {
			case <-o.wake:
				runtime.Gosched() // what has come with it comes along
				continue
			case <-ctx.Done():
				return nil
			}
		}
		for _, m := range batch {
			if err := conn.Send(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// take removes one round: states and news, receipts, and one batch of events.
func (o *outbox) take() (batch []control.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.states {
		batch = append(batch, &s)
	}
	for url, keys := range o.live {
		batch = append(batch, &control.Live{Relay: url, Keys: slices.Collect(maps.Keys(keys))})
	}
	batch = append(batch, o.news...)
	clear(o.states)
	clear(o.live)
	o.news = nil
	if n := min(len(o.receipts), 1024); n > 0 {
		batch = append(batch, &control.Receipts{Items: o.receipts[:n:n]})
		if o.receipts = o.receipts[n:]; len(o.receipts) == 0 {
			o.receipts = nil
		}
	}
	if items := o.events(); len(items) > 0 {
		batch = append(batch, &control.Events{Items: items})
	}
	return batch
}

// events takes one event of each lane in turn.
func (o *outbox) events() (items []control.Inbound) {
	for bytes := 0; len(o.turn) > 0 && len(items) < batchItems && bytes < batchBytes; {
		l := o.turn[0]
		o.turn = o.turn[1:]
		event := l.items[0]
		l.items[0] = nil
		l.items = l.items[1:]
		l.bytes -= len(event)
		bytes += len(event)
		items = append(items, control.Inbound{Relay: l.url, Event: event})
		if len(l.items) > 0 {
			o.turn = append(o.turn, l)
		} else {
			l.items = nil
		}
		signal(l.room)
	}
	return items
}
