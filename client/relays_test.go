package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A request that was in flight when the connection went is sent again, as the
// same event.
func Test11LostInFlight(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		w.fake.script(func(*Fake, Asked) bool { return true })
		done := make(chan error, 1)
		go func() { _, err := s.SignEvent(background, note); done <- err }()
		synctest.Wait()
		w.fake.script(nil)
		w.fake.forget()
		w.relay[0].Drop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if asked := w.fake.requests(nip46.SignEvent); len(asked) != 2 || asked[0].Event.ID != asked[1].Event.ID {
			t.Errorf("%d requests, or not the same", len(asked))
		}
	})
}

// One that has grown old goes out as a new event, with the same request id.
func Test11OldRequestIsANewEvent(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{AnswerTimeout: 10 * time.Minute, ApprovalTimeout: 10 * time.Minute})
		w.fake.script(func(*Fake, Asked) bool { return true })
		done := make(chan error, 1)
		go func() { _, err := s.SignEvent(background, note); done <- err }()
		synctest.Wait()
		w.net.SetUp("r0.test", false)
		w.relay[0].Drop()
		time.Sleep(50 * time.Second)
		w.fake.script(nil)
		w.net.SetUp("r0.test", true)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		asked := w.fake.requests(nip46.SignEvent)
		if len(asked) != 2 || asked[0].Event.ID == asked[1].Event.ID || asked[0].ID != asked[1].ID ||
			asked[1].Event.CreatedAt-asked[0].Event.CreatedAt < 45 {
			t.Errorf("%d requests", len(asked))
		}
	})
}

func Test12SubscribesAgain(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		for range 3 {
			w.relay[0].Drop()
			synctest.Wait()
			if err := s.Ping(background); err != nil {
				t.Fatal(err)
			}
		}
		w.relay[0].CloseSubs("error: shutting down idle subscription")
		synctest.Wait()
		if err := s.Ping(background); err != nil {
			t.Fatal(err)
		}
	})
}

// Test22: nothing is lost to a clock that is a little off, and nothing is sent
// before the subscription is live.
func Test22LookBack(t *testing.T) {
	inWorld(t, 1, func(t *testing.T, w *world) {
		now := time.Now().Unix()
		s := w.connect(Options{})
		f := w.relay[0].Log(nostr.LabelReq)[0].Filters[0]
		if f.Since == nil || *f.Since != now-60 || f.Limit != nil ||
			!slices.Equal(f.Authors, []nostr.PubKey{s.Signer()}) || !slices.Equal(f.Kinds, []nostr.Kind{24133}) ||
			!slices.Equal(f.Tags["p"], []string{s.Client().String()}) {
			t.Errorf("%s", f.AppendJSON(nil))
		}
	})
}

func TestNothingIsSentBeforeEOSE(t *testing.T) {
	inWorld(t, 0, func(t *testing.T, w *world) {
		w.add(&linktest.Relay{NoEOSE: true})
		start := time.Now()
		_, err := Connect(background, w.link(), w.options())
		wantError(t, err, SideConnection, ErrNoConnection)
		if n := len(w.relay[0].Log(nostr.LabelEvent)); n != 0 || time.Since(start) != 15*time.Second {
			t.Error(n, time.Since(start))
		}
	})
}

func Test23EveryRelayIsUsed(t *testing.T) {
	inWorld(t, 3, func(t *testing.T, w *world) {
		w.net.SetUp("r0.test", false)
		s := w.connect(Options{})
		synctest.Wait()
		if err := s.Ping(background); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for i, r := range w.relay[1:] {
			if len(r.Log(nostr.LabelEvent)) == 0 {
				t.Errorf("relay %d got nothing", i+1)
			}
		}
	})
}

func Test31RefusalsAreHeard(t *testing.T) {
	no := func(reason string) *linktest.Relay {
		return &linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) { return false, reason, false }}
	}
	for _, c := range []struct {
		reasons []string
		side    Side
	}{
		{[]string{"blocked: not on the list"}, SideConnection},
		{[]string{"blocked: not on the list", "restricted: pay first"}, SideConnection},
		{[]string{"mute: nobody listens"}, SideSigner},
	} {
		inWorld(t, 0, func(t *testing.T, w *world) {
			for _, r := range c.reasons {
				w.add(no(r))
			}
			start := time.Now()
			_, err := Connect(background, w.link(), w.options())
			wantError(t, err, c.side, ErrRelayRefused)
			_, said, _ := strings.Cut(c.reasons[0], ": ")
			if len(c.reasons) == 1 && !strings.Contains(err.Error(), said) || time.Since(start) > 3*time.Second {
				t.Error(err, time.Since(start))
			}
		})
	}
	inWorld(t, 0, func(t *testing.T, w *world) { // another relay takes it
		w.add(no("blocked: no"))
		w.add(&linktest.Relay{})
		w.connect(Options{})
	})
	inWorld(t, 0, func(t *testing.T, w *world) { // a relay that cannot be reached may yet take it
		w.add(no("blocked: no"))
		w.add(&linktest.Relay{})
		w.net.SetUp("r1.test", false)
		go func() { time.Sleep(5 * time.Second); w.net.SetUp("r1.test", true) }()
		w.connect(Options{})
	})
	inWorld(t, 0, func(t *testing.T, w *world) { // too fast: later
		n := 0
		w.add(&linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) {
			n++
			return n > 2, "rate-limited: slow down", false
		}})
		w.connect(Options{})
		if n < 3 {
			t.Error(n)
		}
	})
	inWorld(t, 0, func(t *testing.T, w *world) { // always too fast
		w.add(no("rate-limited: slow down"))
		_, err := Connect(background, w.link(), w.options())
		wantError(t, err, SideConnection, ErrRelayRefused)
	})
	inWorld(t, 0, func(t *testing.T, w *world) { // some relays never say OK to ephemeral events
		w.add(&linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) { return true, "", true }})
		w.connect(Options{})
	})
}

func TestRelayWantsASignIn(t *testing.T) {
	inWorld(t, 0, func(t *testing.T, w *world) {
		r := &linktest.Relay{Challenge: "who?"}
		r.OnReq = func(c *linktest.Client, _ string, _ []nostr.Filter) string {
			if len(c.SignIn) == 0 {
				return "auth-required: who are you?"
			}
			return ""
		}
		w.add(r)
		s := w.connect(Options{})
		if e := r.Log(nostr.LabelAuth)[0].Event; e.PubKey != s.Client() || e.Tags.TagValue("relay") != w.urls[0] || e.Tags.TagValue("challenge") != "who?" {
			t.Error(e)
		}
	})
}

func Test16And17SwitchRelays(t *testing.T) {
	for name, c := range map[string]struct {
		answer  string // of the JSON of the response, with %s for the id; "" is silence
		changed bool
		relays  string
	}{
		"string":  {`{"id":%s,"result":"[\"ws://r1.test\"]"}`, true, "[ws://r1.test]"},
		"array":   {`{"id":%s,"result":["ws://r1.test"]}`, true, "[ws://r1.test]"},
		"both":    {`{"id":%s,"result":"[\"ws://r1.test\",\"ws://r0.test\"]"}`, true, "[ws://r0.test ws://r1.test]"},
		"same":    {`{"id":%s,"result":"[\"ws://r0.test/\"]"}`, false, "[ws://r0.test]"},
		"null":    {`{"id":%s,"result":null}`, false, "[ws://r0.test]"},
		"text":    {`{"id":%s,"result":"null"}`, false, "[ws://r0.test]"},
		"empty":   {`{"id":%s,"result":""}`, false, "[ws://r0.test]"},
		"error":   {`{"id":%s,"result":"error","error":"unsupported: no"}`, false, "[ws://r0.test]"},
		"junk":    {`{"id":%s,"result":"wherever"}`, false, "[ws://r0.test]"},
		"dead":    {`{"id":%s,"result":"[\"ws://gone.test\"]"}`, true, "[ws://r0.test]"},
		"partly":  {`{"id":%s,"result":"[\"ws://gone.test\",\"ws://r1.test\"]"}`, true, "[ws://gone.test ws://r1.test]"},
		"silence": {"", false, "[ws://r0.test]"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, 2, func(t *testing.T, w *world) {
				urls := w.urls
				w.urls = urls[:1]
				w.fake.Script = func(f *Fake, a Asked) bool {
					if a.Method == nip46.SwitchRelays && c.answer != "" {
						f.send(a.Event.PubKey, fmt.Appendf(nil, c.answer, a.ID))
					}
					return a.Method == nip46.SwitchRelays
				}
				start := time.Now()
				s := w.connect(Options{})
				if took := time.Since(start); took > 4*time.Second {
					t.Error("the login was held up for", took)
				}
				if got := s.Relays(); c.changed && !slices.Contains(got, urls[0]) {
					t.Error("the old relay went at once", got)
				}
				if err := s.Ping(background); err != nil {
					t.Error(err)
				}
				time.Sleep(26 * time.Second) // the longest wait for a new relay, and the overlap
				got := s.Relays()
				slices.Sort(got)
				if fmt.Sprint(got) != c.relays {
					t.Error("now at", got)
				}
				if err := s.Ping(background); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A relay nobody typed is public or it is not used (T10).
func TestPrivateRelaysAreRefused(t *testing.T) {
	fake, link, stop := StartFake()
	defer stop()
	_, err := Connect(background, link, Options{})
	wantError(t, err, SideConnection, ErrNoConnection)
	if !strings.Contains(err.Error(), "PrivateRelays") || len(fake.requests(nip46.Connect)) != 0 {
		t.Error(err)
	}
}

// An app may bring its own way to open connections; the rules come before it.
func TestDialOption(t *testing.T) {
	var asked []string
	no := errors.New("no network today")
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		asked = append(asked, network+" "+address)
		return nil, no
	}
	key := pub(newFake().Key).String()
	o := Options{Dial: dial, PrivateRelays: true, ConnectTimeout: 100 * time.Millisecond}
	_, err := Connect(background, "bunker://"+key+"?relay=ws://127.0.0.1:4646&secret=x", o)
	wantError(t, err, SideConnection, ErrNoConnection)
	if len(asked) == 0 || asked[0] != "tcp 127.0.0.1:4646" || !strings.Contains(err.Error(), no.Error()) {
		t.Error(asked, err)
	}
	asked = nil
	o.PrivateRelays = false
	_, err = Connect(background, "bunker://"+key+"?relay=ws://127.0.0.1:4646&secret=x", o)
	wantError(t, err, SideConnection, ErrNoConnection)
	if len(asked) != 0 {
		t.Error("a private address was dialled")
	}
}
