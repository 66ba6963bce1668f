package effect

import (
	"net/url"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// Hosts are those that an event sends people or files to: of a web login, a file
// permission, a relay login, and of the files that it shows. Signed once, a
// host is known.
func Hosts(t *nostr.Template) (hosts []string) {
	switch t.Kind {
	case kindWebLogin, kindFile:
		for _, v := range append(values(t.Tags, "u"), values(t.Tags, "server")...) {
			if h, ok := serverHost(v); ok {
				hosts = append(hosts, h)
			}
		}
	case kindRelayLogin:
		if relay, err := nostr.NormalizeRelayURL(strings.Join(values(t.Tags, "relay"), " ")); err == nil {
			if u, err := url.Parse(relay); err == nil {
				hosts = append(hosts, u.Host)
			}
		}
	default:
		if RuleOf(t.Kind).shows() {
			hosts = fileHosts(t.Tags)
		}
	}
	return hosts
}

// serverHost is the host of an address, or of a bare name (BUD-11).
func serverHost(s string) (string, bool) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	return SecureHost(s)
}

// shows reports a kind that shows files.
func (r KindRule) shows() bool {
	for _, m := range mediaKinds {
		if m.From <= r.From && r.To <= m.To {
			return true
		}
	}
	return false
}

// fileHosts are where the files of an event are (NIP-92 imeta, NIP-94 url).
func fileHosts(tags nostr.Tags) (hosts []string) {
	for _, t := range tags {
		for _, s := range t {
			if host, ok := SecureHost(strings.TrimPrefix(s, "url ")); ok {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// Poll is the poll that an event votes in, or "".
func Poll(t *nostr.Template) string {
	if t.Kind != kindVote {
		return ""
	}
	poll, _ := one(t.Tags, "e")
	return poll
}
