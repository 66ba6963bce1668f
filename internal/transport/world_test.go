package transport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

// keeper is the other end of the seam.
type keeper struct {
	to   chan control.Message
	slow time.Duration // how long each Events takes

	mu  sync.Mutex
	got got
}

// got is what came over the seam.
type got struct {
	events   []control.Inbound
	batches  int
	receipts []control.Published
	live     []control.Live
	status   []control.RelayStatus
	asked    []control.Challenge
	changes  int // of the network
}

// now is what has come once all has settled.
func (k *keeper) now() got {
	synctest.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.got
}

func (k *keeper) Recv() (control.Message, error) {
	m, ok := <-k.to
	if !ok {
		return nil, io.EOF
	}
	return m, nil
}

func (k *keeper) Send(m control.Message) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch m := m.(type) {
	case *control.Events:
		k.got.events = append(k.got.events, m.Items...)
		k.got.batches++
		k.mu.Unlock()
		time.Sleep(k.slow)
		k.mu.Lock()
	case *control.Receipts:
		k.got.receipts = append(k.got.receipts, m.Items...)
	case *control.Live:
		k.got.live = append(k.got.live, *m)
	case *control.RelayStatus:
		k.got.status = append(k.got.status, *m)
	case *control.Challenge:
		k.got.asked = append(k.got.asked, *m)
	case *control.NetworkChanged:
		k.got.changes++
	default:
		return errors.New("a message that the keeper does not expect")
	}
	return nil
}

// contents are the events that came from a relay, "" for all.
func (k *keeper) contents(t testing.TB, url string) (list []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, in := range k.got.events {
		e, err := nostr.ParseEvent(in.Event)
		if err != nil {
			t.Fatal(err)
		}
		if url == "" || in.Relay == url {
			list = append(list, e.Content)
		}
	}
	return list
}

// liveKeys are the keys reported live on a relay, each as often as it was.
func (k *keeper) liveKeys(url string) (list []nostr.PubKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range k.got.live {
		if l.Relay == url {
			list = append(list, l.Keys...)
		}
	}
	slices.SortFunc(list, func(a, b nostr.PubKey) int { return bytes.Compare(a[:], b[:]) })
	return list
}

func (k *keeper) listen(url string, keys ...nostr.PubKey) {
	k.to <- &control.Listen{Relay: url, Add: keys}
	synctest.Wait()
}

// world is a transport on a network in memory.
type world struct {
	*keeper
	t       *testing.T
	net     *linktest.Net
	carrier *transport.Transport
}

// run runs f in a bubble. Each server is at ws://r0.test, ws://r1.test and so on.
func run(t *testing.T, o transport.Options, f func(w *world), servers ...*linktest.Relay) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{keeper: &keeper{to: make(chan control.Message)}, t: t, net: linktest.NewNet()}
		for i, s := range servers {
			w.net.Serve(name(i), s)
		}
		o.Dialer = w.net.Dialer()
		w.carrier = transport.New(o)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := w.carrier.Run(ctx, w.keeper); !errors.Is(err, context.Canceled) {
				t.Errorf("Run: %v", err)
			}
		}()
		defer func() {
			cancel()
			for _, s := range servers {
				s.Resume()
			}
			<-done
			close(w.to)
			for _, s := range servers {
				s.Drop()
			}
			w.net.Close()
		}()
		f(w)
	})
}

func name(i int) string { return "r" + string(rune('0'+i)) + ".test" }
func url(i int) string  { return "ws://" + name(i) }

func key(n int) (k nostr.PubKey) {
	k[0], k[1], k[31] = byte(n>>8), byte(n), 1
	return k
}

func keys(from, to int) (list []nostr.PubKey) {
	for i := from; i < to; i++ {
		list = append(list, key(i))
	}
	return list
}

// request is one that nobody signed: nothing in this package looks.
func request(content string, to nostr.PubKey) *nostr.Event {
	e := &nostr.Event{Kind: 24133, Content: content, CreatedAt: time.Now().Unix(), Tags: nostr.Tags{{"p", to.String()}}}
	e.ID = e.ComputeID()
	return e
}

// settle lets time pass, and everything that follows from it happen.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
