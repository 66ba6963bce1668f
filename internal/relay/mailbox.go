package relay

import (
	"cmp"
	"slices"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// item is one accepted event.
type item struct {
	event   *nostr.Event
	to      nostr.PubKey
	json    []byte // canonical, and one ']' more: the end of an EVENT message
	at      time.Time
	known   bool   // author or recipient is a key of ours
	ours    bool   // made in this process
	checked bool   // the signature is good; guarded by Relay.mu, as is forged
	forged  bool   // the signature is bad
	seq     uint64 // of arrival
	heard   bool   // somebody was listening when it came

	older, newer *item // in the mailbox's line
}

// keys are what the item is found by.
func (it *item) keys() [axes]key {
	return [axes]key{byRecipient: it.to, byAuthor: it.event.PubKey, byID: it.event.ID}
}

// mailbox keeps events for a while, in memory only, so that a recipient who was
// away for a moment still gets them. All are kept equally long, so the oldest
// is the first to go.
type mailbox struct {
	limits    Limits
	oldest    *item
	newest    *item
	by        [axes]map[key][]*item
	events    int
	bytes     int
	seq       uint64
	strangers int // bytes kept for others
}

func newMailbox(l Limits) *mailbox {
	m := &mailbox{limits: l}
	for a := range m.by {
		m.by[a] = make(map[key][]*item)
	}
	return m
}

// keep stores an event, pushing out older ones of the same recipient that were
// heard. It reports false when there is no room: one that nobody heard is
// never pushed out, as its publisher was told it is kept.
func (m *mailbox) keep(it *item) bool {
	m.expire(it.at)
	size := len(it.json)
	if m.bytes+size > m.limits.MailboxTotal || !it.known && m.strangers+size > m.limits.MailboxTotal/2 {
		return false
	}
	box := m.by[byRecipient][it.to]
	count, bytes := len(box), size
	for _, old := range box {
		bytes += len(old.json)
	}
	var out []*item
	for _, old := range box {
		if count < m.limits.MailboxEvents && bytes <= m.limits.MailboxBytes {
			break
		}
		if old.heard {
			out = append(out, old)
			count--
			bytes -= len(old.json)
		}
	}
	if count >= m.limits.MailboxEvents || bytes > m.limits.MailboxBytes {
		return false
	}
	for _, old := range out {
		m.drop(old)
	}
	if it.older = m.newest; it.older == nil {
		m.oldest = it
	} else {
		it.older.newer = it
	}
	m.newest = it
	m.seq++
	it.seq = m.seq
	for a, k := range it.keys() {
		m.by[a][k] = append(m.by[a][k], it)
	}
	m.count(it, 1)
	return true
}

// expire forgets what has been kept long enough.
func (m *mailbox) expire(now time.Time) {
	for m.oldest != nil && now.Sub(m.oldest.at) > m.limits.MailboxTime {
		m.drop(m.oldest)
	}
}

// drop takes an event out.
func (m *mailbox) drop(it *item) {
	if it.older == nil {
		m.oldest = it.newer
	} else {
		it.older.newer = it.newer
	}
	if it.newer == nil {
		m.newest = it.older
	} else {
		it.newer.older = it.older
	}
	it.older, it.newer = nil, nil
	for a, k := range it.keys() {
		box := m.by[a][k]
		if len(box) == 1 {
			delete(m.by[a], k)
			continue
		}
		i := slices.Index(box, it)
		m.by[a][k] = slices.Delete(box, i, i+1)
	}
	m.count(it, -1)
}

// holds reports whether an item is still kept.
func (m *mailbox) holds(it *item) bool { return it.newer != nil || m.newest == it }

func (m *mailbox) count(it *item, n int) {
	m.events += n
	m.bytes += n * len(it.json)
	if !it.known {
		m.strangers += n * len(it.json)
	}
}

// find returns what is kept and passes any of the filters, oldest first. A
// filter's limit leaves its newest.
func (m *mailbox) find(filters []*filter, now time.Time) []*item {
	m.expire(now)
	var all []*item
	for _, f := range filters {
		var found []*item
		for _, k := range f.keys {
			for _, it := range m.by[f.axis][k] {
				if f.match(it.event) {
					found = append(found, it)
				}
			}
		}
		inOrder(found)
		found = slices.Compact(found)
		if f.limit != nil && len(found) > *f.limit {
			found = found[len(found)-max(*f.limit, 0):]
		}
		all = append(all, found...)
	}
	inOrder(all)
	return slices.Compact(all)
}

// inOrder sorts by arrival.
func inOrder(items []*item) {
	slices.SortFunc(items, func(a, b *item) int { return cmp.Compare(a.seq, b.seq) })
}
