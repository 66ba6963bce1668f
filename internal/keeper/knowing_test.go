package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// noted are the reasons a question gives among its details.
func noted(q control.QuestionInfo) (out []string) {
	for _, d := range q.Details {
		if d.Name == "Noted" {
			out = append(out, d.Value)
		}
	}
	return out
}

// What an app and its person did before is known when the next request is
// weighed, also after a restart: how often, with whom, where, and in which poll.
func TestWhatWasDoneBeforeIsKnown(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	c := r.paired(control.InviteArgs{Preset: "ask"})
	r.sleep(48 * time.Hour)
	do := func(body string) control.QuestionInfo {
		t.Helper()
		q, n := c.asks(body)
		r.approve(control.AnswerArgs{ID: q.ID})
		if a := c.await(n); a.Error != "" {
			t.Fatal(a.Error)
		}
		r.sleep(4 * time.Second)
		return q
	}
	photo := func(i int) string {
		return fmt.Sprintf(`{"kind":20,"created_at":%d,"tags":[["imeta","url https://photos.example/%d.jpg"]],"content":"look"}`, r.now().Unix(), i)
	}
	vote := func() string {
		return fmt.Sprintf(`{"kind":1018,"created_at":%d,"tags":[["e","%064x"],["response","a"]],"content":""}`, r.now().Unix(), 7)
	}
	chat := func() string {
		sealed := c.ask("nip04_encrypt", bea.pub.String(), fmt.Sprint("hello ", r.now()))
		return fmt.Sprintf(`{"kind":4,"created_at":%d,"tags":[["p","%s"]],"content":%q}`, r.now().Unix(), bea.pub, sealed.Result)
	}
	if q := do(photo(1)); !slices.Contains(noted(q), "new-host") {
		t.Fatalf("%q", noted(q))
	}
	if q := do(vote()); slices.Contains(noted(q), "voted") {
		t.Fatalf("%q", noted(q))
	}
	for i := range 11 {
		q := do(c.note(fmt.Sprint("note ", i)))
		if got := slices.Contains(noted(q), "often"); got != (i == 10) {
			t.Fatalf("note %d: %q", i, noted(q))
		}
	}
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: r.app(c).ID, Verdict: "allow", Perms: "nip04_encrypt"})
	q, _ := c.asks(chat()) // she is somebody to whom one wrote: a moment ago
	if slices.Contains(noted(q), "stranger") {
		t.Fatalf("%q", noted(q))
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	r.sleep(61 * time.Second) // a minute's tick writes down what was learnt
	r.settle()
	r.until("what was learnt is kept", func() bool { return r.learnt(c) })
	r.restart()
	if q := do(photo(2)); slices.Contains(noted(q), "new-host") {
		t.Errorf("%q", noted(q))
	}
	if q := do(vote()); !slices.Contains(noted(q), "voted") {
		t.Errorf("%q", noted(q))
	}
	if q := do(c.note("the twelfth")); !slices.Contains(noted(q), "often") {
		t.Errorf("%q", noted(q))
	}
	stranger := r.other()
	q, _ = c.asks(strings.ReplaceAll(chat(), bea.pub.String(), stranger.pub.String()))
	if !slices.Contains(noted(q), "unseen") && !slices.Contains(noted(q), "stranger") {
		t.Errorf("%q", noted(q))
	}
}

// learnt reports that an app's habits are in the store.
func (r *rig) learnt(c *client) bool {
	kept := ""
	_ = r.store.View(r.t.Context(), func(s store.Reader) (err error) {
		kept, err = s.Setting("app-habits/" + r.app(c).ID)
		return err
	})
	return kept != ""
}
