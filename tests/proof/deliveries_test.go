package proof

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// TestDeliveries has three relays that drop, lie, hold, duplicate, close and
// forge deliver the requests of three apps (T1–T10): at most one effect each,
// and every request ends.
func TestDeliveries(t *testing.T) {
	want := amount(t, "PROOF_DELIVERIES", 20_000, 1_000_000)
	w := begin(t, place(t), true, nil, setting{receipt: lyingReceipt})
	defer w.end()
	c := &checker{budget: 20_000}
	var apps []*app
	for i := range 3 {
		inv := call[control.Invite](w, control.VerbInvite, control.InviteArgs{Preset: "ask", Allow: "sign_event:1#20000/h,nip44_encrypt"})
		a := newApp(t, fmt.Sprintf("app%d", i), inv.URI)
		apps = append(apps, a)
		w.listenFor(a)
		hello := a.connect()
		c.add(hello)
		w.send(0, hello.seal(t, time.Now()))
		w.until("connected", nil, func(tap []answer) bool { return len(tap) > i })
	}
	began, delivered, forged := time.Now(), 0, 0
	open := map[string]*request{}
	for delivered < want {
		// One wave: some requests, in many copies, all mixed.
		type delivery struct {
			relay int
			ev    *nostr.Event
		}
		var wave []delivery
		for range 30 {
			a := apps[rand.IntN(len(apps))]
			r := a.sign(1, fmt.Sprint(rand.Uint64()))
			if rand.IntN(8) == 0 {
				r = a.request(nip46.Nip44Encrypt, a.pub.String(), fmt.Sprint(rand.Uint64()))
			}
			same := []*request{r}
			if rand.IntN(3) == 0 {
				same = append(same, r.again(), r.again()) // re-id'd
			}
			for _, q := range same {
				c.add(q)
				open[q.id] = q
				for range 1 + rand.IntN(3) { // re-enveloped
					ev := q.seal(t, time.Now())
					for relay := range 3 {
						if rand.IntN(4) == 0 {
							continue // dropped
						}
						for range 1 + rand.IntN(12) { // duplicated
							d := delivery{relay, ev}
							if rand.IntN(10) == 0 {
								d.ev, forged = forge(ev), forged+1
							}
							wave = append(wave, d)
						}
					}
				}
			}
		}
		rand.Shuffle(len(wave), func(i, j int) { wave[i], wave[j] = wave[j], wave[i] })
		for _, d := range wave {
			w.send(d.relay, d.ev)
		}
		if delivered/50_000 < (delivered+len(wave))/50_000 {
			progress("deliveries: %d of %d", delivered, want)
		}
		delivered += len(wave)
		relay := threeRelays[rand.IntN(3)].URL // closed, and back
		for _, state := range []control.RelayState{control.RelayDown, control.RelayUp} {
			must(t, w.front.Send(&control.RelayStatus{Relay: relay, State: state}))
		}
		for _, r := range open { // what was dropped everywhere is asked for again
			if rand.IntN(4) == 0 {
				delivered++
				w.send(rand.IntN(3), r.seal(t, time.Now()))
			}
		}
		if len(open) > 300 {
			for _, a := range w.heard() {
				delete(open, a.id)
			}
		}
	}
	for _, a := range w.heard() {
		delete(open, a.id)
	}
	// A relay that forged too much is not heard for a while, the honest among
	// what it brings neither: an app asks again, over another one.
	lost := len(open)
	again := func() {
		for _, r := range open {
			w.send(rand.IntN(3), r.seal(t, time.Now()))
		}
	}
	again()
	tries := 0
	w.until("every request ended", func(q control.QuestionInfo) {
		_, _ = try[control.QuestionInfo](w, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	}, func(tap []answer) bool {
		for _, a := range tap {
			delete(open, a.id)
		}
		if tries++; tries%100 == 0 {
			again()
		}
		return len(open) == 0
	})
	must(t, w.store.Flush(t.Context()))
	f, bad := c.check(w.records(), w.heard())
	for _, b := range bad {
		t.Error(b)
	}
	figure(t, "deliveries", "%d deliveries of %d requests over three relays that drop, lie, hold, duplicate, close and forge (%d forged), %d signatures: %d violations; %d had to be asked for once more; %v",
		delivered, len(c.requests), forged, f.signatures, len(bad), lost, time.Since(began).Round(time.Second))
}

// lyingReceipt is what a relay says of an answer, which the tap saw anyway.
func lyingReceipt(ref uint64, relay string) control.Published {
	p := control.Published{Ref: ref, Relay: relay, Sent: rand.IntN(5) > 0, OK: rand.IntN(4) > 0}
	if p.Sent && !p.OK {
		p.Reason = []string{"rate-limited: slow down", "error: no", "blocked: never", "duplicate: have it"}[rand.IntN(4)]
	}
	return p
}

// forge alters an event, as a relay might.
func forge(ev *nostr.Event) *nostr.Event {
	f := *ev
	switch rand.IntN(4) {
	case 0:
		f.Sig[rand.IntN(64)] ^= 1
	case 1:
		f.CreatedAt++
	case 2:
		f.Content = f.Content[:len(f.Content)-4] + "AAAA"
		f.ID = f.ComputeID()
	default:
		f.CreatedAt--
		f.ID = f.ComputeID()
	}
	return &f
}
