package linktest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/privyseal/privyseal/internal/link"
)

// Net is a network in memory. It works inside a testing/synctest bubble.
type Net struct {
	mu     sync.Mutex
	hosts  map[string]*host // by name
	byAddr map[netip.Addr]*host
}

type host struct {
	addr   netip.Addr
	queue  chan net.Conn
	closed chan struct{}
	server *http.Server
	up     bool
}

var errUnreachable = errors.New("linktest: connection refused")

// NewNet makes a network without hosts.
func NewNet() *Net { return &Net{hosts: map[string]*host{}, byAddr: map[netip.Addr]*host{}} }

// Serve puts a handler under a name and returns its ws:// address. Close it with
// [Net.Close].
func (n *Net) Serve(name string, h http.Handler) (url string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	x := &host{addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(len(n.hosts) + 1)}), queue: make(chan net.Conn), closed: make(chan struct{}), server: &http.Server{Handler: h}, up: true}
	n.hosts[name], n.byAddr[x.addr] = x, x
	go x.server.Serve(listener{x})
	return "ws://" + name
}

// SetUp says whether a name can be reached; connections that are open stay.
func (n *Net) SetUp(name string, up bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[name].up = up
}

// Close ends all servers. Connections that became WebSockets are their relay's.
func (n *Net) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, x := range n.hosts {
		close(x.closed) // ends Accept, which Close waits for
		x.server.Close()
	}
}

// Dialer reaches the hosts of this network and nothing else.
func (n *Net) Dialer() *link.Dialer {
	return &link.Dialer{AllowPrivate: func(string) bool { return true }, Resolver: n, Connect: n.connect}
}

// LookupNetIP makes Net a [link.Resolver].
func (n *Net) LookupNetIP(_ context.Context, _, name string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if x := n.hosts[name]; x != nil {
		return []netip.Addr{x.addr}, nil
	}
	return nil, errUnreachable
}

func (n *Net) connect(ctx context.Context, _, address string) (net.Conn, error) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	x := n.byAddr[ap.Addr()]
	ok := x != nil && x.up
	n.mu.Unlock()
	if !ok {
		return nil, errUnreachable
	}
	ours, theirs := net.Pipe()
	select {
	case x.queue <- theirs:
		return ours, nil
	case <-x.closed:
		return nil, errUnreachable
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// listener hands out the pipes that connect makes.
type listener struct{ x *host }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.x.queue:
		return conn, nil
	case <-l.x.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { return nil }
func (l listener) Addr() net.Addr { return &net.TCPAddr{IP: l.x.addr.AsSlice(), Port: 80} }
