package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A long request gets a long answer.
func TestAnswersBeyond64KB(t *testing.T) {
	t.Parallel()
	r := launchRelay(t)
	s := launchSigner(t, r.url)
	a := s.pair(r.url)
	var worst time.Duration
	for _, size := range []int{60_000, 70_000, 100_000, 400_000} {
		q := a.noteOf(strings.Repeat("A long note.\n", size/13))
		since := time.Now()
		a.send(q)
		a.signed(q)
		worst = max(worst, q.first.Sub(since))
	}
	third := newKey(t)
	pk := third.PublicKey()
	r1 := a.call(nip46.Nip44Encrypt, nostr.PubKey(pk).String(), strings.Repeat("x", 100_000))
	r2 := a.call(nip46.Nip44Decrypt, nostr.PubKey(pk).String(), r1.Result)
	if len(r2.Result) != 100_000 {
		t.Errorf("a text of 100000 bytes came back as %d: %s", len(r2.Result), r2.Error)
	}
	figure(t, "requests and answers of 60 to 400 kB", "signed, sealed and opened whole", worst, recovery)
}

// One junk event of 4 MB, by a stranger and by a relay.
func TestHugeFrame(t *testing.T) {
	t.Parallel()
	r, hostile := launchRelay(t), new(linktest.Relay)
	url := hostile.Start(t)
	s := launchSigner(t, r.url, url)
	a := s.pair(r.url, url)
	huge := &nostr.Event{Kind: nip46.Kind, CreatedAt: time.Now().Unix(), Content: strings.Repeat("A", 4<<20), Tags: nostr.Tags{{"p", a.to.String()}}}
	huge.ID = huge.ComputeID()

	stranger, err := link.Dial(t.Context(), r.url, link.Options{Typed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if err := stranger.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: huge}); err != nil {
		t.Fatal(err)
	}
	for err == nil { // until the relay ends it
		_, err = stranger.Read(t.Context())
	}
	figure(t, "an event of 4 MB from a stranger", "the relay ends that connection only", a.sign(time.Now()), recovery)

	clients := len(hostile.Clients())
	hostile.Flood([][]byte{huge.AppendJSON(nil)})
	figure(t, "an event of 4 MB from a relay, over another one", "that connection is ended and made again", a.sign(time.Now()), recovery)
	a.relay = url
	q := a.note()
	for range 40 { // what it took while the signer was away it forgot
		if a.send(q); a.await(100*time.Millisecond, func() bool { return len(q.heard) > 0 }) {
			break
		}
	}
	a.signed(q)
	if n := len(hostile.Clients()); n != clients {
		t.Errorf("%d connections, before it were %d", n, clients)
	}
	figure(t, "an event of 4 MB from a relay, over the same one", fmt.Sprintf("%d connections again", clients), a.sign(time.Now()), recovery)
}
