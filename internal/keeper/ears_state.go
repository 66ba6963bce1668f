package keeper

import (
	"slices"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// live notes subscriptions that became live.
func (e *ears) live(relay string, keys []nostr.PubKey) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, pk := range keys {
		if _, ok := e.keys[relay][pk]; ok {
			e.keys[relay][pk] = true
		}
	}
	for ch, w := range e.waiting {
		if w.relay == relay && e.keys[relay][w.key] {
			close(ch)
			delete(e.waiting, ch)
		}
	}
}

// awaitLive is closed when a key's subscription on a relay is live.
func (e *ears) awaitLive(relay string, key nostr.PubKey) (done <-chan struct{}, stop func()) {
	ch := make(chan struct{})
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.keys[relay][key] {
		close(ch)
		return ch, func() {}
	}
	e.waiting[ch] = waitLive{relay, key}
	return ch, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.waiting, ch)
	}
}

// status notes a relay's state; it reports whether the relay just came back.
func (e *ears) status(s control.RelayStatus) (back bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.state[s.Relay].State
	e.state[s.Relay] = s
	if s.State != control.RelayUp {
		for pk := range e.keys[s.Relay] {
			e.keys[s.Relay][pk] = false
		}
	}
	return s.State == control.RelayUp && was != control.RelayUp
}

// says is what the front said last of a relay.
func (e *ears) says(relay string) control.RelayStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state[relay]
}

// infos shows every relay listened on.
func (e *ears) infos() []control.RelayInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	urls := map[string]bool{} // url → own
	var order []string
	for _, r := range e.relays {
		urls[r.URL] = r.Own
		order = append(order, r.URL)
	}
	for url := range e.keys {
		if _, ok := urls[url]; !ok && len(e.keys[url]) > 0 {
			urls[url] = false
			order = append(order, url)
		}
	}
	slices.Sort(order[len(e.relays):])
	out := make([]control.RelayInfo, 0, len(order))
	for _, url := range order {
		st := e.state[url]
		info := control.RelayInfo{URL: url, Own: urls[url], State: string(st.State), Detail: st.Detail, Keys: len(e.keys[url])}
		if info.State == "" {
			info.State = string(control.RelayConnecting)
		}
		if st.At != 0 {
			info.Since = time.UnixMilli(st.At)
		}
		for _, live := range e.keys[url] {
			if live {
				info.Live++
			}
		}
		out = append(out, info)
	}
	return out
}
