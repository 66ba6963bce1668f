package keeper_test

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

func (r *rig) lock() {
	r.t.Helper()
	if s := mustCall[control.Status](r, control.VerbLock, nil); !s.Locked {
		r.t.Fatal("not locked")
	}
}

func (r *rig) unlock() {
	r.t.Helper()
	if s := mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)}); s.Locked || s.Waiting != nil {
		r.t.Fatalf("status %+v", s)
	}
}

func TestLockedAppsAreTold(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	user := r.paired(control.InviteArgs{Compatible: true})
	r.settle()
	r.lock()
	for _, req := range []string{c.request("sign_event", c.note("x")), c.request("nip44_encrypt", c.pub.String(), "x")} {
		wantPrefix(t, c.raw(req), privyseal.KindLocked)
	}
	wantResult(t, c.ask("ping"), "pong")
	wantResult(t, c.ask("get_public_key"), r.author)
	user.silent(user.seal(user.request("ping"), r.now()))
	if w := mustCall[control.Status](r, control.VerbStatus, nil).Waiting; w == nil || w.Requests != 3 || w.Since.IsZero() {
		t.Fatalf("waiting %+v", w)
	}
	if _, err := call[control.Invite](r, control.VerbInvite, control.InviteArgs{}); privyseal.KindOf(err) != privyseal.KindLocked {
		t.Fatalf("a link from a locked vault: %v", err)
	}
	if _, err := call[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte("wrong horse battery")}); err == nil {
		t.Fatal("unlocked with a wrong passphrase")
	}
	n := r.outbound()
	r.unlock()
	wantResult(t, user.await(n), "pong") // it was kept and is still fresh
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.unlock() // again: nothing to do
}

func TestColdStartServesWhatIsStillFresh(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.settle()
	r.stop()
	r.cold = true
	r.start(false)
	r.fence = nil
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("stale by then")), r.now()))
	r.until("kept", func() bool { return r.count("events_while_locked") == 1 })
	r.sleep(3 * time.Minute)
	c.send(c.seal(c.request("sign_event", c.note("fresh")), r.now()))
	r.until("kept", func() bool { return r.count("events_while_locked") == 2 })
	if r.outbound() != n {
		t.Fatal("a cold signer answered")
	}
	r.unlock()
	got := c.since(n)
	if len(got) != 2 {
		t.Fatalf("answers %+v", got)
	}
	for _, a := range got {
		if a.ID == "id-2" {
			wantPrefix(t, a, privyseal.KindExpired)
		} else {
			c.signed(a, r.author)
		}
	}
}

func TestQuestionsAcrossALock(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	kept, n := c.asks(c.note("kept"))
	r.lock()
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: kept.ID}); privyseal.KindOf(err) != privyseal.KindLocked {
		t.Fatalf("approved while locked: %v", err)
	}
	r.unlock()
	r.approve(control.AnswerArgs{ID: kept.ID})
	c.signed(c.await(n), r.author)
	_, n = c.asks(c.note("over"))
	r.lock()
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
}
