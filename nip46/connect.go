package nip46

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// ParseConnect parses a nostrconnect:// link, with the older form that carries
// its data as JSON in a parameter named metadata. A link without a secret is
// [ErrNoSecret], one without a usable relay [ErrNoRelay]. Perms is kept as the
// client wrote it (see [ParseRequested]); Metadata is cleaned as
// [ParseConnectParams] says. Errors never quote the link.
func ParseConnect(s string) (*ConnectURI, error) {
	l, err := parseLink(s, connectScheme)
	switch {
	case err != nil:
		return nil, err
	case len(l.relays) == 0:
		return nil, ErrNoRelay
	case l.secret == "":
		return nil, ErrNoSecret
	}
	old, _ := parseMetadata(l.other["metadata"])
	return &ConnectURI{
		Client: l.key,
		Relays: l.relays,
		Secret: l.secret,
		Perms:  firstOf(clean(l.other["perms"]), old.perms),
		Metadata: Metadata{
			Name:  firstOf(cleanName(l.other["name"]), old.Name),
			URL:   firstOf(cleanURL(l.other["url"], maxURLSize), old.URL),
			Image: firstOf(cleanURL(l.other["image"], maxURLSize), cleanURL(l.other["icon"], maxURLSize), old.Image),
		},
		Callback: cleanURL(l.other["callback"], maxCallbackSize),
		AuthURL:  l.other["auth_url"] == "1" || old.authURL,
	}, nil
}

// String is the link, every value percent-encoded (NIP-46 "Direct connection
// initiated by the client").
func (c *ConnectURI) String() string {
	var out strings.Builder
	out.WriteString(connectScheme + "//" + c.Client.String())
	sep := byte('?')
	add := func(name, value string) {
		if value == "" {
			return
		}
		out.WriteByte(sep)
		out.WriteString(name)
		out.WriteByte('=')
		out.WriteString(escape(value, "-_.~"))
		sep = '&'
	}
	for _, r := range c.Relays {
		add("relay", r)
	}
	add("secret", c.Secret)
	add("perms", c.Perms)
	add("name", c.Metadata.Name)
	add("url", c.Metadata.URL)
	add("image", c.Metadata.Image)
	add("callback", c.Callback)
	if c.AuthURL {
		add("auth_url", "1")
	}
	return out.String()
}

// ParseConnectParams reads the slots of connect: signer key, secret, requested
// permissions, metadata. It follows what clients really send: permissions
// stand in slot 2 when there is no secret, metadata in the first slot that is
// left; metadata that is not JSON is passed over. Names are cut at 300
// characters, longer URLs are dropped (cut short, they could name another
// host), control characters are removed.
func ParseConnectParams(params []string) ConnectParams {
	var slot [4]string
	copy(slot[:], params)
	p := ConnectParams{Signer: slot[0], Secret: slot[1], Perms: slot[2]}
	meta, ok := parseMetadata(slot[3])
	if !ok {
		if m, ok := parseMetadata(p.Perms); ok {
			meta, p.Perms = m, ""
		}
	}
	if p.Perms == "" {
		if m, ok := parseMetadata(p.Secret); ok {
			meta, p.Secret = m, ""
		} else if isPermissionList(p.Secret) {
			p.Perms, p.Secret = p.Secret, ""
		}
	}
	p.Metadata, p.AuthURL = meta.Metadata, meta.authURL
	return p
}

// isPermissionList reports a text that can only be a list of permissions. A
// single plain word could still be a secret.
func isPermissionList(s string) bool {
	perms, skipped := ParseRequested(s)
	return len(perms) > 0 && len(skipped) == 0 && strings.Contains(s, "_")
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// CheckCode is three digits that app and signer both show, so that a person sees
// that the signer is about to answer the app in front of them: the first four
// bytes of SHA-256(client key ‖ secret) as a number, modulo 1000. The key is its
// 32 bytes, the secret its UTF-8. It tells nothing of the secret to who has not
// seen the link.
func (c *ConnectURI) CheckCode() string {
	sum := sha256.Sum256(append(c.Client[:], c.Secret...))
	n := uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3])
	return fmt.Sprintf("%03d", n%1000)
}
