package faults

import (
	"testing"
	"time"
)

func TestRelayAbsentAtStart(t *testing.T) {
	t.Parallel()
	r := launchRelay(t)
	s := launchSigner(t, r.url)
	a := s.pair(r.url)
	s.stop()
	r.kill()
	s.again() // ready without its relay
	a.await(3*time.Second, func() bool { return false })
	r.again()
	figure(t, "relay absent at start, for 3 s", "the signer starts and connects when it comes", a.sign(time.Now()), recovery)
}

func TestRelayRestarted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		away time.Duration
	}{{"for 1 s", time.Second}, {"for 15 s", 15 * time.Second}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := launchRelay(t)
			s := launchSigner(t, r.url)
			a := s.pair(r.url)
			a.sign(time.Now())
			r.stop()
			a.await(c.away, func() bool { return false })
			r.again()
			figure(t, "relay restarted, away "+c.name, "connected and subscribed again", a.sign(time.Now()), recovery)
		})
	}
}
