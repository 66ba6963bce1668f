package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// call is one request on its way. Everything but answer is guarded by the line's
// mutex.
type call struct {
	id      string
	method  nip46.Method
	limits  limits
	body    []byte // the request, before it is sealed
	event   *nostr.Event
	raw     []byte // of the event
	tries   map[*relay]*try
	answer  chan *nip46.Response
	started time.Time
	aired   time.Time // when it was sent, or sent again after a loss
	page    bool      // the person was sent to a page
	probed  bool
	told    bool // the app knows that a person is being asked
}

// limits are the deadlines of one call.
type limits struct {
	connect, answer time.Duration
	approval        time.Duration // 0: no person is ever asked
	whole           time.Duration // of connect and answer together; 0: none
}

// within are the limits of a courtesy that must not hold anybody up.
func within(d time.Duration) limits { return limits{connect: d, answer: d, whole: d} }

func (c *call) asks() bool { return c.limits.approval > 0 }

// try is what became of a request at one relay.
type try struct {
	event  nostr.ID
	result result
	reason string
	pauses int // so far, after rate-limited: or mute:
}

type result int

const (
	sent    result = iota + 1 // no receipt, perhaps never one
	taken                     // OK true
	refused                   // OK false
	later                     // OK false, but another attempt comes
)

// standard are the limits of a method: control methods are answered without a
// person (NIP-46), everything else may have to ask one.
func (l *line) standard(m nip46.Method) limits {
	lim := limits{connect: l.o.ConnectTimeout, answer: l.o.AnswerTimeout, approval: l.o.ApprovalTimeout}
	switch m {
	case nip46.Ping, nip46.GetPublicKey, nip46.SwitchRelays, nip46.Logout:
		lim.approval = 0
	}
	return lim
}

// do sends a request and waits for its answer.
func (l *line) do(ctx context.Context, m nip46.Method, lim limits, params ...string) (string, error) {
	for _, p := range params {
		if !utf8.ValidString(p) {
			return "", &Error{Side: SideApp, Code: ErrInvalid, Msg: "a parameter is not valid UTF-8"}
		}
	}
	if err := ctx.Err(); err != nil {
		return "", canceled(ctx)
	}
	var random [16]byte
	rand.Read(random[:])
	id := hex.EncodeToString(random[:])
	c := &call{id: id, method: m, limits: lim, body: nip46.AppendRequest(nil, id, m, params),
		tries: map[*relay]*try{}, answer: make(chan *nip46.Response, 1), started: time.Now()}

	l.mu.Lock()
	err := errClosed()
	if !l.closed {
		err = l.make(c)
	}
	if err != nil {
		l.mu.Unlock()
		return "", err
	}
	l.pending[id] = c
	relays, live := append([]*relay(nil), l.relays...), l.lives() > 0
	nudge := !live && time.Since(l.nudged) >= nudgeEvery
	if nudge {
		l.nudged = time.Now()
	}
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.pending, id)
		l.mu.Unlock()
	}()
	for _, r := range relays {
		l.send(c, r, false)
		if nudge {
			r.link.Nudge()
		}
	}
	return l.await(ctx, c)
}

// make seals and signs the request as a fresh event. The mutex is held.
func (l *line) make(c *call) *Error {
	tooLarge := &Error{Side: SideApp, Code: ErrLimit, Msg: "the request is too large: about 700 KB are possible"}
	content, err := nip44.AppendEncrypt(nil, &l.peer.ck, c.body)
	if err != nil {
		return tooLarge
	}
	t := nostr.Template{CreatedAt: time.Now().Unix(), Kind: nip46.Kind,
		Tags: nostr.Tags{{"p", l.peer.key.String()}}, Content: string(content)}
	if c.event, err = t.Sign(l.key, false); err != nil {
		return tooLarge
	}
	c.raw = c.event.AppendJSON(nil)
	return nil
}

// send puts an open request on one live relay, where it has been only if again:
// the same event, or a new one with the same id when that has grown old.
func (l *line) send(c *call, r *relay, again bool) {
	l.mu.Lock()
	t := c.tries[r]
	if !r.live || l.pending[c.id] != c || t != nil && !again {
		l.mu.Unlock()
		return
	}
	if time.Since(time.Unix(c.event.CreatedAt, 0)) > staleAfter {
		if err := l.make(c); err != nil {
			l.mu.Unlock()
			return
		}
	}
	if t == nil {
		t = &try{}
		c.tries[r] = t
	}
	t.event, t.result, t.reason = c.event.ID, sent, ""
	if c.aired.IsZero() || c.asks() && l.lives() == 1 { // after a loss the key app has its time again
		c.aired, c.probed = time.Now(), false
	}
	raw, id := c.raw, c.event.ID
	l.stir()
	l.mu.Unlock()
	r.link.Publish(raw, id, func(receipt link.Receipt) { l.receipt(c, r, id, receipt) })
}

// receipt notes what a relay made of a request.
func (l *line) receipt(c *call, r *relay, id nostr.ID, receipt link.Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := c.tries[r]
	if t == nil || t.event != id || !receipt.Sent {
		return
	}
	t.reason = clean(receipt.Reason)
	switch {
	case receipt.OK, strings.HasPrefix(t.reason, "duplicate:"):
		t.result = taken
	case strings.HasPrefix(t.reason, "rate-limited:"):
		l.retry(c, r, t)
	case strings.HasPrefix(t.reason, "mute:") && t.pauses < mutePauses:
		l.retry(c, r, t) // the key app may be about to come back
	default:
		t.result = refused
	}
	if !receipt.OK {
		l.o.Logger.Info("a relay refused a request", "url", r.url, "method", c.method, "reason", t.reason)
	}
	l.stir()
}

// retry sends a request once more, after a pause that doubles. The mutex is held.
func (l *line) retry(c *call, r *relay, t *try) {
	t.result = later
	time.AfterFunc(retryPause<<min(t.pauses, 3), func() { l.send(c, r, true) })
	t.pauses++
}
