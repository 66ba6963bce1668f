package keeper_test

import (
	"encoding/binary"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// Work that ended is dropped, also when it is more than goes at a time.
func TestMuchEndedWorkIsDropped(t *testing.T) {
	r := newRig(t)
	const all = 2*store.MaxPruned + 1
	event := func(i int) (id nostr.ID) {
		binary.BigEndian.PutUint32(id[:], uint32(i)+1)
		return id
	}
	must(t, r.store.Update(t.Context(), func(tx store.Tx) error {
		for i := range all {
			w := privyseal.Work{App: "a", Event: event(i), OpHash: event(i), Op: privyseal.OpSignEvent,
				State: privyseal.WorkAnswered, Received: r.now(), Expires: r.now()}
			if err := tx.AddWork(w); err != nil {
				return err
			}
		}
		return nil
	}))
	r.until("all that ended is gone", func() bool {
		for _, i := range []int{0, all / 2, all - 1} {
			if w := r.work("a", event(i)); w.State != privyseal.WorkUnknown {
				return false
			}
		}
		return true
	})
}
