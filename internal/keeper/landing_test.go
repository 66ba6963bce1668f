package keeper_test

import (
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// The passphrase that somebody signs in with when an app sent them is proof of
// that app's acceptance, as its page proposes it, once and for two minutes; of
// nothing else.
func TestWhatTheSignInIsProofOf(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	link := "nostrconnect://" + c.pub.String() + "?relay=wss://a.example&secret=S&name=Crays"
	enters := func(s control.SignIn) *visitor {
		session, err := fromFront[control.Session](r, control.VerbConsoleSignIn, s)
		must(t, err)
		return &visitor{r: r, session: session}
	}
	typed := func() *visitor { return enters(control.SignIn{Passphrase: []byte(passphrase), Link: link}) }
	accept := func(change func(*control.AcceptArgs)) control.AcceptArgs {
		a := control.AcceptArgs{URI: link, InviteArgs: control.InviteArgs{Identity: r.ana().ID, Preset: "social"}}
		change(&a)
		return a
	}
	asIs := accept(func(*control.AcceptArgs) {})
	asked := func(v *visitor, verb string, args any) bool {
		need, err := fromFront[control.Proving](r, control.VerbConsoleProve, v.act(verb, args))
		must(t, err)
		_, err = fromFront[control.AppInfo](r, control.VerbConsoleDo, v.act(verb, args))
		if done := err == nil; done == need.Needed {
			t.Fatalf("%s: needed %t, and then: %v", verb, need.Needed, err)
		}
		return need.Needed
	}
	v := typed()
	for name, a := range map[string]control.AcceptArgs{
		"another link": accept(func(a *control.AcceptArgs) { a.URI += "x" }),
		"more":         accept(func(a *control.AcceptArgs) { a.Preset = "trusted" }),
		"no preset":    accept(func(a *control.AcceptArgs) { a.Preset = "" }),
		"wishes":       accept(func(a *control.AcceptArgs) { a.Allow = "sign_event:4" }),
		"the user key": accept(func(a *control.AcceptArgs) { a.Compatible = true }),
	} {
		if !asked(v, control.VerbAccept, a) {
			t.Errorf("%s was taken without proof", name)
		}
	}
	if !asked(v, control.VerbInvite, asIs.InviteArgs) {
		t.Error("a link was made without proof")
	}
	if !asked(typed(), control.VerbAccept, accept(func(a *control.AcceptArgs) { a.Lasts = "1d"; a.URI += "y" })) {
		t.Error("another link was taken")
	}
	if asked(v, control.VerbAccept, asIs) {
		t.Error("it was asked for again")
	}
	if !asked(v, control.VerbAccept, asIs) {
		t.Error("it counts twice")
	}
	for name, v := range map[string]*visitor{
		"by a link of the command line": r.enters(""),
		"for no app":                    enters(control.SignIn{Passphrase: []byte(passphrase)}),
		"for another app":               enters(control.SignIn{Passphrase: []byte(passphrase), Link: "nostrconnect://"}),
	} {
		if !asked(v, control.VerbAccept, asIs) {
			t.Errorf("signed in %s: nothing was asked", name)
		}
	}
	v = typed()
	r.sleep(2*time.Minute + time.Second)
	if !asked(v, control.VerbAccept, asIs) {
		t.Error("it counts for longer than two minutes")
	}
}

// An app whose link is declined is told so, once, by a key that is nobody's and
// in a message whose id is the link's secret.
func TestADeclinedLinkIsTold(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S3cret")
	var mu sync.Mutex
	var sent []control.Post
	r.mu.Lock()
	r.errands = func(m control.Message) {
		if p, ok := m.(*control.Post); ok {
			mu.Lock()
			sent = append(sent, *p)
			mu.Unlock()
			for _, to := range p.Relays {
				_ = r.front.Send(&control.Posted{Ref: p.Ref, Relay: to.URL, Sent: true, OK: true})
			}
		}
	}
	r.mu.Unlock()
	owner := r.enters("")
	link := "nostrconnect://" + c.pub.String() + "?relay=wss://a.example&relay=wss://b.example&secret=S3cret"
	_, err := fromFront[any](r, control.VerbConsoleDo, owner.act(control.VerbAcceptDecline, control.AcceptArgs{URI: link}))
	must(t, err)
	r.until("the app is told", func() bool { mu.Lock(); defer mu.Unlock(); return len(sent) == 1 })
	e, err := nostr.ParseEvent(sent[0].Event)
	must(t, err)
	if len(sent[0].Relays) != 2 || e.Kind != 24133 || e.Tags.TagValue("p") != c.pub.String() || e.Verify() != nil {
		t.Fatalf("%s", sent[0].Event)
	}
	c.readdress(e.PubKey)
	if a := c.read(e.Content); a.ID != "S3cret" || a.Error != "denied: you said no" || a.Result == "S3cret" {
		t.Fatalf("%+v", a)
	}
	for _, app := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
		if app.Client == c.pub.String() {
			t.Error("it is connected")
		}
	}
	_, err = fromFront[any](r, control.VerbConsoleDo, owner.act(control.VerbAcceptDecline, control.AcceptArgs{URI: "nonsense"}))
	wantKind(t, err, privyseal.KindInvalid, "no link")
}
