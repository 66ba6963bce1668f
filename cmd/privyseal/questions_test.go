package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// somebody is another person, who writes to ana.
type somebody struct {
	t   *testing.T
	key nostr.Keypair
	ana nostr.PubKey
}

func newSomebody(t *testing.T, s *signer) somebody {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	ana, err := nostr.ParsePubKey(mustJSON[control.IdentityInfo](t, s.dir, "identity", "show").PubKey)
	if err != nil {
		t.Fatal(err)
	}
	return somebody{t, kp, ana}
}

func (p somebody) pub() nostr.PubKey { return p.key.PublicKey() }

// seals is a private text of theirs.
func (p somebody) seals(text string) string {
	p.t.Helper()
	ck, err := nip44.NewConversationKey(p.key, (*[32]byte)(&p.ana))
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := nip44.Encrypt(&ck, text)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// ended is how a call of an app ended.
type ended struct {
	result string
	err    error
}

// signs asks for a signature in the background.
func signs(app *client.Session, t nostr.Template) <-chan ended {
	done := make(chan ended, 1)
	go func() {
		ev, err := app.SignEvent(context.Background(), t)
		e := ended{err: err}
		if err == nil {
			e.result = ev.Content
		}
		done <- e
	}()
	return done
}

// TestReadingInBulkIsPaused: an app that wants to open many texts is paused, and
// one yes lets it go on (words.md 3.5).
func TestReadingInBulkIsPaused(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--app-name", "Inbox")
	done := make(chan ended, 30)
	for i := range 30 {
		p := newSomebody(t, s)
		go func() {
			text, err := app.Nip44Decrypt(context.Background(), p.pub(), p.seals(fmt.Sprint("message ", i)))
			done <- ended{text, err}
		}()
	}
	var card control.QuestionInfo
	for !strings.HasPrefix(card.Title, "Inbox wants to read many private messages") {
		card = s.question()
	}
	if len(done) > 0 {
		t.Fatalf("%d texts left before the yes", len(done))
	}
	mustRun(t, s.dir, "requests", "approve", card.ID)
	for range 30 {
		if e := <-done; e.err != nil || !strings.HasPrefix(e.result, "message ") {
			t.Fatalf("%+v", e)
		}
	}
}

// TestAWalletOrderOfARealApp: it is told what is paid; an order that was changed
// after the yes is another one, and a no ends it.
func TestAWalletOrderOfARealApp(t *testing.T) {
	t.Parallel()
	s := running(t)
	app, wallet := s.app("--app-name", "Alby Go", "--allow", "nip44_encrypt"), newSomebody(t, s)
	order := func(invoice string) nostr.Template {
		sealed, err := app.Nip44Encrypt(t.Context(), wallet.pub(), `{"method":"pay_invoice","params":{"invoice":"`+invoice+`"}}`)
		if err != nil {
			t.Fatal(err)
		}
		return nostr.Template{Kind: 23194, Tags: nostr.Tags{{"p", wallet.pub().String()}}, Content: sealed}
	}
	done := signs(app, order("lnbc21u1pexample"))
	q := s.question()
	if !strings.Contains(q.Title, "pay 2,100 sats") || q.Level != "L3" {
		t.Fatalf("%+v", q)
	}
	mustRun(t, s.dir, "requests", "approve", q.ID)
	if e := <-done; e.err != nil {
		t.Fatal(e.err)
	}
	done = signs(app, order("lnbc210u1pexample"))
	if q = s.question(); !strings.Contains(q.Title, "pay 21,000 sats") {
		t.Fatalf("%+v", q)
	}
	mustRun(t, s.dir, "requests", "deny", q.ID)
	if e := <-done; !errors.Is(e.err, client.ErrDenied) {
		t.Fatalf("%+v", e)
	}
	unreadable := nostr.Template{Kind: 23194, Tags: nostr.Tags{{"p", wallet.pub().String()}}, Content: "nothing sealed"}
	if e := <-signs(app, unreadable); e.err == nil {
		t.Fatal("an order that cannot be read was signed")
	}
}

// TestRefusedTwice: after two refusals the app may not ask for a while.
func TestRefusedTwice(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask")
	for i := range 2 {
		done := signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: fmt.Sprint("again ", i)})
		mustRun(t, s.dir, "requests", "deny", s.question().ID)
		if e := <-done; !errors.Is(e.err, client.ErrDenied) {
			t.Fatalf("%+v", e)
		}
	}
	e := <-signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "once more"})
	if !errors.Is(e.err, client.ErrDenied) || !strings.Contains(e.err.Error(), "too often") {
		t.Fatalf("%+v", e)
	}
	if list := mustJSON[[]control.QuestionInfo](t, s.dir, "requests", "list"); len(list) != 0 {
		t.Fatalf("asked all the same: %+v", list)
	}
	mustRun(t, s.dir, "apps", "resume", mustJSON[[]control.AppInfo](t, s.dir, "apps", "list")[0].ID)
	done := signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "and again"})
	mustRun(t, s.dir, "requests", "approve", s.question().ID)
	if e := <-done; e.err != nil {
		t.Fatal(e.err)
	}
}

// TestAYesThatMayBeStopped: after a yes it waits, is shown as waiting, and a no
// stops it; without one it is signed.
func TestAYesThatMayBeStopped(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask")
	mustRun(t, s.dir, "settings", "set", "veto", "sign_event:1")
	mustRun(t, s.dir, "settings", "set", "veto-for", "2s")
	done := signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "in two seconds"})
	out := mustRun(t, s.dir, "requests", "approve", s.question().ID)
	if !strings.Contains(out, "Waiting") {
		t.Errorf("told %q", out)
	}
	if e := <-done; e.err != nil || e.result != "in two seconds" {
		t.Fatalf("%+v", e)
	}
	mustRun(t, s.dir, "settings", "set", "veto-for", "1h")
	done = signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "never"})
	q := s.question()
	mustRun(t, s.dir, "requests", "approve", q.ID)
	if out := mustRun(t, s.dir, "requests", "list"); !strings.Contains(out, "waiting") || !strings.Contains(out, "if nobody stops it") {
		t.Errorf("listed as %q", out)
	}
	mustRun(t, s.dir, "requests", "deny", q.ID)
	if e := <-done; !errors.Is(e.err, client.ErrDenied) {
		t.Fatalf("%+v", e)
	}
}

// TestASeriousYesFromAScript: without a terminal too, what is serious is shown
// for two seconds before the yes counts; what is not, is done at once.
func TestASeriousYesFromAScript(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask")
	for level, kind := range map[string]nostr.Kind{"L3": 5, "L2": 1} {
		done := signs(app, nostr.Template{Kind: kind, Tags: nostr.Tags{{"e", strings.Repeat("ab", 32)}}, Content: level})
		q := s.question()
		if q.Level != level {
			t.Fatalf("%+v", q)
		}
		mustRun(t, s.dir, "requests", "approve", q.ID)
		if e := <-done; e.err != nil || time.Now().Before(q.Ready) {
			t.Errorf("%s: %v before %v: %v", level, time.Now(), q.Ready, e.err)
		}
	}
}

// TestTwoPeopleNeedTwo: who has two people say yes and is alone is told what to
// do, when it is set, after the first yes, and by a check-up.
func TestTwoPeopleNeedTwo(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask")
	const fix = "privyseal settings set two-people ''"
	code, _, errs := runIn(s.dir, "settings", "set", "two-people", "sign_event:1")
	if code != exitDone || !strings.Contains(errs, fix) {
		t.Errorf("exit %d: %s", code, errs)
	}
	done := signs(app, nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "by two"})
	q := s.question()
	if out := mustRun(t, s.dir, "requests", "approve", q.ID); !strings.Contains(out, "Noted: ") || !strings.Contains(out, fix) {
		t.Error(out)
	}
	code, _, errs = runIn(s.dir, "requests", "approve", q.ID)
	if code != exitFailed || !strings.Contains(errs, "you said yes already") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if _, out, _ := runIn(s.dir, "doctor"); !strings.Contains(out, fix) {
		t.Error(out)
	}
	mustRun(t, s.dir, "requests", "deny", q.ID)
	if e := <-done; !errors.Is(e.err, client.ErrDenied) {
		t.Errorf("%+v", e)
	}
}
