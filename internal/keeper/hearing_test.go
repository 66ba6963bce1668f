package keeper_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/nostr"
)

// bringBack makes the played relay deliver what the signer sends itself, unless
// the relay is down.
func (r *rig) bringBack(down func(relay string) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onPublish = func(o control.Outbound) {
		for _, relay := range o.Relays {
			if !down(relay) {
				_ = r.front.Send(&control.Events{Items: []control.Inbound{{Relay: relay, Event: o.Event}}})
			}
		}
	}
}

// newEars is a rig whose relays must bring things back quickly.
func newEars(t *testing.T, more ...keeper.Relay) *rig {
	t.Helper()
	r := newRig(t)
	r.stop()
	r.hear, r.relays = 300*time.Millisecond, append(more, r.relays...)
	r.start(false)
	return r
}

func (r *rig) sentToSelf() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.self)
}

func (r *rig) relay(url string) control.RelayInfo {
	r.t.Helper()
	for _, info := range mustCall[[]control.RelayInfo](r, control.VerbRelaysList, nil) {
		if info.URL == url {
			return info
		}
	}
	return control.RelayInfo{}
}

// The first complaint about signers is that they go deaf and say nothing.
func TestARelayThatBringsNothingBackIsNoticedRenewedAndForgiven(t *testing.T) {
	r := newEars(t)
	var up atomic.Bool
	r.bringBack(func(string) bool { return !up.Load() })
	r.until("the own relay is called deaf", func() bool { return r.relay(ownRelay).Health == "deaf" })
	if info := r.relay(ownRelay); info.Detail == "" || info.Misses < 2 {
		t.Errorf("a deaf relay is shown as %+v, want words", info)
	}
	r.until("its connection is made anew", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.renewed) > 0
	})
	up.Store(true)
	must(t, r.front.Send(&control.NetworkChanged{}))
	r.until("it is good again", func() bool { return r.relay(ownRelay).Health == "good" })
	if info := r.relay(ownRelay); info.RoundTrip <= 0 || info.Heard == nil {
		t.Errorf("a good relay is shown as %+v, want its measured way", info)
	}
}

func TestADeafRelayIsReplacedBeforeAppsAreTold(t *testing.T) {
	const bad, spare = "wss://bad.example", "wss://spare.example"
	r := newEars(t, keeper.Relay{URL: bad, Public: true})
	r.stop()
	r.spares = []keeper.Relay{{URL: spare, Public: true}}
	r.start(false)
	r.bringBack(func(relay string) bool { return relay == bad })
	c := r.paired(control.InviteArgs{})
	if got := c.ask("switch_relays"); got.Result != "null" {
		t.Fatalf("before: switch_relays answers %+v", got)
	}
	r.until("the bad relay is called deaf", func() bool { return r.relay(bad).Health == "deaf" })
	r.sleep(6 * time.Minute)
	must(t, r.front.Send(&control.NetworkChanged{}))
	r.until("the spare is listened on", func() bool { return r.relay(spare).Keys > 0 })
	r.until("apps are told", func() bool { return c.ask("switch_relays").Result == `["`+spare+`"]` })
	if r.relay(bad).Keys == 0 {
		t.Error("the old relay is not served any more; it must be, for a day")
	}
}

func TestTheCanaryNeverUsesAUserKey(t *testing.T) {
	r := newEars(t)
	r.bringBack(func(string) bool { return false })
	r.paired(control.InviteArgs{Compatible: true})
	n := r.sentToSelf()
	for range 4 {
		must(t, r.front.Send(&control.NetworkChanged{}))
		r.until("a request goes out", func() bool { return r.sentToSelf() > n })
		n = r.sentToSelf()
	}
	user := r.ana().PubKey
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.self {
		ev, err := nostr.ParseEvent(o.Event)
		must(t, err)
		if ev.PubKey.String() != user && ev.Tags.TagValue("p") == user {
			t.Fatal("the signer wrote to a person's key")
		}
	}
}

func TestAnAppThatLooksDeafIsShown(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Deaf"})
	app := func() control.AppInfo {
		return mustCall[control.AppInfo](r, control.VerbAppsShow, control.Name{Name: "Deaf"})
	}
	ev := c.seal(c.request("sign_event", c.note("once")), r.now())
	for range 4 {
		n := r.outbound()
		c.send(ev)
		c.await(n)
	}
	if !app().LooksDeaf {
		t.Fatal("an app that repeats what was answered does not look deaf")
	}
	c.ask("sign_event", c.note("and on"))
	if app().LooksDeaf {
		t.Fatal("an app that goes on still looks deaf")
	}
	r.restart()
	for range 4 { // as a relay that still has it brings it
		n := r.outbound()
		c.send(ev)
		c.await(n)
	}
	if app().LooksDeaf {
		t.Fatal("an app looks deaf since a relay brings what was answered before the restart")
	}
}
