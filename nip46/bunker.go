package nip46

import "strings"

// ParseBunker parses a bunker:// link as leniently as the links in the wild
// need: keys in hex of either case or as an npub, relays encoded or not, the
// secret as a parameter or after '#'. Relays that cannot be used are dropped
// as long as one can. A link may lack a secret, and may name no relay at all
// (Relays is empty: the caller must know one). Errors are sentences that say
// what to do, and never quote the link.
func ParseBunker(s string) (*BunkerURI, error) {
	l, err := parseLink(s, bunkerScheme)
	if err != nil {
		return nil, err
	}
	return &BunkerURI{Signer: l.key, Relays: l.relays, Secret: l.secret}, nil
}

// String is the link in the form every client accepts: lower-case hex, relays
// un-encoded but for the few bytes that would break a parser, the secret last.
// It is a secret as long as the link is unused.
func (b *BunkerURI) String() string {
	var out strings.Builder
	out.WriteString(bunkerScheme + "//" + b.Signer.String())
	sep := byte('?')
	add := func(name, value string) {
		out.WriteByte(sep)
		out.WriteString(name)
		out.WriteByte('=')
		out.WriteString(escape(value, ":/._-"))
		sep = '&'
	}
	for _, r := range b.Relays {
		add("relay", r)
	}
	if b.Secret != "" {
		add("secret", b.Secret)
	}
	return out.String()
}
