package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// A host is new once, and an app that does more than is usual is shown as
// that; both outlive a restart.
func TestCustomsCount(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes", Allow: "sign_event:24242,sign_event:1,sign_event:1018"})
	r.sleep(25 * time.Hour)
	upload := func() string {
		return fmt.Sprintf(`{"kind":24242,"created_at":%d,"content":"","tags":[["t","upload"],["x","ab"],["server","https://files.example"],["expiration","%d"]]}`,
			r.now().Unix(), r.now().Add(time.Hour).Unix())
	}
	vote := func() string {
		return fmt.Sprintf(`{"kind":1018,"created_at":%d,"content":"","tags":[["e","%064d"],["response","2"]]}`, r.now().Unix(), 7)
	}
	sign := func(event string) {
		t.Helper()
		if a := c.ask("sign_event", event); a.Error != "" {
			t.Fatal(a.Error)
		}
	}
	level := func(event, want string) {
		t.Helper()
		if got := c.try("sign_event", event); got.Level != want || got.Verdict != "allow" {
			t.Errorf("%s, %s, want %s", got.Level, got.Verdict, want)
		}
	}
	level(upload(), "L2")
	sign(upload())
	level(upload(), "L1")
	for i := range 10 {
		level(c.note("gm"), "L1")
		sign(c.note(fmt.Sprint("note ", i)))
	}
	level(c.note("gm"), "L2")
	sign(vote())
	r.restart()
	level(upload(), "L1")
	level(c.note("gm"), "L2")
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: "Notes", Verdict: "ask", Perms: "sign_event:1018"})
	got := c.try("sign_event", vote())
	if got.Prompt == nil || !slices.Contains(got.Prompt.Lines, "This replaces your vote.") || !strings.HasPrefix(got.Prompt.Title, `Notes wants to vote "2"`) {
		t.Errorf("%+v", got.Prompt)
	}
	r.sleep(2 * time.Hour)
	level(c.note("gm"), "L1")
}
