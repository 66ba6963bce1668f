package keeper_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/passkey/passkeytest"
	"github.com/privyseal/privyseal/internal/store"
)

// done does an act that somebody proved.
func done(r *rig, a control.Act) error {
	_, err := fromFront[any](r, control.VerbConsoleDo, a)
	return err
}

// A passkey signs in, and proves exactly the act that was asked for: once, in
// that session, with those arguments, within two minutes. Whatever else is tried
// leaves nothing behind.
func TestAPasskeyProvesOneAct(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	v.enrols(0)
	ask, err := fromFront[control.PasskeyAsk](r, control.VerbConsoleBegin, nil)
	must(t, err)
	signed := control.Assertion(v.key.Assert(ask.Challenge))
	v.session, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Assertion: &signed})
	must(t, err)
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Assertion: &signed})
	wantKind(t, err, privyseal.KindDenied, "signing in with a signature that was used")

	bad := control.InviteArgs{AppName: "evil", Preset: "trusted"}
	good := control.InviteArgs{AppName: "good", Preset: "ask"}
	other := r.enters("")
	for name, change := range map[string]func(a *control.Act){
		"without a proof":    func(a *control.Act) { a.Assertion = nil },
		"other arguments":    func(a *control.Act) { a.Args, _ = json.Marshal(bad) },
		"another verb":       func(a *control.Act) { a.Verb = control.VerbAccept },
		"another session":    func(a *control.Act) { a.Token = other.session.Token },
		"a passkey of none":  func(a *control.Act) { a.Assertion.ID = []byte("nobody's") },
		"no passkey":         func(a *control.Act) { a.Assertion.ID = nil },
		"half a signature":   func(a *control.Act) { a.Assertion.Signature = a.Assertion.Signature[:8] },
		"other client data":  func(a *control.Act) { a.Assertion.ClientData = append(a.Assertion.ClientData, ' ') },
		"a wrong passphrase": func(a *control.Act) { a.Assertion, a.Passphrase = nil, []byte("wrong horse battery") },
		"another challenge": func(a *control.Act) {
			signed := control.Assertion(v.key.Assert(make([]byte, 32)))
			a.Assertion = &signed
		},
		"to sign in with": func(a *control.Act) {
			ask, err := fromFront[control.PasskeyAsk](r, control.VerbConsoleBegin, nil)
			must(t, err)
			signed := control.Assertion(v.key.Assert(ask.Challenge))
			a.Assertion = &signed
		},
		"another's passkey": func(a *control.Act) {
			mallory := passkeytest.New(-7, "localhost", "http://localhost:4646")
			p, err := v.asked(a.Verb, good)
			must(t, err)
			signed := control.Assertion(mallory.Assert(p.Ask.Challenge))
			signed.ID = v.key.ID
			a.Assertion = &signed
		},
		"another site's": func(a *control.Act) {
			evil := *v.key
			evil.Origin, evil.Domain = "https://evil.example", "evil.example"
			p, err := v.asked(a.Verb, good)
			must(t, err)
			signed := control.Assertion(evil.Assert(p.Ask.Challenge))
			a.Assertion = &signed
		},
		"too late": func(*control.Act) { r.sleep(2*time.Minute + time.Second) },
	} {
		a := v.signs(control.VerbInvite, good)
		change(&a)
		wantKind(t, done(r, a), privyseal.KindDenied, name)
	}
	before := len(r.invitations())
	a := v.signs(control.VerbInvite, good)
	must(t, done(r, a))
	wantKind(t, done(r, a), privyseal.KindDenied, "a second time")
	if got := len(r.invitations()); got != before+1 {
		t.Fatalf("%d links were made", got-before)
	}

	// What was spent on a wrong act is spent.
	a = v.signs(control.VerbInvite, good)
	wrong := a
	wrong.Args, _ = json.Marshal(bad)
	wantKind(t, done(r, wrong), privyseal.KindDenied, "swapped")
	wantKind(t, done(r, a), privyseal.KindDenied, "after it was swapped")

	// The passphrase proves it too.
	a = v.act(control.VerbInvite, good)
	a.Passphrase = []byte(passphrase)
	must(t, done(r, a))
}

// A passkey whose count goes back was copied.
func TestACopiedPasskeyIsNoticed(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	v.enrols(1)
	must(t, done(r, v.signs(control.VerbInvite, control.InviteArgs{})))
	v.key.Count = 1
	wantKind(t, done(r, v.signs(control.VerbInvite, control.InviteArgs{})), privyseal.KindDenied, "a count that went back")
}

// Passkeys are of one domain: another one set, they work no more, and a setting
// that is no domain is refused.
func TestPasskeysAreOfOneDomain(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	v.enrols(0)
	a := v.signs(control.VerbInvite, control.InviteArgs{})
	r.set("console-domain", "seal.example")
	wantKind(t, done(r, a), privyseal.KindDenied, "of the domain before")
	list, err := does[[]control.PersonInfo](v, control.VerbPeopleList, nil)
	must(t, err)
	if len(list) != 1 || len(list[0].Passkeys) != 1 || list[0].Passkeys[0].Works {
		t.Fatalf("%+v", list)
	}
	for key, bad := range map[string]string{"console-domain": "https://seal.example", "console-origins": "http://seal.example"} {
		_, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: key, Value: bad})
		wantKind(t, err, privyseal.KindInvalid, bad)
	}
}

// A new passphrase ends the sessions that the old one began.
func TestANewPassphraseEndsSessions(t *testing.T) {
	r := newRig(t)
	s, err := fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Passphrase: []byte(passphrase)})
	must(t, err)
	v := &visitor{r: r, session: s}
	mustCall[control.Status](r, control.VerbPassphraseChange, control.PassphraseChange{Old: []byte(passphrase), New: []byte("another good passphrase")})
	_, err = does[[]control.AppInfo](v, control.VerbAppsList, nil)
	wantKind(t, err, privyseal.KindDenied, "a session by the old one")
}

// invitations are all links that were made.
func (r *rig) invitations() (all []privyseal.Invitation) {
	r.t.Helper()
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) (err error) {
		all, err = s.Invitations()
		return err
	}))
	return all
}
