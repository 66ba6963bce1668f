package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// Who opens many texts at a time gives way to others at the commit; who opens a
// few, and who signs, does not.
func TestAnInboxGivesWay(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	peers, ciphers := r.texts(3+12, 1)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1,nip44_decrypt"})
	r.settle()
	r.sleep(time.Second) // no other app asks any more
	for _, x := range []struct{ texts, least, most int32 }{{3, 0, 0}, {12, 12 - 4, 12}} {
		n := r.outbound()
		stuck.bulk.Store(0)
		release := stuck.hold()
		c.wants(peers, ciphers[:x.texts])
		ciphers = ciphers[x.texts:]
		c.send(c.seal(c.request("sign_event", c.note(fmt.Sprint(x.texts))), r.now()))
		r.until("all wait for their commit", func() bool { return stuck.waiting.Load() >= x.texts+1 })
		if got := stuck.bulk.Load(); got < x.least || got > x.most {
			t.Errorf("%d of %d texts give way", got, x.texts)
		}
		release()
		r.until("all are answered", func() bool { return r.outbound() >= n+int(x.texts)+1 })
	}
}
