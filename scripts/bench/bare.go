package main

import (
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// bareRelay verifies every event and hands it to who listens for its p tag, and
// does nothing else: no limits, no mailbox, no memory. It is what our own relay
// is measured beside.
func bareRelay() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("{\"event\":\"ready\",\"relay\":\"ws://%s\"}\n", l.Addr())
	var b bare
	return http.Serve(l, http.HandlerFunc(b.serve))
}

type bare struct {
	mu  sync.RWMutex
	who map[string][]listener
}

type listener struct {
	conn *websocket.Conn
	sub  string
}

func (b *bare) serve(w http.ResponseWriter, req *http.Request) {
	c, err := websocket.Accept(w, req, nil)
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(1 << 20)
	send := func(to *websocket.Conn, m *nostr.RelayMessage) {
		_ = to.Write(req.Context(), websocket.MessageText, m.AppendJSON(nil))
	}
	for {
		_, raw, err := c.Read(req.Context())
		if err != nil {
			return
		}
		m, err := nostr.ParseClientMessage(raw)
		if err != nil {
			return
		}
		switch m.Label {
		case nostr.LabelReq:
			b.mu.Lock()
			if b.who == nil {
				b.who = map[string][]listener{}
			}
			for _, f := range m.Filters {
				for _, key := range f.Tags["p"] {
					b.who[key] = append(b.who[key], listener{c, m.SubID})
				}
			}
			b.mu.Unlock()
			send(c, &nostr.RelayMessage{Label: nostr.LabelEOSE, SubID: m.SubID})
		case nostr.LabelEvent:
			if m.Event.Verify() != nil {
				return
			}
			b.mu.RLock()
			who := b.who[m.Event.Tags.TagValue("p")]
			b.mu.RUnlock()
			for _, l := range who {
				send(l.conn, &nostr.RelayMessage{Label: nostr.LabelEvent, SubID: l.sub, Event: m.Event})
			}
			send(c, &nostr.RelayMessage{Label: nostr.LabelOK, ID: m.Event.ID, OK: true})
		}
	}
}
