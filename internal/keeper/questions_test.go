package keeper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// asks sends a note that is asked about and gives its question.
func (c *client) asks(note string) (control.QuestionInfo, int) {
	c.r.t.Helper()
	n := c.r.outbound()
	ev := c.seal(c.request("sign_event", note), c.r.now())
	c.send(ev)
	var q control.QuestionInfo
	c.r.until("a question was asked", func() bool {
		for _, open := range c.r.openQuestions() {
			if open.Event == ev.ID.String() {
				q = open
			}
		}
		return q.ID != ""
	})
	return q, n
}

// reads has a person look at a question for as long as a yes needs.
func (r *rig) reads(id string) control.QuestionInfo {
	r.t.Helper()
	q := mustCall[control.QuestionInfo](r, control.VerbRequestsShow, control.Name{Name: id})
	r.sleep(max(0, q.Ready.Sub(r.now())))
	return q
}

func (r *rig) approve(a control.AnswerArgs) {
	r.t.Helper()
	a.Typed = r.reads(a.ID).Type // and types what is to be typed
	mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, a)
}

func TestSilenceIsNoAndALateYesCounts(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.note("late")
	q, n := c.asks(note)
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.ask("sign_event", note), r.author) // the app asks the same again
	other, n := c.asks(c.note("something else"))
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: other.ID})
	wantPrefix(t, c.await(n), privyseal.KindDenied)

	q, n = c.asks(c.note("too late"))
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	r.sleep(11 * time.Minute)
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID}); privyseal.KindOf(err) != privyseal.KindExpired {
		t.Fatalf("a yes after twelve minutes: %v", err)
	}
}

func TestALateYesIsForgottenAfterTenMinutes(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.note("late")
	q, n := c.asks(note)
	r.approve(control.AnswerArgs{ID: q.ID})
	first := c.awaitLast(n)
	c.signed(first, r.author)
	r.restart()
	if again := c.ask("sign_event", note); again.Result != first.Result {
		t.Fatalf("%s is not %s", again.Raw, first.Raw)
	}
	r.sleep(9*time.Minute + 50*time.Second)
	note = c.note("another")
	q, n = c.asks(note)
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.awaitLast(n), r.author)
	r.sleep(10*time.Minute + time.Second)
	c.asks(note) // asked anew
}

func TestANoHoldsForAMinute(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.note("no")
	q, n := c.asks(note)
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	wantPrefix(t, c.awaitLast(n), privyseal.KindDenied)
	wantPrefix(t, c.ask("sign_event", note), privyseal.KindDenied)
	c.asks(c.note("another thing is asked"))
	r.restart()
	wantPrefix(t, c.ask("sign_event", note), privyseal.KindDenied)
	r.sleep(61 * time.Second)
	q, n = c.asks(note)
	r.sleep(121 * time.Second) // nobody answers: that is not a person's no
	wantPrefix(t, c.awaitLast(n), privyseal.KindExpired)
	c.asks(c.note("no"))
}

func TestChangedWordsAreRefused(t *testing.T) {
	for name, change := range map[string]string{
		"words":      `UPDATE question SET words = zeroblob(length(words))`,
		"words hash": `UPDATE question SET words_hash = zeroblob(32)`,
		"other words": `UPDATE question SET words = (SELECT words FROM question o WHERE o.id != question.id),
			words_hash = (SELECT words_hash FROM question o WHERE o.id != question.id)`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			c := r.paired(control.InviteArgs{Preset: "ask"})
			q, _ := c.asks(c.note("one"))
			c.asks(c.note("two"))
			r.stop()
			r.sql(r.dir, change)
			r.start(false)
			if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID}); err == nil {
				t.Fatal("approved")
			}
			if n := r.uses(); n != 0 {
				t.Fatalf("%d uses", n)
			}
		})
	}
	t.Run("what was asked", func(t *testing.T) {
		r := newRig(t)
		c := r.paired(control.InviteArgs{Preset: "ask"})
		q, n := c.asks(c.note("one"))
		r.stop()
		r.sql(r.dir, `UPDATE question SET op_hash = zeroblob(32)`)
		r.start(false)
		r.approve(control.AnswerArgs{ID: q.ID})
		wantPrefix(t, c.await(n), privyseal.KindDenied)
	})
}

func TestRemember(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, n := c.asks(c.note("first"))
	r.approve(control.AnswerArgs{ID: q.ID, Remember: "1h", Count: 2})
	c.signed(c.await(n), r.author)
	if got := r.details(q.ID); len(got) != 1 {
		t.Fatalf("of the answer the record says %q", got)
	}
	for i := range 2 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint("remembered ", i))), r.author)
	}
	q, n = c.asks(c.note("used up"))
	r.approve(control.AnswerArgs{ID: q.ID, Remember: "30d"})
	c.signed(c.await(n), r.author)
	c.signed(c.ask("sign_event", c.note("a month")), r.author)
	r.restart()
	r.sleep(29 * 24 * time.Hour)
	c.signed(c.ask("sign_event", c.note("still")), r.author)
	r.sleep(2 * 24 * time.Hour)
	q, _ = c.asks(c.note("over"))
	for _, bad := range []control.AnswerArgs{
		{Remember: "31d"}, {Remember: "forever"}, {Remember: "-1h"}, {Remember: "1s"}, {Count: 3}, {Remember: "1h", Count: -1},
	} {
		bad.ID = q.ID
		if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, bad); err == nil {
			t.Fatalf("%+v was taken", bad)
		}
	}
	deletion := fmt.Sprintf(`{"kind":5,"created_at":%d,"tags":[["a","0:%s:"]],"content":""}`, r.now().Unix(), r.author)
	q, n = c.asks(deletion)
	if q.Level < "L3" {
		t.Fatalf("a deletion of the profile is %s", q.Level)
	}
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Remember: "1h"}); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("L3 was remembered: %v", err)
	}
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.author)
}

func TestOpenQuestionsSurviveARestart(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, _ := c.asks(c.note("open"))
	denied, n := c.asks(c.note("denied while stopping"))
	r.restart()
	if got := mustCall[control.QuestionInfo](r, control.VerbRequestsShow, control.Name{Name: q.ID}); got.State != "open" || got.Title != q.Title {
		t.Fatalf("question %+v became %+v", q, got)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: denied.ID})
	wantPrefix(t, c.await(n), privyseal.KindDenied)
	n = r.outbound()
	r.approve(control.AnswerArgs{ID: q.ID[:6]})
	c.signed(c.await(n), r.author)
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("answered twice: %v", err)
	}
}

func TestOpenQuestionsAreBounded(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	r.settle()
	n := r.outbound()
	notes := make([]string, 40)
	for i := range notes {
		notes[i] = c.note(fmt.Sprint("question ", i))
		c.send(c.seal(c.request("sign_event", notes[i]), r.now()))
	}
	answers := c.since(n)
	open := r.openQuestions()
	if len(open) != 20 || len(answers) != 20 {
		t.Fatalf("%d open, %d answered", len(open), len(answers))
	}
	for _, a := range answers {
		wantPrefix(t, a, privyseal.KindLimit)
	}
	d := r.paired(control.InviteArgs{})
	d.signed(d.ask("sign_event", d.note("another app is not held up")), r.author)
	// A repeat of an open one joins it, however many are open.
	for _, note := range notes {
		c.send(c.seal(c.request("sign_event", note), r.now()))
	}
	r.settle()
	if again := r.openQuestions(); len(again) != 20 {
		t.Fatalf("%d open", len(again))
	}
	n = r.outbound()
	r.approve(control.AnswerArgs{ID: open[0].ID})
	if got := c.since(n); len(got) != 2 || got[0].Result != got[1].Result || got[0].ID == got[1].ID {
		t.Fatalf("answers %+v", got)
	}
}

func TestApprovalIsWeighedAgain(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, n := c.asks(c.note("x"))
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: r.app(c).ID, Verdict: "refuse", Perms: "sign_event:1"})
	r.approve(control.AnswerArgs{ID: q.ID})
	wantPrefix(t, c.await(n), privyseal.KindDenied)
	if n := r.uses(); n != 0 {
		t.Fatalf("%d uses", n)
	}
}

func TestQuestionsTellWhatWouldBeSigned(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", AppName: "Coracle"})
	q, _ := c.asks(c.note("the exact words"))
	if q.App != "Coracle" || q.Identity != "ana" || !strings.Contains(q.Quote, "the exact words") || q.Title == "" || q.Yes == "" || q.No == "" {
		t.Fatalf("question %+v", q)
	}
}
