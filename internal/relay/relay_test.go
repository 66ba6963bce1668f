package relay_test

import (
	"testing"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

func TestDelivers(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	listener := dial(t, s.URL)
	listener.req("to", to(bob))
	author := dial(t, s.URL)
	author.req("by", by(alice))

	e := alice.letter(t, bob.PubKey, "hello")
	dial(t, s.URL).mustPublish(e)
	for id, c := range map[string]*client{"to": listener, "by": author} {
		m := c.want(nostr.LabelEvent)
		if m.SubID != id || string(m.Event.AppendJSON(nil)) != string(e.AppendJSON(nil)) {
			t.Fatalf("%s got %v", id, m)
		}
	}
}
