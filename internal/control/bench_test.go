//go:build unix

package control_test

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// sealed is a request or an answer of usual size, as it crosses the seam.
var sealed = append(append([]byte(`{"content":"`), bytes.Repeat([]byte("A"), 1000)...), `"}`...)

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// gather takes what waits, at most 64, as both halves do before they send.
func gather[T any](first T, more <-chan T) []T {
	items := []T{first}
	for len(items) < 64 {
		select {
		case v := <-more:
			items = append(items, v)
		default:
			return items
		}
	}
	return items
}

// BenchmarkSeam is what a request costs to cross the seam: the sealed event to
// the keeper, the answer back, and the receipt, over a real socket pair with so
// many requests under way. cpu-ns/op is the processor time of both ends, in
// frames that hold what waits; a seam that took each alone has one a frame.
func BenchmarkSeam(b *testing.B) {
	for _, outstanding := range []int{1, 8, 64} {
		for name, most := range map[string]int{"gathered": 64, "each alone": 1} {
			b.Run(fmt.Sprintf("%d/%s", outstanding, name), func(b *testing.B) { seam(b, outstanding, most) })
		}
	}
}

func seam(b *testing.B, outstanding, most int) {
	x, y, err := control.Pair()
	if err != nil {
		b.Fatal(err)
	}
	front, keeper := control.NewConn(x), control.NewConn(y)
	var ends sync.WaitGroup
	defer ends.Wait()
	defer x.Close()
	batch := func(first uint64, more <-chan uint64) []uint64 {
		if most == 1 {
			return []uint64{first}
		}
		return gather(first, more)
	}
	answers, requests, over := make(chan uint64, 128), make(chan uint64, 128), make(chan struct{}, outstanding)
	send := func(c *control.Conn, from <-chan uint64, message func([]uint64) control.Message) {
		ends.Go(func() {
			for ref := range from {
				if c.Send(message(batch(ref, from))) != nil {
					return
				}
			}
		})
	}
	// The keeper answers each request, and hears what the relay did with it.
	ends.Go(func() {
		defer close(answers)
		defer y.Close()
		for {
			m, err := keeper.Recv()
			if err != nil {
				return
			}
			switch m := m.(type) {
			case *control.Events:
				for range m.Items {
					answers <- 1
				}
			case *control.Receipts:
				for range m.Items {
					over <- struct{}{}
				}
			}
		}
	})
	send(keeper, answers, func(refs []uint64) control.Message {
		m := new(control.Publish)
		for _, ref := range refs {
			m.Items = append(m.Items, control.Outbound{Ref: ref, Relays: []string{"wss://relay.example"}, Event: sealed})
		}
		return m
	})
	var frames atomic.Int64
	ends.Go(func() {
		for {
			m, err := front.Recv()
			if err != nil {
				return
			}
			if p, ok := m.(*control.Publish); ok {
				frames.Add(1)
				r := new(control.Receipts)
				for _, o := range p.Items {
					r.Items = append(r.Items, control.Published{Ref: o.Ref, Relay: o.Relays[0], Sent: true, OK: true})
				}
				if front.Send(r) != nil {
					return
				}
			}
		}
	})
	send(front, requests, func(refs []uint64) control.Message {
		m := new(control.Events)
		for range refs {
			m.Items = append(m.Items, control.Inbound{Relay: "wss://relay.example", Event: sealed})
		}
		return m
	})
	defer close(requests)
	for range outstanding {
		over <- struct{}{}
	}
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		<-over
		requests <- 1
	}
	for range outstanding {
		<-over
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(b.N)/float64(max(frames.Load(), 1)), "answers/frame")
}
