package keeper_test

import (
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

func TestPairAndSign(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	if got := c.ask("get_public_key"); got.Result != r.ana().PubKey {
		t.Fatalf("get_public_key: %+v", got)
	}
	if got := c.ask("ping"); got.Result != "pong" {
		t.Fatalf("ping: %+v", got)
	}
	if got := c.ask("switch_relays"); got.Result != "null" {
		t.Fatalf("switch_relays: %+v", got)
	}
	ev := c.signed(c.ask("sign_event", c.note("gm")), r.ana().PubKey)
	if ev.Content != "gm" || ev.Kind != 1 {
		t.Fatalf("signed %+v", ev)
	}
	v := mustCall[control.Verification](r, control.VerbActivityVerify, nil)
	if !v.OK || v.Records == 0 {
		t.Fatalf("verify: %+v", v)
	}
}

func TestAskApproveDeny(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("asked")), r.now()))
	q := r.question()
	mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.ana().PubKey)

	n = r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("not this")), r.now()))
	q = r.question()
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	wantPrefix(t, c.await(n), privyseal.KindDenied)
}

func TestLogoutEndsTheSession(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	if got := c.ask("logout"); got.Result != "ack" {
		t.Fatalf("logout: %+v", got)
	}
	for range 100 {
		if got := c.ask("ping"); got.Error != "" {
			wantPrefix(t, got, privyseal.KindRevoked)
			return
		}
	}
	t.Fatal("the session goes on after logout")
}
