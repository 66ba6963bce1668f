package transport_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

// counter is a keeper that only counts.
type counter struct {
	to     chan control.Message
	events chan int
	acks   chan int
}

func (c *counter) Recv() (control.Message, error) { return <-c.to, nil }

func (c *counter) Send(m control.Message) error {
	switch m := m.(type) {
	case *control.Events:
		c.events <- len(m.Items)
	case *control.Receipts:
		c.acks <- len(m.Items)
	}
	return nil
}

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func start(b *testing.B, c *counter) {
	ctx, cancel := context.WithCancel(b.Context())
	var run sync.WaitGroup
	run.Go(func() {
		transport.New(transport.Options{Dialer: &link.Dialer{AllowPrivate: func(string) bool { return true }}}).Run(ctx, c)
	})
	b.Cleanup(func() { cancel(); run.Wait() })
}

// BenchmarkInbound hands events of 1 KB, each different, from one relay to the
// keeper. cpu-ns/op holds the small share of the sender too.
func BenchmarkInbound(b *testing.B) {
	event, vary := linktest.Request(key(1))
	frame := linktest.AppendFrame(nil, append(append([]byte(`["EVENT","1",`), event...), ']'))
	vary += len(frame) - len(event) - 1
	relay := linktest.Raw{Serve: func(conn net.Conn, r *bufio.Reader) {
		if _, err := linktest.ReadFrame(r, nil); err != nil { // the REQ
			return
		}
		var n uint32
		var chunk []byte
		for {
			chunk = chunk[:0]
			for range 64 {
				n++
				hex.Encode(frame[vary:], []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
				chunk = append(chunk, frame...)
			}
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	}}
	c := &counter{to: make(chan control.Message), events: make(chan int, 1)}
	start(b, c)
	c.to <- &control.Listen{Relay: relay.Start(b), Add: []nostr.PubKey{key(1)}}
	b.ReportAllocs()
	have, before := <-c.events, cpu(b)
	for b.Loop() {
		for have == 0 {
			have = <-c.events
		}
		have--
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
	go func() {
		for range c.events {
		}
	}()
}

// BenchmarkPublish sends answers of 1 KB, 32 at a time, and waits for their
// receipts. cpu-ns/op holds the relay's share too.
func BenchmarkPublish(b *testing.B) {
	event, vary := linktest.Request(key(1))
	relay := linktest.Raw{Serve: linktest.Acknowledge}
	url := relay.Start(b)
	c := &counter{to: make(chan control.Message), acks: make(chan int, 1)}
	start(b, c)
	var n, open uint32
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		if n%32 == 0 {
			m := new(control.Publish)
			for i := range uint32(32) {
				id := n + i
				raw := append([]byte(nil), event...)
				hex.Encode(raw[vary:], []byte{byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)})
				m.Items = append(m.Items, control.Outbound{Ref: uint64(id), Relays: []string{url}, Event: raw})
			}
			c.to <- m
			open += 32
		}
		n++
		for open > 128 {
			open -= uint32(<-c.acks)
		}
	}
	for open > 0 {
		open -= uint32(<-c.acks)
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
}
