package keeper_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// story is what the record says of an event: the oldest first, "later" when it
// is half a minute after the first.
func (r *rig) story(ev nostr.ID) (out []string) {
	r.t.Helper()
	r.settle()
	var recs []privyseal.Record
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) (err error) {
		recs, err = s.Records(store.RecordQuery{Limit: 10_000})
		return err
	}))
	recs = slices.DeleteFunc(recs, func(rec privyseal.Record) bool { return rec.Event != ev || rec.Phase == privyseal.PhaseNote })
	for _, rec := range slices.Backward(recs) {
		e := rec.Phase.String() + " " + rec.Verdict.String()
		if rec.Phase == privyseal.PhaseDone {
			e += " " + rec.Outcome.String()
		}
		if rec.Time.Sub(recs[len(recs)-1].Time) > 30*time.Second {
			e += " later"
		}
		out = append(out, e)
	}
	return out
}

// toldWhy checks the reason that an app is told.
func toldWhy(t testing.TB, a answer, reason string) {
	t.Helper()
	kind, text := words.Refusal(privyseal.Decision{Reason: reason})
	if want := nip46.Reason(nip46.ErrorCode(kind), text); a.Error != want {
		t.Fatalf("answered %q, want %q", a.Error, want)
	}
}

type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) has(line string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.b.String(), line)
}

// Every way in which a request can end is counted once, under its own name, and
// what the record does not have of it stands in the log.
func TestEveryEndIsCounted(t *testing.T) {
	disk, book := &badStore{}, &logBook{}
	r := newRig(t, func(r *rig) { r.wrap, r.log = disk.around, slog.New(slog.NewTextHandler(book, nil)) })
	c, asks := r.paired(control.InviteArgs{Preset: "trusted"}), r.paired(control.InviteArgs{Preset: "ask"})
	app := r.app(c).ID
	r.settle()
	counted := func(name string, want int, do func()) {
		t.Helper()
		before := r.count(name)
		do()
		r.until(name, func() bool { return r.count(name)-before >= want })
		r.fence.ask("ping")
		if n := r.count(name) - before; n != want {
			t.Fatalf("%s: %d counted, want %d", name, n, want)
		}
	}
	sealed := func(content string, to nostr.PubKey, i int) *nostr.Event {
		tpl := nostr.Template{Kind: nip46.Kind, CreatedAt: r.now().Unix() - int64(i%60), Content: content, Tags: nostr.Tags{{"p", to.String()}}}
		ev, err := tpl.Sign(c.key, false)
		must(t, err)
		return ev
	}
	ping := c.seal(c.request("ping"), r.now())
	counted("events_malformed", 1, func() {
		must(t, r.front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: []byte("{}")}}}))
	})
	counted("events_not_ours", 1, func() { c.send(sealed(ping.Content, c.pub, 0)) })
	counted("events_undecryptable", 150, func() { // copies too: they cost no tokens of those that open
		bad := ping.Content[:len(ping.Content)-8] + "AAAAAAA="
		for i := range 150 {
			c.send(sealed(bad, c.signer, i))
		}
	})
	counted("events_forged", 1, func() {
		forged := *ping
		forged.Sig[0] ^= 1
		c.send(&forged)
	})
	once := c.seal(c.request("sign_event", c.note("once")), r.now())
	c.again(once)
	counted("requests_repeated", 1, func() { c.again(once) })
	counted("requests_stale", 1, func() { c.again(c.seal(c.request("ping"), r.now().Add(-time.Hour))) })
	counted("requests_invalid", 1, func() { wantPrefix(t, c.ask("sign_event", "{"), privyseal.KindInvalid) })
	counted("requests_asked", 1, func() { asks.asks(asks.note("asked")) })
	counted("requests_expired", 1, func() { c.again(c.seal(c.request("ping"), r.now().Add(-time.Hour))) })
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: app})
	counted("requests_inactive", 1, func() { wantPrefix(t, c.ask("ping"), privyseal.KindDenied) })
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: app})
	disk.sick.Store(true)
	counted("requests_unrecordable", 1, func() { wantPrefix(t, c.ask("sign_event", c.note("sick")), privyseal.KindBusy) })
	r.lock()
	counted("requests_locked", 1, func() { wantPrefix(t, c.ask("sign_event", c.note("locked")), privyseal.KindLocked) }) // that comes first
	wantPrefix(t, c.ask("sign_event", "{"), privyseal.KindInvalid)                                                       // and this is wrong either way
	r.unlock()
	disk.sick.Store(false)
	disk.bad.Store(true)
	counted("requests_unrecordable", 1, func() { wantPrefix(t, c.ask("sign_event", c.note("bad")), privyseal.KindBusy) })
	disk.bad.Store(false)
	r.set("rate-stranger", "0.001,1")
	stranger := r.client(c.signer, "")
	counted("strangers_dropped", 2, func() {
		for range 3 {
			stranger.send(stranger.seal(stranger.request("ping"), r.now()))
		}
	})
	r.set("rate-app-refused", "0.001,1")
	counted("requests_invalid", 3, func() {
		for range 3 {
			c.ask("sign_event", "{")
		}
	})
	answers := mustCall[control.Status](r, control.VerbStatus, nil).Answers.Count
	c.signed(c.ask("sign_event", c.note("timed")), r.author)
	if n := mustCall[control.Status](r, control.VerbStatus, nil).Answers.Count; n != answers+1 {
		t.Errorf("one answer was timed as %d", n-answers)
	}
	for _, line := range []string{"msg=asked", `msg="a decision could not be recorded"`, "msg=answered"} {
		if !book.has(line) {
			t.Errorf("the log does not say %s", line)
		}
	}
}

// What a request went through is on record, with the time at which it did: the
// one that was asked about, and the one that joined its question.
func TestWhenAndWhyAreOnRecord(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	body := c.note("x")
	var events []*nostr.Event
	var ids []string
	n := r.outbound()
	for range 2 {
		ev := c.seal(c.request("sign_event", body), r.now())
		c.send(ev)
		r.settle()
		events, ids = append(events, ev), append(ids, fmt.Sprintf("id-%d", c.n))
	}
	r.sleep(time.Minute)
	before := mustCall[control.Status](r, control.VerbStatus, nil).Answers
	r.approve(control.AnswerArgs{ID: r.question().ID})
	c.got(n, ids)
	if now := mustCall[control.Status](r, control.VerbStatus, nil).Answers; now.Sum-before.Sum < 100 {
		t.Errorf("two answers after a minute took %v seconds", now.Sum-before.Sum)
	}
	want := [][]string{{"decided ask", "decided allow later", "done allow allowed later"}, {"decided ask", "done allow allowed later"}}
	for i, ev := range events {
		if got := r.story(ev.ID); !slices.Equal(got, want[i]) {
			t.Errorf("request %d: on record %q, want %q", i, got, want[i])
		}
	}
}

// A budget that is used up stays so over a restart, and what was decided within
// it is done though it is used up by then.
func TestABudgetIsUsedUpForGood(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#1/h"})
	r.settle()
	note := c.note("x")
	lossy.lose.Store(true)
	c.signed(c.ask("sign_event", note), r.author) // its end is not kept
	lossy.lose.Store(false)
	if used := r.app(c).Grants[0].Used; used != 1 {
		t.Fatalf("%d of the budget used", used)
	}
	c.signed(c.ask("sign_event", note), r.author)
	r.settle()
	r.fence = nil
	r.restart()
	q, n := c.asks(c.note("one too many"))
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	toldWhy(t, c.awaitLast(n), words.SaidNo)
	id, err := nostr.ParseID(q.Event)
	must(t, err)
	if got := r.story(id); !slices.Equal(got, []string{"decided ask", "done ask refused"}) {
		t.Errorf("on record %q", got)
	}
}

// What a stop left is finished first when it is asked for again; where that
// fails, whoever asks hears so, and nobody else hears anything.
func TestWhatCannotBeFinishedIsNotTriedForever(t *testing.T) {
	lossy, disk := &lossyStore{}, &badStore{}
	r := newRig(t, func(r *rig) { r.wrap = func(s store.Store) store.Store { return disk.around(lossy.around(s)) } })
	c := r.paired(control.InviteArgs{})
	r.settle()
	lossy.lose.Store(true)
	note := c.note("x")
	c.signed(c.ask("sign_event", note), r.author) // its end is not kept
	n := r.outbound()
	disk.bad.Store(true)
	if a := c.ask("sign_event", note); !strings.Contains(a.Error, "cannot write to its disk") {
		t.Fatalf("answered %+v", a)
	}
	if got := c.since(n); len(got) != 1 {
		t.Fatalf("answered %+v", got)
	}
	disk.bad.Store(false)
	toldWhy(t, c.ask("sign_event", note), words.Busy)
	lossy.lose.Store(false)
	c.signed(c.ask("sign_event", note), r.author)
}

// A decision's commit may be undone and run again. Then only what the second
// found counts.
func TestADecisionIsRunAgain(t *testing.T) {
	lossy, undone := &lossyStore{}, &undoneStore{}
	r := newRig(t, func(r *rig) { r.wrap = func(s store.Store) store.Store { return undone.around(lossy.around(s)) } })
	c := r.paired(control.InviteArgs{})
	app := r.app(c).ID
	r.settle()
	lossy.lose.Store(true)
	note := c.note("x")
	first := c.seal(c.request("sign_event", note), r.now())
	c.signed(c.again(first), r.author) // its end is not kept
	lossy.lose.Store(false)
	ended := func() { // the first time it was found open
		must(t, r.store.Update(t.Context(), func(tx store.Tx) error {
			return tx.FinishWork(app, first.ID, privyseal.Refused, nil, nil, r.now())
		}))
	}
	undone.between.Store(&ended)
	c.signed(c.ask("sign_event", note), r.author)
}

// A yes or a no that could not be carried out holds: the app that asks again gets
// what the person said.
func TestAnAnswerThatWasNotCarriedOutHolds(t *testing.T) {
	disk := &brokenStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	for _, yes := range []bool{true, false} {
		note := c.note(fmt.Sprint(yes))
		q, n := c.asks(note)
		r.reads(q.ID)
		disk.step.Store("Work")
		verb := control.VerbRequestsDeny
		if yes {
			verb = control.VerbRequestsApprove
		}
		mustCall[control.QuestionInfo](r, verb, control.AnswerArgs{ID: q.ID})
		wantPrefix(t, c.awaitLast(n), privyseal.KindBusy)
		disk.step.Store("")
		if a := c.ask("sign_event", note); yes {
			c.signed(a, r.author)
		} else {
			toldWhy(t, a, words.SaidNo)
		}
	}
}

// Work whose request can no longer be read is closed, on record, and not answered.
func TestWhatCannotBeReadIsAbandoned(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	ev := c.seal(c.request("sign_event", c.note("x")), r.now())
	c.send(ev)
	q := r.question()
	r.settle()
	r.stop()
	r.sql(r.dir, `UPDATE work SET sealed = CAST('{}' AS BLOB) WHERE sealed IS NOT NULL`)
	r.fence = nil
	r.start(false)
	n := r.outbound()
	r.approve(control.AnswerArgs{ID: q.ID})
	r.until("it is abandoned", func() bool { return r.count("requests_abandoned") == 1 })
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("answered %+v", got)
	}
	if got := r.story(ev.ID); !slices.Equal(got, []string{"decided ask", "done refuse failed"}) {
		t.Fatalf("on record %q", got)
	}
}

// The answer to a reading is not kept: one that no relay took is not owed after a
// restart, and nothing else is sent in its place.
func TestWhatWasOpenedIsNotOwedAfterARestart(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(1, 1)
	c := r.paired(control.InviteArgs{Allow: "nip44_decrypt"})
	r.settle()
	r.mu.Lock()
	r.receipt = func(o control.Outbound, relay string) control.Published {
		return control.Published{Ref: o.Ref, Relay: relay} // nobody there
	}
	r.mu.Unlock()
	wantResult(t, c.ask("nip44_decrypt", peers[0], ciphers[0]), "0")
	must(t, r.k.Drain(t.Context()))
	r.stop()
	r.mu.Lock()
	r.receipt = nil
	r.mu.Unlock()
	n := r.outbound()
	r.fence = nil
	r.start(false)
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("delivered %+v", got)
	}
}
