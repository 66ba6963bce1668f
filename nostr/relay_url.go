package nostr

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// MaxRelayURL bounds a relay's address, in characters.
const MaxRelayURL = 512

const (
	errRelayLong   malformed = "a relay's address is too long"
	errRelayURL    malformed = "not a valid relay address"
	errRelayScheme malformed = "a relay's address begins with wss:// or ws://"
	errRelayUser   malformed = "a relay's address has no user name or password"
	errRelayHash   malformed = "a relay's address has no #fragment"
	errRelayHost   malformed = "a relay's address has no valid host name"
	errRelayPort   malformed = "a relay's port is a number from 1 to 65535"
)

// NormalizeRelayURL brings a relay's address into the one form in which
// addresses can be compared: scheme and host in lower case, international names
// in ASCII (IDNA), no default port, no dot behind the host and no lone trailing
// slash. Path and query are kept. Anything but ws and wss, user names,
// fragments, and more than [MaxRelayURL] characters are refused.
func NormalizeRelayURL(s string) (string, error) {
	if len(s) > MaxRelayURL {
		return "", errRelayLong
	}
	if strings.Contains(s, "#") {
		return "", errRelayHash
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errRelayURL
	case u.Scheme != "ws" && u.Scheme != "wss":
		return "", errRelayScheme
	case u.User != nil:
		return "", errRelayUser
	case u.Opaque != "":
		return "", errRelayURL
	}
	host, err := normalizeHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return "", errRelayPort
		}
		if u.Scheme == "ws" && n != 80 || u.Scheme == "wss" && n != 443 {
			host += ":" + strconv.FormatUint(n, 10)
		}
	}
	path := u.EscapedPath()
	if path == "/" {
		path = ""
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if strings.ContainsAny(path, "\"<>\\^`{|}") || !ascii([]byte(path)) {
		return "", errRelayURL
	}
	if s = u.Scheme + "://" + host + path; len(s) > MaxRelayURL {
		return "", errRelayLong
	}
	return s, nil
}

// normalizeHost normalises a host name or address; IPv6 comes back in brackets.
func normalizeHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Zone() != "" {
			return "", errRelayHost
		}
		return "[" + ip.String() + "]", nil
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if !ascii([]byte(host)) || strings.Contains(host, "xn--") {
		var err error
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", errRelayHost
		}
		host = strings.TrimSuffix(host, ".")
	}
	if host == "" || len(host) > 253 {
		return "", errRelayHost
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, hostChars) != "" {
			return "", errRelayHost
		}
	}
	return host, nil
}

// hostChars are the characters of host names, and the underscore, which names
// in home and container networks have.
const hostChars = "abcdefghijklmnopqrstuvwxyz0123456789-_"
