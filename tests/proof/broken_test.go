package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// brokenStore fails one commit: the nth since it was armed.
type brokenStore struct {
	store.Store
	left atomic.Int64 // commits until the one that fails; below 0: none
}

var errIO = errors.New("disk I/O error")

func (s *brokenStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	bad := s.left.Add(-1) == 0
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil || !bad {
			return err
		}
		return errIO
	})
}

// TestEveryFailedWrite fails commit n for every n of a small day: nothing is
// signed without a record, and service resumes with the next request (T62).
func TestEveryFailedWrite(t *testing.T) {
	bad := &brokenStore{}
	bad.left.Store(-1)
	w := begin(t, place(t), true, nil, setting{wrap: func(s store.Store) store.Store { bad.Store = s; return bad }})
	defer w.end()
	c := &checker{}
	refused, n := 0, int64(1)
	for tripped := true; tripped; n++ {
		inv := call[control.Invite](w, control.VerbInvite, control.InviteArgs{Preset: "ask", Allow: "sign_event:1"})
		a := newApp(t, fmt.Sprintf("app%d", n), inv.URI)
		w.listenFor(a)
		bad.left.Store(n)
		list := []*request{a.connect(), a.connect(), a.sign(1, "one"), a.sign(1, "two"), a.sign(6, "asked")}
		c.add(list...)
		for _, r := range list {
			w.send(0, r.seal(t, time.Now()))
			w.until("a request was answered", func(q control.QuestionInfo) {
				_, _ = try[control.QuestionInfo](w, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID})
			}, func(tap []answer) bool { return answeredIn([][]answer{tap}, r.id) })
		}
		tripped = bad.left.Load() <= 0
		bad.left.Store(-1)
		last := a.sign(1, "after")
		c.add(last)
		w.send(0, last.seal(t, time.Now()))
		w.until("service resumed", nil, func(tap []answer) bool {
			for _, got := range tap {
				if got.id == last.id && got.error != "" {
					t.Fatalf("after a failed write %d: %s", n, got.error)
				}
			}
			return answeredIn([][]answer{tap}, last.id)
		})
	}
	for _, got := range w.heard() {
		if strings.HasPrefix(got.error, "busy:") {
			refused++
		}
	}
	must(t, w.store.Flush(t.Context()))
	f, wrong := c.check(w.records(), w.heard())
	for _, b := range wrong {
		t.Error(b)
	}
	if refused == 0 {
		t.Error("no write failed: this shows nothing")
	}
	figure(t, "failed writes", "each of %d commits failed once: %d requests were told “busy”, %d signatures, each on record; served again at once", n-2, refused, f.signatures)
}

// TestClockJumps moves the clock forwards and back between requests (T59): what
// is fresh by the clock is signed, what is not is refused with a reason, and
// nothing has two effects.
func TestClockJumps(t *testing.T) {
	var skew atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
	w := begin(t, place(t), true, nil, setting{now: now})
	defer w.end()
	c := &checker{}
	a := newApp(t, "app", call[control.Invite](w, control.VerbInvite, control.InviteArgs{Preset: "ask", Allow: "sign_event:1"}).URI)
	a.now = now
	w.listenFor(a)
	ask := func(r *request, at time.Time) answer {
		c.add(r)
		before := len(w.heard())
		w.send(0, r.seal(t, at))
		var got answer
		w.until("an answer came with the clock off by "+time.Duration(skew.Load()).String(), nil, func(tap []answer) bool {
			for _, x := range tap[before:] {
				if x.id == r.id {
					got = x
					return true
				}
			}
			return false
		})
		return got
	}
	if got := ask(a.connect(), now()); got.error != "" {
		t.Fatal(got.error)
	}
	jumps := []time.Duration{0, time.Second, -time.Second, 55 * time.Second, -100 * time.Second, 130 * time.Second, -200 * time.Second, time.Hour, -time.Hour, 72 * time.Hour, -72 * time.Hour}
	signed, expired := 0, 0
	for _, jump := range jumps {
		at := now()
		skew.Add(int64(jump))
		got := ask(a.sign(1, fmt.Sprint("after ", jump)), at)
		want := jump <= 119*time.Second && jump >= -60*time.Second
		switch {
		case want && got.error == "":
			signed++
		case !want && strings.HasPrefix(got.error, "expired:"):
			expired++
		default:
			t.Errorf("a jump of %v: %+v", jump, got)
		}
		if got := ask(a.sign(1, fmt.Sprint("then ", jump)), now()); got.error != "" {
			t.Errorf("after a jump of %v: %s", jump, got.error)
		}
	}
	must(t, w.store.Flush(t.Context()))
	_, bad := c.check(w.records(), w.heard())
	for _, b := range bad {
		t.Error(b)
	}
	figure(t, "clock jumps", "%d jumps of up to 3 days: %d requests still fresh were signed, %d others refused with a reason, each fresh one after a jump signed", len(jumps), signed, expired)
}
