package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// A stop waits so long for what is in work, and leaves the rest: what still waits
// for its turn behind it, or for its commit, is not done and says nothing.
func TestAStopLeavesWhatWaitsForItsTurn(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	peers, ciphers := r.texts(17, 1)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1,sign_event:10002,nip44_decrypt"})
	r.settle()
	r.sleep(time.Second) // no other app asks any more
	before := r.count("requests_unrecordable")
	n := r.outbound()
	release := stuck.hold()
	note := c.note("twice")
	for _, body := range []string{note, note, c.event(10002, "one"), c.event(10002, "two")} {
		c.send(c.seal(c.request("sign_event", body), r.now()))
	}
	c.wants(peers, ciphers)
	r.until("those whose turn it is wait for their commit", func() bool { return stuck.waiting.Load() >= 1+1+16 })
	r.cancel()
	r.part()
	release()
	must(t, r.k.Drain(t.Context()))
	if got := r.outbound(); got != n {
		t.Fatalf("%d answers", got-n)
	}
	if got := r.count("requests_unrecordable"); got != before {
		t.Fatalf("a stop is counted as %d failures of the disk", got-before)
	}
}

// What was opened with the key, locked meanwhile, says so.
func TestALockComesBeforeTheKeyIsUsed(t *testing.T) {
	late := &lateStore{}
	r := newRig(t, func(r *rig) { r.wrap = late.around })
	c := r.paired(control.InviteArgs{})
	r.settle()
	hold := make(chan struct{})
	late.next.Store(&hold)
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("decided")), r.now()))
	r.until("it is decided and recorded", late.done.Load)
	r.vault.Lock()
	close(hold)
	toldWhy(t, c.await(n), words.Locked)
}

// What was signed is kept before it leaves: where that fails, it does not leave.
func TestNothingLeavesThatCouldNotBeKept(t *testing.T) {
	disk := &brokenStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, n := c.asks(c.event(10002, "x"))
	r.reads(q.ID)
	disk.step.Store("PutVersion")
	r.approve(control.AnswerArgs{ID: q.ID})
	wantPrefix(t, c.awaitLast(n), privyseal.KindBusy)
}

// A request's end is queued for the record before its answer is sent.
func TestTheEndIsQueuedBeforeTheAnswer(t *testing.T) {
	slow := &slowStore{}
	r := newRig(t, func(r *rig) { r.wrap = slow.around })
	c := r.paired(control.InviteArgs{})
	r.settle()
	n := r.outbound()
	early := make(chan bool, 1)
	queued := func() {
		r.fence.ask("ping") // what was to be sent before it is out by then
		r.mu.Lock()
		defer r.mu.Unlock()
		early <- slices.ContainsFunc(r.out[n:], func(o control.Outbound) bool { _, ok := c.open(o); return ok })
	}
	slow.queued.Store(&queued)
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	if <-early {
		t.Fatal("the answer was sent first")
	}
}

// A reading that is done again has another end on record, whether a relay took the
// answer before that was written or not.
func TestWhatIsDoneAgainEndsAgainOnRecord(t *testing.T) {
	slow := &slowStore{}
	r := newRig(t, func(r *rig) { r.wrap = slow.around })
	peers, ciphers := r.texts(1, 1)
	c := r.paired(control.InviteArgs{Allow: "nip44_decrypt"})
	ev := c.seal(c.request("nip44_decrypt", peers[0], ciphers[0]), r.now())
	wantResult(t, c.again(ev), "0")
	r.settle()
	slow.hold(true)
	wantResult(t, c.again(ev), "0")
	r.fence.ask("ping") // the relay's receipt came before it
	slow.hold(false)
	r.settle()
	r.mu.Lock()
	r.receipt = func(o control.Outbound, relay string) control.Published {
		return control.Published{Ref: o.Ref, Relay: relay} // nobody there
	}
	r.mu.Unlock()
	wantResult(t, c.again(ev), "0")
	once := []string{"decided allow", "done allow allowed"}
	if got := r.story(ev.ID); !slices.Equal(got, slices.Concat(once, once, once)) {
		t.Fatalf("on record %q", got)
	}
}

// A session that is paused is told so, however often it asks.
func TestAPausedAppIsNeverTooFast(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.set("rate-app", "0.001,3")
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: r.app(c).ID})
	for range 6 {
		toldWhy(t, c.ask("ping"), policy.ReasonPaused)
	}
}

// A session whose time is over may begin anew by another link, from that moment on.
func TestASessionThatEndedBeginsAnew(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&secret=S", control.InviteArgs{Compatible: true, Lasts: "1d"})
	r.sleep(25 * time.Hour)
	next := r.invite(control.InviteArgs{Compatible: true, Preset: "trusted"})
	wantResult(t, c.ask("connect", "", next.secret), "ack")
	if a := r.app(c); a.State != "active" || a.Preset != "trusted" {
		t.Fatalf("%+v", a)
	}
}

// saidLate is a note that a person said yes to after the app heard that nobody did.
func (c *client) saidLate() string {
	c.r.t.Helper()
	note := c.note("late")
	q, n := c.asks(note)
	c.r.sleep(121 * time.Second)
	toldWhy(c.r.t, c.await(n), words.NoAnswer)
	c.r.approve(control.AnswerArgs{ID: q.ID})
	return note
}

// A late yes does not stand against a rule that refuses since.
func TestALateYesIsNoRule(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.saidLate()
	r.grant(r.app(c).ID, "refuse", "sign_event:1")
	wantPrefix(t, c.ask("sign_event", note), privyseal.KindDenied)
}

// What was done by a late yes, and not finished before a stop, is done.
func TestALateYesOutlivesAStop(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.saidLate()
	r.settle()
	lossy.lose.Store(true)
	first := c.ask("sign_event", note) // its end is not kept
	c.signed(first, r.author)
	r.stop()
	lossy.lose.Store(false)
	n := r.outbound()
	r.start(false)
	if again := c.awaitLast(n); c.signed(again, r.author).ID != c.signed(first, r.author).ID {
		t.Fatalf("%s became %s", first.Raw, again.Raw)
	}
}

// What comes back of the signer's own messages is known as that, and what is no
// event stops nothing while it waits for one.
func TestItsOwnMessagesAreNoneOfAnybody(t *testing.T) {
	r := newRig(t, func(r *rig) { r.bringBack(func(string) bool { return false }) })
	r.until("its first message is back", func() bool { return r.relay(ownRelay).Health == "good" })
	r.bringBack(func(string) bool { return true })
	c := r.paired(control.InviteArgs{})
	n := r.sentToSelf()
	must(t, r.front.Send(&control.NetworkChanged{}))
	r.until("another is out", func() bool { return r.sentToSelf() > n })
	must(t, r.front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: []byte("{}")}}}))
	wantResult(t, c.ask("ping"), "pong")
	r.bringBack(func(string) bool { return false })
	r.sleep(time.Hour) // it is time for another
	n = r.sentToSelf()
	r.until("a third is back", func() bool { return r.sentToSelf() > n })
	r.bringBack(func(string) bool { return true }) // nothing else
	c.ask("ping")
	if own, strangers := r.count("events_not_ours"), r.count("strangers_heard"); own != 0 || strangers != 1 { // the app, as it paired
		t.Fatalf("%d events not ours, %d strangers", own, strangers)
	}
}

// An app that is heard is seen, and the stamps of its requests are compared.
func TestAppsAreHeard(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	wantResult(t, c.again(c.seal(c.request("ping"), r.now().Add(45*time.Second))), "pong")
	if said := r.clockSaid(); !strings.Contains(said, "1 of the 1 apps") {
		t.Fatalf("of a clock that is behind: %q", said)
	}
	seen := r.app(c).LastSeen
	r.sleep(time.Minute)
	wantResult(t, c.ask("ping"), "pong")
	if now := r.app(c).LastSeen; now.Sub(seen) < time.Minute {
		t.Fatalf("seen %v, and a minute later %v", seen, now)
	}
}

// An answer that could not be put on record is none: the question is still open.
// One that came first holds.
func TestAnAnswerThatIsNotOnRecordIsNone(t *testing.T) {
	disk := &badStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, n := c.asks(c.note("x"))
	r.reads(q.ID)
	disk.bad.Store(true)
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID}); err == nil {
		t.Fatal("approved without a record")
	}
	disk.bad.Store(false)
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("answered %+v", got)
	}
	if open := r.question(); open.ID != q.ID {
		t.Fatalf("%+v is open", open)
	}
	must(t, r.store.Update(t.Context(), func(tx store.Tx) error {
		return tx.AnswerQuestion(q.ID, privyseal.QuestionDenied, "somebody", r.now(), false)
	}))
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID}); privyseal.KindOf(err) != privyseal.KindConflict || !strings.Contains(err.Error(), "answered already") {
		t.Fatalf("answered twice: %v", err)
	}
}

// While nothing can be recorded, nothing is looked for either.
func TestNothingIsLookedForInVain(t *testing.T) {
	disk := &badStore{}
	b := newBea(t, func(r *rig) { r.wrap = disk.around })
	app := b.app("Coracle", "")
	disk.sick.Store(true)
	article := b.follows(0, 0, 0)
	article.Kind, article.Tags = 30023, nostr.Tags{{"d", "x"}}
	wantPrefix(t, app.ask("sign_event", template(article)), privyseal.KindBusy)
	looked := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.ContainsFunc(b.fetches, func(f control.Fetch) bool {
			return slices.ContainsFunc(f.Filters, func(f nostr.Filter) bool { return slices.Contains(f.Kinds, 30023) })
		})
	}
	if looked() {
		t.Fatal("looked for what will not be signed")
	}
	disk.sick.Store(false)
	if app.asks(template(article)); !looked() {
		t.Fatal("what it would replace was not looked for")
	}
}

// A session whose identity is gone from the data is told so.
func TestAnIdentityThatIsGone(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.settle()
	r.stop()
	r.sql(r.dir, `DELETE FROM identity`)
	r.start(false)
	wantPrefix(t, c.ask("sign_event", c.note("x")), privyseal.KindRevoked)
}

// A request that has a yes which still waits takes no place among the questions:
// it waits with it, also where there is no place left.
func TestAWaitingYesTakesNoPlace(t *testing.T) {
	r := newRig(t)
	r.set("veto", "sign_event:1")
	r.set("veto-for", "5m")
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.note("late")
	q, n := c.asks(note)
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	_, err := r.says("ana", q.ID)
	must(t, err)
	for i := range 3 {
		c.asks(c.event(5, fmt.Sprint(i)))
	}
	n = r.outbound()
	c.send(c.seal(c.request("sign_event", note), r.now()))
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("answered %+v", got)
	}
}

// A reading that could not be put on record gives its place back.
func TestWhatIsNotOnRecordTakesNoPlace(t *testing.T) {
	disk := &badStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	peers, ciphers := r.texts(31, 6)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	c.wants(peers, ciphers)
	r.settle()
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) != 1 {
		t.Fatalf("%+v", qs)
	}
	disk.bad.Store(true)
	n := r.outbound()
	var ids []string
	for range 500 / 25 {
		ids = append(ids, c.wants(peers, ciphers[:25])...)
	}
	for _, a := range c.got(n, ids) {
		wantPrefix(t, a, privyseal.KindBusy)
	}
	disk.bad.Store(false)
	n = r.outbound()
	c.wants(peers, ciphers[:1])
	if got := c.since(n); len(got) != 0 {
		t.Fatalf("answered %+v", got)
	}
}

// What is above a budget costs a token of those that come to nothing from the first
// on: what is spent is known at once.
func TestWhatIsAboveABudgetIsInVain(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#1/h"})
	r.set("rate-app-refused", "0.001,1")
	c.signed(c.ask("sign_event", c.note("one")), r.author)
	c.asks(c.note("two"))
	wantPrefix(t, c.ask("sign_event", c.note("three")), privyseal.KindLimit)
}

// What a person said yes to teaches nothing when the app is stopped before it is
// done.
func TestAStoppedAppTeachesNothing(t *testing.T) {
	var st afterwards
	r := newRig(t, func(r *rig) { r.wrap = st.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	c.learn(control.LearnArgs{})
	q, n := c.asks(c.note("x"))
	r.reads(q.ID)
	pause := func() { mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: r.app(c).ID}) }
	st.allowed.Store(&pause)
	r.approve(control.AnswerArgs{ID: q.ID})
	toldWhy(t, c.awaitLast(n), policy.ReasonPaused)
	if got := c.learn(control.LearnArgs{}); got.Approved != 0 {
		t.Fatalf("learnt %+v", got)
	}
}

// A payment that was made a moment ago, of which the record is still on its way, is
// not opened once more when work is taken up again.
func TestWhatIsDoneIsNotOpenedAgain(t *testing.T) {
	late := &lateLooks{}
	late.looks.Store(1 << 20)
	r := newRig(t, func(r *rig) { r.wrap = late.around })
	wallet := r.other()
	c := r.paired(control.InviteArgs{})
	q, n := c.asks(wallet.pays(`{"method":"pay_invoice","params":{"invoice":"lnbc21u1pexample"}}`))
	id, err := nostr.ParseID(q.Event)
	must(t, err)
	r.settle()
	late.hold(true)
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.author)
	late.looks.Store(2)
	r.lock()
	r.unlock()
	r.until("it was looked for twice", func() bool { return late.looks.Load() <= 0 })
	late.hold(false)
	want := []string{"decided ask", "decided ask", "decided ask", "decided allow", "done allow allowed"}
	if got := r.story(id); !slices.Equal(got, want) {
		t.Fatalf("on record %q", got)
	}
}
