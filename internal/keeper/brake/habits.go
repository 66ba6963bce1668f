package brake

import (
	"math/bits"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// What counts as new for an app (issue C item 4, R46). An app's first day
// teaches its habits; nothing is unusual in it.
const (
	learnFor   = 24 * time.Hour
	calmFor    = 7 * 24 * time.Hour // without anybody new, a new person is unusual
	hoursKnown = 7                  // days of activity until an hour can be odd
	burstTimes = 10
	burstFloor = 100 // in an hour: fewer are never a burst
	maxHabits  = 200 // things
	maxPeople  = 500 // people, in each direction
)

// Unusual says what is new about a use. The zero value is nothing.
type Unusual uint8

// The unusual.
const (
	Usual     Unusual = iota
	NewThing          // a kind or method it never used, at L2 or more
	NewPerson         // somebody it never wrote to or read from, after a calm week
	OddHour           // an hour of the day in which it was never active
	Burst             // ten times as much as usual
)

// Use is one use of a user key that an app asks for.
type Use struct {
	Op     privyseal.Operation
	Kind   int             // of sign_event
	Level  privyseal.Level // without the app's youth
	Person nostr.PubKey    // of encrypt and decrypt
}

// Habits is what an app usually does; it is kept as JSON. Who uses one from
// several goroutines guards it. The zero value knows nothing.
type Habits struct {
	Things  []int  `json:"things"`  // kinds, and methods as negative operations
	Wrote   People `json:"wrote"`   // whom it encrypted to
	Read    People `json:"read"`    // whose texts it opened
	Hours   uint32 `json:"hours"`   // of the day in which it was active, a bit each
	Days    int    `json:"days"`    // on which it was active
	Active  int    `json:"active"`  // hours in which it was active
	Uses    int    `json:"uses"`    // in those hours, the current one left out
	Hour    int64  `json:"hour"`    // the current or last one, since 1970
	Current int    `json:"current"` // uses in it
	Passed  int64  `json:"passed"`  // the hour in which the person let a burst pass
}

// People are the last people met, the latest last.
type People struct {
	Keys []nostr.PubKey `json:"keys"`
	New  time.Time      `json:"new"` // when somebody new was met last
}

// Judge says whether a use is unusual for an app paired at created.
func (h *Habits) Judge(u Use, created, now time.Time) Unusual {
	if now.Sub(created) < learnFor {
		return Usual
	}
	serious := u.Level.AtLeast(privyseal.L2)
	switch {
	case serious && !slices.Contains(h.Things, thing(u)):
		return NewThing
	case serious && h.stranger(u, now):
		return NewPerson
	case h.odd(now):
		return OddHour
	case !u.Op.Decrypts() && h.burst(now): // reading has a brake of its own
		return Burst
	}
	return Usual
}

// Learn makes a use usual.
func (h *Habits) Learn(u Use, now time.Time) {
	if t := thing(u); !slices.Contains(h.Things, t) {
		h.Things = latest(append(h.Things, t), maxHabits)
	}
	if p := h.people(u.Op); p != nil {
		p.meet(u.Person, now)
	}
	hour := now.Unix() / 3600
	if hour != h.Hour {
		if h.Current > 0 {
			h.Active++
			h.Uses += h.Current
		}
		if hour/24 != h.Hour/24 {
			h.Days++
		}
		h.Hour, h.Current = hour, 0
	}
	h.Current++
	h.Hours |= 1 << (hour % 24)
}

// Pass lets the burst of this hour pass: the person said yes to one of it.
func (h *Habits) Pass(now time.Time) { h.Passed = now.Unix() / 3600 }

// thing is a kind, or a method as a negative number.
func thing(u Use) int {
	if u.Op == privyseal.OpSignEvent {
		return u.Kind
	}
	return -int(u.Op)
}

func (h *Habits) people(op privyseal.Operation) *People {
	switch op {
	case privyseal.OpNip04Encrypt, privyseal.OpNip44Encrypt:
		return &h.Wrote
	case privyseal.OpNip04Decrypt, privyseal.OpNip44Decrypt:
		return &h.Read
	case privyseal.OpUnknown, privyseal.OpConnect, privyseal.OpSignEvent, privyseal.OpPing,
		privyseal.OpGetPublicKey, privyseal.OpSwitchRelays, privyseal.OpLogout:
	}
	return nil
}

// stranger reports a first contact. Gift wraps come from a new key each, so
// that an app that opens them meets somebody new all the time: only after a
// calm week is that unusual.
func (h *Habits) stranger(u Use, now time.Time) bool {
	p := h.people(u.Op)
	return p != nil && !slices.Contains(p.Keys, u.Person) && now.Sub(p.New) >= calmFor
}

func (p *People) meet(who nostr.PubKey, now time.Time) {
	if i := slices.Index(p.Keys, who); i >= 0 {
		p.Keys = append(slices.Delete(p.Keys, i, i+1), who)
		return
	}
	p.Keys, p.New = latest(append(p.Keys, who), maxPeople), now
}

// odd reports an hour of the day in which, and beside which, the app was never
// active in its seven days.
func (h *Habits) odd(now time.Time) bool {
	if h.Days < hoursKnown {
		return false
	}
	hour := int(now.Unix() / 3600 % 24)
	near := uint32(0)
	for _, d := range []int{23, 0, 1} {
		near |= 1 << ((hour + d) % 24)
	}
	return bits.OnesCount32(h.Hours&near) == 0
}

// burst reports that this hour has ten times the usual hour's uses.
func (h *Habits) burst(now time.Time) bool {
	if hour := now.Unix() / 3600; h.Active == 0 || hour != h.Hour || hour == h.Passed {
		return false
	}
	return h.Current >= max(burstFloor, burstTimes*h.Uses/h.Active)
}

// latest keeps the last n of a list.
func latest[T any](s []T, n int) []T {
	if len(s) > n {
		s = slices.Delete(s, 0, len(s)-n)
	}
	return s
}
