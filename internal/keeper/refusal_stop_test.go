package keeper_test

import (
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/words"
)

// A stop between the record of a refusal and its end must not turn the person's
// no into a yes when the next start finishes what is open.
func TestARefusalOutlivesAStop(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#1/h"})
	c.signed(c.ask("sign_event", c.note("what the budget allows")), r.author)
	r.settle()
	for name, body := range map[string]string{
		"asked about":     `{"kind":7,"created_at":1700000000,"tags":[],"content":"+"}`,
		"over the budget": c.note("too much"),
	} {
		n := r.outbound()
		c.send(c.seal(c.request("sign_event", body), r.now()))
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: r.question().ID})
		wantPrefix(t, c.await(n), privyseal.KindDenied)
		r.settle()
		lossy.lose.Store(true)
		again := c.seal(c.request("sign_event", body), r.now())
		wantPrefix(t, c.again(again), privyseal.KindDenied) // its end is not kept
		lossy.lose.Store(false)
		n = r.outbound()
		r.fence = nil
		r.restart()
		a := c.awaitLast(n)
		if a.Error == "" {
			t.Fatalf("%s: the person said no, and after a stop it was signed: %s", name, a.Result)
		}
		toldWhy(t, a, words.SaidNo)
	}
}

// Nor does a rule that allows by then.
func TestARefusalOfARuleOutlivesAStop(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{Refuse: "sign_event:7"})
	r.settle()
	lossy.lose.Store(true)
	toldWhy(t, c.ask("sign_event", c.event(7, "+")), policy.ReasonRefused) // its end is not kept
	r.grant(r.app(c).ID, "allow", "sign_event:7")
	r.stop()
	lossy.lose.Store(false)
	n := r.outbound()
	r.start(false)
	toldWhy(t, c.awaitLast(n), policy.ReasonRefused)
}
