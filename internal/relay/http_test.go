package relay_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// NIP-11, and that nothing else is the relay's.
func TestInformation(t *testing.T) {
	fallback := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { w.WriteHeader(http.StatusTeapot) })
	r := relay.New(relay.Options{Fallback: fallback, Name: func() string { return "mine" }})
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		return w
	}
	w := ask("GET", "/", "Accept", "text/html, application/nostr+json;q=0.9", "Origin", "https://app.example")
	var doc struct {
		Name       string `json:"name"`
		NIPs       []int  `json:"supported_nips"`
		Limitation map[string]any
		Retention  []struct {
			Kinds []int
			Time  int
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/nostr+json" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Fatal(w.Code, w.Header())
	}
	if doc.Name != "mine" || !slices.Equal(doc.NIPs, []int{1, 11, 42, 46}) ||
		len(doc.Retention) != 1 || doc.Retention[0].Time != 120 || doc.Retention[0].Kinds[0] != 24133 ||
		doc.Limitation["max_message_length"].(float64) < 1<<20 || doc.Limitation["max_subscriptions"].(float64) < 200 ||
		doc.Limitation["created_at_upper_limit"].(float64) != 60 || doc.Limitation["auth_required"].(bool) {
		t.Fatalf("%s", w.Body)
	}
	if w := ask("OPTIONS", "/", "Access-Control-Request-Method", "GET"); w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Fatal(w.Code, w.Header())
	}
	for _, w := range []*httptest.ResponseRecorder{
		ask("GET", "/", "Accept", "text/html"),
		ask("GET", "/apps", "Accept", "application/nostr+json"),
		ask("GET", "/apps", "Connection", "Upgrade", "Upgrade", "websocket"),
		ask("POST", "/", "Accept", "application/nostr+json"),
		ask("OPTIONS", "/", "Access-Control-Request-Method", "POST"),
	} {
		if w.Code != http.StatusTeapot || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Error(w.Code, w.Header())
		}
	}
	w = httptest.NewRecorder()
	relay.New(relay.Options{}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNotFound {
		t.Error("without a fallback:", w.Code)
	}
	if w := ask("GET", "/", "Connection", "Upgrade", "Upgrade", "websocket"); w.Code/100 != 4 {
		t.Error("half an upgrade:", w.Code)
	}
}

// Any page may connect; the relay has nothing that a page's origin would open.
func TestAnyOrigin(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	dial(t, s.URL, http.Header{"Origin": {"https://elsewhere.example"}}).req("s", to(newPerson(t)))
}

// NIP-42: what makes an AUTH event good.
func TestAuth(t *testing.T) {
	s := relaytest.Start(t, relay.Options{URL: func() string { return "wss://relay.example:8443/" }})
	alice := newPerson(t)
	c := dial(t, s.URL)
	now := time.Now().Unix()
	for _, tc := range []struct {
		name             string
		kind             nostr.Kind
		at               int64
		relay, challenge string
		spoil            bool
		says             string
	}{
		{"good", 22242, now, s.URL, c.challenge, false, ""},
		{"again, as somebody else may", 22242, now - 500, s.URL + "/", c.challenge, false, ""},
		{"public address", 22242, now, "wss://RELAY.example", c.challenge, false, ""},
		{"another relay", 22242, now, "wss://evil.example", c.challenge, false, "invalid: the relay tag"},
		{"a relay within a relay", 22242, now, "wss://evil.example/relay.example", c.challenge, false, "invalid: the relay tag"},
		{"no relay", 22242, now, "", c.challenge, false, "invalid: the relay tag"},
		{"no scheme", 22242, now, "relay.example", c.challenge, false, "invalid: the relay tag"},
		{"another challenge", 22242, now, s.URL, strings.Repeat("0", 64), false, "invalid: this is not the challenge"},
		{"no challenge", 22242, now, s.URL, "", false, "invalid: this is not the challenge"},
		{"old", 22242, now - 700, s.URL, c.challenge, false, "invalid: your clock is -"},
		{"ahead", 22242, now + 700, s.URL, c.challenge, false, "invalid: your clock is "},
		{"far ahead", 22242, 1<<53 - 1, s.URL, c.challenge, false, "invalid: your clock is 9"},
		{"kind", 24133, now, s.URL, c.challenge, false, "invalid: an AUTH event is of kind"},
		{"signature", 22242, now, s.URL, c.challenge, true, "invalid: the signature"},
	} {
		e := alice.sign(t, nostr.Template{CreatedAt: tc.at, Kind: tc.kind, Tags: nostr.Tags{{"relay", tc.relay}, {"challenge", tc.challenge}}})
		if tc.spoil {
			e.Sig[9] ^= 1
		}
		c.write(string(append(e.AppendJSON([]byte(`["AUTH",`)), ']')))
		m := c.want(nostr.LabelOK)
		if m.ID != e.ID || m.OK != (tc.says == "") || !strings.HasPrefix(m.Message, tc.says) {
			t.Errorf("%s: %v %q", tc.name, m.OK, m.Message)
		}
	}
}

// Quotas: a burst passes, then a wait is named; nobody's quota is another's.
func TestQuotas(t *testing.T) {
	limits := relay.Limits{
		PerIP:   relay.Quota{Burst: 30, PerSecond: 0.01},
		PerPair: relay.Quota{Burst: 10, PerSecond: 0.01},
		Pause:   time.Millisecond, LoopbackFactor: 1,
	}
	s := relaytest.Start(t, relay.Options{TrustProxy: true, Limits: limits})
	alice, keeper, second := newPerson(t), newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey, second.PubKey)
	from := func(ip string) *client { return dial(t, s.URL, http.Header{"X-Forwarded-For": {ip}}) }
	a, b := from("203.0.113.1"), from("203.0.113.2")
	burst := func(c *client, to *person, n int) (ok int, last string) {
		for i := range n {
			taken, why := c.publish(alice.letter(t, to.PubKey, fmt.Sprint(n, i, time.Now())))
			if taken {
				ok++
			} else {
				last = why
			}
		}
		return ok, last
	}
	if ok, why := burst(a, keeper, 14); ok != 10 || !strings.HasPrefix(why, "rate-limited: wait ") {
		t.Fatal("pair:", ok, why)
	}
	if ok, why := burst(b, keeper, 5); ok != 5 {
		t.Fatal("the same author and recipient from elsewhere:", ok, why)
	}
	if ok, why := burst(a, second, 10); ok != 10 {
		t.Fatal("another recipient:", ok, why)
	}
	a.req("six more", by(second))
	if ok, why := burst(a, newPerson(t), 10); ok != 0 || !strings.HasPrefix(why, "rate-limited: wait ") {
		t.Fatal("address:", ok, why)
	}
	a.sendReq("s", to(second))
	if m := a.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "rate-limited: wait ") {
		t.Fatal(m.Message)
	}
	if ok, why := burst(b, second, 5); ok != 5 {
		t.Fatal("another address:", ok, why)
	}

	// Signing in with a known key lifts them.
	keyed := keeper.sign(t, nostr.Template{CreatedAt: time.Now().Unix(), Kind: 22242, Tags: nostr.Tags{{"relay", s.URL}, {"challenge", b.challenge}}})
	b.write(string(append(keyed.AppendJSON([]byte(`["AUTH",`)), ']')))
	if m := b.want(nostr.LabelOK); !m.OK {
		t.Fatal(m.Message)
	}
	b.req("s", by(second))
	for range 60 {
		b.write(eventFrame(keeper.letter(t, alice.PubKey, "x")))
		if m := b.want(nostr.LabelOK); !strings.HasPrefix(m.Message, "mute:") {
			t.Fatal(m.Message)
		}
	}
	// Junk beyond the quota ends the connection.
	a.write("junk")
	if m := a.want(nostr.LabelNotice); !strings.HasPrefix(m.Message, "rate-limited: wait ") {
		t.Fatal(m.Message)
	}
	if _, err := a.read(); err == nil {
		t.Fatal("still connected")
	}
}
