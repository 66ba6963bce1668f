package brake

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// When reading is reading in bulk (words.md 3.5, T33, T36).
const (
	readWithin  = time.Minute
	readTexts   = 20  // that nobody allowed, in that time
	readPeople  = 3   // whose texts they are
	readOpenly  = 600 // by a consent without a number, in an hour
	readSampled = 64  // people counted; beyond it is "many" anyway
)

// Consent is what allows the opening of one text.
type Consent uint8

// The consents.
const (
	ConsentNone  Consent = iota // nobody allowed it: it would be asked
	ConsentOpen                 // a grant or preset that names neither a person nor a number
	ConsentNamed                // it names the person, or a number that is not used up
)

// Reading notices apps that open private texts in bulk. The zero value is ready.
type Reading struct {
	mu     sync.Mutex
	openly int // in an hour, by a consent without a number; 0: readOpenly
	apps   map[string]*reads
}

// Reads is what an app wanted to read since it was braked, or lately.
type Reads struct{ Texts, People int }

type reads struct {
	asked  []text   // of the last minute, at most readTexts+1
	who    []person // of the last minute
	hour   time.Time
	openly int // in this hour
	braked bool
	texts  int
	people []nostr.PubKey
}

type text struct {
	what [32]byte
	at   time.Time
}

type person struct {
	key nostr.PubKey
	at  time.Time
}

// Opens counts one text that an app wants opened, and reports whether it is
// braked: it waits for the one question, or asks it.
// The same text (by what) asked for again counts once.
func (r *Reading) Opens(app string, who nostr.PubKey, what [32]byte, c Consent, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.of(app)
	switch c {
	case ConsentNamed:
		return false
	case ConsentOpen:
		if now.Sub(a.hour) >= time.Hour || now.Before(a.hour) {
			a.hour, a.openly = now, 0
		}
		if a.openly++; a.openly > cmp.Or(r.openly, readOpenly) {
			a.brake()
		}
	case ConsentNone:
		if !a.braked {
			a.asks(who, what, now)
		}
	}
	if !a.braked {
		return false
	}
	a.texts++
	if len(a.people) < readSampled && !slices.Contains(a.people, who) {
		a.people = append(a.people, who)
	}
	return true
}

// asks notes a text that nobody allowed.
func (a *reads) asks(who nostr.PubKey, what [32]byte, now time.Time) {
	old := func(at time.Time) bool { return now.Sub(at) >= readWithin }
	a.asked = slices.DeleteFunc(a.asked, func(t text) bool { return t.what == what || old(t.at) })
	a.asked = append(a.asked, text{what, now})
	a.who = slices.DeleteFunc(a.who, func(p person) bool { return p.key == who || old(p.at) })
	a.who = append(a.who, person{who, now})
	if len(a.asked) > readTexts || len(a.who) > readPeople {
		a.brake()
	}
}

// brake begins the pause; what led to it counts into what is shown.
func (a *reads) brake() {
	if a.braked {
		return
	}
	a.braked = true
	a.texts = max(len(a.asked), a.openly, 1) - 1 // without this one
	a.people = a.people[:0]
	for _, p := range a.who {
		a.people = append(a.people, p.key)
	}
	a.asked, a.who = nil, nil
}

// Set changes how many texts a consent without a number opens in an hour.
func (r *Reading) Set(openly int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.openly = openly
}

// Brake brakes an app that was braked before a restart, or has no room left for
// its questions. It reports whether it was not braked before.
func (r *Reading) Brake(app string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.of(app)
	defer a.brake()
	return !a.braked
}

// Braked is how much a braked app wanted to read so far.
func (r *Reading) Braked(app string) (Reads, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.apps[app]
	if a == nil || !a.braked {
		return Reads{}, false
	}
	return Reads{a.texts, len(a.people)}, true
}

// Each walks the apps of which something is counted.
func (r *Reading) Each(fn func(app string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for app := range r.apps {
		fn(app)
	}
}

// Clear lets an app read again and begins to count anew. It reports whether it
// was braked.
func (r *Reading) Clear(app string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.apps[app]
	delete(r.apps, app)
	return a != nil && a.braked
}

func (r *Reading) of(app string) *reads {
	if r.apps == nil {
		r.apps = map[string]*reads{}
	}
	a := r.apps[app]
	if a == nil {
		a = &reads{}
		r.apps[app] = a
	}
	return a
}
