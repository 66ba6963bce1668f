package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
)

// Requests are stamped wrongly, at a relay that does not care and at one that
// does (design decision 5).
func TestStamps(t *testing.T) {
	t.Parallel()
	r, careless := launchRelay(t), new(linktest.Relay)
	url := careless.Start(t)
	s := launchSigner(t, r.url, url)
	a := s.pair(r.url, url)
	refused := 0
	var worst time.Duration
	for _, c := range []struct {
		off   time.Duration
		fresh bool
	}{
		{-30 * time.Second, true}, {30 * time.Second, true},
		{-10 * time.Minute, false}, {10 * time.Minute, false},
		{-48 * time.Hour, false}, {48 * time.Hour, false},
	} {
		q := a.note()
		q.taken = true
		ev := a.wrap(q, time.Now().Add(c.off))
		began := time.Now()
		careless.Flood([][]byte{ev.AppendJSON(nil)}) // whatever was subscribed to
		if c.fresh {
			a.signed(q)
			worst = max(worst, q.first.Sub(began))
		} else {
			a.failed(q, "expired:")
		}
		q = a.note()
		v := a.lines[r.url].publish(a.wrap(q, time.Now().Add(c.off)))
		switch {
		case v.ok != c.fresh, !v.ok && !strings.HasPrefix(v.reason, "invalid: your clock is "):
			t.Errorf("our relay says %+v to %v", v, c.off)
		case v.ok:
			a.signed(q)
		default:
			refused++
		}
	}
	figure(t, "requests stamped ±30 s, ±10 min, ±2 days",
		fmt.Sprintf("±30 s signed, the others `expired:`; our relay refuses them itself (%d)", refused), worst, recovery)
}
