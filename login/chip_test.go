package login

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// A chip shows the newest profile that verifies, cleaned, and an address as
// checked only when its domain names the key.
func TestChip(t *testing.T) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	key := nostr.PubKey(kp.PublicKey())
	profile := func(at int64, content string) []byte {
		e, err := (&nostr.Template{CreatedAt: at, Content: content}).Sign(kp, true)
		if err != nil {
			t.Fatal(err)
		}
		return e.AppendJSON(nil)
	}
	old := profile(1, `{"name":"old"}`)
	good := profile(2, "{\"name\":\"al\",\"display_name\":\"Al\u202eice\\n\",\"picture\":\"https://p.example/a.png\",\"nip05\":\"alice@example.com\"}")
	forged, err := nostr.ParseEvent(profile(3, `{"name":"Mallory"}`))
	if err != nil {
		t.Fatal(err)
	}
	forged.Content = `{"name":"Eve"}`
	hosts := linktest.NewNet()
	t.Cleanup(hosts.Close)
	relay := func(events ...[]byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			defer c.CloseNow()
			if _, _, err := c.Read(r.Context()); err != nil {
				return
			}
			for _, e := range events {
				_ = c.Write(r.Context(), websocket.MessageText, []byte(`["EVENT","chip",`+string(e)+`]`))
			}
			_ = c.Write(r.Context(), websocket.MessageText, []byte(`["EOSE","chip"]`))
			_, _, _ = c.Read(r.Context())
		})
	}
	names := map[string]string{"alice": key.String()}
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"names": names})
	}))
	t.Cleanup(site.Close)
	p := &Profiles{Relays: []string{
		hosts.Serve("one.example", relay(old, forged.AppendJSON(nil))),
		hosts.Serve("two.example", relay(good)),
		"ws://away.example",
	}}
	p.dialer = hosts.Dialer()
	p.dialer.RootCAs = site.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	p.dialer.Resolver = both{hosts}
	inside := p.dialer.Connect
	p.dialer.Connect = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "10.9.9.9:443" {
			return net.Dial("tcp", site.Listener.Addr().String())
		}
		return inside(ctx, network, address)
	}
	got := p.Show(t.Context(), key)
	if got == nil || *got != (Shown{Name: "Alice", Picture: "https://p.example/a.png", Address: "alice@example.com", Checked: true}) {
		t.Fatalf("got %+v", got)
	}
	names["alice"] = nostr.PubKey{7}.String()
	if p.Show(t.Context(), key) != got {
		t.Fatal("asked again at once")
	}
	if s := p.find(t.Context(), key); s == nil || s.Checked {
		t.Fatalf("the domain names another key: %+v", s)
	}
	if s := p.Show(t.Context(), nostr.PubKey{7}); s != nil {
		t.Fatalf("of somebody unknown: %+v", s)
	}
}

// both knows the hosts of the network and a site.
type both struct{ hosts *linktest.Net }

func (b both) LookupNetIP(ctx context.Context, network, name string) ([]netip.Addr, error) {
	if name == "example.com" {
		return []netip.Addr{netip.MustParseAddr("10.9.9.9")}, nil
	}
	return b.hosts.LookupNetIP(ctx, network, name)
}
