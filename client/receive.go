package client

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// receive takes what a relay delivers. Whatever is not an answer of the signer
// to an open request is passed over in silence.
func (l *line) receive(e *nostr.Event) {
	if e == nil || e.Kind != nip46.Kind || !slices.ContainsFunc(e.Tags, l.names) {
		return
	}
	l.mu.Lock()
	p, pairing := l.peer, l.pairing
	l.mu.Unlock()
	if p == nil {
		if pairing != nil {
			pairing.receive(e)
		}
		return
	}
	if e.PubKey != p.key {
		return
	}
	resp, err := l.unseal(e, p)
	if err != nil {
		l.o.Logger.Debug("passed over an event", "reason", err)
		return
	}
	if url, handler := l.deliver(resp); handler != nil {
		go handler(url)
	}
}

// names reports whether a tag names the app's key.
func (l *line) names(t nostr.Tag) bool {
	return len(t) >= 2 && t[0] == "p" && t[1] == l.pub.String()
}

// unseal opens a response. NIP-44 is checked by its MAC first, being cheap;
// NIP-04 has none, so its signature comes first. What cipher came never changes
// what we send.
func (l *line) unseal(e *nostr.Event, p *peer) (*nip46.Response, error) {
	var (
		plain []byte
		err   error
	)
	if nip04.Looks(e.Content) {
		if err = e.Verify(); err != nil {
			return nil, err
		}
		var (
			shared nip04.SharedKey
			text   string
		)
		if shared, err = nip04.NewSharedKey(l.key, (*[32]byte)(&p.key)); err == nil {
			text, err = nip04.Decrypt(&shared, e.Content)
			shared.Wipe()
		}
		plain = []byte(text)
	} else if plain, err = nip44.AppendDecrypt(nil, &p.ck, []byte(e.Content)); err == nil {
		err = e.Verify()
	}
	if err != nil {
		return nil, err
	}
	return nip46.ParseResponse(plain)
}

// deliver hands a response to the request it answers, or returns the page to be
// shown for it.
func (l *line) deliver(resp *nip46.Response) (page string, show func(string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := resp.ID.Text()
	c := l.pending[id]
	if c == nil {
		return "", nil
	}
	l.heard = time.Now()
	defer l.stir()
	if resp.AuthURL == "" {
		delete(l.pending, id)
		c.answer <- resp
		return "", nil
	}
	if c.page || !c.asks() {
		return "", nil
	}
	page, err := checkPage(resp.AuthURL)
	if err != nil {
		l.o.Logger.Warn("passed over a page of the key app", "method", c.method, "reason", err)
		return "", nil
	}
	c.page = true
	return page, l.o.OnAuthURL
}

const maxPage = 2048

var errPage = errors.New("it is neither https nor http to this computer")

// checkPage accepts a page a person may be sent to: https, or http to this
// computer, and nothing that hides where it leads.
func checkPage(page string) (string, error) {
	u, err := url.Parse(page)
	if err != nil || len(page) > maxPage || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(page, hidden) {
		return "", errPage
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u.String(), nil
	}
	return "", errPage
}

func hidden(r rune) bool { return r <= ' ' || r >= 0x7f }

// loopback reports whether a host is this computer by its very name.
func loopback(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// ownComputer reports whether a relay is on this computer.
func ownComputer(relay string) bool {
	u, err := url.Parse(relay)
	return err == nil && loopback(u.Hostname())
}
