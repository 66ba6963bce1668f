package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// newer has a relay bring a version that nobody was told of.
func (b *bea) newer(people int) {
	b.t.Helper()
	list := b.event(b.follows(time.Minute, 0, people))
	b.relayHas(homeRelay, list)
	b.sleep(11 * time.Minute)
	b.app("Another", "sign_event:1") // pairing looks again
}

// A yes that waits to be stopped is to what was told: when another version has
// come meanwhile, nothing is signed.
func TestAWaitingYesHoldsForItsVersion(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	app := b.app("Coracle", "")
	mustCall[control.SettingInfo](b.rig, control.VerbSettingsSet, control.SettingArgs{Key: "veto", Value: "sign_event:3"})
	mustCall[control.SettingInfo](b.rig, control.VerbSettingsSet, control.SettingArgs{Key: "veto-for", Value: "20m"})
	q, n := app.asks(template(b.follows(0, 10, 20)))
	b.approve(control.AnswerArgs{ID: q.ID})
	b.newer(300)
	if cards := b.cards(); len(cards) != 1 || cards[0].State != "waiting" {
		t.Fatalf("%+v", cards)
	}
	b.sleep(20 * time.Minute)
	a := app.await(n)
	wantPrefix(t, a, privyseal.KindExpired)
	if !strings.Contains(a.Error, "has changed") {
		t.Fatalf("%+v", a)
	}
}

// So is one that came too late for the first request: the app that asks again is
// asked about again.
func TestALateYesHoldsForItsVersion(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	app := b.app("Coracle", "")
	wipe := template(b.follows(-10*time.Minute, 10, 20)) // stamped so that it is fresh when it is asked again
	q, n := app.asks(wipe)
	b.sleep(2*time.Minute + time.Second)
	wantPrefix(t, app.await(n), privyseal.KindExpired)
	b.approve(control.AnswerArgs{ID: q.ID})
	b.relayHas(homeRelay, b.event(b.follows(time.Minute, 0, 300)))
	b.sleep(9 * time.Minute)
	b.app("Another", "sign_event:1")
	again, _ := app.asks(wipe)
	if s := told(again); again.ID == q.ID || !strings.Contains(s, "290") {
		t.Fatalf("%s", s)
	}
}

// What comes between the weighing of a request and its question is not missed:
// the question is asked anew at once.
func TestAVersionThatComesWhileItIsAsked(t *testing.T) {
	var st afterwards
	b := newBea(t, func(r *rig) { r.wrap = st.around })
	b.hold(true)
	app := b.app("Coracle", "")
	tells := func() { // the relay that was slow
		b.mu.Lock()
		defer b.mu.Unlock()
		list := b.event(b.follows(time.Hour, 0, 50))
		for _, f := range b.fetches {
			must(t, b.front.Send(&control.Fetched{Ref: f.Ref, Relay: homeRelay, Complete: true, Events: [][]byte{list.AppendJSON(nil)}}))
		}
		b.until("what it told is taken in", func() bool { return b.count("versions_seen") > 0 })
	}
	st.asked.Store(&tells)
	app.asks(template(b.follows(0, 20, 50)))
	b.until("it is told what would go", func() bool { return strings.Contains(told(b.question()), "20") })
}
