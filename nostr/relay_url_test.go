package nostr

import (
	"strings"
	"testing"
)

func TestNormalizeRelayURL(t *testing.T) {
	for in, want := range map[string]string{
		"wss://relay.example":              "wss://relay.example",
		"WSS://Relay.Example:443/":         "wss://relay.example",
		"ws://relay.example:80":            "ws://relay.example",
		"ws://relay.example:443":           "ws://relay.example:443",
		"wss://relay.example:80/":          "wss://relay.example:80",
		"wss://relay.example:":             "wss://relay.example",
		"wss://relay.example:0443":         "wss://relay.example",
		"wss://relay.example.":             "wss://relay.example",
		"wss://relay.example/Path/":        "wss://relay.example/Path/",
		"wss://relay.example//":            "wss://relay.example//",
		"wss://relay.example/a%2Fb?x=%20Y": "wss://relay.example/a%2Fb?x=%20Y",
		"wss://relay.example/?x=1":         "wss://relay.example?x=1",
		"wss://relay.example?":             "wss://relay.example",
		"wss://relay.example/é":            "wss://relay.example/%C3%A9",
		"wss://Bücher.example/":            "wss://xn--bcher-kva.example",
		"wss://b%C3%BCcher.example":        "wss://xn--bcher-kva.example",
		"wss://XN--BCHER-KVA.example":      "wss://xn--bcher-kva.example",
		"wss://relay。example":              "wss://relay.example",
		"ws://127.0.0.1:4646/":             "ws://127.0.0.1:4646",
		"ws://[::1]:4646":                  "ws://[::1]:4646",
		"ws://[2001:DB8:0::1]:80/x":        "ws://[2001:db8::1]/x",
		"ws://my_relay:7777":               "ws://my_relay:7777",
		"ws://localhost":                   "ws://localhost",
	} {
		got, err := NormalizeRelayURL(in)
		if err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", in, got, err, want)
		}
		if again, err := NormalizeRelayURL(got); err != nil || again != got {
			t.Errorf("%s: again %q %v", in, again, err)
		}
	}
}

func TestNormalizeRelayURLRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty":              "",
		"no scheme":          "relay.example",
		"https":              "https://relay.example",
		"javascript":         "javascript:alert(1)",
		"opaque":             "wss:relay.example",
		"no host":            "wss://",
		"only a port":        "wss://:443",
		"only a path":        "wss:///x",
		"user":               "wss://user@relay.example",
		"password":           "wss://user:pw@relay.example",
		"empty user":         "wss://@relay.example",
		"fragment":           "wss://relay.example/#x",
		"empty fragment":     "wss://relay.example#",
		"port 0":             "wss://relay.example:0",
		"port 65536":         "wss://relay.example:65536",
		"port a word":        "wss://relay.example:https",
		"space before":       " wss://relay.example",
		"space behind":       "wss://relay.example ",
		"space in query":     "wss://relay.example/?a b",
		"line break":         "wss://relay.example/\n",
		"quote":              "wss://relay.example/?\"",
		"angle":              "wss://relay.example/?<script>",
		"backslash in host":  `wss://relay.example\@evil.example`,
		"beyond ASCII query": "wss://relay.example/?é",
		"empty label":        "wss://relay..example",
		"label too long":     "wss://" + strings.Repeat("x", 64) + ".example",
		"host too long":      "wss://" + strings.Repeat("x.", 127) + "example",
		"leading hyphen":     "wss://-relay.example",
		"bad punycode":       "wss://xn--a.example",
		"zone":               "ws://[fe80::1%25eth0]",
		"bad IPv6":           "ws://[::g]",
		"percent in host":    "ws://a%41.example",
		"comma in host":      "wss://a,b.example",
		"only a dot":         "wss://.",
		"invalid UTF-8":      "wss://\xff.example",
		"too long":           "wss://relay.example/" + strings.Repeat("x", MaxRelayURL),
		"too long escaped":   "wss://relay.example/" + strings.Repeat("é", 200),
	} {
		if got, err := NormalizeRelayURL(in); err == nil {
			t.Errorf("%s: accepted as %q", name, got)
		}
	}
}

func FuzzNormalizeRelayURL(f *testing.F) {
	for _, s := range []string{"WSS://Relay.Example:443/", "ws://[::1]:4646/x?y=z", "wss://Bücher.example", "wss://u:p@h#f", "wss://relay。example."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := NormalizeRelayURL(s)
		if err != nil {
			return
		}
		if again, err := NormalizeRelayURL(got); err != nil || again != got {
			t.Fatalf("%q: %q then %q %v", s, got, again, err)
		}
		rest, ok := strings.CutPrefix(strings.Replace(got, "wss://", "ws://", 1), "ws://")
		host, _, _ := strings.Cut(strings.ReplaceAll(rest, "?", "/"), "/")
		if !ok || host == "" || strings.Contains(host, "@") || len(got) > MaxRelayURL || !ascii([]byte(got)) || strings.ContainsAny(got, "#\"<>\\") {
			t.Fatalf("%q: %q", s, got)
		}
	})
}
