package faults

import (
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A captured request comes again: as it was, under another id, in another name.
// Only its own app can bring it again, and gets the same signature (T1, T4).
func TestCapturedRequest(t *testing.T) {
	t.Parallel()
	fake := new(linktest.Relay)
	url := fake.Start(t)
	s := launchSigner(t, url)
	a := s.pair(url)
	q := a.note()
	ev := a.send(q)
	first := a.signed(q)

	heard := overhear(t, url, a.to)
	thief := newKey(t)
	stolen := seal(t, thief, a.to, ev.Content, time.Now())
	claimed := *ev
	claimed.CreatedAt++
	claimed.ID = claimed.ComputeID()
	for _, copy := range []*nostr.Event{stolen, &claimed} {
		fake.Deliver(copy)
	}
	a.call(nip46.Ping)
	for _, e := range heard() {
		if e.Tags.TagValue("p") != a.me.String() {
			t.Error("a thief was answered")
		}
	}
	if n := len(a.replies(q)); n != 1 {
		t.Fatalf("%d answers to one request", n)
	}

	again := time.Now()
	a.send(q) // the app itself, in a new event
	a.until("the repeat was answered", func() bool { return len(q.heard) > 1 })
	took := time.Since(again)
	other := a.ask(q.method, q.params...) // and under another request id
	a.send(other)
	if id, sig := a.signed(other).ID, a.signed(other).Sig; id != first.ID || sig != first.Sig {
		t.Error("the same operation was signed twice")
	}
	if second, err := nostr.ParseEvent([]byte(a.replies(q)[1].Result)); err != nil || second.Sig != first.Sig {
		t.Errorf("a repeat was signed anew: %v", err)
	}
	figure(t, "captured request under another id, or in another name", "the thief hears nothing; the app itself gets the same signature", took, recovery)
}

// The signer is killed with requests in every stage, and gets them again: from
// its relay, if that lives, and from the app.
func TestKilled(t *testing.T) {
	for _, c := range places {
		t.Run(c.name, func(t *testing.T) { // alone, as its bound is of a start
			url, s := c.start(t)
			a := s.pair(url)
			var worst time.Duration
			signatures := 0
			for _, answered := range []int{0, 1, 5, burst} {
				took, n := killed(s, a, answered)
				worst, signatures = max(worst, took), max(signatures, n)
			}
			figure(t, fmt.Sprintf("kill -9 before, between and after answers, then the same %d requests again, %s", burst, c.name),
				fmt.Sprintf("one event each, at most %d signatures of it", signatures), worst, recovery)
		})
	}
}

// burst is how many requests are in work when the signer is killed.
const burst = 16

// killed kills the signer when so many of a burst are answered, and answers how
// long it then took until all were, and how many signatures one event got.
func killed(s *signer, a *app, answered int) (took time.Duration, signatures int) {
	var asks []*ask
	var events []*nostr.Event
	for range burst {
		q := a.note()
		asks = append(asks, q)
		events = append(events, a.wrap(q, time.Now()))
	}
	done := func() (n int) {
		for _, q := range asks {
			n += min(len(q.heard), 1)
		}
		return n
	}
	for _, ev := range events {
		a.insist(a.relay, ev)
	}
	a.until(fmt.Sprintf("%d of %d were answered", answered, burst), func() bool { return done() >= answered })
	s.kill()
	s.again()
	began := time.Now()
	for i, q := range asks {
		a.insist(a.relay, events[i]) // the same event
		a.insist(a.relay, a.wrap(q, time.Now()))
	}
	a.until("all were answered", func() bool { return done() == burst })
	took = time.Since(began)
	for _, q := range asks {
		seen := map[[64]byte]bool{}
		for _, h := range a.replies(q) {
			if ev, err := nostr.ParseEvent([]byte(h.Result)); err == nil {
				seen[ev.Sig] = true
			}
		}
		signatures = max(signatures, len(seen))
	}
	return took, signatures
}
