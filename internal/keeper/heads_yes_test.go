package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// What was asked against one version is not done to another: when a newer one
// is known the question is asked anew, with its numbers, and a yes to the old
// words signs nothing.
func TestYesHoldsForTheVersionThatWasTold(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(2*time.Hour, 0, 20)))
	app := b.app("Coracle", "sign_event:3")
	old, _ := app.asks(template(b.follows(0, 10, 20)))
	if s := told(old); !strings.Contains(s, "10") {
		t.Fatal(s)
	}
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 300)))
	b.sleep(11 * time.Minute)
	b.app("Another", "sign_event:1") // pairing looks again
	var q control.QuestionInfo
	b.until("it is asked anew", func() bool {
		q = b.question()
		return q.ID != old.ID
	})
	if s := told(q); !strings.Contains(s, "290") || q.Event != old.Event {
		t.Fatal(s)
	}
	if _, err := call[control.QuestionInfo](b.rig, control.VerbRequestsApprove, control.AnswerArgs{ID: old.ID}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("a yes to the old words: %v", err)
	}
	n := b.outbound()
	b.approve(control.AnswerArgs{ID: q.ID})
	if a := app.await(n); a.Error != "" {
		t.Fatal(a.Error)
	}
	if v := mustCall[control.Verification](b.rig, control.VerbActivityVerify, nil); !v.OK {
		t.Fatalf("%+v", v.Problems)
	}
}

// A yes that comes late is for the version that was told, too: when the app asks
// the same again and the list has changed, it is asked anew (T27).
func TestALateYesHoldsForTheVersionThatWasTold(t *testing.T) {
	for name, changed := range map[string]bool{"as it was": false, "changed": true} {
		t.Run(name, func(t *testing.T) {
			b := newBea(t)
			b.relayHas(homeRelay, b.event(b.follows(2*time.Hour, 0, 20)))
			app := b.app("Coracle", "sign_event:3")
			list := b.follows(0, 10, 20)
			q, n := app.asks(template(list))
			b.sleep(121 * time.Second)
			wantPrefix(t, app.await(n), privyseal.KindExpired)
			b.sleep(6 * time.Minute)
			b.approve(control.AnswerArgs{ID: q.ID})
			if !changed {
				app.signed(app.ask("sign_event", template(list)), nostr.PubKey(b.key.PublicKey()).String())
				return
			}
			b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 300)))
			b.sleep(5 * time.Minute)
			b.app("Another", "sign_event:1") // pairing looks again
			again, _ := app.asks(template(list))
			if s := told(again); again.ID == q.ID || !strings.Contains(s, "290") {
				t.Fatal(s)
			}
		})
	}
}
