package link_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"net"
	"sync"
	"testing"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// BenchmarkRead reads events of 1 KB from a socket. The sender's share is small.
func BenchmarkRead(b *testing.B) {
	event, _ := linktest.Request(nostr.PubKey{1})
	frame := linktest.AppendFrame(nil, append(append([]byte(`["EVENT","1",`), event...), ']'))
	var chunk []byte
	for range 64 {
		chunk = append(chunk, frame...)
	}
	relay := linktest.Raw{Serve: func(conn net.Conn, _ *bufio.Reader) {
		for {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	}}
	c, err := link.Dial(b.Context(), relay.Start(b), link.Options{Typed: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Read(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPublish sends events of 1 KB and waits for their receipts, up to 256
// at a time.
func BenchmarkPublish(b *testing.B) {
	event, vary := linktest.Request(nostr.PubKey{1})
	relay := linktest.Raw{Serve: linktest.Acknowledge}
	r := link.NewRelay(link.RelayOptions{URL: relay.Start(b), Typed: true})
	ctx, cancel := context.WithCancel(b.Context())
	var run sync.WaitGroup
	run.Go(func() { r.Run(ctx) })
	b.Cleanup(func() { cancel(); run.Wait() })
	free := make(chan bool, 256)
	for range cap(free) {
		free <- true
	}
	var n uint64
	b.ReportAllocs()
	for b.Loop() {
		<-free
		n++
		var id nostr.ID
		id[0], id[1], id[2], id[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
		raw := append([]byte(nil), event...)
		hex.Encode(raw[vary:], id[:])
		r.Publish(raw, id, func(receipt link.Receipt) {
			if !receipt.OK {
				b.Error(receipt)
			}
			free <- true
		})
	}
	for range cap(free) {
		<-free
	}
}
