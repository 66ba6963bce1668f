package keeper_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// lossyStore loses what was to be written later, as a crash does.
type lossyStore struct {
	store.Store
	lose atomic.Bool
}

func (s *lossyStore) around(st store.Store) store.Store {
	s.Store = st
	return s
}

func (s *lossyStore) Later(fn func(store.Tx) error) {
	if !s.lose.Load() {
		s.Store.Later(fn)
	}
}

func TestOwedAnswersAreDeliveredAfterARestart(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.settle()
	r.receipt = func(o control.Outbound, relay string) control.Published {
		return control.Published{Ref: o.Ref, Relay: relay} // nobody there
	}
	first := c.ask("sign_event", c.note("x"))
	c.signed(first, r.author)
	must(t, r.k.Drain(t.Context()))
	r.stop()
	r.mu.Lock()
	r.receipt = nil
	r.mu.Unlock()
	n := r.outbound()
	r.start(false)
	again := c.await(n)
	if again.Raw != first.Raw || again.Event.ID == first.Event.ID {
		t.Fatalf("delivered %s in %s", again.Raw, again.Event.ID)
	}
	if uses := r.uses(); uses != 1 {
		t.Fatalf("%d uses", uses)
	}
	r.restart()
	n = r.outbound()
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("delivered although it was taken: %+v", got)
	}
}

func TestDecidedWorkIsFinishedAfterACrash(t *testing.T) {
	for name, test := range map[string]struct {
		away   time.Duration
		change func(r *rig, app string)
		reason string // "": signed
	}{
		"at once":      {},
		"much later":   {away: 13 * time.Minute, reason: words.Stale},
		"taken back":   {change: func(r *rig, app string) { r.grant(app, "refuse", "sign_event:1") }, reason: policy.ReasonRefused},
		"asked by now": {change: func(r *rig, app string) { r.grant(app, "ask", "sign_event:1") }, reason: policy.ReasonRefused},
		"paused": {change: func(r *rig, app string) {
			mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: app})
		}, reason: policy.ReasonPaused},
	} {
		t.Run(name, func(t *testing.T) {
			lossy := &lossyStore{}
			r := newRig(t, func(r *rig) { r.wrap = lossy.around })
			c := r.paired(control.InviteArgs{})
			app := r.app(c).ID
			r.settle()
			lossy.lose.Store(true)
			ev := c.seal(c.request("sign_event", c.note("x")), r.now())
			first := c.again(ev)
			c.signed(first, r.author)
			if test.change != nil {
				test.change(r, app)
			}
			r.stop()
			lossy.lose.Store(false)
			r.sleep(test.away)
			n := r.outbound()
			r.start(false)
			got := c.await(n)
			if test.reason != "" {
				toldWhy(t, got, test.reason)
			} else if c.signed(got, r.author).ID != c.signed(first, r.author).ID {
				t.Fatalf("%s became %s", first.Raw, got.Raw)
			}
			if w := r.work(app, ev.ID); w.State != privyseal.WorkAnswered {
				t.Fatalf("work %+v", w)
			}
			if v := mustCall[control.Verification](r, control.VerbActivityVerify, nil); !v.OK {
				t.Fatalf("%+v", v)
			}
		})
	}
}

func (r *rig) grant(app, verdict, perms string) {
	r.t.Helper()
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: app, Verdict: verdict, Perms: perms})
}

func TestAYesBeforeACrashStillCounts(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	r.settle()
	q, n := c.asks(c.note("x"))
	lossy.lose.Store(true)
	r.approve(control.AnswerArgs{ID: q.ID})
	first := c.await(n)
	c.signed(first, r.author)
	r.stop()
	lossy.lose.Store(false)
	n = r.outbound()
	r.start(false)
	if got := c.await(n); c.signed(got, r.author).ID != c.signed(first, r.author).ID {
		t.Fatalf("%s became %s", first.Raw, got.Raw)
	}
}

func TestAStopFinishesWhatIsInWork(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	c := r.paired(control.InviteArgs{})
	n := r.outbound()
	release := stuck.hold()
	c.send(c.seal(c.request("sign_event", c.note("x")), r.now()))
	r.until("the request waits for its commit", func() bool { return stuck.waiting.Load() == 1 })
	r.cancel()
	release()
	r.stop()
	c.signed(c.await(n), r.author)
}
