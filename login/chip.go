package login

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// Shown is what an account chip shows. All of it is the person's own claim,
// except Checked.
type Shown struct {
	Name    string `json:"name,omitempty"`
	Picture string `json:"picture,omitempty"` // an https address
	Address string `json:"address,omitempty"` // name@domain (NIP-05)
	// Checked says that the domain names this key for the address.
	Checked bool `json:"checked"`
}

// Chip finds what to show of an account, from memory if need be; nil if nothing
// is known. It must not hold a request up for long.
type Chip interface {
	Show(ctx context.Context, key nostr.PubKey) *Shown
}

// Profiles is a [Chip] that asks relays for the newest profile (kind 0) and its
// domain for the address (NIP-05), over a dialer that reaches public hosts only.
type Profiles struct {
	// Relays to ask; people's profiles are on the large ones.
	Relays []string
	dialer *link.Dialer // nil is the safe one over the internet
	mu     sync.Mutex
	known  map[nostr.PubKey]remembered
}

type remembered struct {
	shown *Shown
	until time.Time
}

const (
	chipWait  = 3 * time.Second
	chipLasts = 10 * time.Minute
	maxChips  = 10_000
	maxDoc    = 64 << 10
)

// Show waits for relays up to three seconds, and remembers for ten minutes.
func (p *Profiles) Show(ctx context.Context, key nostr.PubKey) *Shown {
	p.mu.Lock()
	k, ok := p.known[key]
	p.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.shown
	}
	ctx, cancel := context.WithTimeout(ctx, chipWait)
	defer cancel()
	shown := p.find(ctx, key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxChips {
		p.known = map[nostr.PubKey]remembered{}
	}
	p.known[key] = remembered{shown, time.Now().Add(chipLasts)}
	return shown
}

func (p *Profiles) find(ctx context.Context, key nostr.PubKey) *Shown {
	found := make(chan *nostr.Event)
	for _, relay := range p.Relays {
		go func() { found <- p.ask(ctx, relay, key) }()
	}
	var newest *nostr.Event
	for range p.Relays {
		if e := <-found; e != nil && (newest == nil || e.CreatedAt > newest.CreatedAt) {
			newest = e
		}
	}
	if newest == nil {
		return nil
	}
	var profile struct {
		Name    string `json:"name"`
		Display string `json:"display_name"`
		Picture string `json:"picture"`
		Address string `json:"nip05"`
	}
	if json.Unmarshal([]byte(newest.Content), &profile) != nil {
		return nil
	}
	s := &Shown{Name: clean(profile.Display, 60), Address: clean(profile.Address, 100)}
	if s.Name == "" {
		s.Name = clean(profile.Name, 60)
	}
	if u, err := url.Parse(profile.Picture); err == nil && u.Scheme == "https" && u.Host != "" && len(profile.Picture) <= 500 {
		s.Picture = u.String()
	}
	s.Checked = p.check(ctx, s.Address, key)
	return s
}

// clean is text for one line: no control or direction characters, at most n of them.
func clean(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7f, r >= 0x80 && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0xfffd:
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > n {
		s = string(r[:n])
	}
	return strings.TrimSpace(s)
}

// ask brings the newest profile that one relay has, verified.
func (p *Profiles) ask(ctx context.Context, relay string, key nostr.PubKey) *nostr.Event {
	c, err := link.Dial(ctx, relay, link.Options{Dialer: p.dialer})
	if err != nil {
		return nil
	}
	defer c.Close()
	limit := 1
	of := nostr.Filter{Authors: []nostr.PubKey{key}, Kinds: []nostr.Kind{0}, Limit: &limit}
	if c.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: "chip", Filters: []nostr.Filter{of}}) != nil {
		return nil
	}
	var newest *nostr.Event
	for {
		m, err := c.Read(ctx)
		switch {
		case err != nil, m.Label == nostr.LabelEOSE, m.Label == nostr.LabelClosed:
			return newest
		case m.Label == nostr.LabelEvent && of.Match(m.Event) && (newest == nil || m.Event.CreatedAt > newest.CreatedAt) && m.Event.Verify() == nil:
			newest = m.Event
		}
	}
}

// check asks the domain of an address for the key.
func (p *Profiles) check(ctx context.Context, address string, key nostr.PubKey) bool {
	name, domain, ok := strings.Cut(strings.ToLower(address), "@")
	if !ok || name == "" || strings.ContainsAny(domain, "/?#@: ") || !strings.Contains(domain, ".") {
		return false
	}
	u := url.URL{Scheme: "https", Host: domain, Path: "/.well-known/nostr.json", RawQuery: url.Values{"name": {name}}.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return false
	}
	res, err := p.client().Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDoc))
	var doc struct {
		Names map[string]string `json:"names"`
	}
	return err == nil && res.StatusCode == http.StatusOK && json.Unmarshal(body, &doc) == nil && doc.Names[name] == key.String()
}

func (p *Profiles) client() *http.Client {
	d := p.dialer
	if d == nil {
		d = new(link.Dialer)
	}
	return d.Client(false)
}
