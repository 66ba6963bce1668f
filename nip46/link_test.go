package nip46

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

const (
	key1 = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	key2 = "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
)

func pubKey(t testing.TB, s string) nostr.PubKey {
	t.Helper()
	pk, err := nostr.ParsePubKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return pk
}

func TestParseBunker(t *testing.T) {
	pk := pubKey(t, key1)
	a, b := "wss://a.example", "wss://b.example"
	for name, c := range map[string]struct {
		link   string
		relays []string
		secret string
	}{
		"spec":               {"bunker://" + key1 + "?relay=wss://a.example&relay=wss://b.example&secret=s3", []string{a, b}, "s3"},
		"encoded relays":     {"bunker://" + key1 + "?relay=wss%3A%2F%2Fa.example&secret=s3", []string{a}, "s3"},
		"secret first":       {"bunker://" + key1 + "?secret=s3&relay=wss://a.example", []string{a}, "s3"},
		"upper case":         {"BUNKER://" + strings.ToUpper(key1) + "?relay=WSS://A.example", []string{a}, ""},
		"npub":               {"bunker://" + pk.Npub() + "?relay=wss://a.example", []string{a}, ""},
		"white space":        {" \n\tbunker://" + key1 + "?relay=wss://a.example \r\n", []string{a}, ""},
		"duplicate relays":   {"bunker://" + key1 + "?relay=wss://a.example&relay=wss://a.example/&relay=wss://A.EXAMPLE:443", []string{a}, ""},
		"encoded twice":      {"bunker://" + key1 + "?relay=wss%253A%252F%252Fa.example&secret=s3", []string{a}, "s3"},
		"several in one":     {"bunker://" + key1 + "?relay=wss://a.example,wss%3A%2F%2Fb.example,nope", []string{a, b}, ""},
		"bad relays":         {"bunker://" + key1 + "?relay=nope&relay=http://x.example&relay=wss://a.example&relay=", []string{a}, ""},
		"plus and equals":    {"bunker://" + key1 + "?relay=wss://a.example&secret=a+b/c==", []string{a}, "a+b/c=="},
		"encoded plus":       {"bunker://" + key1 + "?relay=wss://a.example&secret=a%2Bb%3D", []string{a}, "a+b="},
		"slash before query": {"bunker://" + key1 + "/?relay=wss://a.example", []string{a}, ""},
		"token":              {"bunker://" + key1 + "#tok", nil, "tok"},
		"token, then relay":  {"bunker://" + key1 + "#tok?relay=wss://a.example", []string{a}, "tok"},
		"relay, then token":  {"bunker://" + key1 + "?relay=wss://a.example#tok", []string{a}, "tok"},
		"no relay, no query": {"bunker://" + key1, nil, ""},
		"empty relay":        {"bunker://" + key1 + "/?relay=", nil, ""},
		"unknown params":     {"bunker://" + key1 + "?name=x&pubkey=" + key2 + "&relay=wss://a.example&x&=y&&", []string{a}, ""},
		"same secret twice":  {"bunker://" + key1 + "?secret=s&secret=s&relay=wss://a.example", []string{a}, "s"},
		"bad percent":        {"bunker://" + key1 + "?relay=wss://a.example&secret=100%", []string{a}, "100%"},
		"browser wrapper":    {"web+bunker://" + key1 + "?relay=wss://a.example&secret=s3", []string{a}, "s3"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseBunker(c.link)
			if err != nil {
				t.Fatal(err)
			}
			if want := (&BunkerURI{Signer: pk, Relays: c.relays, Secret: c.secret}); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			again, err := ParseBunker(got.String())
			if err != nil || !reflect.DeepEqual(got, again) {
				t.Errorf("%s came back as %+v, %v", got, again, err)
			}
		})
	}
}

func TestLinkErrors(t *testing.T) {
	const secret = "hunter2hunter2"
	for name, c := range map[string]struct {
		link string
		is   error
		says string
	}{
		"empty":             {"", ErrNotLink, ""},
		"other wrapper":     {"web+other://" + key1, ErrNotLink, ""},
		"something else":    {"https://site.example", ErrNotLink, ""},
		"no slashes":        {"bunker:" + key1, ErrNotLink, ""},
		"no key":            {"bunker://?relay=wss://a.example&secret=" + secret, nil, "public key"},
		"short key":         {"bunker://" + key1[:63] + "?secret=" + secret, nil, "public key"},
		"port":              {"bunker://" + key1 + ":443?secret=" + secret, nil, "public key"},
		"user":              {"bunker://me@" + key1, nil, "public key"},
		"not on the curve":  {"bunker://" + strings.Repeat("f", 64), nil, "public key"},
		"only bad relays":   {"bunker://" + key1 + "?relay=http://a.example&secret=" + secret, ErrNoRelay, ""},
		"line break":        {"bunker://" + key1 + "?secret=" + secret + "\n&relay=wss://a.example", nil, "one piece"},
		"NUL":               {"bunker://" + key1 + "?secret=" + secret + "\x00x", nil, "one piece"},
		"encoded control":   {"bunker://" + key1 + "?secret=" + secret + "%0A", nil, "secret"},
		"not UTF-8":         {"bunker://" + key1 + "?secret=\xff", nil, "not text"},
		"two secrets":       {"bunker://" + key1 + "?secret=" + secret + "&secret=other", nil, "two different secrets"},
		"query and token":   {"bunker://" + key1 + "?secret=" + secret + "#other", nil, "two different secrets"},
		"long secret":       {"bunker://" + key1 + "?secret=" + strings.Repeat("x", 513), nil, "512"},
		"long link":         {"bunker://" + key1 + "?x=" + strings.Repeat("x", MaxLinkSize), nil, "8192"},
		"very long link":    {strings.Repeat("x", 1<<20), nil, "8192"},
		"connect no secret": {"nostrconnect://" + key1 + "?relay=wss://a.example", ErrNoSecret, "new link"},
		"connect token":     {"nostrconnect://" + key1 + "?relay=wss://a.example&x=#tok", ErrNoSecret, ""},
		"connect empty":     {"nostrconnect://" + key1 + "?relay=wss://a.example&secret=", ErrNoSecret, ""},
		"connect no relay":  {"nostrconnect://" + key1 + "?secret=" + secret, ErrNoRelay, "wss://"},
		"connect bad relay": {"nostrconnect://" + key1 + "?relay=x&secret=" + secret, ErrNoRelay, ""},
		"connect bad key":   {"nostrconnect://x?relay=wss://a.example&secret=" + secret, nil, "public key"},
	} {
		t.Run(name, func(t *testing.T) {
			b, n, err := ParseLink(c.link)
			if err == nil || b != nil || n != nil {
				t.Fatalf("got %v, %v, %v", b, n, err)
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %q", err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the secret: %q", err)
			}
		})
	}
}

func TestWrongKindOfLink(t *testing.T) {
	if _, err := ParseBunker("bunker://" + key1 + "\x1b"); err == nil || !strings.Contains(err.Error(), "one piece") {
		t.Errorf("got %v", err)
	}
	if _, err := ParseBunker("nostrconnect://" + key1); !errors.Is(err, ErrNotLink) || !strings.Contains(err.Error(), "to the signer") {
		t.Errorf("got %v", err)
	}
	if _, err := ParseConnect("bunker://" + key1); !errors.Is(err, ErrNotLink) || !strings.Contains(err.Error(), "to the app") {
		t.Errorf("got %v", err)
	}
}

func TestParseConnect(t *testing.T) {
	const (
		start = "nostrconnect://" + key1
		a     = "wss://a.example"
		long  = "https://good.example"
	)
	var (
		app   = Metadata{Name: "My Client", URL: "https://app.example/?a=1&b=2#c", Image: "https://app.example/i.png"}
		named = Metadata{Name: "My Client"}
	)
	for name, c := range map[string]struct {
		link string
		want ConnectURI
	}{
		"spec": {
			start + "?relay=wss%3A%2F%2Fa.example&perms=nip44_encrypt%2Csign_event%3A13&name=My+Client&secret=0s8j2djs&relay=wss%3A%2F%2Fb.example",
			ConnectURI{Relays: []string{a, "wss://b.example"}, Secret: "0s8j2djs", Perms: "nip44_encrypt,sign_event:13", Metadata: named},
		},
		"empty values": {
			start + "?image=&url=&name=&perms=&relay=wss://a.example&secret=s",
			ConnectURI{Relays: []string{a}, Secret: "s"},
		},
		"icon, callback, unknown": {
			start + "?relay=wss://a.example&secret=s&icon=https%3A%2F%2Fapp.example%2Fi.png&callback=https%3A%2F%2Fapp.example%2Fback&foo=bar",
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: Metadata{Image: app.Image}, Callback: "https://app.example/back"},
		},
		"raw metadata": {
			start + `?metadata={"name":"My Client","url":"https://app.example/?a=1&b=2#c","icons":["https://app.example/i.png"],"perms":"sign_event:1"}&relay=wss://a.example&secret=s`,
			ConnectURI{Relays: []string{a}, Secret: "s", Perms: "sign_event:1", Metadata: app},
		},
		"encoded metadata, perms a list": {
			start + `?secret=s&metadata=%7B%22name%22%3A%22My+Client%22%2C%22perms%22%3A%5B%22sign_event%3A1%22%2C%22ping%22%5D%7D&relay=wss://a.example`,
			ConnectURI{Relays: []string{a}, Secret: "s", Perms: "sign_event:1,ping", Metadata: named},
		},
		"half-encoded metadata": {
			start + `?secret=s&relay=wss://a.example&metadata={%22name%22:%22My%20Client%22}`,
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: named},
		},
		"hash in a value that is not encoded": {
			start + "?relay=wss://a.example&url=https://app.example/#/home&secret=s",
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: Metadata{URL: "https://app.example/#/home"}},
		},
		"broken metadata": {
			start + `?secret=s&metadata={"name":&relay=wss://a.example`,
			ConnectURI{Relays: []string{a}, Secret: "s"},
		},
		"own parameter wins over metadata": {
			start + `?metadata={"name":"old","url":7}&name=My%20Client&secret=s&relay=wss://a.example`,
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: named},
		},
		"control characters, long values": {
			start + `?name=%1B%5DMy%20Client%00&url=` + long + strings.Repeat("a", 300) + `&secret=s&relay=wss://a.example&callback=` + strings.Repeat("c", 2049),
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: Metadata{Name: "]My Client"}},
		},
		"long name": {
			start + "?secret=s&relay=wss://a.example&name=" + strings.Repeat("é", 301),
			ConnectURI{Relays: []string{a}, Secret: "s", Metadata: Metadata{Name: strings.Repeat("é", 300)}},
		},
		"wrapper": {
			"web+nostrconnect://" + key1 + "?secret=s&relay=wss://a.example",
			ConnectURI{Relays: []string{a}, Secret: "s"},
		},
		"wrapper without slashes": {
			"web+nostrconnect:" + key1 + "?secret=s&relay=wss://a.example",
			ConnectURI{Relays: []string{a}, Secret: "s"},
		},
		"wrapper, whole link": {
			"web+nostrconnect:nostrconnect://" + key1 + "?secret=s%2Bs&relay=wss://a.example",
			ConnectURI{Relays: []string{a}, Secret: "s+s"},
		},
		"wrapper, encoded link": {
			"web+nostrconnect:nostrconnect%3A%2F%2F" + key1 + "%3Fsecret%3Ds%252Bs%26relay%3Dwss%3A%2F%2Fa.example",
			ConnectURI{Relays: []string{a}, Secret: "s+s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, err := ParseLink(c.link)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Client = pubKey(t, key1)
			if !reflect.DeepEqual(got, &c.want) {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
			again, err := ParseConnect(got.String())
			if err != nil || !reflect.DeepEqual(got, again) {
				t.Errorf("%s came back as %+v, %v", got, again, err)
			}
		})
	}
}

// The exact bytes that every measured client parses (clients.md §2B, §5.31).
func TestBunkerString(t *testing.T) {
	for _, c := range []struct{ relays, secret, want string }{
		{"wss://a.example wss://b.example:7777/path", "Abc123", "?relay=wss://a.example&relay=wss://b.example:7777/path&secret=Abc123"},
		{"wss://a.example/x?y=1&z#", "", "?relay=wss://a.example/x%3Fy%3D1%26z%23"},
		{"wss://a.example/~u,@!", "a+b= c", "?relay=wss://a.example/%7Eu%2C%40%21&secret=a%2Bb%3D%20c"},
		{"", "", ""},
	} {
		b := BunkerURI{Signer: pubKey(t, key1), Relays: strings.Fields(c.relays), Secret: c.secret}
		if got, want := b.String(), "bunker://"+key1+c.want; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestConnectString(t *testing.T) {
	c := ConnectURI{
		Client: pubKey(t, key1), Relays: []string{"wss://a.example", "wss://b.example"}, Secret: "s+s",
		Perms: "sign_event:1,ping", Metadata: Metadata{Name: "My Client", URL: "https://app.example"}, Callback: "https://app.example/?x=1",
	}
	const want = "nostrconnect://" + key1 + "?relay=wss%3A%2F%2Fa.example&relay=wss%3A%2F%2Fb.example&secret=s%2Bs&perms=sign_event%3A1%2Cping" +
		"&name=My%20Client&url=https%3A%2F%2Fapp.example&callback=https%3A%2F%2Fapp.example%2F%3Fx%3D1"
	if got := c.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func drawKey(t *rapid.T) nostr.PubKey {
	pk, err := nostr.ParsePubKey(rapid.SampledFrom([]string{key1, key2}).Draw(t, "key"))
	if err != nil {
		t.Fatal(err)
	}
	return pk
}

func drawRelays(t *rapid.T, least int) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`wss?://[a-z]{1,9}\.example(:7[0-9]{3})?(/[a-z0-9_~.-]{1,5})?(\?[a-z]=[a-z0-9]&b)?`), least, 5, rapid.ID).
		Filter(func(relays []string) bool {
			for _, r := range relays {
				if u, err := nostr.NormalizeRelayURL(r); err != nil || u != r {
					return false
				}
			}
			return true
		}).Draw(t, "relays")
}

func drawText(t *rapid.T, name string, least int) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune(`abc019+=&#%?/~:,"{}é水 `)), least, 40, -1).Filter(func(s string) bool {
		return s == strings.TrimSpace(s)
	}).Draw(t, name)
}

func TestLinkRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &BunkerURI{Signer: drawKey(t), Relays: drawRelays(t, 1), Secret: drawText(t, "secret", 0)}
		if got, err := ParseBunker(b.String()); err != nil || !reflect.DeepEqual(got, b) {
			t.Fatalf("%+v came back as %+v, %v", b, got, err)
		}
		c := &ConnectURI{
			Client: b.Signer, Relays: b.Relays, Secret: drawText(t, "secret", 1), Perms: drawText(t, "perms", 0),
			Metadata: Metadata{Name: drawText(t, "name", 0), URL: drawText(t, "url", 0), Image: drawText(t, "image", 0)},
			Callback: drawText(t, "callback", 0),
		}
		if _, got, err := ParseLink(c.String()); err != nil || !reflect.DeepEqual(got, c) {
			t.Fatalf("%+v came back as %+v, %v", c, got, err)
		}
	})
}
