package nip46

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

const day = 24 * time.Hour

func kind(k nostr.Kind) *nostr.Kind { return &k }

func TestParsePermissions(t *testing.T) {
	npub := pubKey(t, key1).Npub()
	for in, want := range map[string][]Permission{
		"":             nil,
		"  ":           nil,
		"sign_event":   {{Method: SignEvent}},
		"sign_event:0": {{Method: SignEvent, Kind: kind(0)}},
		"sign_event:65535, nip44_encrypt ,ping": {
			{Method: SignEvent, Kind: kind(65535)}, {Method: Nip44Encrypt}, {Method: Ping},
		},
		"sign_event:22242@wss://Relay.Example:443/":        {{Method: SignEvent, Kind: kind(22242), Target: "wss://relay.example"}},
		"sign_event:22242@ws://127.0.0.1:4646/path":        {{Method: SignEvent, Kind: kind(22242), Target: "ws://127.0.0.1:4646/path"}},
		"sign_event:27235@Site.Example":                    {{Method: SignEvent, Kind: kind(27235), Target: "site.example"}},
		"sign_event:27235@localhost:3000":                  {{Method: SignEvent, Kind: kind(27235), Target: "localhost:3000"}},
		"sign_event:27235@[::1]:80":                        {{Method: SignEvent, Kind: kind(27235), Target: "[::1]:80"}},
		"nip44_decrypt@" + strings.ToUpper(key1):           {{Method: Nip44Decrypt, Target: key1}},
		"nip04_encrypt@" + npub:                            {{Method: Nip04Encrypt, Target: key1}},
		"sign_event:1#20/h":                                {{Method: SignEvent, Kind: kind(1), Budget: Budget{20, time.Hour}}},
		"sign_event:1#1/12h":                               {{Method: SignEvent, Kind: kind(1), Budget: Budget{1, 12 * time.Hour}}},
		"ping#1/s":                                         {{Method: Ping, Budget: Budget{1, time.Second}}},
		"sign_event:1~30d":                                 {{Method: SignEvent, Kind: kind(1), For: 30 * day}},
		"sign_event~2w":                                    {{Method: SignEvent, For: 14 * day}},
		"sign_event:1@x#20/m~90s":                          {{Method: SignEvent, Kind: kind(1), Target: "x", Budget: Budget{20, time.Minute}, For: 90 * time.Second}},
		"sign_event:1@x~90s#20/d":                          {{Method: SignEvent, Kind: kind(1), Target: "x", Budget: Budget{20, day}, For: 90 * time.Second}},
		"ping,ping":                                        {{Method: Ping}},
		"sign_event#1/h,sign_event:1#2/h":                  {{Method: SignEvent, Budget: Budget{1, time.Hour}}, {Method: SignEvent, Kind: kind(1), Budget: Budget{2, time.Hour}}},
		"nip44_decrypt@" + key1 + ",nip44_decrypt@" + npub: {{Method: Nip44Decrypt, Target: key1}},
	} {
		got, err := ParsePermissions(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestParsePermissionsErrors(t *testing.T) {
	for in, says := range map[string]string{
		"foo":                             `permission 1 ("foo"): no such method; allowed are sign_event, nip44_encrypt`,
		"Sign_event":                      "no such method",
		"describe":                        "no such method",
		"ping,sign_event:65536":           `permission 2 ("sign_event:65536"): the kind must be one number from 0 to 65535`,
		"sign_event:1-3":                  "one number",
		"sign_event:":                     "one number",
		"sign_event:01":                   "one number",
		"sign_event:+1":                   "one number",
		"sign_event:-1":                   "one number",
		"sign_event:1.0":                  "one number",
		"sign_event: 1":                   "one number",
		"ping:1":                          "only sign_event takes a kind",
		"nip44_decrypt:4":                 "only sign_event takes a kind",
		"ping,":                           "permission 2 is empty",
		",":                               "permission 1 is empty",
		"nip44_decrypt@site.example":      "public key",
		"nip44_decrypt@":                  "public key",
		"ping@x":                          "take a target",
		"sign_event:1@":                   "a host",
		"sign_event:1@https://x.example":  "a relay",
		"sign_event:1@bücher.example":     "xn--",
		"sign_event:1@a..b":               "a host",
		"sign_event:1@-a":                 "a host",
		"sign_event:1@wss://a/b c":        "a relay",
		"sign_event:1@wss://a/é":          "a relay",
		"sign_event:1@a b":                "a host",
		"sign_event:1@a:0":                "a host",
		"sign_event:1@a:65536":            "a host",
		"sign_event:1@a:080":              "a host",
		"sign_event:1@[fe80::1%eth0]":     "a host",
		"sign_event:1@[::1":               "a host",
		"sign_event:1#":                   "a budget looks like",
		"sign_event:1#0/h":                "a budget looks like",
		"sign_event:1#-1/h":               "a budget looks like",
		"sign_event:1#01/h":               "a budget looks like",
		"sign_event:1#1000001/h":          "a budget looks like",
		"sign_event:1#20":                 "a budget looks like",
		"sign_event:1#20/":                "a budget looks like",
		"sign_event:1#20/w":               "a budget looks like",
		"sign_event:1#20/y":               "a budget looks like",
		"sign_event:1#20/0h":              "a budget looks like",
		"sign_event:1#1/h#2/h":            "one budget",
		"sign_event:1~":                   "an end looks like",
		"sign_event:1~d":                  "an end looks like",
		"sign_event:1~0d":                 "an end looks like",
		"sign_event:1~3651d":              "an end looks like",
		"sign_event:1~99999999999999999d": "an end looks like",
		"sign_event:1~1d~2d":              "one end",
		"sign_event:1#20/h,sign_event:1":  `permission 2 ("sign_event:1"): it has other limits than "sign_event:1#20/h"`,
		"ping~1d,ping~2d":                 "other limits",
		strings.Repeat("x", 9000):         "8192 bytes",
		strings.Repeat("ping,", 200):      "201 entries; 200 are allowed",
	} {
		got, err := ParsePermissions(in)
		if err == nil || got != nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q: got %v, %v; want an error with %q", in, got, err, says)
		}
	}
}

func TestPermissionString(t *testing.T) {
	for want, p := range map[string]Permission{
		"sign_event":                     {Method: SignEvent},
		"sign_event:1@x.example#20/h~7d": {Method: SignEvent, Kind: kind(1), Target: "x.example", Budget: Budget{20, time.Hour}, For: 7 * day},
		"ping#3/10h~36h":                 {Method: Ping, Budget: Budget{3, 10 * time.Hour}, For: 36 * time.Hour},
		"ping#3/2d~1d":                   {Method: Ping, Budget: Budget{3, 2 * day}, For: day},
		"sign_event@wss://a/%7E1d":       {Method: SignEvent, Target: "wss://a/~1d"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A limit that cannot be written must not come back as another one, or none.
func TestUnwritableLimitsAreNotRead(t *testing.T) {
	for _, p := range []Permission{
		{Method: Ping, Budget: Budget{N: 5}},
		{Method: Ping, Budget: Budget{Per: time.Hour}},
		{Method: Ping, Budget: Budget{N: -1, Per: time.Hour}},
		{Method: Ping, For: time.Millisecond},
		{Method: Ping, For: -time.Hour},
		{},
	} {
		if got, err := ParsePermissions(p.String()); err == nil && len(got) > 0 {
			t.Errorf("%q was read as %v", p, got)
		}
	}
}

func drawPermission(t *rapid.T) Permission {
	p := Permission{Method: rapid.SampledFrom(grantable).Draw(t, "method")}
	spans := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(1, 90).Draw(t, "n")) * rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, day}).Draw(t, "unit")
	})
	switch {
	case p.Method == SignEvent:
		if rapid.Bool().Draw(t, "kinds") {
			p.Kind = kind(nostr.Kind(rapid.Uint16().Draw(t, "kind")))
		}
		p.Target = rapid.SampledFrom([]string{"", "site.example", "wss://relay.example", "wss://relay.example/a:b/c?d=e", "localhost:80"}).Draw(t, "target")
	case p.Method.hasPeer():
		p.Target = rapid.SampledFrom([]string{"", key1, key2}).Draw(t, "peer")
	}
	if rapid.Bool().Draw(t, "budgeted") {
		p.Budget = Budget{rapid.IntRange(1, maxBudget).Draw(t, "n"), spans.Draw(t, "per")}
	}
	if rapid.Bool().Draw(t, "ends") {
		p.For = spans.Draw(t, "for")
	}
	return p
}

func TestPermissionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPermission(t)
		want := []Permission{p}
		if got, err := ParsePermissions(p.String()); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s came back as %v, %v", p, got, err)
		}
		if got, skipped := ParseRequested(p.String()); skipped != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s came back as requested %v, %q", p, got, skipped)
		}
	})
}

func texts(perms []Permission) []string {
	var s []string
	for _, p := range perms {
		s = append(s, p.String())
	}
	return s
}

func TestParseRequested(t *testing.T) {
	for _, c := range []struct {
		in      string
		perms   []string
		skipped []string
	}{
		{"", nil, nil},
		{" , ,", nil, nil},
		{"sign_event,get_relays,nip44_encrypt", []string{"sign_event", "get_relays", "nip44_encrypt"}, nil},
		{"sign_event:0,sign_event:,Sign_Event : 1\n, SIGN_EVENT:1 ,", []string{"sign_event:0", "sign_event", "sign_event:1"}, nil},
		{"nip44_get_key,ping,sign_event:x,nip44_encrypt:1", []string{"ping"}, []string{"nip44_get_key", "sign_event:x", "nip44_encrypt:1"}},
		{"sign_event:1#5/h,sign_event:1", []string{"sign_event:1#5/h", "sign_event:1"}, nil},
		{"sign_event:#5/h", []string{"sign_event#5/h"}, nil},
		{"sign_event:1 3,sign_event@a b,ping:", nil, []string{"sign_event:1 3", "sign_event@a b", "ping:"}},
		{"evil\x1b[2J\x00", nil, []string{"evil[2J"}},
		{"\xff\xfeping", []string{"ping"}, nil},
		{strings.Repeat("é", 81), nil, []string{strings.Repeat("é", 80) + "…"}},
		{strings.Repeat("ping,", 199) + "logout,connect,sign_event", []string{"ping", "logout"}, []string{"… and 2 more"}},
		{"ping," + strings.Repeat("x", 9000) + ",logout", []string{"ping"}, []string{"… and 2 more"}},
		{strings.Repeat("x", 9000), nil, []string{"… and 1 more"}},
	} {
		perms, skipped := ParseRequested(c.in)
		if !slices.Equal(texts(perms), c.perms) || !slices.Equal(skipped, c.skipped) {
			t.Errorf("%.60q: got %v, skipped %q; want %v, %q", c.in, perms, skipped, c.perms, c.skipped)
		}
	}
}

func TestParseRequestedIsBounded(t *testing.T) {
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "bad%d,", i)
	}
	perms, skipped := ParseRequested(many.String())
	if len(perms)+len(skipped) > maxPermissions+1 {
		t.Errorf("%d permissions, %d skipped", len(perms), len(skipped))
	}
}
