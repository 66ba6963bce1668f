package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func (w *world) pairing(o Options) *Pairing {
	w.t.Helper()
	o.dialer = w.net.Dialer()
	p, err := Pair(background, w.urls, o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.line.close)
	return p
}

func TestPair(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		p := w.pairing(Options{Name: "Notes", Perms: "sign_event:1"})
		c, err := nip46.ParseConnect(p.URI())
		if err != nil || c.Metadata.Name != "Notes" || c.Perms != "sign_event:1" || len(c.Relays) != 2 || len(c.Secret) < 22 {
			t.Fatal(c, err)
		}
		w.fake.Accept(p.URI()) // before anybody waits
		s, err := p.Wait(background)
		if err != nil || s.Signer() != pub(w.fake.Key) {
			t.Fatal(err)
		}
		if _, err := s.SignEvent(background, note); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		for _, r := range w.relay { // the wide subscription made place for a narrow one
			reqs := r.Log(nostr.LabelReq)
			if last := reqs[len(reqs)-1].Filters[0]; len(last.Authors) != 1 || last.Authors[0] != s.Signer() {
				t.Error("the author is not pinned at the relay")
			}
			if n := r.Clients()[0].Subs(); n != 1 {
				t.Errorf("%d subscriptions", n)
			}
		}
		p.Close() // harmless now
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
		if len(w.fake.requests(nip46.Connect)) != 0 {
			t.Error("connect was sent after a pairing")
		}
	})
}

// A stranger who saw the app's key at a relay neither takes nor ends a pairing.
func TestPairingAndStrangers(t *testing.T) {
	_, stranger := newKey()
	answer := func(id, result string) string { return string(nip46.AppendResult(nil, nip46.RequestID(id), result)) }
	for name, text := range map[string]string{
		"01 ack":           answer(`"x"`, "ack"),
		"02 no secret":     answer(`"x"`, ""),
		"02 wrong secret":  answer(`"x"`, "01234567890123456789012345678901"),
		"03 error":         `{"id":"x","result":"error","error":"denied: go away"}`,
		"03 auth_url":      `{"id":"x","result":"auth_url","error":"https://evil.example"}`,
		"03 junk":          "junk",
		"03 empty object":  "{}",
		"02 connect asked": `{"id":"x","method":"connect","params":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, 1, func(t *testing.T, w *world) {
				p := w.pairing(Options{OnAuthURL: func(string) { t.Error("a stranger's page was shown") }})
				for _, e := range []*nostr.Event{seal(stranger, p.line.pub, text), seal04(stranger, p.line.pub, text), wrap(stranger, p.line.pub, text)} {
					w.fake.deliver(e)
				}
				synctest.Wait()
				w.fake.Accept(p.URI())
				s, err := p.Wait(background)
				if err != nil || s.Signer() != pub(w.fake.Key) {
					t.Fatal(err)
				}
			})
		})
	}
}

// A no ends the wait if it comes from who has seen the link.
func TestPairingRefused(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		p := w.pairing(Options{})
		_, once := newKey() // of that no alone
		w.fake.deliver(seal(once, p.line.pub, `{"id":"`+p.uri.Secret[1:]+`","result":"error","error":"busy: not me"}`))
		w.fake.deliver(seal(once, p.line.pub, `{"id":"`+p.uri.Secret+`","result":"error","error":"denied: you said no"}`))
		_, err := p.Wait(background)
		wantError(t, err, SideYou, ErrDenied)
		_, err = p.Wait(background)
		wantError(t, err, SideApp, ErrClosed)
	})
}

// The right secret under a forged author, or with a broken signature, proves
// nothing.
func TestPairingForged(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		p := w.pairing(Options{})
		e := seal(w.fake.Key, p.line.pub, string(nip46.AppendResult(nil, `"x"`, p.uri.Secret)))
		e.Sig[0] ^= 1
		w.fake.deliver(e)
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		_, err := p.Wait(ctx)
		wantError(t, err, SideApp, ErrCanceled)
		w.fake.Accept(p.URI()) // it can still be answered
		if _, err := p.Wait(background); err != nil {
			t.Error(err)
		}
		_, err = p.Wait(background)
		wantError(t, err, SideApp, ErrClosed)
	})
}

func TestPairingEnds(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		p := w.pairing(Options{ApprovalTimeout: time.Minute})
		start := time.Now()
		_, err := p.Wait(background)
		wantError(t, err, SideYou, ErrNoAnswer)
		if d := time.Since(start); d != time.Minute {
			t.Error(d)
		}
		p = w.pairing(Options{})
		go func() { time.Sleep(time.Second); p.Close() }()
		_, err = p.Wait(background)
		wantError(t, err, SideApp, ErrClosed)
	})
}

func TestPairRelays(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		w.net.SetUp("r0.test", false)
		p := w.pairing(Options{})
		if c, _ := nip46.ParseConnect(p.URI()); fmt.Sprint(c.Relays) != "[ws://r1.test ws://r0.test]" {
			t.Error("the relay that works is not first:", c.Relays)
		}
		for _, relays := range [][]string{nil, {"https://relay.example"}, {"nonsense"}} {
			_, err := Pair(background, relays, w.options())
			wantError(t, err, SideApp, ErrInvalid)
		}
		w.net.SetUp("r1.test", false)
		_, err := Pair(background, w.urls, w.options())
		wantError(t, err, SideConnection, ErrNoConnection)
	})
}

func TestPairingHidesItsSecret(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		p := w.pairing(Options{})
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			if text := fmt.Sprintf(verb, p); strings.Contains(text, p.uri.Secret) || text != "client.Pairing([secret])" {
				t.Error(verb, text)
			}
		}
		if err := errors.New(p.LogValue().String()); strings.Contains(err.Error(), p.uri.Secret) {
			t.Error(err)
		}
	})
}
