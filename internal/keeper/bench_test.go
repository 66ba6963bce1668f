//go:build unix

package keeper_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// BenchmarkSign is the whole keeper: sign requests over the seam, 64 of them
// outstanding, with a real store on disk. The front costs framing only.
func BenchmarkSign(b *testing.B) {
	r := newRig(b)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1"})
	r.settle()
	raw := make([][]byte, b.N)
	for i := range raw {
		raw[i] = c.seal(c.request("sign_event", c.note(fmt.Sprintf("note number %d of the benchmark", i))), r.now()).AppendJSON(nil)
	}
	const outstanding = 64
	tokens := make(chan struct{}, outstanding)
	r.mu.Lock()
	r.out = nil
	r.receipt = func(o control.Outbound, relay string) control.Published {
		<-tokens
		return control.Published{Ref: o.Ref, Relay: relay, Sent: true, OK: true}
	}
	r.mu.Unlock()
	cpu := cpuTime()
	b.ReportAllocs()
	b.ResetTimer()
	for _, ev := range raw {
		tokens <- struct{}{}
		must(b, r.front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: ev}}}))
	}
	for range outstanding {
		tokens <- struct{}{}
	}
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	r.mu.Lock()
	r.receipt = nil
	r.mu.Unlock()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
