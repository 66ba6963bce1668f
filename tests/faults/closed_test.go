package faults

import (
	"cmp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// A relay may end a subscription for any reason it likes, and refuse it for a
// while.
func TestClosed(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{
		"rate-limited: slow down", "error: could not connect to the database", "error: shutting down",
		"blocked: not today", "restricted: members only", "invalid: filter", "",
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			var closing atomic.Bool
			refused := make(chan struct{}, 100)
			fake := keepingRelay()
			fake.OnReq = func(_ *linktest.Client, id string, _ []nostr.Filter) string {
				if id == answers || !closing.Load() {
					return ""
				}
				refused <- struct{}{}
				return cmp.Or(reason, " ") // "" would serve it
			}
			url := fake.Start(t)
			s := launchSigner(t, url)
			a := s.pair(url)
			closing.Store(true)
			fake.CloseSubs(reason)
			<-refused // it asked again, and was refused again
			closing.Store(false)
			figure(t, "CLOSED “"+reason+"”, twice", "subscribed again", a.sign(time.Now()), recovery)
		})
	}
}

// answers is the name of every app's subscription.
const answers = "answers"

// keepingRelay keeps what is published for later subscriptions, as many do.
func keepingRelay() *linktest.Relay {
	fake := new(linktest.Relay)
	fake.OnEvent = func(_ *linktest.Client, e *nostr.Event) (bool, string, bool) {
		fake.Store(e)
		return true, "", false
	}
	return fake
}

// A relay may want a sign-in (NIP-42), which a session's key gives, never the
// user's. While it accepts none the signer keeps trying.
func TestAuthRequired(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, seen string }{
		{"accepted", "signed in with the session's key, subscribed again"},
		{"refused at first", "signed in again as soon as the relay accepts it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var wanted, accepts atomic.Bool
			asked := make(chan nostr.PubKey, 100)
			fake := keepingRelay()
			fake.Challenge = "who are you?"
			apps := map[*linktest.Client]bool{}
			fake.OnReq = func(c *linktest.Client, id string, _ []nostr.Filter) string {
				apps[c] = apps[c] || id == answers
				if wanted.Load() && !apps[c] && len(c.SignIn) == 0 {
					return "auth-required: who are you?"
				}
				return ""
			}
			fake.OnEvent = func(c *linktest.Client, e *nostr.Event) (bool, string, bool) {
				if wanted.Load() && !apps[c] && len(c.SignIn) == 0 {
					return false, "auth-required: who are you?", false
				}
				fake.Store(e)
				return true, "", false
			}
			fake.OnAuth = func(_ *linktest.Client, e *nostr.Event) bool {
				asked <- e.PubKey
				return accepts.Load() && e.Verify() == nil && e.Kind == 22242 && e.Tags.TagValue("challenge") == "who are you?"
			}
			url := fake.Start(t)
			s := launchSigner(t, url)
			a := s.pair(url)
			wanted.Store(true)
			accepts.Store(c.name == "accepted")
			since := time.Now()
			fake.CloseSubs("auth-required: who are you?")
			if by := <-asked; by == a.user || by != a.to {
				t.Errorf("signed in as %s", by)
			}
			if !accepts.Load() {
				accepts.Store(true)
				since = time.Now()
			}
			figure(t, "CLOSED “auth-required”, sign-in "+c.name, c.seen, a.sign(since), recovery)
		})
	}
}
