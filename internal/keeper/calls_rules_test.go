package keeper_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

func (r *rig) rule(app, sentence string) control.RuleInfo {
	r.t.Helper()
	info := mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: app})
	i := slices.IndexFunc(info.Rules, func(x control.RuleInfo) bool { return strings.Contains(x.Sentence, sentence) })
	if i < 0 {
		r.t.Fatalf("no rule says %q: %+v", sentence, info.Rules)
	}
	return info.Rules[i]
}

// What an app may do is stopped one by one, undone as a whole, and limited; what
// was used is shown.
func TestARuleIsStoppedUndoneAndLimited(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "social"})
	app := mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)[0].ID
	c.signed(c.ask("sign_event", c.note("one")), r.author)
	notes := r.rule(app, "post notes")
	if notes.ID != "preset:social/notes" || notes.Budget != 20 || notes.Used != 1 || notes.Per != "h" || !notes.Stops || !notes.Changes || notes.Forgets || !notes.Renews.After(r.now()) {
		t.Fatalf("%+v", notes)
	}

	owner := r.joins("ana's owner", "owner", "ana") // of her alone
	stopped, err := does[control.AppStopped](owner, control.VerbAppsStop, control.AppRule{App: app, Rule: notes.ID})
	must(t, err)
	if stopped.Is.Verdict != "ask" || !strings.Contains(stopped.Was.Sentence, "post notes") {
		t.Fatalf("%+v", stopped)
	}
	q, _ := c.asks(c.note("two"))
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	r.rule(app, "react to posts") // the others stay

	undo := control.AppRule{App: app, Rule: stopped.Is.ID}
	if _, err := does[control.AppInfo](owner, control.VerbAppsForget, undo); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("undone without a proof: %v", err)
	}
	mustCall[control.AppInfo](r, control.VerbAppsForget, undo)
	c.signed(c.ask("sign_event", c.note("three")), r.author)

	mustCall[control.AppInfo](r, control.VerbAppsChange, control.RuleLimits{App: app, Rule: notes.ID, Budget: 1, Per: "d", Lasts: "30d"})
	limited := r.rule(app, "up to 1 a day")
	if limited.Budget != 1 || limited.Per != "d" || limited.Until.IsZero() || !strings.HasPrefix(limited.ID, "grant:") {
		t.Fatalf("%+v", limited)
	}
	c.signed(c.ask("sign_event", c.note("four")), r.author)
	q, _ = c.asks(c.note("five"))
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	if got := r.rule(app, "up to 1 a day"); got.Used != 1 {
		t.Errorf("used %d of its budget", got.Used)
	}
	// It reaches no further than the preset's line did.
	if g := mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: app}).Grants; len(g) != 1 || !strings.Contains(limited.Sentence, "unless") {
		t.Errorf("%+v, %s", g, limited.Sentence)
	}

	mustCall[control.AppInfo](r, control.VerbAppsChange, control.RuleLimits{App: app, Rule: limited.ID, Budget: 5, Per: "7d", Lasts: control.LastsAsNow})
	if got := r.rule(app, "up to 5 a week"); !got.Until.Equal(limited.Until) {
		t.Errorf("it ends %v, before %v", got.Until, limited.Until)
	}
}

func TestWhatIsNoRuleIsRefused(t *testing.T) {
	r := newRig(t)
	r.paired(control.InviteArgs{Preset: "social"})
	app := mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)[0].ID
	for _, c := range []struct {
		verb string
		args any
		want privyseal.ErrorKind
	}{
		{control.VerbAppsStop, control.AppRule{App: app, Rule: "grant:none"}, privyseal.KindNotFound},
		{control.VerbAppsStop, control.AppRule{App: "nobody", Rule: "preset:social/notes"}, privyseal.KindNotFound},
		{control.VerbAppsForget, control.AppRule{App: app, Rule: "preset:social/notes"}, privyseal.KindInvalid},
		{control.VerbAppsChange, control.RuleLimits{App: app, Rule: "preset:social/web-login"}, privyseal.KindInvalid},
		{control.VerbAppsChange, control.RuleLimits{App: app, Rule: "preset:social/notes", Budget: -1, Per: "h"}, privyseal.KindInvalid},
		{control.VerbAppsChange, control.RuleLimits{App: app, Rule: "preset:social/notes", Budget: 1, Per: "h,sign_event"}, privyseal.KindInvalid},
		{control.VerbAppsChange, control.RuleLimits{App: app, Rule: "preset:social/notes", Lasts: "long"}, privyseal.KindInvalid},
	} {
		if _, err := call[any](r, c.verb, c.args); privyseal.KindOf(err) != c.want {
			t.Errorf("%s %+v: %v", c.verb, c.args, err)
		}
	}
}
