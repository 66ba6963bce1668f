package proof

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// TestKillAtAnyMoment kills the real program (kill -9) while three apps ask,
// and compares a tap on the relay with the record (T61).
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	kills := amount(t, "PROOF_KILLS", 20, 1000)
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay}).up()
	c := &checker{}
	wire := newTap(t, relay.ready.Relay)
	var apps []*app
	for i := range 3 {
		a := newApp(t, fmt.Sprintf("app%d", i), s.invite("--preset", "ask", "--allow", "sign_event:1,nip44_encrypt"))
		apps = append(apps, a)
		c.add(wire.join(a))
	}
	peer := newApp(t, "peer", "bunker://"+s.user()+"?relay=wss://a.example&secret=x")
	var lives [][]answer
	heard := 0
	began := time.Now()
	for n := range kills {
		var list []*request
		for _, a := range apps {
			for i := range 8 {
				r := a.sign(1, fmt.Sprintf("kill %d, note %d of %s", n, i, a.name))
				list = append(list, r)
				if i == 7 {
					list = append(list, r.again())
				}
			}
		}
		c.add(list...)
		for _, r := range list {
			wire.send(r.seal(t, time.Now()))
		}
		for _, a := range apps { // asked about, with the text opened; nobody answers
			text, err := nip44.Encrypt(&peer.ck, fmt.Sprintf("kill %d, to be read by %s", n, a.name))
			must(t, err)
			r := a.request(nip46.Nip44Decrypt, peer.pub.String(), text)
			c.add(r)
			wire.send(r.seal(t, time.Now()))
		}
		life := time.Duration(rand.IntN(60_000)) * time.Microsecond
		time.Sleep(life) // the moment of the stop, not a wait for something
		s.kill()
		s.up()
		all := wire.heard()
		lives = append(lives, all[heard:])
		heard = len(all)
		wire.all(list...)
		if n%50 == 49 {
			progress("kill -9: %d of %d, %d requests", n+1, kills, len(c.requests))
		}
	}
	records := s.records()
	lives = append(lives, wire.heard()[heard:])
	f, bad := c.check(records, lives...)
	for _, b := range bad {
		t.Error(b)
	}
	if f.signatures == 0 || f.opened == 0 {
		t.Errorf("%d signatures, %d texts opened in order to ask: this shows nothing", f.signatures, f.opened)
	}
	figure(t, "kill -9", "%d kills of the real program, %d requests, %d signatures on the tap, %d records: %d violations; %d operations signed again with the same id; %d texts opened in order to ask, %d of them asked about, none handed over; %v",
		kills, len(c.requests), f.signatures, len(records), len(bad), f.again, f.opened, f.asked, time.Since(began).Round(time.Second))
}
