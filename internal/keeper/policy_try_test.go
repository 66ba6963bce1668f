package keeper_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// try asks what would become of a request.
func (c *client) try(method string, params ...string) control.Trial {
	c.r.t.Helper()
	return mustCall[control.Trial](c.r, control.VerbPolicyTry, control.TryArgs{App: c.r.app(c).ID, Method: method, Params: params})
}

// head is the end of the record.
func (r *rig) head() (h store.Head) {
	r.t.Helper()
	must(r.t, r.store.Flush(r.t.Context()))
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) (err error) {
		h, err = s.Head()
		return err
	}))
	return h
}

// What is tried is what then happens, and trying leaves nothing behind.
func TestTryForetells(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Allow: "sign_event:30023#1/h,nip44_encrypt", Refuse: "sign_event:7,nip04_encrypt"})
	peer := r.paired(control.InviteArgs{}).pub.String()
	event := c.event
	for _, tt := range []struct {
		want    string
		rule    string
		changes string // what would lead to another verdict
		method  string
		params  []string
	}{
		{"allow", "preset:social/notes", "ask refuse", "sign_event", []string{event(1, "gm")}},
		{"allow", "grant:", "ask refuse", "sign_event", []string{event(30023, "a tale")}},
		{"ask", "grant:", "allow refuse", "sign_event", []string{event(30023, "the budget is used")}},
		{"refuse", "grant:", "allow ask", "sign_event", []string{event(7, "+")}},
		{"ask", "builtin:no-grant", "refuse", "sign_event", []string{event(3, "")}}, // what is lost asks whatever is granted
		{"ask", "builtin:no-grant", "allow refuse", "sign_event", []string{event(5, "")}},
		{"refuse", "builtin:vanish", "", "sign_event", []string{event(62, "")}},
		{"refuse", "builtin:own-key", "", "nip44_encrypt", []string{c.signer.String(), "x"}},
		{"refuse", "grant:", "allow ask", "nip04_encrypt", []string{peer, "x"}},
		{"allow", "grant:", "ask refuse", "nip44_encrypt", []string{peer, "x"}},
		{"refuse", "builtin:invalid", "", "sign_event", []string{"{}"}},
		{"refuse", "builtin:invalid", "", "nip44_encrypt", []string{"x"}},
		{"refuse", "builtin:unsupported", "", "describe", nil},
		{"allow", "builtin:control", "", "ping", nil},
	} {
		before := r.head()
		got := c.try(tt.method, tt.params...)
		if r.head() != before {
			t.Fatalf("%s %q: trying it left a record", tt.method, tt.params)
		}
		r.noQuestion()
		var changes []string
		for _, ch := range got.Changes {
			changes = append(changes, ch.Verdict)
		}
		if got.Verdict != tt.want || !strings.HasPrefix(got.Rule.ID, tt.rule) || strings.Join(changes, " ") != tt.changes || got.Rule.Sentence == "" || got.Says == "" {
			t.Errorf("%s %q: %+v", tt.method, tt.params, got)
		}
		switch got.Verdict {
		case "allow":
			if a := c.ask(tt.method, tt.params...); a.Error != "" || got.Answer != "" {
				t.Errorf("%s %q: told %q, then %+v", tt.method, tt.params, got.Answer, a)
			}
		case "refuse":
			if a := c.ask(tt.method, tt.params...); a.Error == "" || a.Error != got.Answer {
				t.Errorf("%s %q: told %q, then %+v", tt.method, tt.params, got.Answer, a)
			}
		case "ask":
			n := r.outbound()
			c.send(c.seal(c.request(tt.method, tt.params...), r.now()))
			q := r.question()
			if got.Prompt == nil || q.Title != got.Prompt.Title || !slices.Equal(q.Lines, got.Prompt.Lines) || q.Level != got.Level || q.Reason != got.Reason {
				t.Errorf("%s %q: foretold %+v, then %+v", tt.method, tt.params, got.Prompt, q)
			}
			r.approve(control.AnswerArgs{ID: q.ID})
			if a := c.await(n); a.Error != "" {
				t.Errorf("%s %q: %+v", tt.method, tt.params, a)
			}
			if again := c.try(tt.method, tt.params...); tt.changes == "allow refuse" && strings.Contains(tt.params[0], `"kind":5,`) && (again.Verdict != "allow" || again.Rule.ID != "question:"+q.ID) {
				t.Errorf("after a yes: %+v", again)
			}
		}
	}
}

// The commands that a trial names bring about what it says of them.
func TestTryNamesWhatWouldChangeIt(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "My Notes"})
	note := c.event(1, "gm")
	for _, want := range []string{"ask", "refuse", "allow"} {
		for _, ch := range c.try("sign_event", note).Changes {
			if ch.Verdict != want {
				continue
			}
			f := strings.Fields(strings.ReplaceAll(ch.Command, "'My Notes'", "My_Notes"))
			mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: strings.ReplaceAll(f[3], "_", " "), Verdict: f[2], Perms: f[4]})
		}
		if got := c.try("sign_event", note); got.Verdict != want || got.Rule.By != "on the command line" || time.Since(got.Rule.Given).Abs() > time.Hour {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

// Brakes and states of the app count, and name what ends them.
func TestTryKnowsWhatHoldsAnAppBack(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Preset: "ask"})
	held := func(answer, change string) {
		t.Helper()
		got := c.try("sign_event", c.note("gm"))
		if got.Verdict != "refuse" || !strings.HasPrefix(got.Answer, answer) || len(got.Changes) != 1 || got.Changes[0].Command != change {
			t.Errorf("%+v, want %s", got, answer)
		}
	}
	for range 2 {
		q, n := c.asks(c.note("no"))
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
		c.await(n)
		r.sleep(time.Second)
	}
	held("denied: The person said no too often", "privyseal apps resume Notes")
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: "Notes"})
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: "Notes"})
	held("denied: This app is paused", "privyseal apps resume Notes")
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: "Notes"})
	mustCall[control.Status](r, control.VerbLock, nil)
	got := c.try("sign_event", c.note("gm"))
	if got.Verdict != "ask" || !strings.HasPrefix(got.Answer, "locked: ") {
		t.Errorf("locked: %+v", got)
	}
	if _, err := call[control.Trial](r, control.VerbPolicyTry, control.TryArgs{App: "Ghost", Method: "ping"}); privyseal.KindOf(err) != privyseal.KindNotFound {
		t.Errorf("an app that is not there: %v", err)
	}
}
