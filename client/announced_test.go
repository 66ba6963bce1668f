package client

import (
	"fmt"
	"slices"
	"testing"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// announcing is a relay on this computer that has announcements.
func announcing(t *testing.T, events ...*nostr.Event) string {
	t.Helper()
	relay := &linktest.Relay{}
	relay.OnReq = func(c *linktest.Client, id string, _ []nostr.Filter) string {
		for _, e := range events {
			c.Send(nostr.RelayMessage{Label: nostr.LabelEvent, SubID: id, Event: e})
		}
		return ""
	}
	return relay.Start(t)
}

// announces is a key's word that it has a page.
func announces(t *testing.T, key nostr.Keypair, page string) *nostr.Event {
	t.Helper()
	tm := nostr.Template{Kind: 31990, CreatedAt: 1_790_000_000, Tags: nostr.Tags{{"d", "x"}, {"k", "24133"}, {"nostrconnect_url", page}}}
	e, err := tm.Sign(key, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// names is a host that names a key, with a page of its own.
func names(t *testing.T, key nostr.Keypair) (host, page string) {
	t.Helper()
	host = told(t, 200, `{"names":{"_":"`+pub(key).String()+`"},"nip46":{"relays":["wss://a.example"],"nostrconnect_url":"http://HOST/<nostrconnect>"}}`)
	return host, "http://" + host + "/<nostrconnect>"
}

// What relays tell is offered only if its domain says the same (T19).
func TestAnnounced(t *testing.T) {
	_, key := newKey()
	_, stranger := newKey()
	host, page := names(t, key)
	altered := *announces(t, stranger, page)
	altered.PubKey = pub(key)
	for name, c := range map[string]struct {
		events []*nostr.Event
		want   []string
	}{
		"its own":               {[]*nostr.Event{announces(t, key, page), announces(t, key, page)}, []string{host}},
		"another's domain":      {[]*nostr.Event{announces(t, stranger, page)}, nil},
		"not hidden by another": {[]*nostr.Event{announces(t, stranger, page), announces(t, key, page)}, []string{host}},
		"altered":               {[]*nostr.Event{&altered}, nil},
		"a script":              {[]*nostr.Event{announces(t, key, "javascript:alert(1)//"+host+"/<nostrconnect>")}, nil},
		"plain http":            {[]*nostr.Event{announces(t, key, "http://seal.example/<nostrconnect>")}, nil},
		"a user name":           {[]*nostr.Event{announces(t, key, "http://"+host+"@evil.example/<nostrconnect>")}, nil},
		"no page":               {[]*nostr.Event{announces(t, key, "")}, nil},
	} {
		var got []string
		for _, h := range Announced(t.Context(), []string{"nonsense", announcing(t, c.events...)}, Options{PrivateRelays: true}) {
			got = append(got, h.Domain)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if found := Announced(t.Context(), []string{announcing(t, announces(t, key, page))}, Options{}); found != nil {
		t.Errorf("this computer was reached: %v", found)
	}
}

func TestAnnouncedFlood(t *testing.T) {
	_, key := newKey()
	var flood []*nostr.Event
	for range 6 {
		_, page := names(t, key)
		flood = append(flood, announces(t, key, page))
	}
	for i := range 40 {
		flood = append(flood, announces(t, key, fmt.Sprintf("http://127.0.0.1:1/%d<nostrconnect>", i)))
	}
	if found := Announced(t.Context(), []string{announcing(t, flood...)}, Options{PrivateRelays: true}); len(found) != maxAnnounced {
		t.Errorf("%d are offered", len(found))
	}
}
