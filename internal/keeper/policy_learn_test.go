package keeper_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// says answers yes or no to what an app asks, which has to be asked.
func (c *client) says(yes bool, a control.AnswerArgs, method string, params ...string) {
	c.r.t.Helper()
	n := c.r.outbound()
	c.send(c.seal(c.request(method, params...), c.r.now()))
	q := c.r.question()
	a.ID = q.ID
	if !yes {
		mustCall[control.QuestionInfo](c.r, control.VerbRequestsDeny, a)
		wantPrefix(c.r.t, c.await(n), privyseal.KindDenied)
		return
	}
	c.r.approve(a)
	if got := c.await(n); got.Error != "" {
		c.r.t.Fatalf("%s %q after a yes: %s", method, params, got.Error)
	}
}

func (c *client) learn(a control.LearnArgs) control.Learning {
	c.r.t.Helper()
	a.App = c.r.app(c).ID
	return mustCall[control.Learning](c.r, control.VerbPolicyLearn, a)
}

func permissions(l control.Learning) (out []string) {
	for _, p := range l.Proposals {
		out = append(out, p.Permission)
	}
	return out
}

// What is approved in the time is proposed, survives a restart, and once it is
// accepted is allowed just so.
func TestLearnMode(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Preset: "ask", Refuse: "sign_event:7"})
	bea := r.paired(control.InviteArgs{}).pub.String()
	r.sleep(25 * time.Hour) // no longer young
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(30023, "before it began"))
	if got := c.learn(control.LearnArgs{}); got.State != "learning" || len(got.Proposals) != 0 || got.Until.Sub(got.Began) != time.Hour {
		t.Fatalf("begun %+v", got)
	} else if !got.Began.Equal(got.Began.Truncate(time.Millisecond)) { // as requests that wait are stored
		t.Errorf("begun at %v", got.Began)
	}
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(1, "one"))
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(1, "two"))
	c.says(false, control.AnswerArgs{}, "sign_event", c.event(30023, "no"))
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(5, "what is serious"))
	r.restart()
	c.says(true, control.AnswerArgs{}, "nip44_encrypt", bea, "hello")
	c.says(true, control.AnswerArgs{Remember: "10m"}, "sign_event", c.event(1111, "remembered"))
	c.signed(c.ask("sign_event", c.event(1111, "by that memory")), r.author)
	wantPrefix(t, c.ask("sign_event", c.event(7, "+")), privyseal.KindDenied)
	if got := c.learn(control.LearnArgs{}); got.State != "learning" || got.Approved != 5 {
		t.Fatalf("under way %+v", got)
	}
	for _, a := range []control.LearnArgs{{Accept: true}, {For: "2h"}} {
		a.App = "Notes"
		if _, err := call[control.Learning](r, control.VerbPolicyLearn, a); privyseal.KindOf(err) != privyseal.KindConflict {
			t.Fatalf("%+v while it learns: %v", a, err)
		}
	}
	r.sleep(61 * time.Minute)
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(30023, "after its end"))
	want := []string{"nip44_encrypt@" + bea + "#1/h~30d", "sign_event:1#2/h~30d", "sign_event:1111#2/h~30d"}
	got := c.learn(control.LearnArgs{})
	if got.State != "ready" || !slices.Equal(permissions(got), want) || len(got.Left) != 1 || got.Left[0].Why != "serious" || got.Left[0].Times != 1 {
		t.Fatalf("ready %+v", got)
	}
	if s := got.Proposals[1].Sentence; !strings.HasPrefix(s, "May post notes for you, up to 2 an hour, until ") || !strings.HasSuffix(s, ", unless it is unusual or serious.") {
		t.Errorf("it says %q", s)
	}
	findings := mustCall[control.Status](r, control.VerbStatus, nil).Findings
	if !slices.ContainsFunc(findings, func(f control.Finding) bool { return f.Check == "learning" && f.Fix == "privyseal policy learn Notes" }) {
		t.Errorf("the check-up does not say that it waits: %+v", findings)
	}
	r.restart()
	if got := c.learn(control.LearnArgs{Accept: true}); !got.Accepted || !slices.Equal(permissions(got), want) {
		t.Fatalf("accepted %+v", got)
	}
	r.restart()
	for range 2 {
		c.signed(c.ask("sign_event", c.event(1, time.Now().String())), r.author)
	}
	if a := c.ask("nip44_encrypt", bea, "again"); a.Error != "" {
		t.Errorf("what was learnt is refused: %s", a.Error)
	}
	for _, tt := range []struct{ method, what string }{
		{"sign_event", c.event(1, "a third")}, {"sign_event", c.event(30023, "not approved")}, {"sign_event", c.event(5, "serious")},
	} {
		if got := c.try(tt.method, tt.what); got.Verdict != "ask" {
			t.Errorf("%s is %s", tt.what, got.Verdict)
		}
	}
	if got := c.try("nip44_encrypt", r.author, "x"); got.Verdict != "ask" {
		t.Errorf("another person: %+v", got)
	}
	if got := c.try("sign_event", c.event(7, "+")); got.Verdict != "refuse" {
		t.Errorf("what the person forbade: %+v", got)
	}
	if got := c.learn(control.LearnArgs{Forget: true}); got.State != "none" {
		t.Errorf("afterwards %+v", got)
	}
}

// It may be ended early, shown and dropped; what is not there says so.
func TestLearnModeEnds(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Preset: "ask"})
	no := func(kind privyseal.ErrorKind, a control.LearnArgs) {
		t.Helper()
		if a.App == "" {
			a.App = "Notes"
		}
		if _, err := call[control.Learning](r, control.VerbPolicyLearn, a); privyseal.KindOf(err) != kind {
			t.Errorf("%+v: %v, want %s", a, err, kind)
		}
	}
	no(privyseal.KindNotFound, control.LearnArgs{App: "Ghost"})
	no(privyseal.KindConflict, control.LearnArgs{Stop: true})
	no(privyseal.KindConflict, control.LearnArgs{Accept: true})
	no(privyseal.KindInvalid, control.LearnArgs{For: "for ever"})
	c.learn(control.LearnArgs{For: "2h"})
	c.says(true, control.AnswerArgs{}, "sign_event", c.event(1, "one"))
	r.sleep(10 * time.Minute)
	if got := c.learn(control.LearnArgs{Stop: true}); got.State != "ready" || !slices.Equal(permissions(got), []string{"sign_event:1#1/2h~30d"}) {
		t.Errorf("stopped %+v", got)
	}
	no(privyseal.KindConflict, control.LearnArgs{For: "1h"})
	mustCall[control.Status](r, control.VerbLock, nil)
	no(privyseal.KindLocked, control.LearnArgs{})
	r.restart()
	if got := c.learn(control.LearnArgs{Forget: true}); got.State != "none" {
		t.Errorf("dropped %+v", got)
	}
	c.learn(control.LearnArgs{For: "1m"})
	r.sleep(2 * time.Minute)
	no(privyseal.KindConflict, control.LearnArgs{Accept: true})
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: "Notes"})
	no(privyseal.KindConflict, control.LearnArgs{})
}
