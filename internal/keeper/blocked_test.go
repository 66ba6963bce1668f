package keeper_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

// What no app may is refused at once and told to the person, until the app is
// stopped; what is merely wrong is not.
func TestWhatIsBlockedIsTold(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Fun Quiz", Preset: "trusted"})
	blocked := func() []control.BlockedInfo {
		return mustCall[[]control.BlockedInfo](r, control.VerbRequestsBlocked, nil)
	}
	if a := c.ask("sign_event", `{"kind":1,"content":"","tags":[]}`, "more"); a.Error == "" {
		t.Fatal("a request that makes no sense is taken")
	}
	if got := blocked(); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
	all := strings.Replace(c.event(62, ""), `"tags":[]`, `"tags":[["relay","ALL_RELAYS"]]`, 1)
	for range 2 {
		if a := c.ask("sign_event", all); a.Error == "" {
			t.Fatal("everything is erased")
		}
		r.sleep(1e9)
	}
	got := blocked()
	if len(got) != 1 || got[0].Title != "Blocked. Fun Quiz tried to erase all that you ever posted. Nothing was sent." || got[0].Times != 2 || len(got[0].Lines) != 1 {
		t.Fatalf("%+v", got)
	}
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: "Fun Quiz"})
	if got := blocked(); len(got) != 0 {
		t.Fatalf("of an app that was stopped: %+v", got)
	}
}
