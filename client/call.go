package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
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
	aired   time.Time // first sent to a relay
	page    bool      // the person was sent to a page
	probed  bool
	told    bool // the app knows that a person is being asked
}

// limits are the deadlines of one call; approval 0 means that no person is
// ever asked.
type limits struct{ connect, answer, approval time.Duration }

func (c *call) asks() bool { return c.limits.approval > 0 }

// try is what became of a request at one relay.
type try struct {
	event  nostr.ID
	result result
	reason string
	pauses int // after rate-limited:
}

type result int

const (
	sent    result = iota + 1 // no receipt, perhaps never one
	taken                     // OK true
	refused                   // OK false
	later                     // rate-limited: another attempt comes
)

// standard are the limits of a method: control methods are answered without a
// person (NIP-46), everything else may have to ask one.
func (l *line) standard(m nip46.Method) limits {
	lim := limits{l.o.ConnectTimeout, l.o.AnswerTimeout, l.o.ApprovalTimeout}
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
	relays, live := append([]*relay(nil), l.relays...), l.anyLive()
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
	if c.aired.IsZero() {
		c.aired = time.Now()
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
		t.result = later
		time.AfterFunc(retryPause<<min(t.pauses, 3), func() { l.send(c, r, true) })
		t.pauses++
	default:
		t.result = refused
	}
	if !receipt.OK {
		l.o.Logger.Info("a relay refused a request", "url", r.url, "method", c.method, "reason", t.reason)
	}
	l.stir()
}

// await waits for the answer, or for the first deadline that passes.
func (l *line) await(ctx context.Context, c *call) (string, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.mu.Lock()
		changed := l.changed
		deadline, err := l.weigh(c)
		l.mu.Unlock()
		select {
		case resp := <-c.answer: // before any deadline
			return outcome(resp)
		default:
		}
		if err != nil {
			return "", err
		}
		timer.Reset(time.Until(deadline))
		select {
		case resp := <-c.answer:
			return outcome(resp)
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			return "", canceled(ctx)
		case <-l.ctx.Done():
			return "", errClosed()
		}
	}
}

func outcome(resp *nip46.Response) (string, error) {
	if resp.Error != "" {
		return "", signerError(resp.Error)
	}
	return resp.Result, nil
}

// weigh says until when a request may wait as things stand, or why it is lost.
// The mutex is held.
func (l *line) weigh(c *call) (time.Time, error) {
	now := time.Now()
	onAir, refusals := false, 0
	for _, t := range c.tries {
		switch t.result {
		case sent, taken:
			onAir = true
		case refused:
			refusals++
		case later:
		}
	}
	if !onAir {
		deadline := c.started.Add(c.limits.connect)
		if refusals == len(l.relays) || l.hopeless() || !now.Before(deadline) {
			return now, l.notSent(c)
		}
		return deadline, nil
	}
	probe := c.aired.Add(min(probeAfter, c.limits.answer/2))
	deadline := c.aired.Add(c.limits.answer)
	switch alive := l.heard.After(c.aired); {
	case c.asks() && (alive || c.page):
		deadline = c.started.Add(c.limits.approval)
		if !c.page && !c.told && !now.Before(probe) {
			c.told = true
			if f := l.o.OnWaiting; f != nil {
				go f(string(c.method))
			}
		}
		if !now.Before(deadline) {
			return now, l.undecided(c)
		}
		if !c.page && now.Before(probe) {
			return probe, nil
		}
	case !now.Before(deadline):
		return now, l.silent(c)
	case c.asks() && !c.probed:
		if now.Before(probe) {
			return probe, nil
		}
		c.probed = true
		l.probe()
	}
	return deadline, nil
}

// probe asks whether the key app is there; its answer counts for every call that
// waits. The mutex is held.
func (l *line) probe() {
	if l.probing || l.closed {
		return
	}
	l.probing = true
	l.wg.Go(func() {
		l.do(l.ctx, nip46.Ping, l.standard(nip46.Ping))
		l.mu.Lock()
		l.probing = false
		l.mu.Unlock()
	})
}

func canceled(ctx context.Context) error {
	return &Error{Side: SideApp, Code: ErrCanceled, Msg: "it stopped waiting", cause: context.Cause(ctx)}
}

func errClosed() *Error {
	return &Error{Side: SideApp, Code: ErrClosed, Msg: "the session is closed"}
}

// unreachable says why no relay is live. The mutex is held.
func (l *line) unreachable() error {
	e := &Error{Side: SideConnection, Code: ErrNoConnection, Msg: "no relay of the key app can be reached",
		Hint: "look whether this computer is online"}
	if len(l.relays) > 0 {
		e.Msg = fmt.Sprintf("no relay could be used; %s: %s", l.relays[0].url, l.relays[0].reason)
	}
	if l.hopeless() && !l.o.PrivateRelays {
		e.Hint = "for a key app on this computer or in its own network set Options.PrivateRelays"
	}
	return e
}

// notSent says why no relay took a request. The mutex is held.
func (l *line) notSent(c *call) error {
	for r, t := range c.tries {
		if t.result == refused || t.result == later {
			e := &Error{Side: SideConnection, Code: ErrRelayRefused,
				Msg: fmt.Sprintf("no relay took the request; %s: %s", r.url, t.reason)}
			if strings.HasPrefix(t.reason, "mute:") {
				e.Side, e.Hint = SideSigner, "start the key app: nobody listens at its relay"
			}
			return e
		}
	}
	return l.unreachable()
}

// silent says why a request that was sent got no answer. The mutex is held.
func (l *line) silent(c *call) error {
	if !l.anyLive() {
		return l.unreachable()
	}
	return &Error{Side: SideSigner, Code: ErrNoAnswer, Msg: "it did not answer " + string(c.method),
		Hint: "look whether the key app is running, and whether both clocks are right"}
}

// undecided says that the key app is there, but nobody told it yes or no.
func (l *line) undecided(c *call) error {
	e := &Error{Side: SideYou, Code: ErrNoAnswer, Msg: "the key app was not told yes or no in time",
		Hint: "open the key app, look for the question and try again"}
	if c.page && l.o.OnAuthURL == nil {
		e.Side, e.Hint = SideApp, "the key app wanted to show a page: set Options.OnAuthURL"
	}
	return e
}
