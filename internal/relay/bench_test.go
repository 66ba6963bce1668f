package relay_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

func letters(b testing.TB, n int, from *person, to nostr.PubKey) []*nostr.Event {
	events := make([]*nostr.Event, n)
	for i := range events {
		events[i] = from.letter(b, to, fmt.Sprintf("%0800d", i))
	}
	return events
}

// From the publisher's write to the subscriber's read, over loopback sockets,
// one event at a time, its signature checked.
func BenchmarkLatency(b *testing.B) {
	s := relaytest.Start(b, relay.Options{Open: true})
	alice, bob := newPerson(b), newPerson(b)
	listener, c := dial(b, s.URL), dial(b, s.URL)
	listener.req("s", to(bob))
	took := make([]time.Duration, 0, b.N)
	var now *nostr.Event
	for b.Loop() {
		b.StopTimer()
		now = alice.letter(b, bob.PubKey, fmt.Sprintf("%0800d", len(took)))
		b.StartTimer()
		start := time.Now()
		c.write(eventFrame(now))
		listener.want(nostr.LabelEvent)
		took = append(took, time.Since(start))
		c.want(nostr.LabelOK)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// Events one after the other over sockets, as fast as they go, their signatures
// checked; the client's work is counted too.
func BenchmarkThroughput(b *testing.B) {
	s := relaytest.Start(b, relay.Options{Open: true})
	alice, bob := newPerson(b), newPerson(b)
	listener, c := dial(b, s.URL), dial(b, s.URL)
	listener.req("s", to(bob))
	events := letters(b, b.N, alice, bob.PubKey)
	b.ResetTimer()
	var publisher sync.WaitGroup
	defer publisher.Wait()
	publisher.Go(func() {
		for _, e := range events {
			c.write(eventFrame(e))
		}
	})
	publisher.Go(func() {
		for range events {
			c.want(nostr.LabelOK)
		}
	})
	for range events {
		listener.want(nostr.LabelEvent)
	}
}
