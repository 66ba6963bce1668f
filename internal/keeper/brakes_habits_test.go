package keeper_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

func (c *client) event(kind int, content string) string {
	return fmt.Sprintf(`{"kind":%d,"created_at":%d,"tags":[],"content":%q}`, kind, c.r.now().Unix(), content)
}

// asksOddly sends a request that is asked because of what is unusual about it,
// and gives the person's yes.
func (c *client) asksOddly(line, method string, params ...string) {
	c.r.t.Helper()
	n := c.r.outbound()
	c.send(c.seal(c.request(method, params...), c.r.now()))
	q := c.r.question()
	if !slices.Contains(q.Lines, line) {
		c.r.t.Fatalf("asked without %q: %+v", line, q)
	}
	c.r.approve(control.AnswerArgs{ID: q.ID})
	if a := c.await(n); a.Error != "" {
		c.r.t.Fatal(a.Error)
	}
}

const badge, vote = 30009, 1018 // both of level L2

// After its first day, what an app never did is asked once though its preset
// allows it; what a grant names is not (R46).
func TestWhatAnAppNeverDidIsAskedOnce(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted", Allow: "sign_event:1018"})
	c.signed(c.ask("sign_event", c.event(badge, "first day")), r.author)
	r.sleep(25 * time.Hour)
	c.signed(c.ask("sign_event", c.event(badge, "as before")), r.author)
	c.signed(c.ask("sign_event", c.event(vote, "granted")), r.author)
	c.signed(c.ask("sign_event", c.event(7, "new, but light")), r.author)
	const never = "It never did this before."
	c.asksOddly(never, "sign_event", c.event(30402, "an offer"))
	c.signed(c.ask("sign_event", c.event(30402, "once more")), r.author)
	c.asksOddly(never, "nip44_encrypt", c.pub.String(), "x")
	r.restart() // habits are kept
	c.signed(c.ask("sign_event", c.event(30402, "after a restart")), r.author)
	c.signed(c.ask("sign_event", c.event(badge, "after a restart")), r.author)
	if a := c.ask("nip44_encrypt", c.pub.String(), "x"); a.Error != "" {
		t.Fatal(a.Error)
	}
	r.sleep(8 * 24 * time.Hour)
	c.asksOddly("It never had to do with this person before.", "nip44_encrypt", r.client(c.signer, "").pub.String(), "x")
	if n := r.count("requests_unusual"); n < 1 || !slices.Contains(r.brakeNotes(), "brake: asked because of new-thing") || !slices.Contains(r.brakeNotes(), "brake: asked because of new-person") {
		t.Fatalf("%d counted; on record %q", n, r.brakeNotes())
	}
}

// A bare consent to everything is no more than a preset's.
func TestABareConsentIsAskedToo(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event"})
	c.signed(c.ask("sign_event", c.event(badge, "first day")), r.author)
	r.sleep(25 * time.Hour)
	c.asksOddly("It never did this before.", "sign_event", c.event(vote, "new"))
}

func TestAnOddHourIsAsked(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "social"})
	for range 8 {
		c.signed(c.ask("sign_event", c.note("daily "+r.now().String())), r.author)
		r.sleep(24 * time.Hour)
	}
	c.signed(c.ask("sign_event", c.note("daily")), r.author)
	r.sleep(12 * time.Hour)
	c.asksOddly("It was never active at this hour before.", "sign_event", c.note("at night"))
	c.signed(c.ask("sign_event", c.note("once more at night")), r.author)
}

// The yes to one of a burst is good for the burst.
func TestABurstIsAskedOnce(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	for range 3 {
		c.signed(c.ask("sign_event", c.note("hourly "+r.now().String())), r.author)
		r.sleep(10 * time.Hour)
	}
	now := r.now() // the burst falls within one hour
	r.sleep(now.Truncate(time.Hour).Add(time.Hour).Sub(now))
	for i := range 100 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint("burst ", i))), r.author)
	}
	c.asksOddly("It does far more than it did before.", "sign_event", c.note("one too many"))
	for i := range 20 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint("passed ", i))), r.author)
	}
}

// Whom an app writes to lies nowhere in the open.
func TestHabitsAreSealed(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	peer := r.client(c.signer, "").pub
	if a := c.ask("nip44_encrypt", peer.String(), "x"); a.Error != "" {
		t.Fatal(a.Error)
	}
	id := r.app(c).ID
	r.stop()
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(t, err)
	found := false
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		found = found || strings.Contains(string(raw), "app-habits/"+id)
		if strings.Contains(string(raw), peer.String()) {
			t.Errorf("%s names the person", f)
		}
	}
	if !found {
		t.Fatal("the habits were not kept")
	}
}
