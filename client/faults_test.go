package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// What other clients get wrong, by the numbers of notes/clients.md §6. Pairing
// (1 to 3) is in pair_test.go, relays (11 to 13, 16, 17, 22, 23, 31) in
// relays_test.go, pages (18, 19) in page_test.go.

var background = context.Background()

func Test04AnswersOfOthersAreIgnored(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		_, stranger := newKey()
		w.fake.Script = func(f *Fake, a Asked) bool {
			if a.Method == nip46.GetPublicKey {
				f.deliver(seal(stranger, a.Event.PubKey, string(nip46.AppendResult(nil, a.ID, pub(stranger).String()))))
				// a forged author: the right key's name, another's signature
				e := seal(stranger, a.Event.PubKey, string(nip46.AppendResult(nil, a.ID, pub(stranger).String())))
				e.PubKey = pub(f.Key)
				f.deliver(e)
				// to somebody else, sealed for us
				w.relay[0].Flood(raw(wrap(f.Key, pub(stranger), seal(f.Key, a.Event.PubKey, string(nip46.AppendResult(nil, a.ID, pub(stranger).String()))).Content)))
				// the right content under a signature that is not its own
				e = seal(f.Key, a.Event.PubKey, string(nip46.AppendResult(nil, a.ID, pub(stranger).String())))
				e.CreatedAt++
				f.deliver(e)
			}
			return false
		}
		s := w.connect(Options{})
		if user, _ := s.PublicKey(background); user != pub(w.fake.User) {
			t.Error("a stranger's answer was believed")
		}
	})
}

func Test05SecretEchoedOnConnect(t *testing.T) {
	for _, result := range []string{"ack", "s3cretOf16letters"} {
		inWorld(t, 1, func(t *testing.T, w *world) {
			w.fake.Script = func(f *Fake, a Asked) bool {
				if a.Method == nip46.Connect {
					f.known[a.Event.PubKey] = true
					f.Reply(a, result)
				}
				return a.Method == nip46.Connect
			}
			w.connect(Options{})
		})
	}
	inWorld(t, 1, func(t *testing.T, w *world) {
		w.fake.Script = func(f *Fake, a Asked) bool { f.Reply(a, "another secret"); return true }
		_, err := Connect(background, w.link(), w.options())
		wantError(t, err, SideSigner, ErrBadAnswer)
	})
}

func Test06And29ConnectParams(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		signer, secret := pub(w.fake.Key).String(), w.fake.Secret
		meta := `{"name":"Notes","url":"https://notes.example"}`
		for i, c := range []struct {
			o    Options
			want []string
		}{
			{Options{}, []string{signer, secret}},
			{Options{Perms: "sign_event:1"}, []string{signer, secret, "sign_event:1"}},
			{Options{Name: "Notes", URL: "https://notes.example"}, []string{signer, secret, "", meta}},
			{Options{Name: "Notes", URL: "https://notes.example", Perms: "sign_event:1"}, []string{signer, secret, "sign_event:1", meta}},
		} {
			w.connect(c.o)
			if got := w.fake.requests(nip46.Connect)[i].Params; fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		}
		w.fake.Secret = "" // a link without a secret keeps its slot
		w.fake.Script = func(f *Fake, a Asked) bool { f.known[a.Event.PubKey] = true; f.Reply(a, "ack"); return true }
		Connect(background, w.link(), Options{dialer: w.net.Dialer(), Perms: "ping"})
		if got := w.fake.requests(nip46.Connect)[4].Params; fmt.Sprint(got) != fmt.Sprint([]string{signer, "", "ping"}) {
			t.Errorf("got %q", got)
		}
	})
}

func Test07UserIsNotSigner(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		user, err := s.PublicKey(background)
		if err != nil || user != pub(w.fake.User) || user == s.Signer() {
			t.Error(user, err)
		}
		if n := len(w.fake.requests(nip46.GetPublicKey)); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func Test08TheSignersEventIsReturned(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		e, err := s.SignEvent(background, note)
		if err != nil || e.Verify() != nil {
			t.Fatal(err)
		}
		asked, err := nostr.ParseTemplate([]byte(w.fake.requests(nip46.SignEvent)[0].Params[0]))
		if err != nil || asked.PubKey != nil {
			t.Error("the request names an author", err)
		}
	})
}

func Test09EveryFieldIsChecked(t *testing.T) {
	_, other := newKey()
	sign := func(kp nostr.Keypair, change func(*nostr.Template)) string {
		t := note
		if change != nil {
			change(&t)
		}
		e, _ := t.Sign(kp, false)
		return string(e.AppendJSON(nil))
	}
	change := func(f func(*nostr.Template)) func(nostr.Keypair) string {
		return func(kp nostr.Keypair) string { return sign(kp, f) }
	}
	spoil := func(f func(*nostr.Event)) func(nostr.Keypair) string {
		return func(kp nostr.Keypair) string {
			e, _ := note.Sign(kp, false)
			f(e)
			return string(e.AppendJSON(nil))
		}
	}
	for name, answer := range map[string]func(nostr.Keypair) string{
		"kind":       change(func(t *nostr.Template) { t.Kind = 0 }),
		"time":       change(func(t *nostr.Template) { t.CreatedAt++ }),
		"tag":        change(func(t *nostr.Template) { t.Tags = nostr.Tags{{"t", "other"}} }),
		"fewer tags": change(func(t *nostr.Template) { t.Tags = nil }),
		"more tags":  change(func(t *nostr.Template) { t.Tags = nostr.Tags{{"t", "greeting"}, {"t", "greeting"}} }),
		"longer tag": change(func(t *nostr.Template) { t.Tags = nostr.Tags{{"t", "greeting", ""}} }),
		"content":    change(func(t *nostr.Template) { t.Content += " " }),
		"author":     func(nostr.Keypair) string { return sign(other, nil) },
		"named only": spoil(func(e *nostr.Event) { e.PubKey = pub(other) }),
		"id":         spoil(func(e *nostr.Event) { e.ID[0] ^= 1 }),
		"sig":        spoil(func(e *nostr.Event) { e.Sig[0] ^= 1 }),
		"no event":   func(nostr.Keypair) string { return "signed!" },
		"empty":      func(nostr.Keypair) string { return "" },
		"trailing":   func(kp nostr.Keypair) string { return sign(kp, nil) + "x" },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, 1, func(t *testing.T, w *world) {
				w.fake.Script = func(f *Fake, a Asked) bool {
					if a.Method == nip46.SignEvent {
						f.Reply(a, answer(f.User))
					}
					return a.Method == nip46.SignEvent
				}
				e, err := w.connect(Options{}).SignEvent(background, note)
				if e != nil {
					t.Error("an event was returned")
				}
				wantError(t, err, SideSigner, ErrBadAnswer)
			})
		})
	}
}

func Test10SilenceEnds(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.Script = func(*Fake, Asked) bool { return true }
		start := time.Now()
		_, err := s.SignEvent(background, note)
		wantError(t, err, SideSigner, ErrNoAnswer)
		if d := time.Since(start); d != 30*time.Second {
			t.Error("gave up after", d)
		}
	})
}

func Test14ExtraFieldsAndEmptyErrors(t *testing.T) {
	for _, body := range []string{
		`{"id":%s,"result":"pong","error":null}`,
		`{"id":%s,"result":"pong","error":""}`,
		`{"result":"pong","jsonrpc":"2.0","x":{"y":[1]},"id":%s}`,
	} {
		inWorld(t, 1, func(t *testing.T, w *world) {
			s := w.connect(Options{})
			w.fake.Script = func(f *Fake, a Asked) bool {
				f.send(a.Event.PubKey, fmt.Appendf(nil, body, a.ID))
				return true
			}
			if err := s.Ping(background); err != nil {
				t.Error(body, err)
			}
		})
	}
}

func Test14ErrorShapes(t *testing.T) {
	for _, body := range []string{
		`{"id":%s,"result":"error","error":"denied: no"}`,
		`{"id":%s,"result":"","error":"denied: no"}`,
		`{"id":%s,"result":null,"error":"denied: no"}`,
		`{"id":%s,"error":"denied: no"}`,
	} {
		inWorld(t, 1, func(t *testing.T, w *world) {
			s := w.connect(Options{})
			w.fake.Script = func(f *Fake, a Asked) bool {
				f.send(a.Event.PubKey, fmt.Appendf(nil, body, a.ID))
				return true
			}
			_, err := s.SignEvent(background, note)
			wantError(t, err, SideYou, ErrDenied)
		})
	}
}

func Test15EmptyResult(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.Script = func(f *Fake, a Asked) bool { f.Reply(a, ""); return true }
		if text, err := s.Nip04Decrypt(background, pub(w.fake.Key), "x?iv=y"); text != "" || err != nil {
			t.Error(text, err)
		}
	})
}

func Test20MalformedEventsAreIgnored(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.Script = func(f *Fake, a Asked) bool {
			for _, text := range []string{"", "x", "[]", "null", "{}", `{"id":1}`, `{"id":` + string(a.ID) + `}`,
				`{"id":` + string(a.ID) + `,"method":"ping","params":[]}`, `{"id":{},"result":"pong"}`, `{"id":"other","result":"pong"}`} {
				if text != "" {
					f.deliver(seal(f.Key, a.Event.PubKey, text))
				}
				f.deliver(seal04(f.Key, a.Event.PubKey, text))
				f.deliver(wrap(f.Key, a.Event.PubKey, text))
			}
			f.deliver(wrap(f.Key, a.Event.PubKey, a.Event.Content)) // our own words back
			return false
		}
		if err := s.Ping(background); err != nil {
			t.Error(err)
		}
	})
}

func Test21NoDowngrade(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.Script = func(f *Fake, a Asked) bool {
			f.deliver(seal04(f.Key, a.Event.PubKey, string(nip46.AppendResult(nil, a.ID, "pong"))))
			return true
		}
		for range 3 { // each is read; inWorld fails if one came in NIP-04
			if err := s.Ping(background); err != nil {
				t.Error(err)
			}
		}
	})
}

func Test24LinksAsTheyAre(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		key := pub(w.fake.Key).String()
		w.fake.Secret = "a+b/c=d"
		for _, link := range []string{
			"bunker://" + key + "?relay=ws://r0.test&relay=ws://r1.test&secret=a+b/c=d",
			"  bunker://" + strings.ToUpper(key) + "?relay=ws%3A%2F%2Fr0.test&secret=a%2Bb%2Fc%3Dd\n",
			"bunker://" + key + "?secret=a+b/c=d&relay=nonsense&relay=WS://R0.test/",
		} {
			s, err := Connect(background, link, w.options())
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
		}
		for _, link := range []string{"", "bunker://", "bunker://" + key, "bunker://" + key + "?secret=x",
			"nostrconnect://" + key + "?relay=ws://r0.test&secret=x", "bunker://" + strings.Repeat("0", 64) + "?relay=ws://r0.test&secret=hush"} {
			_, err := Connect(background, link, w.options())
			wantError(t, err, SideYou, ErrLink)
			if strings.Contains(err.Error(), "hush") {
				t.Error("the error quotes the link")
			}
		}
	})
}

func Test25IdsAreLongAndDiffer(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		for range 20 {
			s.Ping(background)
		}
		seen := map[string]bool{}
		for _, a := range w.fake.asked {
			if id := a.ID.Text(); seen[id] || len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
				t.Errorf("id %q", id)
			}
			seen[a.ID.Text()] = true
		}
	})
}

func Test26LogoutDeletesTheKey(t *testing.T) {
	for name, script := range map[string]func(*Fake, Asked) bool{
		"ack":     nil,
		"silence": func(*Fake, Asked) bool { return true },
		"error":   func(f *Fake, a Asked) bool { f.Fail(a, "unsupported method"); return true },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, 1, func(t *testing.T, w *world) {
				s := w.connect(Options{})
				w.fake.Script = script
				start := time.Now()
				err := s.Logout(background)
				if (err == nil) != (script == nil) || time.Since(start) > 3*time.Second {
					t.Error(err, time.Since(start))
				}
				if s.line.secret != (nostr.SecretKey{}) {
					t.Error("the client key is still there")
				}
				if _, err := s.line.key.Sign(&[32]byte{1}); err == nil {
					t.Error("the client key still signs")
				}
				if len(w.fake.requests(nip46.Logout)) != 1 || len(w.fake.requests(nip46.Disconnect)) != 0 {
					t.Error("logout was not sent as such")
				}
			})
		})
	}
}

func Test28LongPayloads(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		long := note
		long.Content = strings.Repeat("x", 300_000)
		if e, err := s.SignEvent(background, long); err != nil || e.Content != long.Content {
			t.Error(err)
		}
		_, err := s.Nip44Encrypt(background, s.Signer(), strings.Repeat("x", 900_000))
		wantError(t, err, SideApp, ErrLimit)
	})
}

func Test30ParamsAreStrings(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		s.Ping(background)
		s.SwitchRelays(background)
		for _, a := range w.fake.asked {
			var m struct{ Params []string }
			if err := json.Unmarshal([]byte(a.Plain), &m); err != nil || m.Params == nil {
				t.Errorf("%s %v", a.Plain, err)
			}
		}
	})
}

func Test32TheConnectFailureIsShown(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		link := strings.Replace(w.link(), w.fake.Secret, "wrong", 1)
		_, err := Connect(background, link, w.options())
		wantError(t, err, SideYou, ErrDenied)
		if !strings.Contains(err.Error(), "wrong secret") || len(w.fake.requests(nip46.GetPublicKey)) != 0 {
			t.Error(err)
		}
		synctest.Wait()
	})
}

// wantError checks side and code, and that nothing secret is in the text.
func wantError(t *testing.T, err error, side Side, code Code) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Side != side || e.Code != code || !errors.Is(err, code) || e.Msg == "" {
		t.Errorf("got %v, want %v: %s", err, side, code)
	}
}

func raw(e *nostr.Event) [][]byte { return [][]byte{e.AppendJSON(nil)} }
