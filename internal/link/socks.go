package link

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/proxy"
)

var errNoProxy = errors.New("the SOCKS proxy address is not host:port or socks5://user:pass@host:port")

// dialSocks hands the host's name to the proxy, which resolves it.
func (d *Dialer) dialSocks(ctx context.Context, e endpoint) (net.Conn, error) {
	addr, auth, err := parseSocks(d.Socks)
	if err != nil {
		return nil, err
	}
	p, err := proxy.SOCKS5("tcp", addr, auth, proxyDialer{d})
	if err != nil {
		return nil, errNoProxy
	}
	ctx, cancel := context.WithTimeout(ctx, 2*connectTimeout) // a circuit takes its time
	defer cancel()
	return p.(proxy.ContextDialer).DialContext(ctx, "tcp", e.hostport())
}

// parseSocks reads the two forms of [Dialer.Socks].
func parseSocks(s string) (addr string, auth *proxy.Auth, err error) {
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "socks5" && u.Scheme != "socks5h" {
			return "", nil, errNoProxy
		}
		if u.User != nil {
			password, _ := u.User.Password()
			auth = &proxy.Auth{User: u.User.Username(), Password: password}
		}
		s = u.Host
	}
	if host, port, err := net.SplitHostPort(s); err != nil || host == "" || port == "" {
		return "", nil, errNoProxy
	}
	return s, auth, nil
}

// proxyDialer connects to the proxy itself, which the person configured.
type proxyDialer struct{ d *Dialer }

func (p proxyDialer) Dial(network, addr string) (net.Conn, error) {
	return p.DialContext(context.Background(), network, addr)
}

func (p proxyDialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if p.d.Connect != nil {
		return p.d.Connect(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}
