package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// Timeouts of reaching a host.
const (
	connectTimeout   = 10 * time.Second // one address
	handshakeTimeout = 10 * time.Second // TLS, and the answer's header
	dialTimeout      = 20 * time.Second // all of it
	maxHeaderBytes   = 16 << 10
)

// Dialer reaches hosts on the public internet and refuses all others (T10). A
// name is resolved once, and the address that was checked is the one dialled.
// The zero Dialer is ready. It is safe for concurrent use once set up.
type Dialer struct {
	// Socks is a SOCKS5 proxy, "host:port" or "socks5://user:pass@host:port".
	// Public names then go to the proxy unresolved; .onion goes nowhere else.
	Socks string
	// AllowPrivate says which "host:port" nobody typed may be private all the
	// same, such as our own relay. Nil means none.
	AllowPrivate func(hostport string) bool
	// Resolver resolves names; nil is the system's.
	Resolver Resolver
	// Control runs before each socket connects, after our own check; nil is none.
	Control func(network, address string, c syscall.RawConn) error
	// Connect opens a connection to an address that passed the rules; nil
	// connects by TCP. It is the place for a network in memory.
	Connect func(ctx context.Context, network, address string) (net.Conn, error)
	// RootCAs are the roots of trust of TLS; nil is the system's.
	RootCAs *x509.CertPool
}

// Resolver looks names up, as [net.Resolver] does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Check applies the rules that need no look-up to a ws, wss, http or https
// address; typed says that a person typed it. Its errors wrap [ErrAddress].
func (d *Dialer) Check(url string, typed bool) error {
	e, err := parseEndpoint(url)
	if err != nil {
		return err
	}
	return d.check(e, typed)
}

func (d *Dialer) check(e endpoint, typed bool) error {
	if err := checkPort(e.port, typed); err != nil {
		return err
	}
	if e.onion() {
		if d.Socks == "" {
			return refused(".onion needs a SOCKS proxy")
		}
		return nil
	}
	typed = typed || d.private(e.hostport())
	if ip, err := netip.ParseAddr(e.host); err == nil && typed {
		return typedIP(ip, true)
	}
	if !typed && local(e.host) {
		return refused("%s is not on the public internet", e.host)
	}
	if !typed && e.plain {
		return refused("ws:// is not encrypted")
	}
	return nil
}

func (d *Dialer) private(hostport string) bool {
	return d.AllowPrivate != nil && d.AllowPrivate(hostport)
}

// dial opens a connection to an endpoint that passed check.
func (d *Dialer) dial(ctx context.Context, e endpoint, typed bool) (net.Conn, error) {
	literal, err := netip.ParseAddr(e.host)
	if d.Socks != "" && !local(e.host) {
		return d.dialSocks(ctx, e)
	}
	typed = typed || d.private(e.hostport())
	if err == nil {
		return d.dialIP(ctx, netip.AddrPortFrom(literal, e.port), typed, true)
	}
	ips, err := d.resolve(ctx, e.host)
	if err != nil {
		return nil, err
	}
	err = refused("%s has no address", e.host)
	for _, ip := range ips {
		var conn net.Conn
		if conn, err = d.dialIP(ctx, netip.AddrPortFrom(ip, e.port), typed, false); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func (d *Dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761 §6.3
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	r := d.Resolver
	if r == nil {
		r = net.DefaultResolver
	}
	return r.LookupNetIP(ctx, "ip", host)
}

// dialIP dials one address. The rule runs again on the very address the socket
// connects to.
func (d *Dialer) dialIP(ctx context.Context, to netip.AddrPort, typed, literal bool) (net.Conn, error) {
	rule := func(address string) error {
		ap, err := netip.ParseAddrPort(address)
		switch {
		case err != nil:
			return refused("%q", address)
		case typed:
			return typedIP(ap.Addr(), literal)
		}
		if err := publicIP(ap.Addr()); err != nil {
			return err
		}
		return ownIP(ap.Addr())
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	if err := rule(to.String()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if d.Connect != nil {
		return d.Connect(ctx, "tcp", to.String())
	}
	nd := net.Dialer{Control: func(network, address string, c syscall.RawConn) error {
		if err := rule(address); err != nil || d.Control == nil {
			return err
		}
		return d.Control(network, address, c)
	}}
	return nd.DialContext(ctx, "tcp", to.String())
}

// ownIP refuses addresses in the networks this computer is part of: services
// there may trust whoever reaches them from inside.
func ownIP(ip netip.Addr) error {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return refused("this computer's own networks are not known: %v", err)
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && p.Masked().Contains(ip.Unmap()) {
			return refused("%s is in this computer's own network", ip)
		}
	}
	return nil
}

// Client is an HTTP client over the dialer. It follows no redirect, uses no
// proxy but Socks, keeps no connection, and has 20 seconds for everything; the
// caller bounds the body. It checks each address with [Dialer.Check].
func (d *Dialer) Client(typed bool) *http.Client {
	return &http.Client{
		Transport:     roundTripper{d, typed},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       dialTimeout,
	}
}

type roundTripper struct {
	d     *Dialer
	typed bool
}

// RoundTrip checks the address and sends one request on a connection of its own.
func (rt roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	e, err := parseEndpoint(req.URL.String())
	if err == nil {
		err = rt.d.check(e, rt.typed)
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	return rt.d.transport(e, rt.typed, nil).RoundTrip(req)
}

// transport speaks HTTP/1.1 to one endpoint; wrap, when not nil, wraps the raw
// connection.
func (d *Dialer) transport(e endpoint, typed bool, wrap func(net.Conn) net.Conn) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := d.dial(ctx, e, typed)
			if err != nil || wrap == nil {
				return conn, err
			}
			return wrap(conn), nil
		},
		TLSClientConfig:        &tls.Config{RootCAs: d.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  handshakeTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
}
