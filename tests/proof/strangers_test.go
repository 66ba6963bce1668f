package proof

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// TestStrangers floods the signer's own relay with strangers' events while an
// app works, and a bare relay while an echo works, and prints both.
func TestStrangers(t *testing.T) {
	seconds := amount(t, "PROOF_FLOOD_SECONDS", 2, 10)
	rate := amount(t, "PROOF_FLOOD_RATE", 10_000, 10_000)
	s := newSigner(t, nil).up()
	wire := newTap(t, s.ready.Relay)
	a := newApp(t, "app", s.invite("--preset", "ask", "--allow", "sign_event:1"))
	wire.join(a)
	before := rss(t, s.cmd.Process.Pid)
	pour := strangersTo(t, a.signer)
	flooded, sent := measure(t, s.ready.Relay, pour, rate, seconds, func(n int) {
		r := a.sign(1, fmt.Sprint("honest ", n))
		wire.send(r.seal(t, time.Now()))
		wire.wait(r)
	})
	after := rss(t, s.cmd.Process.Pid)
	if after > before+256 {
		t.Errorf("memory grew from %d to %d MiB", before, after)
	}
	s.stop()
	relay := startRelay(t, "")
	echo := newEcho(t, relay.ready.Relay)
	bare, sentBare := measure(t, relay.ready.Relay, pour, rate, seconds, func(int) { echo() })
	figure(t, "strangers", "%d events a second offered for %d s (%d sent; %d to the bare relay): honest p99 %v of %d through the signer, %v of %d through the bare relay; RSS %d → %d MiB; %d cores shared by all",
		rate, seconds, sent, sentBare, p99(flooded), len(flooded), p99(bare), len(bare), before, after, runtime.NumCPU())
}

func p99(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)*99/100].Round(100 * time.Microsecond)
}

// strangersTo are well signed events for a key, by many strangers.
func strangersTo(t testing.TB, to nostr.PubKey) []*nostr.Event {
	t.Helper()
	var list []*nostr.Event
	for range 100 {
		sk, err := nostr.GenerateSecretKey()
		must(t, err)
		kp, err := sk.Keypair()
		must(t, err)
		for n := range 30 {
			tpl := nostr.Template{Kind: nip46.Kind, CreatedAt: time.Now().Unix() - int64(n), Content: strings.Repeat("QUJD", 60), Tags: nostr.Tags{{"p", to.String()}}}
			ev, err := tpl.Sign(kp, false)
			must(t, err)
			list = append(list, ev)
		}
	}
	return list
}

// measure times honest work while a relay is flooded at a rate.
func measure(t testing.TB, url string, pour []*nostr.Event, rate, seconds int, honest func(int)) (took []time.Duration, sent int) {
	t.Helper()
	conn, err := link.Dial(t.Context(), url, link.Options{Typed: true})
	must(t, err)
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	flood, listen := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(listen)
		for {
			if _, err := conn.Read(t.Context()); err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(flood)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for time.Now().Before(end) {
			<-tick.C
			for range rate / 100 {
				if conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: pour[sent%len(pour)]}) == nil {
					sent++
				}
			}
		}
	}()
	for n := 0; time.Now().Before(end); n++ {
		began := time.Now()
		honest(n)
		took = append(took, time.Since(began))
	}
	<-flood
	_ = conn.Close()
	<-listen
	return took, sent
}

// newEcho is an app and its answerer on a bare relay: what is the least a
// round trip costs.
func newEcho(t testing.TB, url string) (once func()) {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	kp, err := sk.Keypair()
	must(t, err)
	pub := nostr.PubKey(kp.PublicKey())
	a := newApp(t, "echo", "bunker://"+pub.String()+"?relay=wss://a.example&secret=x")
	conn, err := link.Dial(t.Context(), url, link.Options{Typed: true})
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	for name, p := range map[string]nostr.PubKey{"there": pub, "back": a.pub} {
		must(t, conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: name, Filters: []nostr.Filter{{Kinds: []nostr.Kind{nip46.Kind}, Authors: []nostr.PubKey{a.pub, pub}, Tags: map[string][]string{"p": {p.String()}}}}}))
	}
	back, live := make(chan struct{}, 64), make(chan struct{}, 2)
	go func() {
		for {
			m, err := conn.Read(t.Context())
			if err != nil {
				return
			}
			switch {
			case m.Label == nostr.LabelEOSE:
				live <- struct{}{}
			case m.Label == nostr.LabelEvent && m.Event.PubKey == pub:
				back <- struct{}{}
			case m.Label == nostr.LabelEvent:
				tpl := nostr.Template{Kind: nip46.Kind, CreatedAt: time.Now().Unix(), Content: m.Event.Content, Tags: nostr.Tags{{"p", a.pub.String()}}}
				if ev, err := tpl.Sign(kp, false); err == nil {
					_ = conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev})
				}
			}
		}
	}()
	<-live
	<-live
	n := 0
	return func() {
		n++
		must(t, conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: a.sign(1, fmt.Sprint(n)).seal(t, time.Now())}))
		select {
		case <-back:
		case <-time.After(patience):
			t.Fatal("the bare relay brought nothing back")
		}
	}
}
