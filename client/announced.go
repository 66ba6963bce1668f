package client

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Bounds of what relays tell of key apps.
const (
	kindHandler  = nostr.Kind(31990)
	tellIn       = 3 * time.Second // for a relay
	maxTellers   = 4               // relays asked
	maxTold      = 20              // announcements of one
	maxDomains   = 8               // asked: each learns that somebody looks for a key app
	maxAnnounced = 3
)

// Announced asks relays for the key apps that announce themselves there
// (NIP-89), and gives those whose own domain names the key that announces it, as
// [Discover] finds them. Nobody else's word counts; none is no error.
func Announced(ctx context.Context, relays []string, o Options) []*Hosted {
	o = o.filled()
	told := make([][]*nostr.Event, min(len(relays), maxTellers))
	var wg sync.WaitGroup
	for i := range told {
		wg.Go(func() { told[i] = announcements(ctx, relays[i], o) })
	}
	wg.Wait()
	keys := map[string]map[nostr.PubKey]bool{} // by domain, who says that it has a key app
	var domains []string
	for _, events := range told {
		for _, e := range events {
			domain := announcedAt(e)
			if domain == "" || keys[domain] == nil && len(domains) == maxDomains {
				continue
			}
			if keys[domain] == nil {
				keys[domain], domains = map[nostr.PubKey]bool{}, append(domains, domain)
			}
			keys[domain][e.PubKey] = true
		}
	}
	hosts := make([]*Hosted, len(domains))
	for i, domain := range domains {
		wg.Go(func() {
			if h, err := Discover(ctx, domain, o); err == nil && keys[domain][h.Key] {
				hosts[i] = h
			}
		})
	}
	wg.Wait()
	var found []*Hosted
	for _, h := range hosts {
		if h != nil && len(found) < maxAnnounced {
			found = append(found, h)
		}
	}
	return found
}

// announcements are what one relay has, as far as it tells in time.
func announcements(ctx context.Context, relay string, o Options) (events []*nostr.Event) {
	ctx, cancel := context.WithTimeout(ctx, tellIn)
	defer cancel()
	relay, err := nostr.NormalizeRelayURL(relay)
	if err != nil {
		return nil
	}
	c, err := link.Dial(ctx, relay, link.Options{Dialer: o.dialer, Typed: o.PrivateRelays})
	if err != nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	limit := maxTold
	filter := nostr.Filter{Kinds: []nostr.Kind{kindHandler}, Tags: map[string][]string{"k": {strconv.Itoa(int(nip46.Kind))}}, Limit: &limit}
	if c.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: "signers", Filters: []nostr.Filter{filter}}) != nil {
		return nil
	}
	for len(events) < maxTold {
		m, err := c.Read(ctx)
		if err != nil || m.Label == nostr.LabelEOSE || m.Label == nostr.LabelClosed {
			break
		}
		if m.Label == nostr.LabelEvent && filter.Match(m.Event) && m.Event.Verify() == nil {
			events = append(events, m.Event)
		}
	}
	return events
}

// announcedAt is the host of an announcement's page, "" if nobody may be sent
// there.
func announcedAt(e *nostr.Event) string {
	page := e.Tags.TagValue("nostrconnect_url")
	before, _, _ := strings.Cut(page, placeholder)
	u, err := url.Parse(before)
	if err != nil || !pageOf(page, strings.ToLower(u.Host)) {
		return ""
	}
	return strings.ToLower(u.Host)
}
