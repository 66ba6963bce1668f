package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// clockSaid is what the check-up says of the clock.
func (r *rig) clockSaid() string {
	r.t.Helper()
	var said []string
	for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
		if f.Check == "clock" {
			said = append(said, f.Text)
		}
	}
	return strings.Join(said, "; ")
}

// T61: the stamps of apps tell when this computer's clock is off; one app with a
// wrong clock among several does not, and neither does a replayed request.
func TestAClockThatIsOffIsSaid(t *testing.T) {
	r := newRig(t)
	a, b, c := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	at := func(x *client, off time.Duration) {
		t.Helper()
		wantResult(t, x.again(x.seal(x.request("ping"), r.now().Add(off))), "pong")
	}
	jump := func(by time.Duration) {
		t.Helper()
		before := r.count("clock_jumps")
		r.sleep(by)
		r.until("the jump is noticed", func() bool { return r.count("clock_jumps") > before })
	}
	at(a, 0)
	at(a, -100*time.Second) // held by a relay
	if said := r.clockSaid(); said != "" {
		t.Fatalf("with apps that are right: %s", said)
	}
	jump(3 * time.Hour)
	at(a, 45*time.Second)
	at(b, 0)
	at(c, 0)
	if said := r.clockSaid(); said != "" {
		t.Fatalf("with one app that is wrong: %s", said)
	}
	at(b, 45*time.Second)
	if said := r.clockSaid(); !strings.Contains(said, "2 of the 3 apps") || !strings.Contains(said, "ahead of") {
		t.Fatalf("with two ahead: %q", said)
	}
	jump(3 * time.Hour)
	for _, x := range []*client{a, b, c} {
		at(x, -45*time.Second)
	}
	if said := r.clockSaid(); !strings.Contains(said, "3 of the 3 apps") || !strings.Contains(said, "behind") {
		t.Fatalf("with all behind: %q", said)
	}
	jump(-2 * time.Hour)
	if said := r.clockSaid(); !strings.Contains(said, "set back by") {
		t.Fatalf("set back: %q", said)
	}
}
