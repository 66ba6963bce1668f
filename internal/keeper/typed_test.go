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
