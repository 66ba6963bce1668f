package client

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

const (
	maxNostrJSON = 64 << 10
	placeholder  = "<nostrconnect>"
)

// Hosted is a key app that a domain tells of (NIP-46 "Announcing remote-signer
// metadata").
type Hosted struct {
	Domain string       // that told of it
	Key    nostr.PubKey // that announces it; nothing is written to it
	Relays []string     // that it listens on: the best ones for [Pair]

	template string
}

// Discover asks a domain, or that of a name@domain, for its key app. Nothing is
// followed to another domain. With [Options.PrivateRelays] it may be on this
// computer, over http.
func Discover(ctx context.Context, address string, o Options) (*Hosted, error) {
	o = o.filled()
	domain := strings.ToLower(strings.TrimSpace(address[strings.LastIndexByte(address, '@')+1:]))
	none := func(why string) error {
		return &Error{Side: SideYou, Code: ErrNoSigner, Msg: "no key app was found at this address: " + why, Hint: "check the address, or scan a code instead"}
	}
	if domain == "" || strings.ContainsAny(domain, "/?#@\\ ") {
		return nil, none("it is not a domain")
	}
	u := url.URL{Scheme: scheme(domain), Host: domain, Path: "/.well-known/nostr.json", RawQuery: "name=_"}
	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, none("it is not a domain")
	}
	res, err := o.dialer.Client(o.PrivateRelays).Do(req)
	if err != nil {
		return nil, &Error{Side: SideConnection, Code: ErrNoConnection, Msg: "the address could not be reached", Hint: "check the address and the network", cause: err}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxNostrJSON))
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, none("its server tells of none")
	}
	h, why := readHosted(domain, raw)
	if why != "" {
		return nil, none(why)
	}
	return h, nil
}

// readHosted reads what a domain tells; why says what is wrong with it.
func readHosted(domain string, raw []byte) (h *Hosted, why string) {
	var doc struct {
		Names map[string]string          `json:"names"`
		Nip46 map[string]json.RawMessage `json:"nip46"`
	}
	if json.Unmarshal(raw, &doc) != nil {
		return nil, "what its server tells is not valid"
	}
	h = &Hosted{Domain: domain}
	var relays []string
	_ = json.Unmarshal(doc.Nip46["relays"], &relays)               // its own form is checked below
	_ = json.Unmarshal(doc.Nip46["nostrconnect_url"], &h.template) // and so is this
	var err error
	if h.Key, err = nostr.ParsePubKey(doc.Names["_"]); err != nil {
		return nil, "its server names no key of a key app"
	}
	for _, r := range relays {
		if u, err := nostr.NormalizeRelayURL(r); err == nil && !slices.Contains(h.Relays, u) && len(h.Relays) < maxRelays {
			h.Relays = append(h.Relays, u)
		}
	}
	if !pageOf(h.template, domain) {
		return nil, "its server names no page of its own to sign in at"
	}
	return h, ""
}

// pageOf reports whether a nostrconnect_url is a secure page of a domain.
func pageOf(template, domain string) bool {
	before, _, found := strings.Cut(template, placeholder)
	u, err := url.Parse(before)
	if !found || err != nil || u.User != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Host)
	if u.Scheme != scheme(host) {
		return false
	}
	return host == domain || strings.HasSuffix(host, "."+domain) || scheme(domain) == "http" && u.Scheme == "http" // both this computer
}

// scheme is https, but for this computer.
func scheme(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if ip := net.ParseIP(strings.Trim(name, "[]")); name == "localhost" || ip != nil && ip.IsLoopback() {
		return "http"
	}
	return "https"
}

// Page is where to send the person with a nostrconnect:// link, such as that of
// [Pairing.URI]: in the same browser, as a whole page. The link's callback brings
// them back.
func (h *Hosted) Page(link string) string {
	return strings.Replace(h.template, placeholder, url.QueryEscape(link), 1)
}
