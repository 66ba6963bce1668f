package keeper_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/keeper/access"
	"github.com/privyseal/privyseal/nostr"
)

const publicRelay = "wss://relay.example"

func bareRig(t *testing.T) *rig {
	return newRig(t, func(r *rig) { r.bare, r.public = true, []keeper.Relay{{URL: publicRelay, Public: true}} })
}

// link is a fresh link to set up.
func (r *rig) link() control.PersonCode {
	r.t.Helper()
	c := mustCall[control.PersonCode](r, control.VerbConsoleCode, control.Name{})
	if !c.SetUp || c.Code == "" || !strings.HasSuffix(c.Link, control.SetUpPath+c.Code) {
		r.t.Fatalf("no link to set up: %+v", c)
	}
	return c
}

func (r *rig) enterSetUp(code string) (control.SetUpPass, error) {
	return fromFront[control.SetUpPass](r, control.VerbSetUpEnter, control.SetUpEnter{Code: code})
}

func (r *rig) setUp(m control.SetUpMake) (control.SetUpDone, error) {
	m.Passphrase = append([]byte(nil), m.Passphrase...) // it is wiped
	return fromFront[control.SetUpDone](r, control.VerbSetUpMake, m)
}

// Only the newest link that was printed leads to setting up, once, within ten
// minutes; and nothing does once there is a vault.
func TestOnlyTheLinkSetsUp(t *testing.T) {
	r := bareRig(t)
	may := func(token string) error {
		_, err := fromFront[control.SetUpLook](r, control.VerbSetUpLook, control.Token{Token: token})
		return err
	}
	for _, token := range []string{"", "x"} {
		wantKind(t, may(token), privyseal.KindDenied, "looking without a link")
		_, err := r.setUp(control.SetUpMake{Token: token, Identity: control.IdentityAdd{Name: "eve"}, Passphrase: []byte(passphrase)})
		wantKind(t, err, privyseal.KindDenied, "setting up without a link")
	}
	_, err := r.enterSetUp("")
	wantKind(t, err, privyseal.KindDenied, "no code")
	_, err = fromFront[control.Session](r, control.VerbConsoleSignIn, control.SignIn{Code: r.link().Code})
	wantKind(t, err, privyseal.KindDenied, "signing in where nobody can")

	late := r.link()
	r.sleep(access.CodeFor)
	_, err = r.enterSetUp(late.Code)
	wantKind(t, err, privyseal.KindDenied, "a link after ten minutes")

	old, link := r.link(), r.link()
	_, err = r.enterSetUp(old.Code)
	wantKind(t, err, privyseal.KindDenied, "a link that a newer one took the place of")
	pass, err := r.enterSetUp(link.Code)
	must(t, err)
	_, err = r.enterSetUp(link.Code)
	wantKind(t, err, privyseal.KindDenied, "a link again")
	must(t, may(pass.Token))
	r.sleep(access.IdleFor)
	wantKind(t, may(pass.Token), privyseal.KindDenied, "a page left open for an hour")

	pass, err = r.enterSetUp(r.link().Code)
	must(t, err)
	waiting := r.link()
	done, err := r.setUp(control.SetUpMake{Token: pass.Token, Identity: control.IdentityAdd{Name: "ana"}, Passphrase: []byte(passphrase)})
	must(t, err)
	wantKind(t, may(pass.Token), privyseal.KindConflict, "the same page again")
	_, err = r.enterSetUp(waiting.Code)
	wantKind(t, err, privyseal.KindConflict, "a link from before")
	_, err = r.setUp(control.SetUpMake{Token: pass.Token, Identity: control.IdentityAdd{Name: "eve"}, Passphrase: []byte(passphrase)})
	wantKind(t, err, privyseal.KindConflict, "setting up twice")
	if c := mustCall[control.PersonCode](r, control.VerbConsoleCode, control.Name{}); c.SetUp || c.Person.Name == "" {
		t.Errorf("the next link leads to %+v", c)
	}
	who, err := does[[]control.IdentityInfo](&visitor{r: r, session: done.Session}, control.VerbIdentityList, nil)
	if err != nil || len(who) != 1 || who[0].ID != done.Identity.ID || who[0].Name != "ana" {
		t.Errorf("the owner sees %+v, %v", who, err)
	}
	if list := mustCall[[]control.RelayInfo](r, control.VerbRelaysList, nil); len(list) != 1 {
		t.Errorf("relays that nobody chose: %+v", list)
	}
}

// What is wrong with what was typed is said, and nothing is made of it.
func TestSettingUpRefuses(t *testing.T) {
	r := bareRig(t)
	pass, err := r.enterSetUp(r.link().Code)
	must(t, err)
	good := control.SetUpMake{Token: pass.Token, Identity: control.IdentityAdd{Name: "ana"}, Passphrase: []byte(passphrase)}
	for what, spoil := range map[string]func(*control.SetUpMake){
		"no name":            func(m *control.SetUpMake) { m.Identity.Name = " " },
		"no passphrase":      func(m *control.SetUpMake) { m.Passphrase = nil },
		"a weak passphrase":  func(m *control.SetUpMake) { m.Passphrase = []byte("short") },
		"a key that is none": func(m *control.SetUpMake) { m.Identity.Secret = []byte("nsec1nonsense") },
		"a language of none": func(m *control.SetUpMake) { m.Lang = "xx" },
		"a relay of its own": func(m *control.SetUpMake) { m.Relays = []string{"wss://evil.example"} },
	} {
		m := good
		spoil(&m)
		_, err := r.setUp(m)
		if kind := privyseal.KindOf(err); kind != privyseal.KindInvalid && kind != privyseal.KindDenied {
			t.Errorf("%s: %v", what, err)
		}
		if s := mustCall[control.Status](r, control.VerbStatus, nil); s.HasVault || s.Identities > 0 {
			t.Fatalf("%s: something was made", what)
		}
	}
	good.Relays, good.Lang = []string{publicRelay}, "es"
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	pk, err := sk.PublicKey()
	must(t, err)
	good.Identity.Secret = []byte(sk.Nsec())
	done, err := r.setUp(good)
	must(t, err)
	if done.Identity.PubKey != pk.String() {
		t.Error("the key that was brought is not the one that is kept")
	}
	if list := mustCall[[]control.RelayInfo](r, control.VerbRelaysList, nil); len(list) != 2 {
		t.Errorf("the relay that was chosen is not on the list: %+v", list)
	}
	if s := mustCall[control.SettingInfo](r, control.VerbSettingsGet, control.Name{Name: "language"}); s.Value != "es" {
		t.Errorf("it speaks %q", s.Value)
	}
	for _, x := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, nil) {
		if strings.Contains(x.Detail, "relay added") && !strings.Contains(x.Detail, "owner in the console") {
			t.Errorf("%q", x.Detail)
		}
	}
}

// Two who set up at the same moment: one of them does.
func TestOneSetsUp(t *testing.T) {
	r := bareRig(t)
	pass, err := r.enterSetUp(r.link().Code)
	must(t, err)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = r.setUp(control.SetUpMake{Token: pass.Token, Identity: control.IdentityAdd{Name: "ana"}, Passphrase: []byte(passphrase)})
		})
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			wantKind(t, err, privyseal.KindConflict, "the others")
		}
	}
	if s := mustCall[control.Status](r, control.VerbStatus, nil); made != 1 || s.Identities != 1 {
		t.Fatalf("%d were made, %d are there: %v", made, s.Identities, errors.Join(errs...))
	}
}

// A recovery file opens with its code, however that is typed, and with nothing
// else; only then is it noted as tried. With both the key comes back elsewhere.
func TestRecoveryFiles(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	ana := r.ana()
	bo := mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	_, err := does[control.Recovery](v, control.VerbRecoveryMake, control.Name{Name: ana.ID})
	wantKind(t, err, privyseal.KindDenied, "a recovery file without a proof")
	a := v.act(control.VerbRecoveryMake, control.Name{Name: ana.ID})
	a.Passphrase = []byte(passphrase)
	made, err := fromFront[control.Recovery](r, control.VerbConsoleDo, a)
	must(t, err)
	if strings.Contains(made.File, made.Code) || !strings.Contains(made.File, ana.Npub) {
		t.Fatalf("the file is\n%s", made.File)
	}
	try := func(id, file, code string) (control.IdentityInfo, error) {
		return does[control.IdentityInfo](v, control.VerbRecoveryTry, control.RecoveryTry{Name: id, File: []byte(file), Code: []byte(code)})
	}
	for what, x := range map[string][3]string{
		"another's file":  {bo.ID, made.File, made.Code},
		"another code":    {ana.ID, made.File, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"},
		"no code":         {ana.ID, made.File, ""},
		"no file":         {ana.ID, "", made.Code},
		"some other file": {ana.ID, "a shopping list", made.Code},
		"a cut file":      {ana.ID, made.File[:len(made.File)-20], made.Code},
	} {
		if _, err := try(x[0], x[1], x[2]); privyseal.KindOf(err) != privyseal.KindDenied && privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if at := r.ana().Recovered; !at.IsZero() {
		t.Fatalf("it counts as tried at %v", at)
	}
	got, err := try(ana.ID, strings.ReplaceAll(made.File, "\n", "\r\n"), strings.ToLower(strings.ReplaceAll(made.Code, "-", "")))
	must(t, err)
	if r.now().Sub(got.Recovered).Abs() > time.Minute || !r.ana().Recovered.Equal(got.Recovered) {
		t.Errorf("tried at %v", got.Recovered)
	}

	elsewhere := newRig(t)
	mustCall[control.IdentityInfo](elsewhere, control.VerbIdentityRemove, control.Removal{Name: "ana", Confirm: elsewhere.ana().Npub})
	back := mustCall[control.IdentityInfo](elsewhere, control.VerbIdentityAdd, control.IdentityAdd{Name: "ana", Secret: []byte(made.File), Password: []byte(strings.ToLower(made.Code))})
	if back.PubKey != ana.PubKey || !back.Recovered.IsZero() {
		t.Errorf("back comes %+v", back)
	}
}
