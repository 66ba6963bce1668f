package keeper_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// A grant that could never decide anything is not taken.
func TestIdleGrantsAreRefused(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Notes"})
	for _, x := range []struct{ verdict, perms, says string }{
		{"refuse", "ping", "may always do this"},
		{"ask", "get_public_key", "may always do this"},
		{"refuse", "sign_event:1#20/h", "a budget goes with allow only"},
		{"ask", "sign_event:1#20/h", "a budget goes with allow only"},
		{"allow", "sign_event:62", "no app may ever do this"},
		{"ask", "sign_event:24133", "no app may ever do this"},
		{"refuse", "sign_event:1@relay.example", "kind 1 name no place"},
		{"allow", "sign_event:27235@wss://relay.example", "a host, not a relay"},
	} {
		_, err := call[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: "Notes", Verdict: x.verdict, Perms: x.perms})
		if privyseal.KindOf(err) != privyseal.KindInvalid || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s %s: %v", x.verdict, x.perms, err)
		}
	}
	for _, x := range []struct{ verdict, perms string }{
		{"allow", "get_public_key,ping,sign_event:22242@relay.example,sign_event:22242@wss://relay.example,sign_event@relay.example"},
		{"refuse", "sign_event:62,sign_event:24242@files.example,sign_event@wss://relay.example"},
	} {
		mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: "Notes", Verdict: x.verdict, Perms: x.perms})
	}
	if got := len(r.app(c).Grants); got != 8 {
		t.Errorf("%d grants", got)
	}
}
