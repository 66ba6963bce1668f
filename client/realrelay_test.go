package client

import (
	"context"
	"testing"

	"github.com/privyseal/privyseal/internal/link"
	ownrelay "github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// connectTo makes the fake a client of a relay elsewhere, as real key apps are,
// until the test ends. It returns when the fake listens.
func (f *Fake) connectTo(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	live, done := make(chan struct{}, 8), make(chan struct{})
	l := link.NewRelay(link.RelayOptions{URL: url, Typed: true})
	f.publish = append(f.publish, func(e *nostr.Event) {
		l.Publish(e.AppendJSON(nil), e.ID, func(link.Receipt) {})
	})
	l.Subscribe([]nostr.Filter{{Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {pub(f.Key).String()}}}}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) { f.receive(m.Event) },
		Live:  func() { live <- struct{}{} },
	})
	go func() { l.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	<-live
}

// Over our own relay, through its restart: the person notices nothing.
func TestOwnRelay(t *testing.T) {
	server := relaytest.Start(t, ownrelay.Options{Open: true})
	f := newFake()
	f.connectTo(t, server.URL)
	b := nip46.BunkerURI{Signer: pub(f.Key), Relays: []string{server.URL}, Secret: f.Secret}
	s, err := Connect(background, b.String(), Options{PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if _, err := s.SignEvent(background, note); err != nil {
			t.Fatal(err)
		}
		server.Restart()
	}
	kept, err := s.Export()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	again, err := Resume(kept, Options{PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.SignEvent(background, note); err != nil {
		t.Fatal(err)
	}

	p, err := Pair(background, []string{server.URL}, Options{PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	f.Accept(p.URI())
	paired, err := p.Wait(background)
	if err != nil {
		t.Fatal(err)
	}
	defer paired.Close()
	if err := paired.Ping(background); err != nil {
		t.Error(err)
	}
}

// Many calls at once share a session.
func TestManyCalls(t *testing.T) {
	inWorld(t, 2, func(t *testing.T, w *world) {
		s := w.connect(Options{})
		errs := make(chan error)
		for range 100 {
			go func() { _, err := s.Nip44Decrypt(background, s.Client(), "x"); errs <- err }()
		}
		for range 100 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n := len(s.line.pending); n != 0 {
			t.Error(n, "left behind")
		}
	})
}
