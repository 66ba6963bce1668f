package keeper

import (
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// ears is where the signer listens, and how that goes.
type ears struct {
	turn    sync.Mutex // whoever changes what is listened for
	mu      sync.Mutex
	relays  []Relay // configured, the own relay last
	past    past
	state   map[string]control.RelayStatus
	keys    map[string]map[nostr.PubKey]bool // by relay: listened for, and live
	waiting map[chan struct{}]waitLive
	heard   map[string]time.Time // by relay: an app's request, or a measurement because of none
	turns   int                  // of keys that were measured
	told    bool                 // the front was told all that is listened for
	noKept  bool                 // the relays kept in settings are left out, for this run
}

type waitLive struct {
	relay string
	key   nostr.PubKey
}

func newEars(relays []Relay) *ears {
	return &ears{
		relays: slices.Clone(relays), state: map[string]control.RelayStatus{},
		keys:    map[string]map[nostr.PubKey]bool{},
		past:    past{Added: map[string]time.Time{}, Old: map[string]time.Time{}},
		waiting: map[chan struct{}]waitLive{}, heard: map[string]time.Time{},
	}
}

// reset forgets what an earlier front listened on.
func (e *ears) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.keys)
	clear(e.state)
	e.told = false
}

// load adds the relays kept in settings, and compares with the last start.
func (e *ears) load(r store.Reader, now time.Time) error {
	var urls []string
	if err := readSetting(r, settingRelays, &urls); err != nil {
		return err
	}
	if e.noKept {
		return readSetting(r, settingPast, &e.past) // and the next run tells what changed
	}
	for _, u := range urls {
		e.add(Relay{URL: u, Public: publicURL(u), Typed: true}, time.Time{})
	}
	if err := readSetting(r, settingPast, &e.past); err != nil {
		return err
	}
	e.past.compare(e.relays, now, len(e.past.Added) == 0)
	return nil
}

func (e *ears) add(r Relay, now time.Time) bool {
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
	if !now.IsZero() {
		e.past.compare(e.relays, now, false)
	}
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
	e.past.compare(e.relays, now, false)
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

// relaysFor is where a key of an app with these relays is listened for: the
// configured relays, those dropped less than a day ago, and the app's own.
func (e *ears) relaysFor(app []string, now time.Time) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]string, 0, len(e.relays)+len(app))
	for _, r := range e.relays {
		out = append(out, r.URL)
	}
	for u, until := range e.past.Old {
		if now.Before(until) {
			out = append(out, u)
		}
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

// replaced is an app's new relays when one it knows was dropped, or one was
// added since it paired: those of its relays that are left, and ours.
func (e *ears) replaced(app privyseal.App) (next []string, changed bool) {
	links := e.forLinks()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, u := range app.Relays {
		if _, old := e.past.Old[u]; old {
			changed = true
		} else {
			next = append(next, u)
		}
	}
	for _, r := range links {
		if !slices.Contains(next, r.URL) {
			changed = changed || e.past.Added[r.URL].After(app.Created)
			next = append(next, r.URL)
		}
	}
	slices.Sort(next)
	return next, changed && len(next) > 0
}

// wants notes that a key is listened for on a relay; it reports what is new.
func (e *ears) wants(relay string, keys []nostr.PubKey) (fresh []nostr.PubKey) {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.keys[relay]
	if m == nil {
		m, fresh = make(map[nostr.PubKey]bool, len(keys)), make([]nostr.PubKey, 0, len(keys))
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

// first reports whether this front is told for the first time what all is listened
// for.
func (e *ears) first() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	told := e.told
	e.told = true
	return !told
}

// surplus takes away what is listened for and no longer wanted.
func (e *ears) surplus(wanted func(relay string, key nostr.PubKey) bool) map[string][]nostr.PubKey {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string][]nostr.PubKey{}
	for relay, keys := range e.keys {
		for pk := range keys {
			if !wanted(relay, pk) {
				delete(keys, pk)
				out[relay] = append(out[relay], pk)
			}
		}
	}
	return out
}

func (e *ears) drop(relay string, key nostr.PubKey) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.keys[relay], key)
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
