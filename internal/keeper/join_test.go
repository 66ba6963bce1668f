package keeper_test

import (
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
