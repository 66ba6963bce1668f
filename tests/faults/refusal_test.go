package faults

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A relay may refuse our answers, or say nothing at all.
func TestAnswersRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason, seen string
		lost         bool // the refusal is final
	}{
		{"blocked: not today", "given up there; the next one is answered", true},
		{"invalid: no", "given up there; the next one is answered", true},
		{"rate-limited: slow down", "sent again and taken", false},
		{"mute: no one is listening", "sent again and taken", false},
		{"error: disk", "sent again and taken", false},
		{silence, "sent again and taken", false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			var refusing atomic.Bool
			refused := make(chan struct{}, 100)
			fake := new(linktest.Relay)
			apps := map[*linktest.Client]bool{}
			fake.OnReq = func(c *linktest.Client, id string, _ []nostr.Filter) string {
				apps[c] = apps[c] || id == answers
				return ""
			}
			fake.OnEvent = func(from *linktest.Client, e *nostr.Event) (bool, string, bool) {
				if apps[from] || !refusing.Load() {
					return true, "", false
				}
				refused <- struct{}{}
				return false, c.reason, c.reason == silence
			}
			url := fake.Start(t)
			s := launchSigner(t, url)
			a := s.pair(url)
			refusing.Store(true)
			owed := a.note()
			owed.silent = c.lost
			a.send(owed)
			<-refused
			refusing.Store(false)
			ended := time.Now()
			took, seen := a.sign(ended), c.seen
			if !c.lost {
				a.signed(owed)
				seen += fmt.Sprintf(" %.1f s later", owed.first.Sub(ended).Seconds())
			}
			figure(t, "the relay answers “OK false, "+c.reason+"”", seen, took, recovery)
		})
	}
}

// silence is no OK at all.
const silence = "nothing at all"

// A relay that loses every second event, in both directions, and says OK.
func TestEverySecondEventLost(t *testing.T) {
	t.Parallel()
	fake := new(linktest.Relay)
	n := map[nostr.PubKey]int{}
	var losing atomic.Bool
	fake.OnEvent = func(c *linktest.Client, e *nostr.Event) (bool, string, bool) {
		if n[e.PubKey]++; n[e.PubKey]%2 == 1 && losing.Load() {
			c.Send(nostr.RelayMessage{Label: nostr.LabelOK, ID: e.ID, OK: true})
			return false, "", true
		}
		return true, "", false
	}
	url := fake.Start(t)
	s := launchSigner(t, url)
	a := s.pair(url)
	losing.Store(true)
	var worst time.Duration
	for range 6 {
		q := a.note()
		began := time.Now()
		for range 10 {
			if a.send(q); a.await(300*time.Millisecond, func() bool { return len(q.heard) > 0 }) {
				break
			}
		}
		a.signed(q)
		worst = max(worst, q.first.Sub(began))
	}
	losing.Store(false)
	figure(t, "a relay loses every second event", "the app repeats; one signature each", worst, recovery)
	figure(t, "a relay lost every second event, recovered", "answered at once", a.sign(time.Now()), recovery)
}

// One relay lies: it shows bad copies first. The other is honest.
func TestTwoRelaysOneLying(t *testing.T) {
	t.Parallel()
	honest, liar := launchRelay(t), new(linktest.Relay)
	url := liar.Start(t)
	s := launchSigner(t, honest.url, url)
	a := s.pair(honest.url, url)
	var worst time.Duration
	for _, lie := range []struct {
		name string
		tell func(*nostr.Event)
	}{
		{"bad signature", func(e *nostr.Event) { e.Sig[0] ^= 1 }},
		{"altered id", func(e *nostr.Event) { e.ID[31] ^= 1 }},
		{"altered content", func(e *nostr.Event) { e.Content = e.Content[:40] + "AAAA" + e.Content[44:] }},
		{"altered time, id recomputed", func(e *nostr.Event) { e.CreatedAt++; e.ID = e.ComputeID() }},
		{"another author", func(e *nostr.Event) { e.PubKey = a.to; e.ID = e.ComputeID() }},
	} {
		q := a.note()
		ev := a.wrap(q, time.Now())
		lying := *ev
		lie.tell(&lying)
		liar.Flood([][]byte{lying.AppendJSON(nil)})
		liar.Flood([][]byte{a.wrap(a.ask(nip46.Ping), time.Now()).AppendJSON(nil)}) // the lie was read before this
		since := time.Now()
		a.insist(honest.url, ev)
		a.signed(q)
		worst = max(worst, q.first.Sub(since))
		t.Logf("%s: %v", lie.name, q.first.Sub(since))
	}
	figure(t, "two relays, one lying: bad signature, id, content, time or author first", "the honest copy is answered, the bad one never", worst, recovery)
}
