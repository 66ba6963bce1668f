package relay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// A4.1: by recipient and by author; the bytes are the event's own.
func TestDelivers(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	listener := dial(t, s.URL)
	listener.req("to", to(bob))
	author := dial(t, s.URL)
	author.req("by", by(alice))

	e := alice.letter(t, bob.PubKey, "hello\n\"<>&\u2028")
	dial(t, s.URL).mustPublish(e)
	for id, c := range map[string]*client{"to": listener, "by": author} {
		m := c.want(nostr.LabelEvent)
		if m.SubID != id || string(m.Raw) != string(e.AppendJSON(nil)) {
			t.Fatalf("%s got %s", id, m.Raw)
		}
	}
	if st := s.Relay.Stats(); st.Accepted != 1 || st.Delivered != 2 || st.Connections != 3 || st.Subscriptions != 2 || st.Keys != 2 {
		t.Fatalf("%+v", st)
	}
}

// What OK says about each event (A4.2, 6, 7, 9, 12, 16).
func TestVerdicts(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob, keeper, nobody := newPerson(t), newPerson(t), newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	dial(t, s.URL).req("bob", to(bob))
	c := dial(t, s.URL)

	now := time.Now().Unix()
	base := nostr.Template{CreatedAt: now, Kind: 24133, Tags: nostr.Tags{{"p", bob.String()}}, Content: "x"}
	signed := func(change func(*nostr.Template)) *nostr.Event {
		tm := base
		change(&tm)
		return alice.sign(t, tm)
	}
	edited := func(change func(*nostr.Event)) *nostr.Event {
		e := alice.letter(t, bob.PubKey, "edited")
		change(e)
		return e
	}
	p := func(values ...string) func(*nostr.Template) {
		return func(tm *nostr.Template) {
			tm.Tags = nil
			for _, v := range values {
				tm.Tags = append(tm.Tags, nostr.Tag{"p", v})
			}
		}
	}
	text := func(n int, to *person) func(*nostr.Template) {
		return func(tm *nostr.Template) {
			tm.Content = strings.Repeat("x", n)
			tm.Tags = nostr.Tags{{"p", to.String()}}
		}
	}
	repeated := alice.letter(t, bob.PubKey, "again")
	c.mustPublish(repeated)

	for _, tc := range []struct {
		name  string
		event *nostr.Event
		ok    bool
		says  string
	}{
		{"plain", signed(func(*nostr.Template) {}), true, ""},
		{"legacy kind, known recipient", signed(func(tm *nostr.Template) { tm.Kind = 24135; p(keeper.String())(tm) }), true, ""},
		{"a second time", repeated, true, "duplicate:"},
		{"note", signed(func(tm *nostr.Template) { tm.Kind = 1 }), false, "blocked:"},
		{"AUTH outside AUTH", signed(func(tm *nostr.Template) { tm.Kind = 22242 }), false, "blocked:"},
		{"no p tag", signed(p()), false, "invalid: an event needs exactly one p tag, this one has 0"},
		{"two p tags", signed(p(bob.String(), keeper.String())), false, "invalid: an event needs exactly one p tag, this one has 2"},
		{"upper case p tag", signed(p(strings.ToUpper(bob.String()))), false, "invalid: the p tag"},
		{"short p tag", signed(p("abcd")), false, "invalid: the p tag"},
		{"119 s old", signed(func(tm *nostr.Template) { tm.CreatedAt = now - 110 }), true, ""},
		{"old", signed(func(tm *nostr.Template) { tm.CreatedAt = now - 200 }), false, "invalid: your clock is -20"},
		{"ahead", signed(func(tm *nostr.Template) { tm.CreatedAt = now + 55 }), true, ""},
		{"too far ahead", signed(func(tm *nostr.Template) { tm.CreatedAt = now + 100 }), false, "invalid: your clock is "},
		{"content changed", edited(func(e *nostr.Event) { e.Content += "!" }), false, "invalid: the id is not"},
		{"id changed", edited(func(e *nostr.Event) { e.ID[0]++ }), false, "invalid: the id is not"},
		{"author changed", edited(func(e *nostr.Event) { e.PubKey = bob.PubKey; e.ID = e.ComputeID() }), false, "invalid: the signature"},
		{"signature changed", edited(func(e *nostr.Event) { e.Sig[40] ^= 1 }), false, "invalid: the signature"},
		{"nobody listens", alice.letter(t, nobody.PubKey, "x"), false, "mute:"},
		{"nobody listens to a known recipient", alice.letter(t, keeper.PubKey, "x"), true, ""},
		{"stranger's 120 KiB", signed(text(120<<10, bob)), true, ""},
		{"stranger's 130 KiB", signed(text(130<<10, bob)), false, "invalid: the event is larger"},
		{"1020 KiB for a known recipient", signed(text(1020<<10, keeper)), true, ""},
		{"200 KiB from a known author", keeper.sign(t, nostr.Template{CreatedAt: now, Kind: 24133, Tags: base.Tags, Content: strings.Repeat("x", 200<<10)}), true, ""},
	} {
		ok, why := c.publish(tc.event)
		if ok != tc.ok || !strings.HasPrefix(why, tc.says) || (tc.says == "") != (why == "") {
			t.Errorf("%s: %v %q, want %v %q", tc.name, ok, why, tc.ok, tc.says)
		}
	}
	st := s.Relay.Stats()
	if st.Refused["blocked"] != 2 || st.Refused["mute"] != 1 || st.Refused["invalid"] != 11 {
		t.Errorf("counted %v", st.Refused)
	}
}

// A refused event is not remembered: it is taken once somebody listens.
func TestMutedEventMayComeAgain(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	c, listener := dial(t, s.URL), dial(t, s.URL)
	e := alice.letter(t, bob.PubKey, "x")
	if ok, why := c.publish(e); ok || !strings.HasPrefix(why, "mute:") {
		t.Fatal(ok, why)
	}
	listener.req("s", to(bob))
	c.mustPublish(e)
	if m := listener.want(nostr.LabelEvent); m.Event.ID != e.ID {
		t.Fatal(m.Event.ID)
	}
}

// What a relay answers to messages that are not what they should be.
func TestMalformed(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	c := dial(t, s.URL)
	e := newPerson(t).letter(t, newPerson(t).PubKey, "x")
	long := strings.Repeat("s", 65)
	many := strings.Repeat(`,{"ids":["`+e.ID.String()+`"]}`, 11)
	for _, tc := range []struct{ in, label, sub, says string }{
		{``, "NOTICE", "", "invalid:"},
		{`hello`, "NOTICE", "", "invalid:"},
		{`{}`, "NOTICE", "", "invalid:"},
		{`[]`, "NOTICE", "", "invalid:"},
		{`["REQ"]`, "NOTICE", "", "invalid:"},
		{`["REQ","` + long + `",{}]`, "NOTICE", "", "invalid:"},
		{`["REQ","",{}]`, "NOTICE", "", "invalid:"},
		{`["REQ","a"]`, "CLOSED", "a", "invalid:"},
		{`["REQ","a",{"kinds":["x"]}]`, "CLOSED", "a", "invalid:"},
		{`["REQ","a"` + many + `]`, "CLOSED", "a", "blocked:"},
		{`["REQ","a",{"kinds":[24133]}]`, "CLOSED", "a", "blocked:"},
		{`["REQ","a",{}]`, "CLOSED", "a", "blocked:"},
		{`["REQ","a",{"#x":["x"],"since":5}]`, "CLOSED", "a", "blocked:"},
		{`["REQ","a",{"kinds":[1]},{"kinds":[1,24135],"limit":3}]`, "CLOSED", "a", "blocked:"},
		{`["COUNT","a",{"kinds":[1]}]`, "CLOSED", "a", "unsupported:"},
		{`["COUNT"]`, "NOTICE", "", "unsupported:"},
		{`["NEG-OPEN","a",{},"61"]`, "NOTICE", "", "unsupported:"},
		{`["EVENT",{}]`, "NOTICE", "", "invalid:"},
		{`["EVENT",{"id":"` + e.ID.String() + `","kind":"x"}]`, "OK", "", "invalid:"},
		{`["AUTH",{"id":"` + e.ID.String() + `","kind":"x"}]`, "OK", "", "invalid:"},
	} {
		c.write(tc.in)
		m, err := c.read()
		if err != nil {
			t.Fatalf("%q: %v", tc.in, err)
		}
		if m.Label != tc.label || m.SubID != tc.sub || m.OK || !strings.HasPrefix(m.Message, tc.says) {
			t.Errorf("%.60q: %s %q %q", tc.in, m.Label, m.SubID, m.Message)
		}
	}
	c.req("still", to(newPerson(t)))
}

// Ten thousand pieces of junk harm neither the sender's nor others' work.
func TestJunk(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice, bob := newPerson(t), newPerson(t)
	listener := dial(t, s.URL)
	listener.req("s", to(bob))
	junk := dial(t, s.URL)
	const n = 10_000
	go func() {
		for i := range n {
			junk.write(fmt.Sprintf(`["EVENT",{"id":%d`, i))
		}
	}()
	for range n {
		junk.want(nostr.LabelNotice)
	}
	e := alice.letter(t, bob.PubKey, "x")
	junk.mustPublish(e)
	if m := listener.want(nostr.LabelEvent); m.Event.ID != e.ID {
		t.Fatal(m.Event.ID)
	}
}

// A private relay serves only its own keys.
func TestPrivate(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Private: true})
	alice, bob, keeper := newPerson(t), newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	c.req("s", to(bob))
	if ok, why := c.publish(alice.letter(t, bob.PubKey, "x")); ok || !strings.HasPrefix(why, "blocked:") {
		t.Fatal(ok, why)
	}
	c.mustPublish(alice.letter(t, keeper.PubKey, "x"))
	c.write(eventFrame(keeper.letter(t, bob.PubKey, "x")))
	c.want(nostr.LabelEvent)
	c.want(nostr.LabelOK)
	s.Relay.Forget(keeper.PubKey)
	if ok, why := c.publish(alice.letter(t, keeper.PubKey, "y")); ok || !strings.HasPrefix(why, "blocked:") {
		t.Fatal(ok, why)
	}
}
