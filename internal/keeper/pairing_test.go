package keeper_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

func TestOneOfManyWinsAnInvitation(t *testing.T) {
	r := newRig(t)
	r.settle()
	first := r.invite(control.InviteArgs{})
	const many = 1000
	rivals := make([]*client, many)
	events := make([]*nostr.Event, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			rivals[i] = r.client(first.signer, first.secret)
			events[i] = rivals[i].seal(rivals[i].request("connect", "", first.secret), r.now())
		})
	}
	wg.Wait()
	n := r.outbound()
	for i, ev := range events {
		rivals[i].relay = fmt.Sprintf("wss://r%d.example", i%50)
		rivals[i].send(ev)
	}
	r.settle()
	acks, refused := 0, 0
	byKey := map[string]*client{}
	for _, c := range rivals {
		byKey[c.pub.String()] = c
	}
	for _, o := range r.out[n:] {
		ev, err := nostr.ParseEvent(o.Event)
		must(t, err)
		c := byKey[ev.Tags.TagValue("p")]
		if c == nil {
			continue
		}
		switch a, ok := c.open(o); {
		case ok && a.Result == "ack":
			acks++
		case ok && strings.Contains(a.Error, "used before"):
			refused++
		case ok:
			t.Errorf("answer %s", a.Raw)
		}
	}
	if acks != 1 || refused == 0 {
		t.Fatalf("%d won, %d were told that the link is used", acks, refused)
	}
	if apps := len(mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)); apps != 2 { // with the fence
		t.Fatalf("%d apps", apps)
	}
}

func TestWrongSecretsNeverBurnALink(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{})
	for i := range 20 {
		wrong := r.client(c.signer, "")
		wantPrefix(t, wrong.ask("connect", "", fmt.Sprintf("%s%d", c.secret, i)), privyseal.KindDenied)
	}
	r.restart() // a link survives a restart
	wantResult(t, c.ask("connect", "", c.secret), "ack")
}

func TestExpiredLinkSaysSo(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{})
	r.sleep(11 * time.Minute)
	got := c.ask("connect", "", c.secret)
	wantPrefix(t, got, privyseal.KindExpired)
	if !strings.Contains(got.Error, "link has expired") {
		t.Fatal(got.Error)
	}
}

func TestStrangersCostTokens(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.settle()
	before := r.count("strangers_heard") + r.count("strangers_dropped")
	stranger := r.client(c.signer, "")
	events := make([]*nostr.Event, 300)
	for i := range events {
		events[i] = stranger.seal(stranger.request("sign_event", c.note(fmt.Sprint(i))), r.now())
	}
	n := r.outbound()
	for _, ev := range events {
		stranger.send(ev)
	}
	wantResult(t, c.ask("ping"), "pong")
	answers := stranger.since(n)
	for _, a := range answers {
		wantPrefix(t, a, privyseal.KindDenied)
	}
	if after := r.count("strangers_heard") + r.count("strangers_dropped"); after-before != len(events) {
		t.Fatalf("%d of %d strangers counted", after-before, len(events))
	}
	if len(answers) == 0 || len(answers) > 200 {
		t.Fatalf("%d strangers answered", len(answers))
	}
}

func TestEndedSessionsAreToldForAMonth(t *testing.T) {
	r := newRig(t)
	revoked, out, paused := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	app := r.app(revoked).ID
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: app})
	wantResult(t, out.ask("logout"), "ack")
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: r.app(paused).ID})
	told := func() {
		t.Helper()
		for _, m := range []string{"ping", "sign_event", "connect", "logout"} {
			wantPrefix(t, revoked.ask(m), privyseal.KindRevoked)
			wantPrefix(t, out.ask(m), privyseal.KindRevoked)
			wantPrefix(t, paused.ask(m), privyseal.KindDenied)
		}
	}
	told()
	r.sleep(29 * 24 * time.Hour)
	r.restart()
	told()
	if _, err := call[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: app}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("a revoked app was resumed: %v", err)
	}
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(paused).ID})
	wantResult(t, paused.ask("ping"), "pong")
}

func TestRevocationWinsOverRequestsInFlight(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	c := r.paired(control.InviteArgs{})
	app := r.app(c).ID
	r.settle()
	n := r.outbound()
	release := stuck.hold()
	c.send(c.seal(c.request("sign_event", c.note("late")), r.now()))
	c.send(c.seal(c.request("switch_relays"), r.now())) // answered meanwhile; must not bring the session back
	c.await(n)
	release()
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: app})
	r.settle()
	wantPrefix(t, c.ask("ping"), privyseal.KindRevoked)
	r.restart()
	wantPrefix(t, c.ask("ping"), privyseal.KindRevoked)
}

func TestRevocationWinsOverWhatIsDecided(t *testing.T) {
	late := &lateStore{}
	r := newRig(t, func(r *rig) { r.wrap = late.around })
	c := r.paired(control.InviteArgs{})
	app := r.app(c).ID
	r.settle()
	hold := make(chan struct{})
	late.next.Store(&hold)
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("decided")), r.now()))
	r.until("it is decided and recorded", late.done.Load)
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: app})
	close(hold)
	wantPrefix(t, c.await(n), privyseal.KindRevoked)
}

// A session that was to last so long hears that it ended, whatever it asks.
func TestASessionThatEnds(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&secret=S", control.InviteArgs{Lasts: "1d"})
	r.sleep(25 * time.Hour)
	for _, a := range []answer{c.ask("ping"), c.ask("sign_event", c.note("late"))} {
		wantPrefix(t, a, privyseal.KindExpired)
	}
}

func TestRevocationClosesOpenQuestions(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("x")), r.now()))
	r.question()
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: r.app(c).ID})
	wantPrefix(t, c.await(n), privyseal.KindRevoked)
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) != 0 {
		t.Fatalf("still open: %+v", qs)
	}
}

func TestCompatibleLinkBeginsAnew(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Compatible: true, Preset: "trusted"})
	id := r.app(c).ID
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: id})
	wantPrefix(t, c.ask("connect", "", c.secret), privyseal.KindRevoked)
	next := r.invite(control.InviteArgs{Compatible: true, Preset: "ask"})
	wantResult(t, c.ask("connect", "", next.secret), "ack")
	if a := r.app(c); a.ID != id || a.Preset != "ask" || a.State != "active" {
		t.Fatalf("session %+v", a)
	}
}

func TestMetadataAtReconnectFillsWhatWasEmpty(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	for _, name := range []string{"First", "Second"} {
		wantResult(t, c.ask("connect", "", "", "", `{"name":"`+name+`"}`), "ack")
	}
	r.restart()
	if got := r.app(c).Claims.Name; got != "First" {
		t.Fatalf("claims to be %q", got)
	}
}

func TestUnusedRelaysAreClosed(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&secret=S", control.InviteArgs{})
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: r.app(c).ID})
	r.sleep(2 * time.Minute)
	r.until("the app's relay is closed", func() bool { return !r.listening("wss://a.example", c.signer) })
	if !r.listening(ownRelay, c.signer) {
		t.Fatal("a revoked app is no longer heard, so it cannot be told")
	}
	wantPrefix(t, c.ask("ping"), privyseal.KindRevoked)
}
