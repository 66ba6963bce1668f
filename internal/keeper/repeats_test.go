package keeper_test

import (
	"fmt"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// A crash left an operation decided and not done; the app asks for it again in
// another event, before the signer has taken it up. It is done once.
func TestARepeatFinishesWhatACrashLeft(t *testing.T) {
	lossy := &lossyStore{}
	r := newRig(t, func(r *rig) { r.wrap = lossy.around })
	c := r.paired(control.InviteArgs{})
	r.settle()
	lossy.lose.Store(true)
	note := c.note("x")
	c.signed(c.ask("sign_event", note), r.author) // its end is not kept
	lossy.lose.Store(false)
	second := c.ask("sign_event", note)
	third := c.ask("sign_event", note)
	if c.signed(second, r.author).Sig != c.signed(third, r.author).Sig {
		t.Error("the same operation was signed again")
	}
	r.restart() // takes up what is open
	r.settle()
	done := 0
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 5000}) {
		if rec.Phase == "done" && rec.Outcome == "allowed" {
			done++
		}
	}
	if done != 1 {
		t.Errorf("done %d times on record", done)
	}
}

// The answer to a reading is not kept. The same event once more gets it again,
// also when the budget that it came from is used up, unless reading was refused
// meanwhile.
func TestARepeatOfAReadingCostsNothing(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(2, 1)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "nip44_decrypt#2/h"})
	events := []*nostr.Event{
		c.seal(c.request("nip44_decrypt", peers[0], ciphers[0]), r.now()),
		c.seal(c.request("nip44_decrypt", peers[0], ciphers[1]), r.now()),
	}
	for range 2 {
		for i, ev := range events {
			wantResult(t, c.again(ev), fmt.Sprint(i))
		}
	}
	r.noQuestion()
	r.grant(r.app(c).ID, "refuse", "nip44_decrypt")
	wantPrefix(t, c.again(events[0]), privyseal.KindDenied)
}

// T6: copies of one ciphertext under other ids are a flood, not requests.
func TestCopiesOfACiphertextAreNotAllChecked(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	ev := c.seal(c.request("sign_event", c.note("x")), r.now())
	for i := range 300 {
		forged := *ev
		forged.CreatedAt += int64(i % 30)
		forged.Sig[i%64] ^= byte(1 + i/64)
		forged.ID = forged.ComputeID()
		c.send(&forged)
	}
	r.settle()
	if n := r.count("events_forged"); n == 0 || n > 100 {
		t.Errorf("%d signatures were checked", n)
	}
	if r.count("events_copied") == 0 {
		t.Error("every copy was checked")
	}
	c.relay = "wss://other.example"
	c.signed(c.again(ev), r.author) // another relay's copy is the true one
	c.relay = ownRelay
	c.signed(c.ask("sign_event", c.note("y")), r.author)
}
