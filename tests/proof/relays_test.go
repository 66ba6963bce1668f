package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// TestThreeRelaysOneLiesOneIsSilent has the same app work with the same signer
// twice: over one good relay, and over three of which one forges all it carries
// and one never says a word. Requests take turns, so that both are measured
// under the same load.
func TestThreeRelaysOneLiesOneIsSilent(t *testing.T) {
	t.Parallel()
	n := amount(t, "PROOF_REQUESTS", 60, 2000)
	good := startRelay(t, "").ready.Relay
	alone := overRelays(t, good)
	among := overRelays(t, lyingRelay(t), silentRelay(t), good)
	for i := range n {
		alone.ask(i)
		among.ask(i)
		if i%500 == 499 {
			progress("three relays: %d of %d", i+1, n)
		}
	}
	for _, w := range []*measured{alone, among} {
		done := 0
		for _, r := range w.seal.records() {
			if r.Phase == "done" && r.Op == "sign_event" {
				done++
			}
		}
		if w.answered != n || done != n {
			t.Errorf("of %d requests %d were answered, and %d are on record", n, w.answered, done)
		}
		slices.Sort(w.took)
	}
	if mid, limit := among.took[n/2], 3*alone.took[n/2]+50*time.Millisecond; mid > limit {
		t.Errorf("with a liar and a silent relay the median is %v, alone %v", mid, alone.took[n/2])
	}
	figure(t, "three relays, one lies, one is silent", "%d requests each: connect %v, p50 %v, p99 %v, all answered; over one good relay: connect %v, p50 %v, p99 %v, all answered",
		n, among.connect, among.at(50), among.at(99), alone.connect, alone.at(50), alone.at(99))
}

// measured is a signer with its relays and an app whose waits are timed.
type measured struct {
	t        testing.TB
	seal     *signer
	app      sdk
	connect  time.Duration
	took     []time.Duration
	answered int
}

func overRelays(t testing.TB, relays ...string) *measured {
	t.Helper()
	m := &measured{t: t, seal: newSigner(t, relays).up()}
	began := time.Now()
	m.app = sdkByLink(t, m.seal)
	m.connect = time.Since(began).Round(time.Millisecond)
	return m
}

func (m *measured) ask(n int) {
	m.t.Helper()
	began := time.Now()
	if _, err := m.app.sign(fmt.Sprint("note ", n)); err != nil {
		m.t.Errorf("request %d: %v", n, err)
		return
	}
	m.took = append(m.took, time.Since(began))
	m.answered++
}

func (m *measured) at(percent int) time.Duration {
	return m.took[len(m.took)*percent/100].Round(100 * time.Microsecond)
}

// lyingRelay says that it took everything, and delivers forged copies only.
func lyingRelay(t testing.TB) string {
	r := &linktest.Relay{}
	r.OnEvent = func(c *linktest.Client, e *nostr.Event) (bool, string, bool) {
		for range 1 + rand.IntN(3) {
			r.Deliver(forge(e))
		}
		c.Send(nostr.RelayMessage{Label: nostr.LabelOK, ID: e.ID, OK: true})
		return false, "", true
	}
	return r.Start(t)
}

// silentRelay takes every connection and never says a word.
func silentRelay(t testing.TB) string {
	r := &linktest.Relay{NoPong: true}
	r.OnReq = func(*linktest.Client, string, []nostr.Filter) string { return linktest.Ignore }
	r.OnEvent = func(*linktest.Client, *nostr.Event) (bool, string, bool) { return false, "", true }
	return r.Start(t)
}
