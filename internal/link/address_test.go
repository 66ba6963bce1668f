package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
)

// zone is a fake resolver; each look-up of a name takes the next answer.
type zone map[string][][]netip.Addr

func (z zone) LookupNetIP(_ context.Context, _, name string) ([]netip.Addr, error) {
	answers := z[name]
	if len(answers) == 0 {
		return nil, &net.DNSError{Name: name, IsNotFound: true}
	}
	if len(answers) > 1 {
		z[name] = answers[1:]
	}
	return answers[0], nil
}

func ips(list ...string) (out []netip.Addr) {
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// dialled is what a Dialer would have connected to.
func dialled(t *testing.T, d Dialer, url string, typed bool) ([]string, error) {
	t.Helper()
	var got []string
	d.Connect = func(_ context.Context, _, address string) (net.Conn, error) {
		got = append(got, address)
		return nil, errors.New("connected")
	}
	if d.Resolver == nil {
		d.Resolver = zone{
			"relay.example":     {ips("93.184.215.14")},
			"six.example":       {ips("2606:4700::1111")},
			"both.example":      {ips("10.0.0.1", "93.184.215.14")},
			"inside.example":    {ips("192.168.1.10")},
			"loop.example":      {ips("127.0.0.1")},
			"meta.example":      {ips("169.254.169.254")},
			"meta6.example":     {ips("fd00:ec2::254")},
			"mapped.example":    {ips("::ffff:10.0.0.1")},
			"nas.lan":           {ips("192.168.1.10")},
			"nas":               {ips("192.168.1.10")},
			"xn--mnchen-3ya.de": {ips("93.184.215.14")},
		}
	}
	_, err := Dial(t.Context(), url, Options{Dialer: &d, Typed: typed})
	return got, err
}

// T10: what is dialled for an address that a stranger gave, and for the same
// address typed by a person. "" means refused before any connection.
func TestAddresses(t *testing.T) {
	const public, lan = "93.184.215.14", "192.168.1.10"
	for _, c := range []struct{ url, stranger, typed string }{
		{"wss://relay.example", public + ":443", public + ":443"},
		{"wss://relay.example:443/path?q=1", public + ":443", public + ":443"},
		{"wss://RELAY.example.", public + ":443", public + ":443"},
		{"wss://relay.example:80", public + ":80", public + ":80"},
		{"wss://relay.example:1024", public + ":1024", public + ":1024"},
		{"wss://relay.example:8443", public + ":8443", public + ":8443"},
		{"wss://six.example", "[2606:4700::1111]:443", "[2606:4700::1111]:443"},
		{"wss://xn--mnchen-3ya.de", public + ":443", public + ":443"},
		{"wss://93.184.215.14", public + ":443", public + ":443"},
		{"wss://[2606:4700::1111]", "[2606:4700::1111]:443", "[2606:4700::1111]:443"},
		{"wss://[::ffff:93.184.215.14]", public + ":443", public + ":443"},
		{"wss://both.example", public + ":443", "10.0.0.1:443"},
		// not encrypted
		{"ws://relay.example", "", public + ":80"},
		{"ws://93.184.215.14:7777", "", public + ":7777"},
		// ports
		{"wss://relay.example:22", "", public + ":22"},
		{"wss://relay.example:25", "", public + ":25"},
		{"wss://relay.example:1023", "", public + ":1023"},
		{"wss://relay.example:0", "", ""},
		{"wss://relay.example:65536", "", ""},
		{"wss://relay.example:-1", "", ""},
		// the own computer
		{"ws://127.0.0.1:4646", "", "127.0.0.1:4646"},
		{"wss://127.0.0.1", "", "127.0.0.1:443"},
		{"wss://127.255.255.254", "", "127.255.255.254:443"},
		{"wss://[::1]", "", "[::1]:443"},
		{"wss://[::ffff:127.0.0.1]", "", "127.0.0.1:443"},
		{"wss://[::ffff:7f00:1]", "", "127.0.0.1:443"},
		{"ws://localhost:4646", "", "127.0.0.1:4646"},
		{"wss://app.localhost", "", "127.0.0.1:443"},
		{"wss://loop.example", "", "127.0.0.1:443"},
		{"wss://0.0.0.0", "", ""},
		{"wss://[::]", "", ""},
		{"wss://[::ffff:0.0.0.0]", "", ""},
		// the own network
		{"wss://10.0.0.1", "", "10.0.0.1:443"},
		{"wss://172.16.0.1", "", "172.16.0.1:443"},
		{"wss://172.31.255.255", "", "172.31.255.255:443"},
		{"wss://192.168.1.10", "", lan + ":443"},
		{"wss://100.64.0.1", "", "100.64.0.1:443"},
		{"wss://[fd00::1]", "", "[fd00::1]:443"},
		{"wss://[fc00::1]", "", "[fc00::1]:443"},
		{"wss://inside.example", "", lan + ":443"},
		{"wss://mapped.example", "", "10.0.0.1:443"},
		{"ws://nas.lan", "", lan + ":80"},
		{"ws://nas", "", lan + ":80"},
		{"wss://relay.internal", "", ""},
		// link-local and metadata: only as an address that was typed
		{"wss://169.254.169.254", "", "169.254.169.254:443"},
		{"wss://[fe80::1]", "", "[fe80::1]:443"},
		{"wss://[fe80::1%25eth0]", "", ""},
		{"wss://meta.example", "", ""},
		{"wss://meta6.example", "", ""},
		{"wss://[::ffff:169.254.169.254]", "", "169.254.169.254:443"},
		// other special ranges
		{"wss://192.0.2.1", "", "192.0.2.1:443"},
		{"wss://198.18.0.1", "", "198.18.0.1:443"},
		{"wss://224.0.0.1", "", ""},
		{"wss://[ff02::1]", "", ""},
		{"wss://255.255.255.255", "", ""},
		{"wss://[64:ff9b::7f00:1]", "", "[64:ff9b::7f00:1]:443"},
		{"wss://[2002:7f00:1::]", "", "[2002:7f00:1::]:443"},
		{"wss://[2001:db8::1]", "", "[2001:db8::1]:443"},
		// other ways to write an address
		{"wss://2130706433", "", ""},
		{"wss://0x7f000001", "", ""},
		{"wss://0x7f.1", "", ""},
		{"wss://127.1", "", ""},
		{"wss://0177.0.0.1", "", ""},
		{"wss://127.0.0.01", "", ""},
		// not an address of a relay
		{"wss://", "", ""},
		{"wss://user:pass@relay.example", "", ""},
		{"wss://relay.example#x", "", ""},
		{"wss://relay.example%00", "", ""},
		{"file:///etc/passwd", "", ""},
		{"ftp://relay.example", "", ""},
		{"relay.example", "", ""},
		{"wss://unknown.example", "", ""},
		{"wss://abcdefghijklmnop.onion", "", ""},
	} {
		for _, typed := range []bool{false, true} {
			want := c.stranger
			if typed {
				want = c.typed
			}
			got, err := dialled(t, Dialer{}, c.url, typed)
			switch {
			case err == nil:
				t.Errorf("%s: connected", c.url)
			case want == "" && len(got) > 0:
				t.Errorf("%s (typed %v): dialled %v", c.url, typed, got)
			case want != "" && !slices.Contains(got, want):
				t.Errorf("%s (typed %v): dialled %v, want %s: %v", c.url, typed, got, want, err)
			}
			for _, address := range got {
				if ap := netip.MustParseAddrPort(address); !typed && publicIP(ap.Addr()) != nil {
					t.Errorf("%s: dialled %s", c.url, address)
				}
			}
		}
	}
}

// T10, rebinding: a name is resolved once for each connection, and it is that
// answer which is checked and dialled.
func TestRebinding(t *testing.T) {
	d := Dialer{Resolver: zone{"evil.example": {ips("93.184.215.14"), ips("127.0.0.1"), ips("169.254.169.254")}}}
	if got, _ := dialled(t, d, "wss://evil.example", false); !slices.Equal(got, []string{"93.184.215.14:443"}) {
		t.Errorf("first: %v", got)
	}
	for range 2 {
		if got, err := dialled(t, d, "wss://evil.example", false); len(got) > 0 || !errors.Is(err, ErrAddress) {
			t.Errorf("then: %v, %v", got, err)
		}
	}
}

// The rule runs in the socket's own control function too.
func TestControlSeesTheAddress(t *testing.T) {
	d := Dialer{Resolver: zone{"loop.example": {ips("127.0.0.1")}}}
	if _, err := d.dialIP(t.Context(), netip.MustParseAddrPort("127.0.0.1:9"), false, true); !errors.Is(err, ErrAddress) {
		t.Errorf("%v", err)
	}
}

// Services in the networks this computer is part of may trust it.
func TestOwnNetwork(t *testing.T) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		p := netip.MustParsePrefix(a.String())
		if err := ownIP(p.Addr()); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", p, err)
		}
	}
	if err := ownIP(netip.MustParseAddr("93.184.215.14")); err != nil {
		t.Error(err)
	}
}

// AllowPrivate opens exactly what it names.
func TestAllowPrivate(t *testing.T) {
	d := Dialer{AllowPrivate: func(hostport string) bool { return hostport == "127.0.0.1:4646" }}
	for url, want := range map[string]int{"ws://127.0.0.1:4646": 1, "ws://127.0.0.1:4647": 0, "ws://localhost:4646": 0} {
		if got, _ := dialled(t, d, url, false); len(got) != want {
			t.Errorf("%s: dialled %v", url, got)
		}
	}
}

// With a proxy, names go there unresolved, private addresses never do, and what
// is refused without a proxy is refused with one.
func TestSocksRules(t *testing.T) {
	for _, c := range []struct {
		url   string
		typed bool
		want  string
	}{
		{"wss://relay.example", false, "127.0.0.1:9050"},
		{"ws://abcdefghijklmnop.onion", false, "127.0.0.1:9050"},
		{"wss://abcdefghijklmnop.onion:22", false, ""},
		{"wss://93.184.215.14", false, "127.0.0.1:9050"},
		{"wss://10.0.0.1", false, ""},
		{"wss://10.0.0.1", true, "10.0.0.1:443"},
		{"ws://localhost:4646", true, "127.0.0.1:4646"},
		{"wss://nas.lan", false, ""},
		{"ws://relay.example", false, ""},
	} {
		z := zone{} // any look-up would fail
		got, _ := dialled(t, Dialer{Socks: "socks5://user:pass@127.0.0.1:9050", Resolver: z}, c.url, c.typed)
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%s (typed %v): dialled %v, want %q", c.url, c.typed, got, c.want)
		}
	}
	for _, bad := range []string{"127.0.0.1", "http://127.0.0.1:9050", ":9050", "socks5://"} {
		if got, err := dialled(t, Dialer{Socks: bad}, "wss://relay.example", false); len(got) > 0 || err == nil {
			t.Errorf("proxy %q: dialled %v", bad, got)
		}
	}
}

func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"wss://relay.example", "ws://[::1]:80/", "wss://0x7f.1", "wss://a%2fb", "wss://user@h", "ws://]0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parseEndpoint(s)
		if err != nil {
			if !errors.Is(err, ErrAddress) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		host, _, err := net.SplitHostPort(e.hostport())
		if err != nil || host != e.host || e.port == 0 {
			t.Errorf("%q: %+v", s, e)
		}
	})
}
