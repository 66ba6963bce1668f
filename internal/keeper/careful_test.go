package keeper_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// says has somebody say yes.
func (r *rig) says(by, id string) (control.QuestionInfo, error) {
	r.reads(id)
	return call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: id, By: by})
}

// details are the notes on record about one question.
func (r *rig) details(id string) (out []string) {
	r.t.Helper()
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 1000}) {
		if rec.Phase == "note" && rec.Question == id {
			out = append(out, rec.Detail)
		}
	}
	slices.Reverse(out)
	return out
}

// Two different people have to say yes, whatever is granted; one person twice
// is one, also after a restart; the record names both.
func TestTwoPeopleHaveToSayYes(t *testing.T) {
	r := newRig(t)
	r.set("two-people", "sign_event:30023,nip04_decrypt")
	c := r.paired(control.InviteArgs{Allow: "sign_event:30023,sign_event:1"})
	c.signed(c.ask("sign_event", c.note("not chosen")), r.author)
	article := c.event(30023, "a tale")
	q, n := c.asks(article)
	if q.Level != "L3" || q.Reason != "two-people" || len(q.Remember) != 0 {
		t.Fatalf("%+v", q)
	}
	first, err := r.says("ana", q.ID)
	must(t, err)
	if first.State != "open" || first.By != "ana" {
		t.Fatalf("after one yes: %+v", first)
	}
	r.restart()
	if _, err := r.says("ana", q.ID); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("one person twice: %v", err)
	}
	if len(c.since(n)) > 0 {
		t.Fatal("one yes was enough")
	}
	n = r.outbound()
	second, err := r.says("bob", q.ID)
	must(t, err)
	c.signed(c.await(n), r.author)
	if second.State != "approved" || second.By != "ana, bob" {
		t.Fatalf("%+v", second)
	}
	if got := r.details(q.ID); !slices.Equal(got, []string{"question: a first yes by ana", "question approved by ana, bob"}) {
		t.Fatalf("on record: %q", got)
	}
}

// A first yes alone is no yes when the time is over; the second may come late.
func TestTheSecondOfTwoMayBeLate(t *testing.T) {
	r := newRig(t)
	r.set("two-people", "sign_event:1")
	c := r.paired(control.InviteArgs{})
	note := c.note("late")
	q, n := c.asks(note)
	_, err := r.says("ana", q.ID)
	must(t, err)
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	if _, err := r.says("ana", q.ID); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("one person twice, late: %v", err)
	}
	_, err = r.says("bob", q.ID)
	must(t, err)
	c.signed(c.ask("sign_event", note), r.author)
}

// Anyone's no ends it, also after a first yes.
func TestANoEndsATwoPeopleQuestion(t *testing.T) {
	r := newRig(t)
	r.set("two-people", "sign_event:1")
	c := r.paired(control.InviteArgs{})
	q, n := c.asks(c.note("no"))
	_, err := r.says("ana", q.ID)
	must(t, err)
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID, By: "bob"})
	wantPrefix(t, c.await(n), privyseal.KindDenied)
	if _, err := r.says("carl", q.ID); err == nil {
		t.Fatal("approved after a no")
	}
}

// After a yes it waits; when nobody stops it, it is signed and the app gets it.
func TestAVetoWindowEndsInASignature(t *testing.T) {
	r := newRig(t)
	r.set("veto", "sign_event:5")
	c := r.paired(control.InviteArgs{})
	body := deletionOf(r)
	q, n := c.asks(body)
	held, err := r.says("ana", q.ID)
	must(t, err)
	if held.State != "waiting" || held.Deadline.Sub(r.now()) < 9*time.Minute {
		t.Fatalf("%+v", held)
	}
	if cards := r.cards(); len(cards) != 1 || cards[0].State != "waiting" || cards[0].By != "ana" {
		t.Fatalf("%+v", cards)
	}
	if _, err := r.says("ana", q.ID); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("a second yes cuts it short: %v", err)
	}
	r.sleep(5 * time.Minute)
	c.send(c.seal(c.request("sign_event", body), r.now())) // asked again meanwhile: it waits as well
	if got := c.since(n); len(got) > 0 {
		t.Fatalf("%+v", got)
	}
	r.sleep(5*time.Minute + time.Second)
	first := c.awaitOnly(n, func(a answer) bool { return a.ID == fmt.Sprintf("id-%d", c.n) })
	c.signed(first, r.author)
	r.settle()
	if again := c.ask("sign_event", body); again.Result != first.Result {
		t.Fatalf("%s is not %s", again.Raw, first.Raw)
	}
	r.noQuestion()
}

// Anyone may stop it until then; it is not signed, nor asked again at once.
func TestAVetoStopsIt(t *testing.T) {
	r := newRig(t)
	r.set("veto", "sign_event:5")
	c := r.paired(control.InviteArgs{})
	q, _ := c.asks(deletionOf(r))
	_, err := r.says("ana", q.ID)
	must(t, err)
	r.restart()
	if cards := r.cards(); len(cards) != 1 || cards[0].State != "waiting" {
		t.Fatalf("after a restart: %+v", cards)
	}
	n := r.outbound()
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID, By: "bob"})
	wantPrefix(t, c.await(n), privyseal.KindDenied)
	r.sleep(11 * time.Minute)
	r.settle()
	if n := r.uses(); n != 0 {
		t.Fatalf("%d uses", n)
	}
	if got := r.details(q.ID); len(got) != 2 || !strings.HasPrefix(got[0], "question: may be stopped until ") || got[1] != "question denied by bob" {
		t.Fatalf("on record: %q", got)
	}
}

// kill leaves the keeper as kill -9 does: what is on disk at this moment is
// what the next start finds.
func (r *rig) kill() {
	r.t.Helper()
	dir := r.t.TempDir()
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(r.t, err)
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || !info.Mode().IsRegular() || strings.HasSuffix(f, "-shm") {
			continue
		}
		raw, err := os.ReadFile(f)
		must(r.t, err)
		must(r.t, os.WriteFile(filepath.Join(dir, filepath.Base(f)), raw, 0o600))
	}
	r.stop()
	r.dir, r.fence = dir, nil
	r.start(false)
}

// A yes that waits outlives kill -9, and so does its end when nobody ran then.
func TestAVetoWindowOutlivesAKill(t *testing.T) {
	r := newRig(t)
	r.set("veto", "sign_event:5")
	c := r.paired(control.InviteArgs{})
	r.settle()
	q, _ := c.asks(deletionOf(r))
	_, err := r.says("ana", q.ID)
	must(t, err)
	r.kill()
	if cards := r.cards(); len(cards) != 1 || cards[0].State != "waiting" {
		t.Fatalf("after the kill: %+v", cards)
	}
	n := r.outbound()
	r.sleep(10*time.Minute + 5*time.Second)
	c.signed(c.await(n), r.author)
}

// A late yes that waits counts when the app asks again: meanwhile, and up to
// ten minutes after its end.
func TestALateYesMayWaitToo(t *testing.T) {
	r := newRig(t)
	r.set("veto", "sign_event:1")
	r.set("veto-for", "5m")
	c := r.paired(control.InviteArgs{})
	note := c.note("late")
	q, n := c.asks(note)
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	_, err := r.says("ana", q.ID)
	must(t, err)
	n = r.outbound()
	c.send(c.seal(c.request("sign_event", note), r.now()))
	r.settle()
	if cards := r.cards(); len(cards) != 1 || cards[0].ID != q.ID || cards[0].State != "waiting" {
		t.Fatalf("%+v", cards)
	}
	r.sleep(5*time.Minute + time.Second)
	c.signed(c.await(n), r.author)
	other := c.note("later")
	q, _ = c.asks(other)
	_, err = r.says("ana", q.ID)
	must(t, err)
	r.stop()
	r.sleep(14 * time.Minute) // its end passed, and nobody ran
	r.start(false)
	r.until("it is over", func() bool { return len(r.cards()) == 0 })
	if a := c.ask("sign_event", other); a.Error != "" {
		t.Fatalf("%+v", a)
	}
}

// Two people, and then time to stop it.
func TestTwoPeopleAndAVeto(t *testing.T) {
	r := newRig(t)
	r.set("two-people", "sign_event")
	r.set("veto", "sign_event:5")
	c := r.paired(control.InviteArgs{})
	q, n := c.asks(deletionOf(r))
	first, err := r.says("ana", q.ID)
	must(t, err)
	second, err := r.says("bob", q.ID)
	must(t, err)
	if first.State != "open" || second.State != "waiting" || second.By != "ana, bob" {
		t.Fatalf("%+v, %+v", first, second)
	}
	r.sleep(10*time.Minute + time.Second)
	c.signed(c.await(n), r.author)
}

func TestCareSettingsAreChecked(t *testing.T) {
	r := newRig(t)
	for key, bad := range map[string][]string{
		"two-people": {"x", "sign_event:1#3/h", "sign_event:22242@wss://a.example", "ping", "sign_event:99999"},
		"veto":       {"everything"},
		"veto-for":   {"0s", "-1m", "25h", "soon"},
	} {
		for _, v := range bad {
			if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: key, Value: v}); privyseal.KindOf(err) != privyseal.KindInvalid {
				t.Errorf("%s %q: %v", key, v, err)
			}
		}
	}
}
