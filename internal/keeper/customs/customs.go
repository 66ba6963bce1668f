// Package customs remembers what people do through this signer: which hosts they
// used, in which polls they voted, and how often each app had what signed
// lately. It refuses to judge any of it, and to remember what was written.
package customs

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

const (
	maxHosts = 500
	maxPolls = 500
	maxTimes = 64 // of one app and kind: more than any pace that is judged
	maxPaces = 4096
	longest  = 24 * time.Hour
)

// Book is what is remembered, of everybody. The zero value is ready.
type Book struct {
	mu     sync.Mutex
	paces  map[pace][]time.Time
	people map[string]*person
}

type pace struct {
	app  string
	kind int
}

type person struct {
	kept
	changed bool
}

// kept is what outlives a restart, the latest last.
type kept struct {
	Hosts []string `json:"hosts"`
	Polls []string `json:"polls"`
}

// Did notes that an app had a kind signed.
func (b *Book) Did(app string, kind int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.paces == nil {
		b.paces = map[pace][]time.Time{}
	}
	p := pace{app, kind}
	if b.paces[p] == nil && len(b.paces) >= maxPaces {
		for q, times := range b.paces {
			if at.Sub(times[len(times)-1]) > longest {
				delete(b.paces, q)
			}
		}
	}
	times := append(b.paces[p], at)
	b.paces[p] = times[max(0, len(times)-maxTimes):]
}

// Recent is how often an app had a kind signed within a while, as far as it
// matters.
func (b *Book) Recent(app string, kind int, within time.Duration, now time.Time) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range b.paces[pace{app, kind}] {
		if now.Sub(at) < within {
			n++
		}
	}
	return n
}

// Loaded reports whether what was kept of a person has been loaded.
func (b *Book) Loaded(who string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.people[who] != nil
}

// Load takes over what [Book.Changed] gave; nothing is a person's beginning.
func (b *Book) Load(who string, raw []byte) error {
	p := &person{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &p.kept); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.people == nil {
		b.people = map[string]*person{}
	}
	if b.people[who] == nil {
		b.people[who] = p
	}
	return nil
}

// Use notes the hosts that a person used, and the poll they voted in.
func (b *Book) Use(who string, hosts []string, poll string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.people[who]
	if p == nil {
		return
	}
	for _, h := range hosts {
		p.changed = add(&p.Hosts, h, maxHosts) || p.changed
	}
	if poll != "" {
		p.changed = add(&p.Polls, poll, maxPolls) || p.changed
	}
}

// add puts a value last; it reports whether anything changed.
func add(list *[]string, v string, most int) bool {
	if n := len(*list); n > 0 && (*list)[n-1] == v {
		return false
	}
	*list = append(slices.DeleteFunc(*list, func(s string) bool { return s == v }), v)
	*list = (*list)[max(0, len(*list)-most):]
	return true
}

// Knows reports a host that a person used.
func (b *Book) Knows(who, host string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.people[who]
	return p != nil && slices.Contains(p.Hosts, host)
}

// Voted reports a poll that a person voted in.
func (b *Book) Voted(who, poll string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.people[who]
	return p != nil && slices.Contains(p.Polls, poll)
}

// Forget drops what is known of a person.
func (b *Book) Forget(who string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.people, who)
}

// Changed is what has to be kept, by person, and marks it as kept.
func (b *Book) Changed() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[string][]byte{}
	for who, p := range b.people {
		if !p.changed {
			continue
		}
		if raw, err := json.Marshal(p.kept); err == nil {
			out[who], p.changed = raw, false
		}
	}
	return out
}
