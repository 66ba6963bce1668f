package keeper_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// The quirks of notes/clients.md §5, by number, through the real pipeline.
// Where issue A is stricter it wins.

func wantResult(t testing.TB, a answer, want string) {
	t.Helper()
	if a.Error != "" || a.Result != want {
		t.Fatalf("answer %s, want result %q", a.Raw, want)
	}
}

func (r *rig) app(c *client) control.AppInfo {
	r.t.Helper()
	for _, a := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
		if a.Client == c.pub.String() && a.Signer == c.signer.String() {
			return a
		}
	}
	r.t.Fatal("no such app")
	return control.AppInfo{}
}

func TestQuirk01FirstConnectParam(t *testing.T) {
	r := newRig(t)
	for name, first := range map[string]func(*client) string{
		"empty":      func(*client) string { return "" },
		"user key":   func(*client) string { return r.ana().PubKey },
		"own key":    func(c *client) string { return c.pub.String() },
		"not a key":  func(*client) string { return "bunker" },
		"signer key": func(c *client) string { return c.signer.String() },
	} {
		t.Run(name, func(t *testing.T) {
			c := r.invite(control.InviteArgs{})
			wantResult(t, c.ask("connect", first(c), c.secret), "ack")
		})
	}
}

func TestQuirk02ConnectParams(t *testing.T) {
	r := newRig(t)
	meta := `{"name":"Coracle","url":"https://coracle.example"}`
	for name, test := range map[string]struct {
		params func(c *client) []string
		claim  string
	}{
		"two":             {func(c *client) []string { return []string{c.signer.String(), c.secret} }, ""},
		"three":           {func(c *client) []string { return []string{"", c.secret, ""} }, ""},
		"four":            {func(c *client) []string { return []string{"", c.secret, "sign_event:1", meta} }, "Coracle"},
		"bad metadata":    {func(c *client) []string { return []string{"", c.secret, "", "{no json"} }, ""},
		"wrong metadata":  {func(c *client) []string { return []string{"", c.secret, "", `["a"]`} }, ""},
		"three, no perms": {func(c *client) []string { return []string{"", c.secret, meta} }, "Coracle"},
		"five":            {func(c *client) []string { return []string{"", c.secret, "", meta, "more"} }, "Coracle"},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.invite(control.InviteArgs{})
			wantResult(t, c.ask("connect", test.params(c)...), "ack")
			if got := r.app(c).Claims.Name; got != test.claim {
				t.Fatalf("claims to be %q, want %q", got, test.claim)
			}
		})
	}
	c := r.paired(control.InviteArgs{}) // known: one param, or permissions where the secret was
	wantResult(t, c.ask("connect", c.signer.String()), "ack")
	wantResult(t, c.ask("connect", c.signer.String(), "sign_event:1,nip44_encrypt"), "ack")
	wantResult(t, c.ask("connect"), "ack")
	wantResult(t, c.ask("connect", c.signer.String(), meta), "ack") // or what it says of itself
	if got := r.app(c).Claims.Name; got != "Coracle" {
		t.Fatalf("claims to be %q where the secret was", got)
	}
}

func TestQuirk03ReconnectNeedsNoPrompt(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	for _, secret := range []string{c.secret, "", "null", "wrong"} {
		wantResult(t, c.ask("connect", c.signer.String(), secret), "ack")
	}
	wantResult(t, c.ask("connect", c.signer.String()), "ack")
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) != 0 {
		t.Fatalf("a re-connect asked: %+v", qs)
	}
	other := r.client(c.signer, c.secret)
	got := other.ask("connect", c.signer.String(), c.secret)
	wantPrefix(t, got, privyseal.KindDenied)
	if !strings.Contains(got.Error, "used before") {
		t.Fatalf("a spent secret is not named: %s", got.Error)
	}
	wantPrefix(t, other.ask("get_public_key"), privyseal.KindDenied)
}

func TestQuirk04ReconnectKeepsGrants(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1"})
	before := r.app(c)
	wantResult(t, c.ask("connect", c.signer.String(), c.secret, ""), "ack")
	wantResult(t, c.ask("connect", c.signer.String(), c.secret, "sign_event:3,nip44_decrypt"), "ack")
	after := r.app(c)
	if len(after.Grants) != 1 || after.Grants[0] != before.Grants[0] || after.Preset != before.Preset {
		t.Fatalf("grants %+v became %+v", before.Grants, after.Grants)
	}
	c.signed(c.ask("sign_event", c.note("still allowed")), r.ana().PubKey)
}

func TestQuirk05BeforeConnect(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{})
	for _, method := range []string{"switch_relays", "ping", "get_public_key", "sign_event", "nonsense"} {
		wantPrefix(t, c.ask(method), privyseal.KindDenied)
	}
	wantResult(t, c.ask("connect", c.signer.String(), c.secret), "ack")
}

func TestQuirk06ParamsOfAnyShape(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	wantResult(t, c.raw(`{"id":"1","method":"switch_relays","params":null}`), "null")
	wantResult(t, c.raw(`{"id":"2","method":"ping"}`), "pong")
	wantResult(t, c.raw(`{"id":"3","method":"ping","params":["a","b",null,4],"more":{}}`), "pong")
	wantResult(t, c.raw(`{"id":"4","method":"switch_relays","params":["wss://a.example"]}`), "null")
	for i, params := range []string{`[%s]`, `%s`} { // the event as a raw object, with and without a list
		text := fmt.Sprintf(`{"id":"r%d","method":"sign_event","params":`+params+`}`, i, c.note("raw "+params))
		ev := c.signed(c.raw(text), r.ana().PubKey)
		if ev.Content != "raw "+params {
			t.Fatalf("signed %q", ev.Content)
		}
	}
}

func TestQuirk07DisconnectIsNoLogout(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	wantResult(t, c.ask("disconnect"), "ack") // Snort's close fails on an error
	wantResult(t, c.ask("ping"), "pong")
	if s := r.app(c).State; s != "active" {
		t.Fatalf("the session is %s", s)
	}
}

func TestQuirk08ResponsesAreIgnored(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	for _, text := range []string{
		`{"id":"1","result":"ack","error":""}`, `{"id":"2","result":null,"error":"no"}`, `{"id":"3"}`, `{}`, `{"id":"4","method":null}`,
	} {
		c.silent(c.seal(text, r.now()))
	}
	stranger := r.client(c.signer, "")
	stranger.silent(stranger.seal(`{"id":"1","result":"ack","error":""}`, r.now()))
}

func TestQuirk09RequestIDs(t *testing.T) {
	r := newRig(t)
	c, d := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	for _, id := range []string{`"-_x"`, `"12345678901234567890123456789"`, `12345678901234567890123456789`, `7`, `-1.5e3`, `"é\n"`, `""`} {
		got := c.raw(`{"id":` + id + `,"method":"ping","params":[]}`)
		if !strings.HasPrefix(got.Raw, `{"id":`+id+`,`) {
			t.Fatalf("id %s came back as %s", id, got.Raw)
		}
	}
	// The same id of two clients, and of one client twice with another body,
	// are different requests (design decision 15).
	sign := func(c *client, text string) *nostr.Event {
		note, err := jsonString(c.note(text))
		must(t, err)
		return c.signed(c.raw(`{"id":"1","method":"sign_event","params":[`+note+`]}`), r.ana().PubKey)
	}
	one, two, three := sign(c, "one"), sign(d, "two"), sign(c, "three")
	if one.Content != "one" || two.Content != "two" || three.Content != "three" {
		t.Fatalf("answers were mixed up: %q %q %q", one.Content, two.Content, three.Content)
	}
}

func TestQuirk14CompatibleLink(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	body := fmt.Sprintf(`{"kind":1,"created_at":%d,"tags":[],"content":"x","pubkey":%q}`, r.now().Unix(), c.signer)
	got := c.ask("sign_event", body)
	wantPrefix(t, got, privyseal.KindInvalid)
	if !strings.Contains(got.Error, "compatible link") {
		t.Fatalf("the way out is not named: %s", got.Error)
	}
	d := r.paired(control.InviteArgs{Compatible: true})
	if d.signer.String() != r.ana().PubKey {
		t.Fatal("a compatible link does not use the user key")
	}
	body = fmt.Sprintf(`{"kind":1,"created_at":%d,"tags":[],"content":"x","pubkey":%q}`, r.now().Unix(), d.signer)
	d.signed(d.ask("sign_event", body), d.signer.String())
}

func TestQuirk21ForeignConnectLinks(t *testing.T) {
	r := newRig(t)
	app := control.ClaimInfo{Name: "App"}
	for name, test := range map[string]struct {
		tail   string
		claims control.ClaimInfo
		relays string // "": a alone
	}{
		"plain":         {"?relay=wss%3A%2F%2Fa.example&secret=S&name=App&perms=sign_event%3A1", app, ""},
		"unencoded":     {"?secret=S&relay=wss://a.example&relay=wss://b.example", control.ClaimInfo{}, "wss://a.example wss://b.example"},
		"encoded twice": {"?secret=S&relay=wss%253A%252F%252Fa.example", control.ClaimInfo{}, ""},
		"listed":        {"?secret=S&relay=wss://a.example,wss://b.example", control.ClaimInfo{}, "wss://a.example wss://b.example"},
		"twice":         {"?relay=wss://a.example&relay=wss://a.example/&secret=S", control.ClaimInfo{}, ""},
		"empty values":  {"?relay=wss://a.example&secret=S&image=&url=&name=&perms=", control.ClaimInfo{}, ""},
		"unknown":       {"?relay=wss://a.example&secret=S&icon=x&callback=https%3A%2F%2Fa.example&x=1", control.ClaimInfo{Image: "x"}, ""},
		"icon":          {"?relay=wss://a.example&secret=S&name=App&icon=https://a.example/i.png", control.ClaimInfo{Name: "App", Image: "https://a.example/i.png"}, ""},
		"metadata":      {`?metadata=%7B%22name%22%3A%22App%22%7D&relay=wss://a.example&secret=S`, app, ""},
		"raw metadata":  {`?metadata={"name":"A & B #1","url":"https://a.example"}&relay=wss://a.example&secret=S`, control.ClaimInfo{Name: "A & B #1", URL: "https://a.example"}, ""},
		"one bad relay": {"?relay=nonsense&relay=wss://a.example&secret=S", control.ClaimInfo{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.client(nostr.PubKey{}, "S")
			pub := c.pub.String()
			if name == "unknown" {
				pub = strings.ToUpper(pub)
			}
			info := c.accepted("nostrconnect://"+pub+test.tail, control.InviteArgs{})
			if info.Claims != test.claims {
				t.Fatalf("claims %+v", info.Claims)
			}
			if got := strings.Join(info.Relays, " "); got != cmp.Or(test.relays, "wss://a.example") {
				t.Fatalf("relays %s", got)
			}
		})
	}
	c := r.client(nostr.PubKey{}, "")
	for what, tail := range map[string]string{"secret": "?relay=wss://a.example", "relay": "?secret=S"} {
		_, err := call[control.AppInfo](r, control.VerbAccept, control.AcceptArgs{URI: "nostrconnect://" + c.pub.String() + tail})
		if privyseal.KindOf(err) != privyseal.KindInvalid || !strings.Contains(err.Error(), "no "+what) {
			t.Fatalf("a link without a %s: %v", what, err)
		}
	}
}

// accepted pairs by the app's own link: the greeting must carry its secret.
func (c *client) accepted(uri string, a control.InviteArgs) control.AppInfo {
	c.r.t.Helper()
	n := c.r.outbound()
	info := mustCall[control.AppInfo](c.r, control.VerbAccept, control.AcceptArgs{URI: uri, InviteArgs: a})
	signer, err := nostr.ParsePubKey(info.Signer)
	must(c.r.t, err)
	c.readdress(signer)
	hello := c.await(n)
	if hello.Result != c.secret || strings.Contains(hello.Raw, `"error"`) || hello.ID == "" {
		c.r.t.Fatalf("greeted with %s", hello.Raw)
	}
	c.relay = hello.Relays[0]
	wantResult(c.r.t, c.ask("ping"), "pong")
	return info
}

func TestQuirk22ReusedLinks(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	uri := "nostrconnect://" + c.pub.String() + "?relay=wss://a.example&secret=S"
	first := c.accepted(uri, control.InviteArgs{})
	again := c.accepted(uri, control.InviteArgs{})
	if first.ID != again.ID || first.Signer != again.Signer {
		t.Fatalf("two sessions of one link: %+v and %+v", first, again)
	}
}

func TestQuirk23ForeignPermissions(t *testing.T) {
	r := newRig(t)
	perms := "sign_event, sign_event:, get_relays,nonsense:4:5 ,nip44_decrypt,,sign_event:1"
	c := r.client(nostr.PubKey{}, "S")
	info := c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&secret=S&perms="+perms, control.InviteArgs{Preset: "ask"})
	if len(info.Grants) != 0 {
		t.Fatalf("an app's wishes became grants: %+v", info.Grants)
	}
	d := r.invite(control.InviteArgs{Preset: "ask"})
	wantResult(t, d.ask("connect", d.signer.String(), d.secret, perms), "ack")
	if got := r.app(d).Grants; len(got) != 0 {
		t.Fatalf("an app's wishes became grants: %+v", got)
	}
}

func TestQuirk27TwoSignersOfOneUser(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{Compatible: true})
	stranger := r.client(c.signer, "")
	for _, method := range []string{"ping", "get_public_key", "sign_event", "nonsense"} {
		stranger.silent(stranger.seal(stranger.request(method), r.now()))
	}
	stranger.silent(stranger.seal(stranger.request("connect", c.signer.String(), "of another signer"), r.now()))
	stranger.silent(stranger.seal(`not json`, r.now()))
	wantResult(t, c.ask("connect", c.signer.String(), c.secret), "ack")
}

func TestQuirk31BunkerLinks(t *testing.T) {
	r := newRig(t)
	inv := mustCall[control.Invite](r, control.VerbInvite, control.InviteArgs{})
	host, _, _ := strings.Cut(strings.TrimPrefix(inv.URI, "bunker://"), "?")
	if len(host) != 64 || strings.Trim(host, "0123456789abcdef") != "" {
		t.Fatalf("more than 64 lower-case hex before the question mark: %s", host)
	}
	if strings.ContainsAny(inv.URI, "+~@,!#% ") {
		t.Fatalf("characters that nostr-tools refuses: %s", inv.URI)
	}
	link, err := nip46.ParseBunker(inv.URI)
	must(t, err)
	if len(link.Relays) == 0 || len(link.Secret) < 16 || len(link.Secret) > 64 {
		t.Fatalf("link %+v", link)
	}
}
