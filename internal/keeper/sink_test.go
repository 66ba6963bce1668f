package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
)

// sink is a place in memory that may be full, gone or slow.
type sink struct {
	mu    sync.Mutex
	lines [][]byte
	err   error
	hold  chan struct{} // nil: it answers at once

	waiting atomic.Int32
}

func (s *sink) open(string, bool) (keeper.Sink, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s, s.err
}

func (s *sink) Put(ctx context.Context, event []byte) error {
	s.mu.Lock()
	hold, err := s.hold, s.err
	s.mu.Unlock()
	if hold != nil {
		s.waiting.Add(1)
		<-hold // whatever ctx says
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, bytes.Clone(event))
	return nil
}

func (s *sink) Close() error { return nil }

func (s *sink) is(err error, hold chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.hold = err, hold
}

func (s *sink) all() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

func (r *rig) set(key, value string) {
	r.t.Helper()
	mustCall[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: key, Value: value})
}

// sinkRig is a signer whose record is confirmed in a place in memory.
func sinkRig(t *testing.T, with ...func(*rig)) (*rig, *sink) {
	s := new(sink)
	r := newRig(t, append(with, func(r *rig) { r.sinks = s.open })...)
	r.set("sink-every", "1s")
	r.set("sink-behind", "2s,100")
	r.set("sink", "file:/elsewhere")
	return r, s
}

func (r *rig) sinkInfo() control.SinkInfo {
	r.t.Helper()
	info := mustCall[control.Status](r, control.VerbStatus, nil).Sink
	if info == nil {
		r.t.Fatal("there is no sink")
	}
	return *info
}

// T60, T62: a sink that is full or gone stops every signature, and one that is
// back lets them go on at once.
func TestNothingIsSignedWhileTheSinkFails(t *testing.T) {
	r, s := sinkRig(t)
	c, asks := r.paired(control.InviteArgs{Preset: "trusted"}), r.paired(control.InviteArgs{Preset: "ask"})
	c.signed(c.ask("sign_event", c.note("before")), r.author)
	q, n := asks.asks(asks.note("asked"))
	s.is(errors.New("no space left on device"), nil)
	c.signed(c.ask("sign_event", c.note("not yet too far behind")), r.author)
	r.sleep(time.Minute)
	r.until("it fails", func() bool { return strings.Contains(r.sinkInfo().Failing, "no space left") })
	for range 2 {
		for _, a := range []answer{c.ask("sign_event", c.note("unconfirmed")), c.ask("nip44_encrypt", c.pub.String(), "x")} {
			wantPrefix(t, a, privyseal.KindBusy)
			if !strings.Contains(a.Error, "not confirmed outside") {
				t.Fatalf("the app is told %q", a.Error)
			}
		}
		wantResult(t, c.ask("ping"), "pong")
		if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID}); privyseal.KindOf(err) != privyseal.KindBusy {
			t.Fatalf("approved: %v", err)
		}
		if info := r.sinkInfo(); info.Failing == "" || info.Behind == 0 {
			t.Fatalf("%+v", info)
		}
		findings := mustCall[control.Status](r, control.VerbStatus, nil).Findings
		if !slices.ContainsFunc(findings, func(f control.Finding) bool { return f.Check == "sink" && f.State == "problem" }) {
			t.Fatalf("findings %+v", findings)
		}
		r.restart() // a restart does not make it well
		r.fence = nil
	}
	s.is(nil, nil)
	r.until("it is well", func() bool { return r.sinkInfo().Failing == "" })
	c.signed(c.ask("sign_event", c.note("after")), r.author)
	r.approve(control.AnswerArgs{ID: q.ID})
	asks.signed(asks.awaitLast(n), r.author)
}

// A place that never answers is one that fails; when it does answer, it counts.
func TestSlowSink(t *testing.T) {
	r, s := sinkRig(t)
	c := r.paired(control.InviteArgs{})
	hold := make(chan struct{})
	s.is(nil, hold)
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.until("a hand-over is under way and everything before is confirmed or not", func() bool { return r.sinkInfo().Behind > 0 })
	r.sleep(time.Minute)
	r.until("it fails", func() bool { return strings.Contains(r.sinkInfo().Failing, "does not answer") })
	wantPrefix(t, c.ask("sign_event", c.note("y")), privyseal.KindBusy)
	close(hold)
	s.is(nil, nil)
	r.until("it is well", func() bool { return r.sinkInfo().Failing == "" })
	c.signed(c.ask("sign_event", c.note("y")), r.author)
}

func TestSinkIsTriedBeforeItIsUsed(t *testing.T) {
	s := new(sink)
	r := newRig(t, func(r *rig) { r.sinks = s.open })
	for _, bad := range []control.SettingArgs{
		{Key: "sink", Value: "nonsense"}, {Key: "sink", Value: "file:relative"}, {Key: "sink", Value: "relay:https://x"},
		{Key: "sink-every", Value: "0s"}, {Key: "sink-every", Value: "2h"}, {Key: "sink-behind", Value: "5m"},
		{Key: "sink-behind", Value: "5m,0"}, {Key: "sink-behind", Value: "0s,5"},
	} {
		if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, bad); privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	s.is(errors.New("read-only"), nil)
	if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "sink", Value: "file:/x"}); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("%v", err)
	}
	if s := mustCall[control.Status](r, control.VerbStatus, nil); s.Sink != nil {
		t.Fatalf("it is used: %+v", s.Sink)
	}
	s.is(nil, nil)
	r.set("sink", "file:/x")
	if got := r.sinkInfo(); got.Confirmed == 0 || len(s.all()) != 1 {
		t.Fatalf("%+v, %d lines", got, len(s.all()))
	}
	r.set("sink", "")
	if s := mustCall[control.Status](r, control.VerbStatus, nil); s.Sink != nil {
		t.Fatalf("%+v", s.Sink)
	}
}

// The end of the record is confirmed at a stop, and while locked nothing fails
// that has nothing to confirm.
func TestSinkAtTheStop(t *testing.T) {
	r, s := sinkRig(t)
	r.set("sink-every", "1h")
	c := r.paired(control.InviteArgs{})
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.stop()
	lines := s.all()
	r.start(false)
	v, err := keeper.Verify(t.Context(), r.store, lines...)
	must(t, err)
	var head store.Head
	must(t, r.store.View(t.Context(), func(x store.Reader) (err error) { head, err = x.Head(); return err }))
	if !v.OK || v.Confirmed != len(lines) || r.sinkInfo().Confirmed != head.Seq {
		t.Fatalf("%+v, sink %+v, head %d", v, r.sinkInfo(), head.Seq)
	}
}

// A hand-over that is under way at the stop is waited for: what it hands over is
// older than the end of the record.
func TestSinkAtAStopMeanwhile(t *testing.T) {
	r, s := sinkRig(t)
	r.set("sink-behind", "1h,1000")
	c := r.paired(control.InviteArgs{})
	r.until("all is confirmed", func() bool { return r.sinkInfo().Behind == 0 })
	hold := make(chan struct{})
	s.is(nil, hold)
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.sleep(time.Second)
	r.until("a hand-over is under way", func() bool { return s.waiting.Load() > 0 })
	c.signed(c.ask("sign_event", c.note("y")), r.author)
	time.AfterFunc(100*time.Millisecond, func() { close(hold) }) // the stop has come to it by then; else the test says nothing
	r.stop()
	lines := s.all()
	r.start(false)
	v, err := keeper.Verify(t.Context(), r.store, lines...)
	must(t, err)
	if !v.OK || r.sinkInfo().Behind != 0 {
		t.Fatalf("%+v, sink %+v", v, r.sinkInfo())
	}
}

// T60: what the database itself hides shows against the sink's lines; an epoch
// that a person ended does not count against the record.
func TestVerifyAgainstTheSink(t *testing.T) {
	r, s := sinkRig(t)
	c := r.paired(control.InviteArgs{})
	r.stop()
	old := r.dir
	r.fence = nil
	early := len(s.all())
	copied := t.TempDir()
	must(t, os.CopyFS(copied, os.DirFS(r.dir)))
	r.start(false)
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.stop()
	lines := s.all()
	if len(lines) <= early {
		t.Fatal("nothing was confirmed")
	}
	look := func(dir string, lines ...[]byte) control.Verification {
		t.Helper()
		r.dir = dir
		r.start(false)
		defer r.stop()
		v, err := keeper.Verify(t.Context(), r.store, lines...)
		must(t, err)
		return v
	}
	if v := look(old, lines...); !v.OK {
		t.Fatalf("the present record: %+v", v)
	}
	// The copy began with nothing amiss in itself.
	r.sinks = func(string, bool) (keeper.Sink, error) { return nil, errors.New("gone") }
	if v := look(copied); !v.OK {
		t.Fatalf("the copy in itself: %+v", v)
	}
	v := look(copied, lines...)
	if v.OK || !slices.ContainsFunc(v.Problems, func(p control.Problem) bool { return p.Kind == "cut" || p.Kind == "rewritten" }) {
		t.Fatalf("the copy against the sink: %+v", v)
	}
	if v := look(old, append(slices.Clone(lines), []byte("nonsense"), nil)...); v.OK || v.Problems[0].Kind != "sink" {
		t.Fatalf("a spoiled line: %+v", v)
	}
	// Accepted, it goes on in a second epoch.
	r.dir = copied
	r.sinks = s.open
	r.start(false)
	_, err := keeper.BeginEpoch(t.Context(), r.store, nil, r.now(), "restored from a backup", nil)
	must(t, err)
	r.restart()
	r.set("log-level", "info") // something to confirm
	r.stop()
	if v := look(copied, s.all()...); !v.OK || v.LeftBehind == 0 {
		t.Fatalf("in a second epoch: %+v", v)
	}
}

// Work that a crash left open waits for the sink, and is done when it is back
// or done without.
func TestOpenWorkWaitsForTheSink(t *testing.T) {
	for name, mend := range map[string]func(*rig, *sink){
		"the sink is back": func(_ *rig, s *sink) { s.is(nil, nil) },
		"done without":     func(r *rig, _ *sink) { r.set("sink", "") },
	} {
		t.Run(name, func(t *testing.T) {
			r, s := sinkRig(t)
			c := r.paired(control.InviteArgs{Preset: "ask"})
			q, n := c.asks(c.note("asked before"))
			s.is(errors.New("gone"), nil)
			r.stop()
			// The yes is on record, its work is not done: as after a kill.
			r.cold = true
			r.start(false)
			must(t, r.store.Update(t.Context(), func(tx store.Tx) error {
				return tx.AnswerQuestion(q.ID, privyseal.QuestionApproved, "test", r.now(), false)
			}))
			r.stop()
			r.cold = false
			r.sleep(time.Minute)
			r.fence = nil
			r.start(false)
			r.until("it fails", func() bool { return r.sinkInfo().Failing != "" })
			if got := c.since(n); len(got) > 0 {
				t.Fatalf("answered: %+v", got)
			}
			mend(r, s)
			c.signed(c.await(n), r.author)
		})
	}
}

// What was decided before a crash has its decision on record. While the sink
// fails, starts and looks after it add nothing to that; then it is done once.
func TestDecidedWorkWaitsForTheSinkInSilence(t *testing.T) {
	lossy := &lossyStore{}
	r, s := sinkRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{})
	r.settle()
	lossy.lose.Store(true)
	ev := c.seal(c.request("sign_event", c.note("x")), r.now())
	first := c.signed(c.again(ev), r.author) // its end is not kept
	s.is(errors.New("gone"), nil)
	r.stop()
	lossy.lose.Store(false)
	r.sleep(time.Minute)
	entries := func() (decided, done int) {
		for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 5000}) {
			switch {
			case rec.Event != ev.ID.String():
			case rec.Phase == "decided":
				decided++
			case rec.Phase == "done":
				done++
			}
		}
		return decided, done
	}
	n := r.outbound()
	for try := range 3 {
		r.start(false)
		if got := c.since(n); len(got) > 0 { // what the start took up has come to its end
			t.Fatalf("answered: %+v", got)
		}
		if r.sinkInfo().Failing == "" {
			t.Fatal("the sink does not fail")
		}
		if decided, done := entries(); decided != 1 || done != 0 {
			t.Fatalf("start %d: decided %d times on record, done %d", try, decided, done)
		}
		if w := r.work(r.app(c).ID, ev.ID); w.State != privyseal.WorkDecided {
			t.Fatalf("start %d: work %+v", try, w)
		}
		r.stop()
		r.fence = nil
	}
	s.is(nil, nil)
	r.start(false)
	if again := c.signed(c.await(n), r.author); again.ID != first.ID {
		t.Fatalf("%s became %s", first.ID, again.ID)
	}
	r.settle()
	if decided, done := entries(); decided != 2 || done != 1 {
		t.Fatalf("decided %d times on record, done %d", decided, done)
	}
	if v := mustCall[control.Verification](r, control.VerbActivityVerify, nil); !v.OK {
		t.Fatalf("%+v", v)
	}
}
