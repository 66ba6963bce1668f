package relay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// source is where a connection comes from: an IPv4 address or an IPv6 /64, as
// one household has a whole /64 to choose from.
type source struct {
	prefix   netip.Prefix
	loopback bool
}

// sourceOf tells where a request comes from. The zero source is an address that
// cannot be read.
func (r *Relay) sourceOf(req *http.Request) source {
	text, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		text = req.RemoteAddr
	}
	if forwarded := req.Header.Values("X-Forwarded-For"); r.options.TrustProxy && len(forwarded) > 0 {
		last := forwarded[len(forwarded)-1]
		text = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return source{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // bits fit the address
	return source{prefix: p, loopback: a.IsLoopback()}
}

// door counts connections by source.
type door struct {
	mu   sync.Mutex
	from map[source]int
	all  int
}

// enter lets a connection in, or says why not.
func (d *door) enter(s source, l Limits) (why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	most := l.ConnectionsPerIP
	if s.loopback {
		most = l.ConnectionsLoopback
	}
	switch {
	case d.all >= l.Connections:
		return "too many connections"
	case d.from[s] >= most:
		return "too many connections from your address"
	}
	d.from[s]++
	d.all++
	return ""
}

func (d *door) leave(s source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all--
	if d.from[s]--; d.from[s] == 0 {
		delete(d.from, s)
	}
}

// salt names addresses in the log by a hash whose key is forgotten every day.
type salt struct {
	mu  sync.Mutex
	key [32]byte
	day int64
}

func (s *salt) name(from source, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if day := now.Unix() / 86400; day != s.day {
		rand.Read(s.key[:])
		s.day = day
	}
	h := hmac.New(sha256.New, s.key[:])
	h.Write([]byte(from.prefix.String()))
	return hex.EncodeToString(h.Sum(nil)[:6])
}
