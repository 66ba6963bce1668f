package transport

import (
	"context"
	"net"
	"slices"
	"time"
)

// networkEvery is how often the machine's addresses are looked at.
const networkEvery = 3 * time.Second

// WatchNetwork nudges the relays whenever the machine's addresses change, as
// when a cable is pulled or another wireless network is joined. addresses is
// net.InterfaceAddrs, or a test's.
func (t *Transport) WatchNetwork(ctx context.Context, addresses func() ([]net.Addr, error)) {
	tick := time.NewTicker(networkEvery)
	defer tick.Stop()
	last := fingerprint(addresses)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := fingerprint(addresses); !slices.Equal(now, last) {
			last = now
			t.o.Log.Info("the machine's addresses changed")
			t.Nudge()
		}
	}
}

func fingerprint(addresses func() ([]net.Addr, error)) []string {
	all, err := addresses()
	if err != nil {
		return nil
	}
	var out []string
	for _, a := range all {
		out = append(out, a.String())
	}
	slices.Sort(out)
	return out
}
