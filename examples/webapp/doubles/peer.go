package doubles

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// peer is one connection to the relay.
type peer struct {
	relay *Relay
	ws    *websocket.Conn
	subs  map[string][]nostr.Filter // under the relay's lock
	out   chan []byte
}

// read serves what the other side sends, until it ends.
func (p *peer) read(ctx context.Context) {
	for {
		_, raw, err := p.ws.Read(ctx)
		if err != nil {
			return
		}
		m, err := nostr.ParseClientMessage(raw)
		if err != nil {
			p.send(&nostr.RelayMessage{Label: nostr.LabelNotice, Message: "invalid: " + err.Error()})
			continue
		}
		switch m.Label {
		case nostr.LabelEvent:
			why := p.relay.Add(m.Event)
			p.send(&nostr.RelayMessage{Label: nostr.LabelOK, ID: m.ID, OK: why == "", Message: why})
		case nostr.LabelReq:
			p.subscribe(m.SubID, m.Filters)
		case nostr.LabelClose:
			p.relay.mu.Lock()
			delete(p.subs, m.SubID)
			p.relay.mu.Unlock()
		}
	}
}

// subscribe sends what is kept, and then what comes, with no gap between.
func (p *peer) subscribe(id string, filters []nostr.Filter) {
	p.relay.mu.Lock()
	defer p.relay.mu.Unlock()
	if len(p.subs) == maxSubs {
		p.send(&nostr.RelayMessage{Label: nostr.LabelClosed, SubID: id, Message: "error: too many subscriptions"})
		return
	}
	for _, e := range p.relay.query(filters) {
		p.send(&nostr.RelayMessage{Label: nostr.LabelEvent, SubID: id, Event: e})
	}
	p.send(&nostr.RelayMessage{Label: nostr.LabelEOSE, SubID: id})
	p.subs[id] = filters
}

// tell sends a new event to the subscriptions it belongs to.
func (p *peer) tell(e *nostr.Event) {
	for id, filters := range p.subs {
		for i := range filters {
			if filters[i].Match(e) {
				p.send(&nostr.RelayMessage{Label: nostr.LabelEvent, SubID: id, Event: e})
				break
			}
		}
	}
}

// send queues a message. Who does not read is cut off.
func (p *peer) send(m *nostr.RelayMessage) {
	select {
	case p.out <- m.AppendJSON(nil):
	default:
		_ = p.ws.CloseNow()
	}
}

func (p *peer) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case frame := <-p.out:
			limit, cancel := context.WithTimeout(ctx, 10*time.Second)
			err := p.ws.Write(limit, websocket.MessageText, frame)
			cancel()
			if err != nil {
				_ = p.ws.CloseNow()
				return
			}
		}
	}
}
