package keeper

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// settingRelays holds the relays a person added, as a JSON list.
const settingRelays = "relays"

// overlapFor is how long old relays are still served after a switch.
const overlapFor = 24 * time.Hour

// ears is where the signer listens, and how that goes.
type ears struct {
	mu      sync.Mutex
	relays  []Relay // configured, the own relay last
	state   map[string]control.RelayStatus
	keys    map[string]map[nostr.PubKey]bool // by relay: listened for, and live
	old     map[string]time.Time             // dropped relays still served
	waiting map[chan struct{}]waitLive
}

type waitLive struct {
	relay string
	key   nostr.PubKey
}

func newEars(relays []Relay) *ears {
	return &ears{
		relays: slices.Clone(relays), state: map[string]control.RelayStatus{},
		keys: map[string]map[nostr.PubKey]bool{}, old: map[string]time.Time{},
		waiting: map[chan struct{}]waitLive{},
	}
}

// load adds the relays kept in settings.
func (e *ears) load(r store.Reader) error {
	raw, err := r.Setting(settingRelays)
	if err != nil || raw == "" {
		return nil // none
	}
	var urls []string
	if err := json.Unmarshal([]byte(raw), &urls); err != nil {
		return err
	}
	for _, u := range urls {
		e.add(Relay{URL: u, Public: publicURL(u), Typed: true})
	}
	return nil
}

func (e *ears) add(r Relay) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.ContainsFunc(e.relays, func(x Relay) bool { return x.URL == r.URL }) {
		return false
	}
	i := slices.IndexFunc(e.relays, func(x Relay) bool { return x.Own })
	if i < 0 {
		i = len(e.relays)
	}
	e.relays = slices.Insert(e.relays, i, r)
	delete(e.old, r.URL)
	return true
}

func (e *ears) remove(url string, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.relays, func(x Relay) bool { return x.URL == url && !x.Own })
	if i < 0 {
		return false
	}
	e.relays = slices.Delete(e.relays, i, i+1)
	e.old[url] = now.Add(overlapFor)
	return true
}

func (e *ears) configured() []Relay {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.relays)
}

// forLinks are the relays a link names: those the other side can reach, the
// most reliable first. A loopback own relay is named only when nothing better
// is there.
func (e *ears) forLinks() []Relay {
	e.mu.Lock()
	defer e.mu.Unlock()
	var others, own []Relay
	for _, r := range e.relays {
		if r.Own {
			own = append(own, r)
		} else {
			others = append(others, r)
		}
	}
	slices.SortStableFunc(others, func(a, b Relay) int { return e.rank(a) - e.rank(b) })
	reachable := slices.ContainsFunc(others, func(r Relay) bool { return r.Public })
	for _, r := range own {
		if r.Public || !reachable {
			others = append(others, r)
		}
	}
	return others
}

func (e *ears) rank(r Relay) int {
	switch e.state[r.URL].State {
	case control.RelayUp:
		return 0
	case control.RelayConnecting, "":
		return 1
	case control.RelayDown:
		return 2
	case control.RelayRefused:
	}
	return 3
}

func (e *ears) listed(url string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.relays, func(r Relay) bool { return r.URL == url })
}

// relaysFor is where a key of an app with these relays is listened for.
func (e *ears) relaysFor(app []string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]string, 0, len(e.relays)+len(app))
	for _, r := range e.relays {
		out = append(out, r.URL)
	}
	for _, u := range app {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// answerRelays is where an app may be listening for an answer: where it asked,
// and the session's relays.
func (e *ears) answerRelays(arrived string, app []string) []string {
	out := make([]string, 0, len(app)+1)
	if arrived != "" {
		out = append(out, arrived)
	}
	for _, u := range app {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// replaced is an app's new relays when one of those it knows is no longer
// served.
func (e *ears) replaced(app []string) (next []string, changed bool) {
	e.mu.Lock()
	gone := slices.ContainsFunc(app, func(u string) bool { _, old := e.old[u]; return old })
	e.mu.Unlock()
	if !gone {
		return nil, false
	}
	for _, r := range e.forLinks() {
		next = append(next, r.URL)
	}
	slices.Sort(next)
	return next, len(next) > 0 && !slices.Equal(next, slices.Sorted(slices.Values(app)))
}

// wants notes that a key is listened for on a relay; it reports what is new.
func (e *ears) wants(relay string, keys []nostr.PubKey) (fresh []nostr.PubKey) {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.keys[relay]
	if m == nil {
		m = map[nostr.PubKey]bool{}
		e.keys[relay] = m
	}
	for _, pk := range keys {
		if _, known := m[pk]; !known {
			m[pk] = false
			fresh = append(fresh, pk)
		}
	}
	return fresh
}

func (e *ears) drops(key nostr.PubKey) (relays []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for relay, m := range e.keys {
		if _, ok := m[key]; ok {
			delete(m, key)
			relays = append(relays, relay)
		}
	}
	return relays
}

func (e *ears) typed(relay string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.relays {
		if r.URL == relay {
			return r.Typed || r.Own
		}
	}
	return false
}

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
