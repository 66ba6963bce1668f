package keeper_test

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// What others see of an identity is its latest profile, of which only texts are
// shown, made safe; and none while the vault is locked.
func TestTheProfileIsShown(t *testing.T) {
	r := newRig(t)
	if got := r.ana().Profile; got != nil {
		t.Fatalf("%+v, though none was ever seen", got)
	}
	c := r.paired(control.InviteArgs{AppName: "Notes"})
	for _, said := range []string{`{"name":"ana"}`, `{"name":"ana","display_name":"Ana \u202eB","about":["no text"],"lud16":"ana@home.example","picture":"https://a.example/p.png","nip05":7}`} {
		q, n := c.asks(c.event(0, said))
		r.reads(q.ID)
		r.approve(control.AnswerArgs{ID: q.ID})
		if a := c.await(n); a.Error != "" {
			t.Fatal(a.Error)
		}
		r.sleep(2 * time.Second)
	}
	got := r.ana().Profile
	if got == nil || got.Name != "Ana B" || got.About != "" || got.Address != "" || got.Tips != "ana@home.example" || !got.Picture || got.Stamp.IsZero() {
		t.Fatalf("%+v", got)
	}
	mustCall[control.Status](r, control.VerbLock, nil)
	if got := r.ana().Profile; got != nil {
		t.Fatalf("%+v of a locked vault", got)
	}
}
