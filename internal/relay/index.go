package relay

import "github.com/privyseal/privyseal/nostr"

// subscription is one REQ of a connection, or one in-process subscription.
type subscription struct {
	head  []byte // `["EVENT","id",`
	out   *queue
	conn  *session // whose it is; nil in-process
	found []entry  // what the index holds of it; not kept in-process
	keys  int      // indexed values
	mark  uint64   // the last event matched, so that two filters send it once
}

// local reports whether the subscription is in-process.
func (s *subscription) local() bool { return s.conn == nil }

// entry is one filter of one subscription.
type entry struct {
	sub    *subscription
	filter *filter
}

// index finds the filters an event may pass, by recipient, author and id,
// without walking the others (libs.md fault 14).
type index struct {
	by       [axes]map[key][]entry
	keys     int
	mark     uint64
	examined uint64 // filters compared with an event, ever
}

func newIndex() *index {
	x := &index{}
	for a := range x.by {
		x.by[a] = make(map[key][]entry)
	}
	return x
}

// add files an entry under one key.
func (x *index) add(a axis, k key, e entry) {
	x.by[a][k] = append(x.by[a][k], e)
	x.keys++
}

// remove takes an entry from one key.
func (x *index) remove(a axis, k key, e entry) {
	list := x.by[a][k]
	for i := range list {
		if list[i] != e {
			continue
		}
		x.keys--
		if len(list) == 1 {
			delete(x.by[a], k)
			return
		}
		last := len(list) - 1
		list[i] = list[last]
		list[last] = entry{}
		x.by[a][k] = list[:last]
		return
	}
}

// subscribe files every filter of a REQ.
func (x *index) subscribe(s *subscription, filters []*filter) {
	for _, f := range filters {
		e := entry{s, f}
		s.found = append(s.found, e)
		s.keys += len(f.keys)
		for _, k := range f.keys {
			x.add(f.axis, k, e)
		}
	}
}

// unsubscribe takes a REQ's filters away; gone is told each recipient listened for.
func (x *index) unsubscribe(s *subscription, gone func(nostr.PubKey)) {
	for _, e := range s.found {
		for _, k := range e.filter.keys {
			x.remove(e.filter.axis, k, e)
			if e.filter.axis == byRecipient {
				gone(nostr.PubKey(k))
			}
		}
	}
	s.found = nil
}

// match appends the subscriptions that want an event, each once.
func (x *index) match(dst []*subscription, it *item) []*subscription {
	x.mark++
	e := it.event
	for a, k := range it.keys() {
		for _, en := range x.by[a][k] {
			x.examined++
			if en.sub.mark != x.mark && en.filter.match(e) {
				en.sub.mark = x.mark
				dst = append(dst, en.sub)
			}
		}
	}
	return dst
}
