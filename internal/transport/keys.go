package transport

import (
	"slices"
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
	largeREQs  = 6 // the rest is for new keys and for merging
	tidyAfter  = 2 * time.Second
)

// group is the keys of one REQ.
type group struct {
	keys     []nostr.PubKey
	since    int64
	sub      *link.Sub
	sent     bool           // it was on the wire
	live     bool           // stored events have ended
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
		r.place(fresh, r.start(m.Since))
	}
}

// start is where a first subscription begins. The present is never the start:
// a local clock that is fast would hide everything.
func (r *remote) start(since int64) int64 {
	if since > 0 {
		return since
	}
	return r.s.o.Clock().Add(-grace).Unix()
}

// reportLive repeats the report for keys that are live already.
func (r *remote) reportLive(keys []nostr.PubKey) {
	var live []nostr.PubKey
	for _, k := range keys {
		for _, g := range r.groups {
			if g.live && slices.Contains(g.keys, k) {
				live = append(live, k)
				break
			}
		}
	}
	if len(live) > 0 {
		r.s.out.liveKeys(r.url, live)
	}
}

// room is how many keys a large group takes, so that all fit.
func (r *remote) room() int {
	filters := (len(r.keys) + filterKeys*largeREQs - 1) / (filterKeys * largeREQs)
	return filterKeys * max(filters, 1)
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
		Closed: func(reason string) { r.groupClosed(g) },
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
	g.live = true
	for _, old := range g.replaces {
		if slices.Contains(r.groups, old) {
			if !old.live { // it still had something to report
				g.news = append(slices.Clip(g.news), old.news...)
			}
			r.drop(old)
		}
	}
	g.replaces = nil
	news := slices.DeleteFunc(slices.Clone(g.news), func(k nostr.PubKey) bool { return !r.keys[k] })
	g.news = g.keys // should the relay ask for a renewal by itself
	if len(news) > 0 {
		r.s.out.liveKeys(r.url, news)
	}
	if len(r.waiting) > 0 {
		r.tidy()
	}
}

func (r *remote) groupClosed(g *group) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g.lost()
}

// tidyLater merges small groups a little later, so that keys that come one by
// one are gathered. The mutex is held.
func (r *remote) tidyLater() {
	if r.tidyUp == nil {
		r.tidyUp = time.AfterFunc(tidyAfter, func() {
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
	r.waiting = slices.DeleteFunc(r.waiting, func(k nostr.PubKey) bool { return !r.keys[k] })
	n := min(len(r.waiting), room)
	merged := &group{keys: slices.Clone(r.waiting[:n]), news: slices.Clone(r.waiting[:n]), since: r.start(0)}
	if n > 0 {
		merged.since = min(merged.since, r.since)
	}
	stale := false
	for _, g := range r.groups {
		wanted := slices.DeleteFunc(slices.Clone(g.keys), func(k nostr.PubKey) bool { return !r.keys[k] })
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
		return
	case len(merged.keys) == 0:
		for _, g := range merged.replaces {
			r.drop(g)
		}
		return
	}
	r.waiting = r.waiting[n:]
	r.ask(merged)
}
