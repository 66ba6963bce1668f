package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

func idsOf(events ...*nostr.Event) (ids []nostr.ID) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// What a REQ is given from the mailbox: oldest first, then EOSE (A4.3, 4).
func TestReplay(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, keeper := newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	now := time.Now().Unix()
	var all []*nostr.Event
	for i, kind := range []nostr.Kind{24133, 24133, 24135, 24133} {
		e := alice.sign(t, nostr.Template{
			CreatedAt: now - 40 + 10*int64(i), Kind: kind, Content: fmt.Sprint(i),
			Tags: nostr.Tags{{"p", keeper.String()}, {"x", fmt.Sprint(i % 2)}},
		})
		c.mustPublish(e)
		all = append(all, e)
	}
	k, a := keeper.String(), alice.String()
	for name, tc := range map[string]struct {
		filters []string
		want    []*nostr.Event
	}{
		"recipient":         {[]string{`{"#p":["` + k + `"]}`}, all},
		"author":            {[]string{`{"authors":["` + a + `"]}`}, all},
		"kind":              {[]string{to(keeper)}, []*nostr.Event{all[0], all[1], all[3]}},
		"id":                {[]string{`{"ids":["` + all[2].ID.String() + `"]}`}, all[2:3]},
		"limit 0":           {[]string{`{"#p":["` + k + `"],"limit":0}`}, nil},
		"limit 2":           {[]string{`{"#p":["` + k + `"],"limit":2}`}, all[2:]},
		"limit 100":         {[]string{`{"#p":["` + k + `"],"limit":100}`}, all},
		"since":             {[]string{fmt.Sprintf(`{"#p":["%s"],"since":%d}`, k, now-20)}, all[2:]},
		"until":             {[]string{fmt.Sprintf(`{"#p":["%s"],"until":%d}`, k, now-30)}, all[:2]},
		"other tag":         {[]string{`{"#p":["` + k + `"],"#x":["1"]}`}, []*nostr.Event{all[1], all[3]}},
		"other author":      {[]string{`{"#p":["` + k + `"],"authors":["` + k + `"]}`}, nil},
		"two filters, once": {[]string{to(keeper), by(alice)}, []*nostr.Event{all[0], all[1], all[3]}},
		"one live, one all": {[]string{`{"#p":["` + k + `"],"limit":0}`, `{"ids":["` + all[1].ID.String() + `"]}`}, all[1:2]},
		"other kinds":       {[]string{`{"kinds":[1,3]}`}, nil},
		"nobody":            {[]string{`{"#p":[]}`}, nil},
	} {
		if got := c.req(name, tc.filters...); !slices.Equal(got, idsOf(tc.want...)) {
			t.Errorf("%s: %v, want %v", name, got, idsOf(tc.want...))
		}
	}
}

// limit:0 is live from the first moment.
func TestLimitZeroIsLive(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, keeper := newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	c.mustPublish(alice.letter(t, keeper.PubKey, "before"))
	c.req("s", `{"#p":["`+keeper.String()+`"],"limit":0}`)
	e := alice.letter(t, keeper.PubKey, "after")
	c.write(eventFrame(e))
	if m := c.want(nostr.LabelEvent); m.Event.ID != e.ID {
		t.Fatal(m.Event.Content)
	}
	c.want(nostr.LabelOK)
}

// A4.13: the widths the protocol's users need, and an end to them.
func TestWidths(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice := newPerson(t)
	c, publisher := dial(t, s.URL), dial(t, s.URL)
	wide := func(n int) string {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf(`"%064x"`, i+1)
		}
		return `{"kinds":[24133],"#p":[` + strings.Join(keys, ",") + `]}`
	}
	c.req("wide", wide(2_100), wide(2_100))
	var last nostr.PubKey
	last[30], last[31] = 2_100>>8, 2_100&0xff
	e := alice.letter(t, last, "to the last")
	publisher.mustPublish(e)
	if m := c.want(nostr.LabelEvent); m.Event.ID != e.ID {
		t.Fatal(m.Event.ID)
	}
	c.sendReq("wider", wide(2_501))
	if m := c.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "blocked:") {
		t.Fatal(m.Message)
	}

	many := dial(t, s.URL)
	for i := range 200 {
		many.req(strings.Repeat("é", 61)+fmt.Sprintf("%03d", i), to(alice))
	}
	many.sendReq("one more", to(alice))
	if m := many.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "blocked:") {
		t.Fatal(m.Message)
	}
	many.write(`["CLOSE","` + strings.Repeat("é", 61) + `000"]`)
	many.req("one more", to(alice))

	filters := slices.Repeat([]string{to(alice)}, 10)
	c.req("ten", filters...)
	c.sendReq("eleven", append(filters, to(alice))...)
	if m := c.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "blocked:") {
		t.Fatal(m.Message)
	}
}

// A6.20: replacing a REQ under its own id while events come loses none.
func TestReplaceLosesNothing(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice, bob, other := newPerson(t), newPerson(t), newPerson(t)
	c, publisher := dial(t, s.URL), dial(t, s.URL)
	c.req("s", to(bob)[:len(to(bob))-1]+`,"limit":0}`)

	const n = 100
	var sent []nostr.ID
	var events []*nostr.Event
	for i := range n {
		e := alice.letter(t, bob.PubKey, fmt.Sprint(i))
		events, sent = append(events, e), append(sent, e.ID)
	}
	var senders sync.WaitGroup
	defer senders.Wait()
	senders.Go(func() {
		for i := range n {
			filter := fmt.Sprintf(`{"kinds":[24133],"#p":["%s","%s"],"limit":0,"since":%d}`, bob, other, i)
			c.sendReq("s", filter)
		}
	})
	senders.Go(func() {
		for _, e := range events {
			publisher.mustPublish(e)
		}
	})
	var got []nostr.ID
	for eose := 0; len(got) < n || eose < n; {
		m, err := c.read()
		if err != nil {
			t.Fatal(err)
		}
		switch m.Label {
		case nostr.LabelEvent:
			got = append(got, m.Event.ID)
		case nostr.LabelEOSE:
			eose++
		default:
			t.Fatalf("%s %q", m.Label, m.Message)
		}
	}
	if !slices.Equal(got, sent) {
		t.Fatal("events were lost, doubled or out of order")
	}
	if st := s.Relay.Stats(); st.Subscriptions != 1 || st.Keys != 2 {
		t.Fatalf("%+v", st)
	}
}

// CLOSE ends a subscription and nothing else.
func TestClose(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	c := dial(t, s.URL)
	c.req("a", to(bob))
	c.req("b", to(bob))
	c.write(`["CLOSE","a"]`)
	c.write(`["CLOSE","never"]`)
	e := alice.letter(t, bob.PubKey, "x")
	c.write(eventFrame(e))
	if m := c.want(nostr.LabelEvent); m.SubID != "b" {
		t.Fatal(m.SubID)
	}
	c.want(nostr.LabelOK)
}

// The keys of one connection, and of all, are bounded.
func TestKeysAreBounded(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Limits: relay.Limits{ConnKeys: 2, Keys: 3}})
	alice, bob := newPerson(t), newPerson(t)
	c := dial(t, s.URL)
	c.req("s", to(alice), to(bob))
	c.sendReq("one more", to(alice))
	if m := c.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "blocked:") {
		t.Fatal(m.Message)
	}
	c.req("s", by(alice), by(bob)) // in the place of the first two
	other := dial(t, s.URL)
	other.sendReq("s", to(alice), to(bob))
	if m := other.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "rate-limited:") {
		t.Fatal(m.Message)
	}
	other.req("s", to(alice))
}
