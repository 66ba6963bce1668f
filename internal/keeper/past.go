package keeper

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/privyseal/privyseal/internal/store"
)

// settingRelays holds the relays a person added, as a JSON list; settingPast
// holds how the set of relays changed.
const (
	settingRelays = "relays"
	settingPast   = "relays-past"
)

// overlapFor is how long old relays are still served after a switch.
const overlapFor = 24 * time.Hour

// past is how the set of relays changed, also between two starts: an app is
// told of new relays only when something really changed.
type past struct {
	Added map[string]time.Time `json:"added"` // zero: there from the first start
	Old   map[string]time.Time `json:"old"`   // dropped relays, served until then
}

// compare notes what came and what went; what is there at the first start did
// not come.
func (p *past) compare(relays []Relay, now time.Time, first bool) {
	for _, r := range relays {
		delete(p.Old, r.URL)
		if _, known := p.Added[r.URL]; known {
			continue
		}
		p.Added[r.URL] = now
		if first {
			p.Added[r.URL] = time.Time{}
		}
	}
	for url := range p.Added {
		if !slices.ContainsFunc(relays, func(r Relay) bool { return r.URL == url }) {
			delete(p.Added, url)
			p.Old[url] = now.Add(overlapFor)
		}
	}
	for url, until := range p.Old {
		if now.Sub(until) > 365*24*time.Hour { // an app that has not asked by then is gone
			delete(p.Old, url)
		}
	}
}

// savePast writes how the relays changed.
func (k *Keeper) savePast(tx store.Tx) error {
	k.ears.mu.Lock()
	raw, err := json.Marshal(k.ears.past)
	k.ears.mu.Unlock()
	if err != nil {
		return err
	}
	return tx.SetSetting(settingPast, string(raw))
}

// readSetting reads a setting that is JSON; one that was never set changes
// nothing.
func readSetting(r store.Reader, key string, into any) error {
	raw, err := r.Setting(key)
	if errors.Is(err, store.ErrNotFound) || err == nil && raw == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(raw), into)
}
