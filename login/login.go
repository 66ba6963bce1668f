package login

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Where the handler stands, below the app's origin.
const (
	ChallengePath = "/login/nostr/challenge" // POST → Challenge
	VerifyPath    = "/login/nostr/verify"    // POST, the signed event → Account
	SessionPath   = "/login/nostr/session"   // GET → Account
	LogoutPath    = "/login/nostr/logout"    // POST; with ?everywhere=1 of every browser
)

// Options say for which app people sign in.
type Options struct {
	// Origin is the app's own, as browsers write it: "https://app.example".
	// Plain http is only for this computer.
	Origin string
	// Store keeps challenges and sessions; required. [NewMemory] forgets them
	// with the process, [NewSQL] does not.
	Store Store
	// Lasts is how long a session lasts at most, Idle how long unused; 0 means
	// 30 days and 14 days.
	Lasts, Idle time.Duration
	// Client names the network address a request comes from, for the limits; nil
	// takes it from the connection. Behind a proxy of your own, name what it says.
	Client func(*http.Request) string
	// Chip finds what to show of an account; nil shows the key alone.
	Chip Chip
	// Now and Rand are for tests; nil are the clock and crypto/rand.
	Now  func() time.Time
	Rand io.Reader
}

// Login signs people in. It is safe for concurrent use.
type Login struct {
	o      Options
	secure bool
	limits limits
}

const (
	challengeLasts = 5 * time.Minute
	// Skew is how far an event's time may be from the server's.
	Skew = 60 * time.Second
	// MaxEvent is the largest body that is read, in bytes.
	MaxEvent = 16 << 10
)

// New checks the options.
func New(o Options) (*Login, error) {
	u, err := url.Parse(o.Origin)
	if err != nil || u.Host == "" || o.Origin != u.Scheme+"://"+strings.ToLower(u.Host) {
		return nil, fmt.Errorf("login: the origin must look like https://app.example, and be nothing more")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("login: the origin must be https; http is only for this computer")
	}
	if o.Store == nil {
		return nil, errors.New("login: a store is missing: NewMemory, or NewSQL")
	}
	if o.Lasts == 0 {
		o.Lasts = 30 * 24 * time.Hour
	}
	if o.Idle == 0 {
		o.Idle = 14 * 24 * time.Hour
	}
	if o.Lasts < 0 || o.Idle < 0 {
		return nil, errors.New("login: a session cannot last less than nothing")
	}
	if o.Client == nil {
		o.Client = address
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return &Login{o: o, secure: u.Scheme == "https", limits: newLimits(o.Now)}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address is where the connection comes from. Of IPv6 a household has a /64.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}
