package relay

import (
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// frames are EVENT messages of about 1.2 KB, each of another event.
func frames(b *testing.B, n int, to nostr.PubKey) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		tm := nostr.Template{CreatedAt: epoch.Unix(), Kind: 24133, Tags: nostr.Tags{{"p", to.String()}}, Content: fmt.Sprintf("%0800d", i)}
		e, err := tm.Sign(testKeys[0], false)
		if err != nil {
			b.Fatal(err)
		}
		m := nostr.ClientMessage{Label: nostr.LabelEvent, Event: e}
		out[i] = m.AppendJSON(nil)
	}
	return out
}

func drain(q *queue) (n int) {
	for {
		if _, ok, _ := q.pop(); !ok {
			return n
		}
		n++
	}
}

// benchmarkHandle measures the handling of one EVENT up to the queues, beside
// subs other subscriptions, with one that wants it.
func benchmarkHandle(b *testing.B, others int, checked bool) {
	r := New(Options{Open: true, Clock: func() time.Time { return epoch }})
	bench := detached(r)
	bench.free = true
	listeners := make([]*session, others/100+1)
	for i := range listeners {
		listeners[i] = detached(r)
		listeners[i].free = true
	}
	for i := range others {
		s := listeners[i/100]
		s.handle(fmt.Appendf(nil, `["REQ","%d",{"kinds":[24133],"#p":["%064x"]}]`, i, i+1))
		drain(s.out)
	}
	to := testKey(1)
	last := listeners[len(listeners)-1]
	var local *queue
	if checked {
		last.handle([]byte(`["REQ","s",{"kinds":[24133],"#p":["` + to.String() + `"]}]`))
		drain(last.out)
	} else {
		local = newQueue(1<<20, 1<<30)
		sub := &LocalSub{relay: r, queue: local, sub: &subscription{out: local}, keys: make(map[nostr.PubKey]*filter)}
		sub.Add([]nostr.PubKey{to}, 0)
	}
	in := frames(b, b.N, to)
	b.ReportAllocs()
	b.ResetTimer()
	for _, f := range in {
		bench.handle(f)
		drain(bench.out)
		if checked {
			drain(last.out)
		} else {
			drain(local)
		}
	}
	b.StopTimer()
	if got := r.Stats(); got.Delivered != uint64(b.N) {
		b.Fatalf("%+v", got)
	}
	b.ReportMetric(float64(r.Stats().Examined)/float64(b.N), "filters/op")
}

func BenchmarkHandleToWebsocket(b *testing.B)           { benchmarkHandle(b, 0, true) }
func BenchmarkHandleToKeeper(b *testing.B)              { benchmarkHandle(b, 0, false) }
func BenchmarkHandleToKeeperBeside1000(b *testing.B)    { benchmarkHandle(b, 1000, false) }
func BenchmarkHandleToKeeperBeside5000(b *testing.B)    { benchmarkHandle(b, 5000, false) }
func BenchmarkHandleToWebsocketBeside5000(b *testing.B) { benchmarkHandle(b, 5000, true) }

// benchmarkFanOut measures one event that all of n subscriptions want.
func benchmarkFanOut(b *testing.B, n int) {
	r := New(Options{Open: true, Clock: func() time.Time { return epoch }})
	to := testKey(1)
	listeners := make([]*session, n)
	for i := range listeners {
		listeners[i] = detached(r)
		listeners[i].free = true
		listeners[i].handle([]byte(`["REQ","s",{"kinds":[24133],"#p":["` + to.String() + `"]}]`))
		drain(listeners[i].out)
	}
	bench := detached(r)
	bench.free = true
	in := frames(b, b.N, to)
	b.ResetTimer()
	for _, f := range in {
		bench.handle(f)
		b.StopTimer()
		drain(bench.out)
		for _, l := range listeners {
			if drain(l.out) != 1 {
				b.Fatal("not delivered")
			}
		}
		b.StartTimer()
	}
}

func BenchmarkFanOut1000(b *testing.B) { benchmarkFanOut(b, 1000) }
func BenchmarkFanOut5000(b *testing.B) { benchmarkFanOut(b, 5000) }

// BenchmarkSubscribe2100 is one REQ with 2,100 keys, replaced each time.
func BenchmarkSubscribe2100(b *testing.B) {
	r := New(Options{Open: true, Clock: func() time.Time { return epoch }})
	s := detached(r)
	s.free = true
	req := []byte(`["REQ","s",{"kinds":[24133],"#p":[`)
	for i := range 2100 {
		req = fmt.Appendf(req, `"%064x",`, i+1)
	}
	req = append(req[:len(req)-1], `]}]`...)
	for b.Loop() {
		s.handle(req)
		drain(s.out)
	}
}
