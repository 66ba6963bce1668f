package client

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nip46"
)

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
	if whole := c.started.Add(c.limits.whole); c.limits.whole > 0 && whole.Before(deadline) {
		deadline = whole
	}
	switch {
	case c.asks() && c.page:
		deadline = c.started.Add(c.limits.approval)
	case c.asks() && now.Before(probe):
		return probe, nil
	case c.asks() && !l.heard.Before(probe): // it is there, so it asks the person
		deadline = c.started.Add(c.limits.approval)
		if f := l.o.OnWaiting; f != nil && !c.told {
			go f(string(c.method))
		}
		c.told = true
	case !now.Before(deadline):
		return now, l.silent(c)
	case c.asks() && !c.probed:
		c.probed = true
		l.probe()
	}
	if !now.Before(deadline) {
		return now, l.undecided(c)
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
	return &Error{Side: SideApp, Code: ErrCanceled, Msg: "it stopped waiting", cause: ctx.Err()}
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
	if len(l.relays) > 0 && l.relays[0].barred {
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
	if l.lives() == 0 {
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
