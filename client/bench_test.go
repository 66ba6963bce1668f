package client

import (
	"testing"
)

// One signature over a relay on this computer: app, relay and key app together.
func BenchmarkSignEvent(b *testing.B) {
	_, link, stop := StartFake()
	defer stop()
	s, err := Connect(background, link, Options{PrivateRelays: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if _, err := s.SignEvent(background, note); err != nil {
			b.Fatal(err)
		}
	}
}

// What a relay that sends junk costs the app, for each event.
func BenchmarkJunk(b *testing.B) {
	_, link, stop := StartFake()
	defer stop()
	s, err := Connect(background, link, Options{PrivateRelays: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	_, stranger := newKey()
	e := seal(stranger, s.Client(), "junk")
	for b.Loop() {
		s.line.receive(e)
	}
}
