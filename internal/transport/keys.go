package transport

import (
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// How keys share subscriptions (design decision 7): relays bound the values of a
// filter, the size of a frame and the number of REQs.
const (
	filterKeys = 500
	maxREQs    = 10
	largeREQs  = 6  // the rest is for new keys and for merging
	fewKeys    = 20 // every relay bears a REQ of so many
	tidyAfter  = 2 * time.Second
	serveTime  = 30 * time.Second // a merged REQ without EOSE by then is given up
)

// group is the keys of one REQ.
type group struct {
	keys     []nostr.PubKey
	since    int64
	sub      *link.Sub
	sent     bool           // it was on the wire
	live     bool           // stored events have ended
	served   bool           // it was live once
	refused  int            // CLOSED before it was ever live
	news     []nostr.PubKey // to be reported when it is live
	replaces []*group       // closed when it is live
}

// lost notes that the relay no longer serves the group.
func (g *group) lost() { g.live, g.news = false, g.keys }

func (r *remote) listen(m *control.Listen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range m.Remove {
		if r.keys[k] {
			delete(r.keys, k)
			r.linger = closeAfter
			r.tidyLater()
		}
	}
	var fresh, known []nostr.PubKey
	for _, k := range m.Add {
		if r.keys[k] {
			known = append(known, k)
		} else {
			r.keys[k] = true
			fresh = append(fresh, k)
		}
	}
	if len(r.keys) == 0 {
		for len(r.groups) > 0 {
			r.drop(r.groups[0])
		}
		r.waiting = nil
	}
	r.rest()
	r.reportLive(known)
	if len(fresh) > 0 {
		r.place(fresh, lookBack(m.Since, r.s.o.Clock()))
	}
}

// lookBack is where a first subscription begins. The present is never the start:
// a local clock that is fast would hide everything.
func lookBack(since int64, now time.Time) int64 {
	if since > 0 {
		return since
	}
	return now.Add(-grace).Unix()
}

// reportLive repeats the report for keys that are live already.
func (r *remote) reportLive(keys []nostr.PubKey) {
	if len(keys) == 0 {
		return
	}
	live := map[nostr.PubKey]bool{}
	for _, g := range r.groups {
		if g.live {
			for _, k := range g.keys {
				live[k] = true
			}
		}
	}
	if keys = only(keys, live); len(keys) > 0 {
		r.s.out.liveKeys(r.url, keys)
	}
}

// only is the keys that are in the set, as a new list.
func only(keys []nostr.PubKey, set map[nostr.PubKey]bool) []nostr.PubKey {
	return slices.DeleteFunc(slices.Clone(keys), func(k nostr.PubKey) bool { return !set[k] })
}

// room is how many keys a large group takes, so that all fit, or as many as the
// relay bears.
func (r *remote) room() int {
	filters := (len(r.keys) + filterKeys*largeREQs - 1) / (filterKeys * largeREQs)
	room := filterKeys * max(filters, 1)
	if r.bears > 0 {
		return min(room, r.bears)
	}
	return room
}

// place asks for new keys at once, if a REQ is free.
func (r *remote) place(keys []nostr.PubKey, since int64) {
	// A group that was never on the wire can still be changed.
	for _, g := range r.groups {
		if !r.up && !g.sent && len(g.replaces) == 0 && len(g.keys)+len(keys) <= r.room() {
			keys, since = append(g.keys, keys...), min(g.since, since)
			r.drop(g)
			break
		}
	}
	for len(keys) > 0 {
		if len(r.groups) >= maxREQs-1 { // one stays free for merging
			if len(r.waiting) == 0 {
				r.since = since
			}
			r.waiting, r.since = append(r.waiting, keys...), min(r.since, since)
			break
		}
		n := min(len(keys), r.room())
		r.ask(&group{keys: keys[:n:n], since: since, news: keys[:n:n]})
		keys = keys[n:]
	}
	r.tidyLater()
}

// ask sends a group's REQ.
func (r *remote) ask(g *group) {
	var filters []nostr.Filter
	for chunk := range slices.Chunk(g.keys, filterKeys) {
		values := make([]string, len(chunk))
		for i, k := range chunk {
			values[i] = k.String()
		}
		filters = append(filters, nostr.Filter{
			Kinds: []nostr.Kind{kindRequest}, Tags: map[string][]string{"p": values}, Since: new(g.since),
		})
	}
	g.sent = r.up
	r.groups = append(r.groups, g)
	g.sub = r.link.Subscribe(filters, link.SubHandler{
		Event:  r.event,
		Live:   func() { r.groupLive(g) },
		Closed: func(reason string) { r.groupClosed(g, reason) },
	})
}

func (r *remote) drop(g *group) {
	g.sub.Close()
	r.groups = slices.DeleteFunc(r.groups, func(x *group) bool { return x == g })
}

func (r *remote) groupLive(g *group) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.groups, g) {
		return
	}
	if !g.served && r.bears > 0 {
		r.bears *= 2 // what was refused may be a passing thing
	}
	g.live, g.served = true, true
	for _, old := range g.replaces {
		if slices.Contains(r.groups, old) {
			if !old.live { // it still had something to report
				g.news = append(slices.Clip(g.news), old.news...)
			}
			r.drop(old)
		}
	}
	g.replaces = nil
	news := only(g.news, r.keys)
	g.news = g.keys // should the relay ask for a renewal by itself
	if len(news) > 0 {
		r.s.out.liveKeys(r.url, news)
	}
	if len(r.waiting) > 0 {
		r.tidy()
	}
}

func (r *remote) groupClosed(g *group, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g.lost()
	if g.served || strings.HasPrefix(reason, "rate-limited:") || strings.HasPrefix(reason, "auth-required:") {
		return
	}
	if g.refused++; g.refused >= 2 {
		r.shrink(g)
	}
}

// shrink gives up a group that the relay does not serve, perhaps because it is
// too large, and asks for its keys in smaller ones. What it should have replaced
// stays. The mutex is held.
func (r *remote) shrink(g *group) {
	if g.served || !slices.Contains(r.groups, g) || len(g.replaces) == 0 && len(g.keys) <= fewKeys {
		return
	}
	r.bears = max(len(g.keys)/2, fewKeys)
	r.drop(g)
	r.tidyIn(serveTime)
	elsewhere := map[nostr.PubKey]bool{}
	for _, x := range r.groups {
		for _, k := range x.keys {
			elsewhere[k] = true
		}
	}
	homeless := slices.DeleteFunc(only(g.keys, r.keys), func(k nostr.PubKey) bool { return elsewhere[k] })
	r.place(homeless, g.since)
}

// tidyLater merges small groups a little later, so that keys that come one by
// one are gathered. The mutex is held.
func (r *remote) tidyLater() { r.tidyIn(tidyAfter) }

func (r *remote) tidyIn(d time.Duration) {
	if r.tidyUp == nil {
		r.tidyUp = time.AfterFunc(d, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.tidyUp = nil
			r.tidy()
		})
	}
}

// tidy merges live groups that are small, or hold keys no longer wanted, into
// one; they are closed once it is live, so that there is no gap.
func (r *remote) tidy() {
	if len(r.keys) == 0 || !r.up {
		return
	}
	for _, g := range r.groups {
		if len(g.replaces) > 0 {
			return // one at a time
		}
	}
	room := r.room()
	r.waiting = only(r.waiting, r.keys)
	n := min(len(r.waiting), room)
	merged := &group{keys: slices.Clone(r.waiting[:n]), news: slices.Clone(r.waiting[:n]), since: lookBack(0, r.s.o.Clock())}
	if n > 0 {
		merged.since = min(merged.since, r.since)
	}
	stale := false
	for _, g := range r.groups {
		wanted := only(g.keys, r.keys)
		old := len(wanted) < len(g.keys)
		if !g.live || !old && len(g.keys) > room/2 || len(merged.keys)+len(wanted) > room {
			continue
		}
		stale = stale || old
		merged.keys = append(merged.keys, wanted...)
		merged.replaces = append(merged.replaces, g)
	}
	switch {
	case len(merged.replaces) == 0 || len(merged.replaces) == 1 && !stale && n == 0:
		if len(r.waiting) > 0 { // try larger ones again
			r.bears *= 2
			r.tidyIn(serveTime)
		}
		return
	case len(merged.keys) == 0:
		for _, g := range merged.replaces {
			r.drop(g)
		}
		return
	}
	r.waiting = r.waiting[n:]
	r.ask(merged)
	r.expect(merged)
}

// expect gives a merged group up when the relay has had time to serve it, and
// has not.
func (r *remote) expect(g *group) {
	time.AfterFunc(serveTime, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.up {
			r.shrink(g)
		} else if slices.Contains(r.groups, g) {
			r.expect(g)
		}
	})
}
