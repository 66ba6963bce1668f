package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"code.dny.dev/ssrf"
)

// ErrAddress is wrapped by every refusal of an address by our own rules
// (design decision 10, T10). The reason is part of the message.
var ErrAddress = errors.New("address refused")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrAddress, fmt.Sprintf(format, args...))
}

// endpoint is the part of a URL the rules look at.
type endpoint struct {
	host  string // lower case, without brackets or a trailing dot
	port  uint16
	plain bool // no TLS
}

func (e endpoint) hostport() string { return net.JoinHostPort(e.host, strconv.Itoa(int(e.port))) }
func (e endpoint) onion() bool      { return strings.HasSuffix(e.host, ".onion") }

// parseEndpoint reads ws, wss, http and https addresses.
func parseEndpoint(raw string) (endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return endpoint{}, refused("not a valid address")
	}
	e := endpoint{host: strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")}
	switch u.Scheme {
	case "wss", "https":
		e.port = 443
	case "ws", "http":
		e.port, e.plain = 80, true
	default:
		return endpoint{}, refused("it does not begin with wss://")
	}
	if u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return endpoint{}, refused("a user name or fragment does not belong in it")
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return endpoint{}, refused("port %q", p)
		}
		e.port = uint16(n)
	}
	return e, checkHost(e.host)
}

// checkHost refuses what only some resolvers would read as an IP address, such
// as 0x7f.1, 127.1 or 2130706433, and names no resolver should see.
func checkHost(host string) error {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" {
		return nil
	}
	if host == "" || len(host) > 253 || strings.Trim(host, hostChars) != "" {
		return refused("no valid host name")
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" || strings.HasPrefix(last, "0x") || strings.Trim(last, "0123456789") == "" {
		return refused("%q is neither a name nor an address", host)
	}
	return nil
}

// hostChars are the characters of names in ASCII form.
const hostChars = "abcdefghijklmnopqrstuvwxyz0123456789-_."

// checkPort allows 443, 80 and the unprivileged ports; a person may type any.
func checkPort(port uint16, typed bool) error {
	if typed || port == 443 || port == 80 || port >= 1024 {
		return nil
	}
	return refused("port %d is not one a relay uses", port)
}

// local says whether a name belongs to this computer or its own network, so that
// it never goes to a proxy and never comes from a stranger.
func local(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return publicIP(ip) != nil
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

var guardian = ssrf.New(ssrf.WithAnyPort())

// publicIP refuses every address that is not on the public internet, IPv4 in
// IPv6 included.
func publicIP(ip netip.Addr) error {
	if ip.Zone() != "" || guardian.SafeAddr(ip.Unmap()) != nil {
		return refused("%s is not on the public internet", ip)
	}
	return nil
}

// typedIP is the wider rule for addresses a person typed: the own computer and
// the own network are fine. Link-local addresses, where cloud machines keep
// their metadata, need to be typed as such; a name must not lead there.
func typedIP(ip netip.Addr, literal bool) error {
	ip = ip.Unmap()
	switch {
	case ip.IsUnspecified() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return refused("%s is no address of a relay", ip)
	case !literal && (ip.IsLinkLocalUnicast() || metadata(ip)):
		return refused("the name leads to %s", ip)
	}
	return nil
}

// metadata knows the metadata services outside the link-local ranges.
func metadata(ip netip.Addr) bool {
	switch ip.String() {
	case "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16":
		return true
	}
	return false
}
