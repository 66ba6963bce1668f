package keeper_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/passkey/passkeytest"
)

// fromFront makes a call over the front's connection.
func fromFront[R any](r *rig, verb string, args any) (R, error) {
	var none R
	raw, err := json.Marshal(args)
	must(r.t, err)
	v, err := r.k.Call(r.t.Context(), control.Front, verb, raw, func(any) error { return nil })
	if err != nil || v == nil {
		return none, err
	}
	return v.(R), nil
}

// visitor is somebody with a session, and perhaps a passkey.
type visitor struct {
	r       *rig
	session control.Session
	key     *passkeytest.Authenticator
}

// enters signs somebody in by a link of the command line.
func (r *rig) enters(name string) *visitor {
	r.t.Helper()
	code := mustCall[control.PersonCode](r, control.VerbConsoleCode, control.Name{Name: name})
	s, err := fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: code.Code, Device: "a browser"})
	must(r.t, err)
	return &visitor{r: r, session: s}
}

// joins invites somebody, who comes in with a passkey.
func (r *rig) joins(name, role, identity string) *visitor {
	r.t.Helper()
	code := mustCall[control.PersonCode](r, control.VerbPeopleInvite, control.PersonArgs{Name: name, Role: role, Identity: identity})
	fresh, err := fromFront[control.PasskeyNew](r, control.VerbConsoleNewKey, control.NewKey{Code: code.Code})
	must(r.t, err)
	v := &visitor{r: r, key: passkeytest.New(-7, "localhost", "http://localhost:4646")}
	v.session, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: code.Code, Passkey: v.made(fresh)})
	must(r.t, err)
	return v
}

func (v *visitor) made(fresh control.PasskeyNew) *control.NewPasskey {
	client, attestation := v.key.Register(fresh.Challenge)
	return &control.NewPasskey{Label: "phone", ClientData: client, Attestation: attestation}
}

func (v *visitor) act(verb string, args any) control.Act {
	raw, err := json.Marshal(args)
	must(v.r.t, err)
	return control.Act{Token: v.session.Token, Verb: verb, Args: raw}
}

// does acts without a proof.
func does[R any](v *visitor, verb string, args any) (R, error) {
	return fromFront[R](v.r, control.VerbConsoleDo, v.act(verb, args))
}

// asked is what an act needs.
func (v *visitor) asked(verb string, args any) (control.Proving, error) {
	return fromFront[control.Proving](v.r, control.VerbConsoleProve, v.act(verb, args))
}

// signs proves an act by passkey; it has not been done yet.
func (v *visitor) signs(verb string, args any) control.Act {
	v.r.t.Helper()
	p, err := v.asked(verb, args)
	must(v.r.t, err)
	if !p.Needed || p.Ask == nil {
		v.r.t.Fatalf("%s: no passkey is asked for: %+v", verb, p)
	}
	a := v.act(verb, args)
	signed := control.Assertion(v.key.Assert(p.Ask.Challenge))
	a.Assertion = &signed
	return a
}

// enrols gives somebody a passkey, with the passphrase. Like most it does not
// count what it signs, unless from is where it begins.
func (v *visitor) enrols(from uint32) {
	v.r.t.Helper()
	fresh, err := fromFront[control.PasskeyNew](v.r, control.VerbConsoleNewKey, control.NewKey{Token: v.session.Token})
	must(v.r.t, err)
	v.key = passkeytest.New(-7, "localhost", "http://localhost:4646")
	v.key.Count = from
	a := v.act(control.VerbPasskeyAdd, v.made(fresh))
	a.Passphrase = []byte(passphrase)
	_, err = fromFront[control.PersonInfo](v.r, control.VerbConsoleDo, a)
	must(v.r.t, err)
}

func wantKind(t testing.TB, err error, kind privyseal.ErrorKind, what string) {
	t.Helper()
	if privyseal.KindOf(err) != kind {
		t.Fatalf("%s: %v, want %s", what, err, kind)
	}
}

// Nothing of the front's is answered without a session but how the signer does.
func TestFrontWithoutASession(t *testing.T) {
	r := newRig(t)
	for _, verb := range []string{control.VerbIdentityList, control.VerbAppsList, control.VerbLock, control.VerbConsoleCode, control.VerbInvite, control.VerbPeopleList} {
		_, err := fromFront[any](r, verb, nil)
		wantKind(t, err, privyseal.KindDenied, verb)
		_, err = fromFront[any](r, control.VerbConsoleDo, control.Act{Token: "x", Verb: verb})
		wantKind(t, err, privyseal.KindDenied, verb+" with a token of nobody's")
	}
	_, err := fromFront[control.Status](r, control.VerbStatus, nil)
	must(t, err)
}

// A link signs in once, within ten minutes; a session ends when it is told to,
// when nobody used it for an hour, and after twelve.
func TestSignInByLink(t *testing.T) {
	r := newRig(t)
	code := mustCall[control.PersonCode](r, control.VerbConsoleCode, nil)
	if code.Link != "http://localhost:4646"+control.EnterPath+code.Code || code.ExpiresAt.Sub(r.now()) > 10*time.Minute {
		t.Fatalf("%+v", code)
	}
	sign := control.SignIn{Code: code.Code}
	s, err := fromFront[control.Session](r, control.VerbConsoleSignIn, sign)
	must(t, err)
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, sign)
	wantKind(t, err, privyseal.KindDenied, "a second time")
	code = mustCall[control.PersonCode](r, control.VerbConsoleCode, nil)
	r.sleep(10*time.Minute + time.Second)
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: code.Code})
	wantKind(t, err, privyseal.KindDenied, "after ten minutes")

	v := &visitor{r: r, session: s}
	list := func() error { _, err := does[[]control.AppInfo](v, control.VerbAppsList, nil); return err }
	must(t, list())
	r.restart()
	must(t, list())
	for range 12 {
		r.sleep(50 * time.Minute)
		must(t, list())
	}
	must(t, list())
	r.sleep(61 * time.Minute)
	wantKind(t, list(), privyseal.KindDenied, "after an hour")

	v = r.enters("")
	for range 13 {
		r.sleep(55 * time.Minute)
		must(t, list())
	}
	r.sleep(6 * time.Minute)
	wantKind(t, list(), privyseal.KindDenied, "after twelve hours")

	v = r.enters("")
	other := r.enters("")
	me := v.session.Person.ID
	if _, err := does[control.PersonInfo](v, control.VerbPeopleSignOut, control.PersonSession{Person: me, Session: other.session.ID}); err != nil {
		t.Fatal(err)
	}
	must(t, list())
	if _, err := does[[]control.AppInfo](other, control.VerbAppsList, nil); err == nil {
		t.Fatal("an ended session goes on")
	}
	_, err = fromFront[any](r, control.VerbConsoleSignOut, control.Token{Token: v.session.Token})
	must(t, err)
	wantKind(t, list(), privyseal.KindDenied, "signed out")
}

// The passphrase signs in; after five wrong ones it may not be tried for a
// while, not even the right one.
func TestSignInByPassphrase(t *testing.T) {
	r := newRig(t)
	try := func(p string) error {
		_, err := fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Passphrase: []byte(p)})
		return err
	}
	for range 5 {
		wantKind(t, try("wrong horse battery"), privyseal.KindDenied, "a wrong one")
	}
	r.restart() // forgets nothing
	for _, wait := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
		wantKind(t, try(passphrase), privyseal.KindLimit, "too often")
		r.sleep(wait - time.Second)
		wantKind(t, try(passphrase), privyseal.KindLimit, "a second too early")
		r.sleep(time.Second + 10*time.Millisecond)
		wantKind(t, try("wrong horse battery"), privyseal.KindDenied, "in time")
	}
	r.sleep(80 * time.Second)
	must(t, try(passphrase))
	must(t, try(passphrase))
}

// A vault that no passphrase opens lets nobody in, and says how to get one.
func TestNoSignInWithoutAPassphrase(t *testing.T) {
	r := newRig(t, func(r *rig) { r.keyFile = []byte("0123456789abcdefghijklmnopqrstuv") })
	_, err := call[control.PersonCode](r, control.VerbConsoleCode, nil)
	wantKind(t, err, privyseal.KindDenied, "a link")
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Passphrase: []byte(passphrase)})
	if privyseal.KindOf(err) != privyseal.KindDenied || !strings.Contains(err.Error(), "privyseal passphrase change") {
		t.Fatal(err)
	}
	site, err := fromFront[control.Site](r, control.VerbConsoleSite, nil)
	must(t, err)
	if site.Closed == "" {
		t.Fatalf("%+v", site)
	}
	mustCall[control.Status](r, control.VerbPassphraseChange, control.PassphraseChange{New: []byte(passphrase)})
	r.enters("")
}

// A session answers what is not serious; what is, and what is remembered, needs
// a proof as well; a no needs none.
func TestAnswersInASession(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	v := r.enters("")
	q, n := c.asks(c.note("from a page"))
	_, err := does[control.QuestionInfo](v, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID})
	wantKind(t, err, privyseal.KindInvalid, "without its words")
	a := control.AnswerArgs{ID: q.ID, Words: q.Words}
	_, err = does[control.QuestionInfo](v, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Words: q.Words, Remember: "1h"})
	wantKind(t, err, privyseal.KindDenied, "to be remembered")
	a.By = "somebody else"
	got, err := does[control.QuestionInfo](v, control.VerbRequestsApprove, a)
	must(t, err)
	c.signed(c.await(n), r.author)
	if got.By != "owner" {
		t.Fatalf("answered by %q", got.By)
	}

	serious := c.event(0, `{"name":"mallory"}`)
	q, n = c.asks(serious)
	if q.Level != "L3" {
		t.Fatalf("level %s", q.Level)
	}
	r.reads(q.ID)
	a = control.AnswerArgs{ID: q.ID, Words: q.Words}
	_, err = does[control.QuestionInfo](v, control.VerbRequestsApprove, a)
	wantKind(t, err, privyseal.KindDenied, "a serious one")
	act := v.act(control.VerbRequestsApprove, a)
	act.Passphrase = []byte(passphrase)
	_, err = fromFront[control.QuestionInfo](r, control.VerbConsoleDo, act)
	must(t, err)
	c.signed(c.await(n), r.author)

	q, n = c.asks(c.event(0, `{"name":"trudy"}`))
	_, err = does[control.QuestionInfo](v, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID, Words: q.Words})
	must(t, err)
	wantPrefix(t, c.await(n), privyseal.KindDenied)
}

// Another address of the console is looked at before it is taken: passkeys are
// for one.
func TestAnotherAddressIsLookedAt(t *testing.T) {
	r := newRig(t)
	owner := r.joins("Bea", "owner", "")
	looks := func(key, value string) control.SettingChange {
		t.Helper()
		c, err := does[control.SettingChange](owner, control.VerbSettingsLook, control.SettingArgs{Key: key, Value: value})
		must(t, err)
		return c
	}
	moved := looks("console-domain", "seal.example")
	if !moved.Moves || len(moved.Stops) != 1 || moved.Stops[0] != (control.PasskeyOf{Person: "Bea", Label: "phone", Domain: "localhost"}) || len(moved.Origins) != 1 || moved.Origins[0] != "https://seal.example" {
		t.Errorf("%+v", moved)
	}
	if same := looks("console-domain", ""); same.Moves || len(same.Stops) > 0 {
		t.Errorf("nothing changes: %+v", same)
	}
	if c := looks("console-origins", "http://localhost:4647"); !c.Moves || len(c.Stops) > 0 {
		t.Errorf("another port: %+v", c)
	}
	if c := looks("tip-limit", "5"); c.Moves {
		t.Errorf("a tip: %+v", c)
	}
	if _, err := does[control.SettingChange](owner, control.VerbSettingsLook, control.SettingArgs{Key: "console-domain", Value: "a b"}); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Errorf("no domain: %v", err)
	}
}
