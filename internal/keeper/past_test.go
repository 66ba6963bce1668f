package keeper

import (
	"testing"
	"time"
)

func newPast() past { return past{Added: map[string]time.Time{}, Old: map[string]time.Time{}} }

// A relay that is there at the first start is no news; one that is added later
// is, also when there was none before.
func TestWhatCameLaterIsNews(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	own := Relay{URL: "ws://127.0.0.1:4646", Own: true}
	p := newPast()
	p.compare([]Relay{own}, now, true)
	if at := p.Added[own.URL]; !at.IsZero() {
		t.Errorf("the first start's relay came at %v", at)
	}
	p = newPast()
	p.compare(nil, now, true)
	p.compare([]Relay{own}, now, false)
	if at := p.Added[own.URL]; !at.Equal(now) {
		t.Errorf("a relay added to none came at %v, want %v", at, now)
	}
	p.compare(nil, now, false)
	if until, old := p.Old[own.URL]; !old || !until.Equal(now.Add(overlapFor)) {
		t.Errorf("a dropped relay is served until %v", until)
	}
}
