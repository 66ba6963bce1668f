package relay

import (
	"crypto/subtle"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// authWindow is how far an AUTH event's created_at may be off (NIP-42).
const authWindow = 10 * time.Minute

// offer lets the client sign in, once. Some clients end their subscriptions when
// they are asked to (Snort), and some send them again only then (NDK after a
// reconnect): so who subscribes is not asked, until a quota stops it.
func (s *session) offer() {
	s.offered.Do(func() { s.send(nostr.RelayMessage{Label: nostr.LabelAuth, Message: s.challenge}) })
}

// authenticate judges an AUTH event (NIP-42). Nothing here needs it; a client
// that signs in with a key the keeper knows is spared the quotas.
func (s *session) authenticate(e *nostr.Event) verdict {
	r := s.relay
	off := r.options.Clock().Unix() - e.CreatedAt
	switch {
	case e.Kind != kindAuth:
		return refuse("invalid: an AUTH event is of kind %d", kindAuth)
	case time.Duration(max(off, -off))*time.Second > authWindow || off != int64(int32(off)):
		return refuse("invalid: your clock is %d s off", -off)
	case subtle.ConstantTimeCompare([]byte(e.Tags.TagValue("challenge")), []byte(s.challenge)) != 1:
		return refuse("invalid: this is not the challenge of this connection")
	case !s.names(e.Tags.TagValue("relay")):
		return refuse("invalid: the relay tag names another relay")
	}
	if err := e.Verify(); err != nil {
		return refuse("invalid: %s", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.trusted = s.trusted || r.knows(e.PubKey)
	return accepted
}

// names reports whether an AUTH event's relay is this one: by the host the
// client connected to, or by the relay's public address.
func (s *session) names(relay string) bool {
	host := hostOf(relay)
	if host == "" {
		return false
	}
	if public := s.relay.options.URL; public != nil && host == hostOf(public()) {
		return true
	}
	return host == hostOf("ws://"+s.host)
}

// hostOf is an address's host in lower case, without its port.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip := net.ParseIP(host); ip != nil {
		return ip.String()
	}
	return host
}
