package keeper_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// A yes to losing most of a list counts only with the number typed.
func TestTheNumberHasToBeTyped(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes"})
	list := func(n int) string { return strings.Replace(c.event(3, ""), `"tags":[]`, `"tags":`+people(n), 1) }
	q, n := c.asks(list(40))
	r.approve(control.AnswerArgs{ID: q.ID})
	if a := c.await(n); a.Error != "" {
		t.Fatal(a.Error)
	}
	r.sleep(2 * time.Second)
	q, n = c.asks(list(3))
	if q.Type != "37" || q.Yes != "Remove 37 people" || !q.SafeFirst {
		t.Fatalf("%+v", q)
	}
	r.reads(q.ID)
	for _, typed := range []string{"", "3", "370", "yes"} {
		_, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Typed: typed})
		if privyseal.KindOf(err) != privyseal.KindInvalid || !strings.Contains(err.Error(), "37") {
			t.Fatalf("%q: %v", typed, err)
		}
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Typed: "37"})
	if a := c.await(n); a.Error != "" {
		t.Fatal(a.Error)
	}
}

// A yes to what is serious counts only two seconds after somebody was shown it;
// a no counts at once, and what is not serious needs no look.
func TestASeriousYesTakesAMoment(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	erase := func(why string) (id string, n int) { // asked, and seen by nobody
		n = r.outbound()
		c.send(c.seal(c.request("sign_event", c.event(5, why)), r.now()))
		r.until("it is asked", func() bool {
			last := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 1})[0]
			id = last.Question
			return last.Verdict == "ask"
		})
		return id, n
	}
	refused := func(id, why string) {
		t.Helper()
		_, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: id})
		if privyseal.KindOf(err) != privyseal.KindConflict || !strings.Contains(err.Error(), why) {
			t.Fatalf("%v, want %q", err, why)
		}
	}
	show := func(id string) control.QuestionInfo {
		t.Helper()
		return mustCall[control.QuestionInfo](r, control.VerbRequestsShow, control.Name{Name: id})
	}
	id, n := erase("one")
	refused(id, "nobody has seen")
	before := r.now()
	if q := show(id); q.Level != "L3" || q.Ready.Before(before.Add(2*time.Second)) || q.Ready.After(r.now().Add(2*time.Second)) {
		t.Fatalf("%+v", q)
	}
	refused(id, "for 2 seconds")
	r.sleep(time.Second)
	refused(id, "for 2 seconds")
	first := show(id).Ready
	r.sleep(time.Second)
	if again := show(id).Ready; !again.Equal(first) {
		t.Fatalf("shown again it counts from %v, not %v", again, first)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: id})
	c.signed(c.await(n), r.author)

	id, n = erase("two")
	mustCall[control.Status](r, control.VerbLock, nil)
	show(id) // without its words
	must(t, r.k.Unlock(t.Context(), control.Passphrase{Passphrase: []byte(passphrase)}))
	refused(id, "nobody has seen")
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: id})
	wantPrefix(t, c.await(n), privyseal.KindDenied)

	n = r.outbound()
	c.send(c.seal(c.request("sign_event", c.event(30023, "")), r.now()))
	if q := r.question(); q.Level != "L2" || !q.Ready.IsZero() {
		t.Fatalf("%+v", q)
	} else {
		mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID})
	}
	c.signed(c.await(n), r.author)
}

// The language of what is asked is a setting, and what it says is what is kept.
func TestLanguage(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Preset: "ask"})
	mustCall[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "language", Value: "es"})
	q, _ := c.asks(c.note("hola"))
	if q.Title != "Notes quiere publicar esto para que todos lo vean:" || q.Yes != "Publicarlo" || q.Lasts[0] != "Solo esta vez" {
		t.Errorf("%+v", q)
	}
	r.restart()
	if may := mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: "Notes"}).May; !strings.HasPrefix(may[0], "Debe preguntar antes de ") {
		t.Errorf("%q", may)
	}
	_, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "language", Value: "klingon"})
	if privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Error(err)
	}
}

// people are the tags of a list of so many.
func people(n int) string {
	tags := make([][]string, n)
	for i := range tags {
		tags[i] = []string{"p", fmt.Sprintf("%064x", i+1)}
	}
	raw, _ := json.Marshal(tags)
	return string(raw)
}
