package link_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// The tests of this file use real sockets on the loopback.

func TestTLS(t *testing.T) {
	s := httptest.NewTLSServer(new(linktest.Relay))
	defer s.Close()
	url := "wss" + strings.TrimPrefix(s.URL, "https")
	if _, err := link.Dial(t.Context(), url, link.Options{Typed: true}); err == nil {
		t.Error("an unknown authority was trusted")
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c, err := link.Dial(t.Context(), url, link.Options{Typed: true, Dialer: &link.Dialer{RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendFrame([]byte(`["REQ","a",{}]`)); err != nil {
		t.Fatal(err)
	}
	if m, err := c.Read(t.Context()); err != nil || m.Label != nostr.LabelEOSE {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := link.Dial(t.Context(), url, link.Options{Dialer: &link.Dialer{RootCAs: roots}}); !errors.Is(err, link.ErrAddress) {
		t.Errorf("the loopback was dialled for a stranger: %v", err)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	c, err := link.Dial(t.Context(), new(linktest.Relay).Start(t), link.Options{Typed: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-c.Done()
}

func TestClientFollowsNoRedirect(t *testing.T) {
	hits := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	}))
	defer s.Close()
	resp, err := new(link.Dialer).Client(true).Get(s.URL)
	if err != nil || resp.StatusCode != http.StatusFound || hits != 1 {
		t.Fatalf("%v, %v, %d requests", resp, err, hits)
	}
	resp.Body.Close()
	if _, err := new(link.Dialer).Client(false).Get(s.URL); !errors.Is(err, link.ErrAddress) {
		t.Errorf("for a stranger: %v", err)
	}
}

// socks is a SOCKS5 proxy that sends everything to one address. It returns the
// names it was asked for.
func socks(t *testing.T, target string) (addr string, asked chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	asked = make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		read := func(n int) []byte {
			b := make([]byte, n)
			io.ReadFull(conn, b)
			return b
		}
		read(int(read(2)[1])) // greeting and methods
		conn.Write([]byte{5, 2})
		user := read(int(read(2)[1]))
		password := read(int(read(1)[0]))
		conn.Write([]byte{1, 0})
		read(4) // a name follows
		name := read(int(read(1)[0]))
		read(2)
		asked <- string(user) + ":" + string(password) + "@" + string(name)
		conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		to, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer to.Close()
		go io.Copy(to, conn)
		io.Copy(conn, to)
	}()
	return l.Addr().String(), asked
}

// noNames fails the test when a name is resolved.
type noNames struct{ t *testing.T }

func (n noNames) LookupNetIP(context.Context, string, string) (ips []netip.Addr, err error) {
	n.t.Error("a name was resolved in spite of the proxy")
	return nil, io.EOF
}

func TestOnionThroughSocks(t *testing.T) {
	target := strings.TrimPrefix(new(linktest.Relay).Start(t), "ws://")
	addr, asked := socks(t, target)
	d := &link.Dialer{Socks: "socks5://u:p@" + addr, Resolver: noNames{t}}
	c, err := link.Dial(t.Context(), "ws://abcdefghijklmnop.onion", link.Options{Dialer: d})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := <-asked; got != "u:p@abcdefghijklmnop.onion" {
		t.Errorf("asked for %q", got)
	}
}

func TestRelayOnASocket(t *testing.T) {
	server := new(linktest.Relay)
	r := link.NewRelay(link.RelayOptions{URL: server.Start(t), Typed: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	got := make(chan string, 10)
	live := make(chan bool, 10)
	r.Subscribe([]nostr.Filter{{}}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) { got <- m.Event.Content },
		Live:  func() { live <- true },
	})
	<-live
	server.Drop()
	<-live
	receipts := make(chan link.Receipt, 1)
	e := event("again", time.Now())
	r.Publish(e.AppendJSON(nil), e.ID, func(r link.Receipt) { receipts <- r })
	if x, y := <-got, <-receipts; x != "again" || !y.OK {
		t.Errorf("%s, %+v", x, y)
	}
	cancel()
	<-done
}

// FuzzFrames sends any bytes a relay could send: reading goes on after them.
func FuzzFrames(f *testing.F) {
	for _, s := range []string{"", "[]", `["EVENT","1",{}]`, `["OK",1,2]`, `["AUTH",{}]`, "\xff", `["CLOSED","1"]`, `["EOSE","1"]`} {
		f.Add([]byte(s))
	}
	server := new(linktest.Relay)
	s := httptest.NewServer(server)
	f.Cleanup(func() { server.Drop(); s.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	f.Cleanup(cancel)
	r := link.NewRelay(link.RelayOptions{URL: "ws" + strings.TrimPrefix(s.URL, "http"), Typed: true})
	go r.Run(ctx)
	live := make(chan bool, 1)
	heard := make(chan string)
	r.Subscribe([]nostr.Filter{{Kinds: []nostr.Kind{24133}}}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) {
			if strings.HasPrefix(m.Event.Content, "after") {
				heard <- m.Event.Content
			}
		},
		Live: func() {
			select {
			case live <- true:
			default:
			}
		},
	})
	<-live
	f.Fuzz(func(t *testing.T, frame []byte) {
		for _, c := range server.Clients() {
			c.SendRaw(frame)
		}
		for {
			server.Deliver(event("after", time.Now()))
			select {
			case <-heard:
				return
			case <-live:
			}
		}
	})
}

func TestInfo(t *testing.T) {
	body, status := "", http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") == "application/nostr+json" {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}))
	defer s.Close()
	url := "ws" + strings.TrimPrefix(s.URL, "http")
	get := func() (*link.Info, error) { return new(link.Dialer).Info(t.Context(), url, true) }
	body = `{"name":"r","supported_nips":[1,11,42],"limitation":{"max_subscriptions":20,"auth_required":true},"x":1}`
	info, err := get()
	if err != nil || info.Name != "r" || len(info.NIPs) != 3 || info.Limitation.MaxSubscriptions != 20 || !info.Limitation.AuthRequired {
		t.Errorf("%+v, %v", info, err)
	}
	for _, body = range []string{"", "<html>", `{"name":1}`, `{"name":"` + strings.Repeat("x", 70_000) + `"}`} {
		if _, err := get(); !errors.Is(err, link.ErrInfo) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
	status = http.StatusNotFound
	if _, err := get(); err == nil || errors.Is(err, link.ErrInfo) {
		t.Errorf("not found: %v", err)
	}
	if _, err := new(link.Dialer).Info(t.Context(), url, false); !errors.Is(err, link.ErrAddress) {
		t.Errorf("for a stranger: %v", err)
	}
}

// T8: no compression is offered, so that no small frame can grow large.
func TestNoCompression(t *testing.T) {
	asked := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Sec-WebSocket-Extensions")
	}))
	defer s.Close()
	if _, err := link.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"), link.Options{Typed: true}); err == nil {
		t.Error("connected to what is no relay")
	}
	if got := <-asked; got != "" {
		t.Errorf("offered %q", got)
	}
}
