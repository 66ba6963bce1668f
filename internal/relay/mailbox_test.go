package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// clock is a time that tests move.
type clock struct{ offset atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) forward(d time.Duration) { c.offset.Add(int64(d)) }
func (c *clock) letter(t *testing.T, from *person, to nostr.PubKey, content string) *nostr.Event {
	return from.sign(t, nostr.Template{
		CreatedAt: c.Now().Unix(), Kind: 24133, Content: content,
		Tags: nostr.Tags{{"p", to.String()}},
	})
}

// Whose mail is kept: recipients the keeper knows, and those seen listening
// within ten minutes; for two minutes.
func TestMailboxKeepsFor(t *testing.T) {
	var now clock
	s := relaytest.Start(t, relay.Options{Clock: now.Now})
	alice, bob, keeper := newPerson(t), newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	muted := func(to *person) bool {
		ok, why := c.publish(now.letter(t, alice, to.PubKey, "x"))
		if ok == strings.HasPrefix(why, "mute:") {
			t.Fatal(ok, why)
		}
		return !ok
	}
	if muted(keeper) || !muted(bob) {
		t.Fatal("only the known recipient's mail is kept")
	}
	c.req("s", to(bob))
	now.forward(time.Hour)
	c.write(`["CLOSE","s"]`)
	c.req("other", to(alice)) // what was sent before is handled
	now.forward(9 * time.Minute)
	if muted(bob) {
		t.Fatal("a listener of nine minutes ago was forgotten")
	}
	now.forward(time.Minute + time.Second)
	if !muted(bob) {
		t.Fatal("a listener of more than ten minutes ago is remembered")
	}

	// Kept for 120 s, not longer.
	e := now.letter(t, alice, keeper.PubKey, "kept")
	c.mustPublish(e)
	now.forward(119 * time.Second)
	if got := c.req("k", to(keeper)); !slices.Equal(got, idsOf(e)) {
		t.Fatal("after 119 s:", got)
	}
	now.forward(2 * time.Second)
	if got := c.req("k", to(keeper)); len(got) != 0 {
		t.Fatal("after 121 s:", got)
	}
	if st := s.Relay.Stats(); st.MailEvents != 0 || st.MailBytes != 0 || st.Replayed == 0 {
		t.Fatalf("%+v", st)
	}
}

// What was delivered is kept too: the listener's connection may have been dead.
func TestMailboxKeepsDelivered(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	listener := dial(t, s.URL)
	listener.req("s", to(bob))
	e := alice.letter(t, bob.PubKey, "x")
	dial(t, s.URL).mustPublish(e)
	listener.want(nostr.LabelEvent)
	if got := dial(t, s.URL).req("s", to(bob)); !slices.Equal(got, idsOf(e)) {
		t.Fatal(got)
	}
}

// A box holds 20 events and 2 MiB. Older ones that somebody heard make room;
// one that was promised to an absent recipient does not: the new one is refused.
func TestMailboxBounds(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice, keeper, big := newPerson(t), newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey, big.PubKey)
	c := dial(t, s.URL)
	var sent []nostr.ID
	for i := range 20 {
		e := alice.letter(t, keeper.PubKey, fmt.Sprint(i))
		c.mustPublish(e)
		sent = append(sent, e.ID)
	}
	if ok, why := c.publish(alice.letter(t, keeper.PubKey, "one too many")); ok || !strings.HasPrefix(why, "rate-limited: the mailbox is full, wait") {
		t.Fatal(ok, why)
	}
	listener := dial(t, s.URL)
	if got := listener.req("s", to(keeper)); !slices.Equal(got, sent) {
		t.Fatal(got)
	}
	for i := range 25 { // heard: delivered although the box cannot take them
		c.mustPublish(alice.letter(t, keeper.PubKey, fmt.Sprint("live", i)))
		listener.want(nostr.LabelEvent)
	}

	for i, want := range []bool{true, true, false} {
		e := alice.letter(t, big.PubKey, fmt.Sprint(i)+strings.Repeat("x", 900<<10))
		if ok, why := c.publish(e); ok != want {
			t.Fatal(i, ok, why)
		}
	}
}

// Heard events make room for newer ones, oldest first.
func TestMailboxPushesOutHeard(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	listener, c := dial(t, s.URL), dial(t, s.URL)
	listener.req("s", to(bob))
	var sent []nostr.ID
	for i := range 30 {
		e := alice.letter(t, bob.PubKey, fmt.Sprint(i))
		c.mustPublish(e)
		sent = append(sent, e.ID)
	}
	if got := c.req("s", to(bob)); !slices.Equal(got, sent[10:]) {
		t.Fatal(len(got))
	}
}

// All boxes together are bounded, and strangers' cannot crowd out known ones.
func TestMailboxTotal(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Limits: relay.Limits{MailboxTotal: 64 << 10}})
	alice, keeper := newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	text := strings.Repeat("x", 6<<10)
	taken, refused := 0, 0
	for range 10 {
		stranger := newPerson(t)
		c.req("s", to(stranger))
		c.write(`["CLOSE","s"]`)
		ok, why := c.publish(alice.letter(t, stranger.PubKey, text))
		if ok {
			taken++
		} else if refused++; !strings.HasPrefix(why, "rate-limited: the mailbox is full") {
			t.Fatal(why)
		}
	}
	if taken != 4 || refused != 6 {
		t.Fatalf("strangers: %d taken, %d refused", taken, refused)
	}
	for range 4 {
		c.mustPublish(alice.letter(t, keeper.PubKey, text+fmt.Sprint(time.Now().UnixNano())))
	}
	if st := s.Relay.Stats(); st.MailBytes > 64<<10 || st.MailEvents != 8 {
		t.Fatalf("%+v", st)
	}
}
