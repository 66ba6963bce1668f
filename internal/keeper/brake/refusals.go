package brake

import (
	"sync"
	"time"
)

// How a person's refusals quiet an app (T30, R43).
const (
	refusalsWithin = time.Minute
	refusalsCool   = 2 // of them cool it down
	refusalsMute   = 3 // of them mute it: its other questions go too
	firstCool      = 5 * time.Minute
	firstMute      = 10 * time.Minute
	longestCool    = time.Hour
)

// Refusals quiets apps that were refused again and again: what would be asked
// is denied at once, for five minutes, ten, and so on up to an hour. A yes ends
// it. The zero value is ready.
type Refusals struct {
	mu   sync.Mutex
	apps map[string]*quiet
}

type quiet struct {
	lately []time.Time   // refusals within the minute, at most refusalsMute
	next   time.Duration // of the next cool-down; 0: the first
	until  time.Time
	muted  bool
}

// Denied counts a refusal. It reports until when the app is quieted, if this
// one did it, and whether it is muted.
func (r *Refusals) Denied(app string, now time.Time) (until time.Time, muted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := r.of(app)
	recent := q.lately[:0]
	for _, at := range q.lately {
		if now.Sub(at) < refusalsWithin {
			recent = append(recent, at)
		}
	}
	if len(recent) == refusalsMute {
		recent = recent[1:]
	}
	q.lately = append(recent, now)
	switch n := len(q.lately); {
	case n >= refusalsMute && !(q.muted && now.Before(q.until)):
		q.muted = true
		q.cool(now, firstMute)
	case n == refusalsCool && !now.Before(q.until):
		q.muted = false
		q.cool(now, firstCool)
	default:
		return time.Time{}, false
	}
	return q.until, q.muted
}

// Tired quiets an app at once, as after two refusals: nobody answered what it
// asked.
func (r *Refusals) Tired(app string, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := r.of(app)
	q.cool(now, firstCool)
	return q.until
}

// cool begins a cool-down of at least d, doubled each time.
func (q *quiet) cool(now time.Time, d time.Duration) {
	if now.Sub(q.until) > longestCool {
		q.next = 0 // it kept quiet for long enough
	}
	d = min(max(d, q.next), longestCool)
	q.next = 2 * d
	q.until = now.Add(d)
}

// Quiet reports until when this app may not ask.
func (r *Refusals) Quiet(app string, now time.Time) (until time.Time, muted, yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := r.apps[app]
	if q == nil || !now.Before(q.until) {
		return time.Time{}, false, false
	}
	return q.until, q.muted, true
}

// Each walks the apps that were refused something.
func (r *Refusals) Each(fn func(app string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for app := range r.apps {
		fn(app)
	}
}

// Clear forgets what was refused to an app: the person said yes, or resumed it.
// It reports whether the app was quieted.
func (r *Refusals) Clear(app string, now time.Time) bool {
	_, _, was := r.Quiet(app, now)
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.apps, app)
	return was
}

func (r *Refusals) of(app string) *quiet {
	if r.apps == nil {
		r.apps = map[string]*quiet{}
	}
	q := r.apps[app]
	if q == nil {
		q = &quiet{}
		r.apps[app] = q
	}
	return q
}
