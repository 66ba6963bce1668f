package keeper_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// A repeat of an operation that is being asked about waits for the person, even
// when the signer, after a restart, does not remember yet that the budget is
// used up: it spends nothing, so nothing but the answer may allow it.
func TestARepeatOfAQuestionWaitsForItsAnswer(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#1/h"})
	c.signed(c.ask("sign_event", c.note("what the budget allows")), r.author)
	body := c.note("too much")
	c.send(c.seal(c.request("sign_event", body), r.now()))
	q := r.question()
	r.settle()
	r.fence = nil
	r.restart()
	n := r.outbound()
	again := c.seal(c.request("sign_event", body), r.now())
	c.send(again)
	r.settle()
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	for _, id := range []string{"id-3", "id-4"} {
		wantPrefix(t, c.awaitOnly(n, func(a answer) bool { return a.ID == id }), privyseal.KindDenied)
	}
}

// A repeat that a new grant would allow waits for the question all the same, and
// takes nothing from the budget: all of it is there for what comes after.
func TestARepeatThatWaitsSpendsNothing(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	body := c.note("asked before it was granted")
	q, n := c.asks(body)
	r.grant(r.app(c).ID, "allow", "sign_event:1#2/h")
	again := c.seal(c.request("sign_event", body), r.now())
	c.send(again)
	r.settle()
	if got := c.since(n); len(got) > 0 {
		t.Fatalf("answered: %+v", got)
	}
	if got := r.story(again.ID); !slices.Equal(got, []string{"decided ask"}) {
		t.Fatalf("on record %q", got)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	for i := range 2 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint(i))), r.author)
	}
	c.asks(c.note("one too many"))
	if used := r.app(c).Grants[0].Used; used != 2 {
		t.Fatalf("%d of the budget used", used)
	}
}

// A yes comes between the commit of a request that joins its question and what
// the signer does after it: the question stays answered, for one operation and
// for reading in bulk.
func TestAnAnsweredQuestionStaysAnswered(t *testing.T) {
	late := &lateStore{}
	r := newRig(t, func(r *rig) { r.wrap = late.around })
	peers, ciphers := r.texts(6, 6)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	body := c.note("twice")
	sign := func() string {
		c.send(c.seal(c.request("sign_event", body), r.now()))
		return fmt.Sprintf("id-%d", c.n)
	}
	read := func(i int) string { return c.wants(peers[i:], ciphers[i:i+1])[0] }
	answered := func(q control.QuestionInfo, ids []string, join func() string) {
		t.Helper()
		r.settle()
		n := r.outbound()
		held := make(chan struct{})
		late.done.Store(false)
		late.next.Store(&held)
		ids = append(ids, join())
		r.until("it has joined", late.done.Load)
		r.approve(control.AnswerArgs{ID: q.ID})
		close(held)
		for id, a := range c.got(n, ids) {
			if a.Error != "" {
				t.Fatalf("%s: %s", id, a.Error)
			}
		}
		r.settle()
		r.noQuestion()
	}
	first := sign()
	answered(r.question(), []string{first}, sign)
	var ids []string
	for i := range 5 {
		ids = append(ids, read(i))
	}
	answered(r.bulk("5 messages so far, with 5 people."), ids, func() string { return read(5) })
}

// An app that may not ask for a while still gets the answer it had, and waits
// for the question that is open: nothing is asked anew.
func TestAQuietAppGetsTheAnswersItHad(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#1/h"})
	had := c.note("within the budget")
	first := c.ask("sign_event", had)
	c.signed(first, r.author)
	open := c.note("open")
	waits, n := c.asks(open)
	for i := range 2 {
		no, _ := c.asks(c.note(fmt.Sprint("no ", i)))
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: no.ID})
	}
	wantPrefix(t, c.ask("sign_event", c.note("something new")), privyseal.KindDenied)
	if again := c.ask("sign_event", had); again.Result != first.Result {
		t.Fatalf("%s is not %s", again.Raw, first.Raw)
	}
	c.send(c.seal(c.request("sign_event", open), r.now()))
	ids := []string{fmt.Sprintf("id-%d", c.n-5), fmt.Sprintf("id-%d", c.n)}
	r.settle()
	r.approve(control.AnswerArgs{ID: waits.ID})
	for _, a := range c.got(n, ids) {
		c.signed(a, r.author)
	}
}
