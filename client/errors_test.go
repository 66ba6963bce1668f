package client

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// R39: every answer of a key app names the side that has to act.
func TestSignerErrors(t *testing.T) {
	for text, want := range map[string]Error{
		"denied: by a rule":       {Side: SideYou, Code: ErrDenied, Msg: "by a rule"},
		"denied":                  {Side: SideYou, Code: ErrDenied, Msg: "denied"},
		"denied:":                 {Side: SideYou, Code: ErrDenied, Msg: "denied:"},
		"expired: too late":       {Side: SideYou, Code: ErrExpired, Msg: "too late"},
		"revoked: gone":           {Side: SideYou, Code: ErrRevoked, Msg: "gone"},
		"locked: unlock it":       {Side: SideYou, Code: ErrLocked, Msg: "unlock it"},
		"limit: 20 an hour":       {Side: SideApp, Code: ErrLimit, Msg: "20 an hour"},
		"invalid: no kind":        {Side: SideApp, Code: ErrInvalid, Msg: "no kind"},
		"busy: later":             {Side: SideSigner, Code: ErrBusy, Msg: "later"},
		"unsupported: what?":      {Side: SideSigner, Code: ErrUnsupported, Msg: "what?"},
		"no permission":           {Side: SideSigner, Msg: "no permission"},
		"no-answer: a trick":      {Side: SideSigner, Msg: "no-answer: a trick"},
		"bad\x1b[31m\u202eword\n": {Side: SideSigner, Msg: "bad [31m word"},
		strings.Repeat("é", 400):  {Side: SideSigner, Msg: strings.Repeat("é", 300) + "…"},
	} {
		e := signerError(text)
		if e.Side != want.Side || e.Code != want.Code || e.Msg != want.Msg {
			t.Errorf("%q: %+v", text, e)
		}
		if want.Code == "" && (errors.Is(e, ErrDenied) || errors.Is(e, Code(""))) {
			t.Errorf("%q is taken for a code", text)
		}
	}
}

func TestSidesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for s := Side(0); s <= SideConnection; s++ {
		if name := s.String(); name == "" || seen[name] {
			t.Errorf("%d is %q", s, name)
		}
		seen[s.String()] = true
	}
}

// What an app gets wrong is told before anything is sent.
func TestTheAppsOwnMistakes(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		before := len(w.fake.asked)
		for name, change := range map[string]func(*nostr.Template){
			"author":  func(t *nostr.Template) { t.PubKey = new(pub(w.fake.Key)) },
			"content": func(t *nostr.Template) { t.Content = "\xff" },
			"tag":     func(t *nostr.Template) { t.Tags = nostr.Tags{{"t", "\xff"}} },
			"no name": func(t *nostr.Template) { t.Tags = nostr.Tags{{}} },
			"time":    func(t *nostr.Template) { t.CreatedAt = -1 },
		} {
			e := note
			change(&e)
			if _, err := s.SignEvent(background, e); !errors.Is(err, ErrInvalid) {
				t.Error(name, err)
			}
		}
		_, err := s.Nip44Encrypt(background, s.Client(), "\xff")
		wantError(t, err, SideApp, ErrInvalid)
		if len(w.fake.asked) != before {
			t.Error("something was sent")
		}
		named := note
		named.PubKey = new(pub(w.fake.User)) // the person's own key is fine
		named.CreatedAt = 0                  // and means now
		if e, err := s.SignEvent(background, named); err != nil || e.CreatedAt == 0 {
			t.Error(err)
		}
		_, err = Connect(background, w.link(), Options{dialer: w.net.Dialer(), ClientKey: nostr.SecretKey([]byte(strings.Repeat("\xff", 32)))})
		wantError(t, err, SideApp, ErrInvalid)
	})
}

func TestStrangeResults(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(f *Fake, a Asked) bool { f.Reply(a, "yes"); return true })
		wantError(t, s.Ping(background), SideSigner, ErrBadAnswer)
		if got, err := s.Call(background, "ping"); got != "yes" || err != nil {
			t.Error(got, err) // raw is raw
		}
		for _, key := range []string{"", "error", "ack", strings.Repeat("f", 64)} {
			w.fake.script(func(f *Fake, a Asked) bool {
				if a.Method == nip46.GetPublicKey {
					f.Reply(a, key)
				}
				return a.Method == nip46.GetPublicKey
			})
			_, err := Connect(background, w.link(), w.options())
			wantError(t, err, SideSigner, ErrBadAnswer)
		}
	})
}

// A relay nobody typed may be on this computer, but not elsewhere in a private
// network; without the app's leave neither.
func TestPrivateRelayRule(t *testing.T) {
	for _, c := range []struct {
		allowed    bool
		typed, url string
		want       bool
	}{
		{false, "ws://127.0.0.1:1", "ws://127.0.0.1:1", false},
		{false, "", "wss://relay.example", false},
		{true, "ws://192.168.1.2", "ws://192.168.1.2", true},
		{true, "ws://192.168.1.2", "ws://192.168.1.3", false},
		{true, "", "ws://localhost:4646", true},
		{true, "", "ws://169.254.169.254", false},
	} {
		l := &line{o: Options{PrivateRelays: c.allowed}, typed: map[string]bool{c.typed: true}}
		if got := l.private(c.url); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A refusal stays a refusal, whatever the method makes of results.
func TestRefusalsOfEveryMethod(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		s.user = nostr.PubKey{} // as if it were not known yet
		w.fake.Refuse("locked: unlock it")
		_, key := s.PublicKey(background)
		_, relays := s.SwitchRelays(background)
		_, text := s.Nip44Decrypt(background, s.Client(), "x")
		_, event := s.SignEvent(background, note)
		for _, err := range []error{key, relays, text, event, s.Ping(background), s.Logout(background)} {
			wantError(t, err, SideYou, ErrLocked)
		}
	})
}

// A key app cannot make the app connect to any number of relays.
func TestRelaysAreBounded(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		for n := range 5 {
			var urls []string
			for i := range 40 {
				urls = append(urls, fmt.Sprintf("ws://x%d-%d.test", n, i))
			}
			s.line.move(urls)
			if got := len(s.Relays()); got > 20 || n == 0 && got != 11 {
				t.Errorf("%d relays", got)
			}
		}
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
	})
}
