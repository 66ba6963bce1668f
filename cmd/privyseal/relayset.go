package main

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/nostr"
)

// publicRelays are relays known to carry remote signing, reviewed by hand.
var publicRelays = []string{
	"wss://relay.primal.net",
	"wss://bucket.coracle.social",
	"wss://nrs.primal.net",
	"wss://relay.nip46.com",
	"wss://ephemeral.snowflare.cc",
}

const (
	publicWanted  = 3               // of the public relays
	publicPatient = 5 * time.Second // for the slowest of them
)

// relays are the relays to start with, our own last.
func (h *house) relays(ctx context.Context) []keeper.Relay {
	var out []keeper.Relay
	for _, r := range h.cmd.Relay {
		switch r {
		case "none":
		case "public":
			for _, url := range h.fastest(ctx) {
				out = append(out, keeper.Relay{URL: url, Public: true})
			}
		default:
			out = append(out, keeper.Relay{URL: r, Public: reachable(r), Typed: true})
		}
	}
	if !h.cmd.OwnRelay {
		return out
	}
	return append(out, keeper.Relay{URL: h.ownURL, Own: true, Public: reachable(h.ownURL), Typed: true})
}

// nameRelay finds the own relay's URL as links name it.
func (h *house) nameRelay() (err error) {
	if !h.cmd.OwnRelay {
		return nil
	}
	own := h.ownAddress()
	if h.ownURL, err = nostr.NormalizeRelayURL(own); err != nil {
		return usage("the own relay has no usable address: "+own, "give one with --public-url")
	}
	return nil
}

// spares may take the place of a relay that stays deaf: the public ones, if the
// person uses public relays at all.
func (h *house) spares() []keeper.Relay {
	var kept []string
	_ = json.Unmarshal([]byte(h.kept), &kept)
	uses := h.wantsPublic() ||
		slices.ContainsFunc(h.m.Public, func(url string) bool { return slices.Contains(kept, url) })
	if !uses || h.leftOut() {
		return nil
	}
	return h.reviewed()
}

// reviewed are the public relays.
func (h *house) reviewed() []keeper.Relay {
	out := make([]keeper.Relay, 0, len(h.m.Public))
	for _, url := range h.m.Public {
		out = append(out, keeper.Relay{URL: url, Public: true})
	}
	return out
}

// ownAddress is where apps reach the own relay.
func (h *house) ownAddress() string {
	if u := h.cmd.public; u != nil {
		scheme := "ws://"
		if u.Scheme == "https" {
			scheme = "wss://"
		}
		return scheme + u.Host
	}
	scheme := "ws://"
	if h.cmd.secure() {
		scheme = "wss://"
	}
	addr := h.web.Addr().(*net.TCPAddr)
	ip := addr.AddrPort().Addr().Unmap()
	host := ip.String()
	if ip.IsUnspecified() {
		host = "127.0.0.1"
		h.remark("links name this computer only; give --public-url for others")
	}
	if !ip.IsLoopback() && !h.cmd.secure() {
		h.remark("the network can see who connects; give --tls or --tls-cert")
	}
	return scheme + net.JoinHostPort(host, strconv.Itoa(addr.Port))
}

// site is where people find the console, and who passkeys are for. Passkeys are
// for names, so that this computer is called localhost.
func (h *house) site() passkey.Site {
	if u := h.cmd.public; u != nil {
		return passkey.Site{Domain: u.Hostname(), Origins: []string{u.Scheme + "://" + u.Host}}
	}
	scheme := "http://"
	if h.cmd.secure() {
		scheme = "https://"
	}
	port := strconv.Itoa(h.web.Addr().(*net.TCPAddr).Port)
	return passkey.Site{Domain: "localhost", Origins: []string{scheme + "localhost:" + port}}
}

// remark adds to the ready line.
func (h *house) remark(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.note != "" {
		h.note += "; "
	}
	h.note += text
}

// reachable guesses whether other computers reach a relay.
func reachable(relay string) bool {
	host, _, err := net.SplitHostPort(hostOf(relay))
	if err != nil {
		host = hostOf(relay)
	}
	if host == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.IsLoopback() && !ip.IsUnspecified()
}

// slow is when a person wonders what takes so long.
const slow = time.Second

// saysIfSlow tells the person at the terminal what takes so long, once it does;
// without a terminal the log does.
func (h *house) saysIfSlow(what string) (done func() bool) {
	return time.AfterFunc(slow, func() {
		if t, ok := tty.Of(h.m.Stdin, h.m.Stderr); ok {
			t.Say("%s", what)
		} else if h.log != nil {
			h.log.Info(what)
		}
	}).Stop
}

// fastest are the public relays to use. The front tries them.
func (h *house) fastest(ctx context.Context) []string {
	h.tries.Do(func() {
		defer h.saysIfSlow("Looking for public relays that answer (a few seconds at most)…")()
		select {
		case h.best = <-h.measured:
		case <-h.front.process().Ended():
		case <-ctx.Done():
		}
	})
	return h.best
}

// wantsPublic reports whether public relays are asked for.
func (h *house) wantsPublic() bool { return h.public || slices.Contains(h.cmd.Relay, "public") }

// leftOut reports whether the relays kept in settings are left out this time.
func (h *house) leftOut() bool { return slices.Contains(h.cmd.Relay, "none") }

// measure connects to all public relays and keeps the first to answer; those
// that nobody answers for are taken as they come.
func measure(ctx context.Context, dialer *link.Dialer, public []string) []string {
	ctx, cancel := context.WithTimeout(ctx, publicPatient)
	defer cancel()
	answered := make(chan string, len(public))
	for _, url := range public {
		go func() {
			conn, err := link.Dial(ctx, url, link.Options{Dialer: dialer})
			if err != nil {
				answered <- ""
				return
			}
			_ = conn.Close()
			answered <- url
		}()
	}
	var best []string
	for range public {
		select {
		case url := <-answered:
			if url != "" {
				best = append(best, url)
			}
		case <-ctx.Done():
		}
		if len(best) == publicWanted {
			return best
		}
	}
	if len(best) == 0 {
		return public[:min(publicWanted, len(public))]
	}
	return best
}
