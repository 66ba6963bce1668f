package link

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// SubHandler hears what comes for one subscription.
type SubHandler struct {
	// Event gets each event. It is neither verified nor known to match. live
	// says that stored events have ended. m.Raw is valid only during the call.
	Event func(m *nostr.RelayMessage, live bool)
	// Live hears that stored events have ended, again after each renewal.
	Live func()
	// Closed hears why the relay ended the subscription, which will be asked
	// for again.
	Closed func(reason string)
}

// Sub is a subscription that survives lost connections and CLOSED.
type Sub struct {
	r       *Relay
	id      string
	h       SubHandler
	filters []nostr.Filter

	// guarded by r.mu
	live     bool
	last     int64 // largest created_at seen
	signIn   bool  // waits for a sign-in
	liveFrom time.Time
	pause    backoff
	timer    *time.Timer
	gone     bool
}

// Subscribe asks for events now and on every later connection. After a lost
// connection each filter starts at the last event seen, or the time of the
// loss if that is earlier, less the grace; never at the present time.
func (r *Relay) Subscribe(filters []nostr.Filter, h SubHandler) *Sub {
	if h.Live == nil {
		h.Live = func() {}
	}
	if h.Closed == nil {
		h.Closed = func(string) {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nextSub++
	s := &Sub{r: r, id: strconv.FormatUint(r.nextSub, 36), h: h,
		filters: append([]nostr.Filter(nil), filters...),
		pause:   backoff{first: askFirst, most: retryMost}}
	r.subs[s.id] = s
	if r.conn != nil {
		r.request(s)
	}
	return s
}

// Close ends the subscription. An event that is being delivered may still come.
func (s *Sub) Close() {
	r := s.r
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.gone {
		return
	}
	s.gone = true
	s.stop()
	delete(r.subs, s.id)
	if r.conn != nil {
		r.sendFrame([]byte(`["CLOSE","` + s.id + `"]`))
	}
}

// stop resets what belongs to one connection.
func (s *Sub) stop() {
	s.live, s.signIn = false, false
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// renew moves the start of the filters; lostAt is 0 before the first loss. A
// limit was meant for the first time only.
func (s *Sub) renew(lostAt int64) {
	if lostAt == 0 || s.last == 0 {
		return
	}
	since := min(lostAt, s.last) - int64(s.r.o.Grace/time.Second)
	for i := range s.filters {
		f := &s.filters[i]
		if f.Since == nil || *f.Since < since {
			f.Since = new(max(since, 0))
		}
		f.Limit = nil
	}
}

// request sends the REQ. The relay's mutex is held.
func (r *Relay) request(s *Sub) {
	s.stop()
	frame := append(make([]byte, 0, 256), `["REQ","`...)
	frame = append(append(frame, s.id...), '"')
	for i := range s.filters {
		frame = s.filters[i].AppendJSON(append(frame, ','))
	}
	r.sendFrame(append(frame, ']'))
}

// sendFrame sends what must not be lost: a connection that cannot take it is of
// no use any more.
func (r *Relay) sendFrame(frame []byte) {
	if err := r.conn.SendFrame(frame); errors.Is(err, ErrBusy) {
		go r.conn.end()
	}
}

func (r *Relay) eose(id string) {
	r.mu.Lock()
	s := r.subs[id]
	if s != nil {
		s.live, s.liveFrom = true, time.Now()
	}
	r.mu.Unlock()
	if s != nil {
		s.h.Live()
	}
}

// closed asks again, later: no reason of a relay ends a subscription for good.
func (r *Relay) closed(id, reason string) {
	r.mu.Lock()
	s := r.subs[id]
	if s == nil {
		r.mu.Unlock()
		return
	}
	if s.live && time.Since(s.liveFrom) >= steadyAfter {
		s.pause.reset()
	}
	// What was missed meanwhile comes with the renewed subscription.
	s.stop()
	s.renew(r.o.Now().Unix())
	s.signIn = authRequired(reason) // a sign-in renews it at once
	if s.signIn || strings.HasPrefix(reason, "rate-limited:") {
		s.pause.unwelcome()
	}
	conn := r.conn
	s.timer = time.AfterFunc(s.pause.next(), func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.conn == conn && !s.gone && s.timer != nil {
			r.request(s)
		}
	})
	challenge := r.wantAuth(s.signIn)
	r.mu.Unlock()
	if challenge != "" {
		r.o.Challenge(challenge)
	}
	s.h.Closed(reason)
}

func authRequired(reason string) bool { return strings.HasPrefix(reason, "auth-required:") }
