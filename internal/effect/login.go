package effect

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// relayLogin is NIP-42: one relay, one challenge, no content, a fresh stamp.
func (w *weigher) relayLogin() {
	raw, hasRelay := one(w.t.Tags, "relay")
	_, hasChallenge := one(w.t.Tags, "challenge")
	relay, err := nostr.NormalizeRelayURL(raw)
	if !hasRelay || !hasChallenge || err != nil || w.t.Content != "" {
		w.block(ReasonLogin)
		return
	}
	if w.skew().Abs() > clockSlack {
		w.block(ReasonClock)
	}
	w.e.Relay = relay
	if u, err := url.Parse(relay); err == nil {
		w.e.Host = u.Host
	}
	if w.f.RelayListed == nil || !w.f.RelayListed(relay) {
		w.atLeast(privyseal.L2, Reason{Code: ReasonForeign})
	}
}

// webLogin is NIP-98: one https address, one method, a stamp within a minute.
func (w *weigher) webLogin() {
	raw, hasURL := one(w.t.Tags, "u")
	method, hasMethod := one(w.t.Tags, "method")
	host, ok := SecureHost(raw)
	if !hasURL || !hasMethod || !ok {
		w.block(ReasonLogin)
		return
	}
	if w.skew().Abs() > loginSlack {
		w.block(ReasonClock)
	}
	w.e.Host, w.e.Summary.Method = host, strings.ToUpper(method)
	switch w.e.Summary.Method {
	case "GET", "HEAD":
	case "DELETE":
		w.e.Act = ActWebDelete
	default:
		w.e.Act = ActWebChange
		if _, hashed := one(w.t.Tags, "payload"); !hashed {
			w.raise(Reason{Code: ReasonNoBody})
		}
	}
	w.site()
}

// site compares the host with where the app was checked to be from (T37).
func (w *weigher) site() {
	switch w.f.CheckedHost {
	case "":
	case w.e.Host:
		w.e.SameSite = true
	default:
		w.atLeast(privyseal.L3, Reason{Code: ReasonSite, Text: w.f.CheckedHost})
	}
}

// file is Blossom's permission (BUD-11): a verb, maybe servers and file hashes.
func (w *weigher) file() {
	if server, ok := one(w.t.Tags, "server"); ok {
		w.e.Host, _ = serverHost(server)
	}
	if w.e.Host == "" {
		w.tell(Reason{Code: ReasonAnyHost})
	}
	verb, _ := one(w.t.Tags, "t")
	w.e.Summary.Items = count(w.t.Tags, "x")
	w.e.Summary.Method = verb
	switch verb {
	case "upload", "media":
		if w.e.Host != "" && !w.usedHost(w.e.Host) {
			w.raise(Reason{Code: ReasonNewHost, Text: w.e.Host})
		}
	case "get", "list":
		w.is(ActFileList, privyseal.L2)
	default: // delete, and what we do not know
		w.is(ActFileDelete, privyseal.L3)
	}
	if w.e.Summary.Items == 0 && w.e.Act != ActFileList {
		w.raise(Reason{Code: ReasonNoFile})
	}
	until, _ := one(w.t.Tags, "expiration")
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || end > w.f.Now.Add(24*time.Hour).Unix() {
		w.raise(Reason{Code: ReasonLong})
	}
}

// SecureHost is the host of an https address, or of an http one on this
// computer. Addresses with a user part, or with letters that could pass for
// others (a name has its xn-- form for those), are made to deceive: refused.
func SecureHost(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return "", false
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	switch {
	case host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "", false
	case u.Scheme == "https":
		if port == "443" {
			port = ""
		}
	case u.Scheme == "http" && loopback(host):
		if port == "80" {
			port = ""
		}
	default:
		return "", false
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	return host, true
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
