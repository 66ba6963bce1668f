package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// TestDiscovery: an app on this computer finds the signer by its address, sends
// its person there with a link, and is answered.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	s := running(t)
	_, port, err := net.SplitHostPort(s.ready.Listen)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	o := client.Options{Name: "Finder", PrivateRelays: true, Callback: "http://localhost:8080/back"}
	for _, at := range []string{"localhost:" + port, "_@127.0.0.1:" + port} {
		h, err := client.Discover(ctx, at, o)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		if len(h.Relays) != 1 || h.Relays[0] != s.ready.Relay {
			t.Fatalf("%+v", h)
		}
		p, err := client.Pair(ctx, h.Relays, o)
		if err != nil {
			t.Fatal(err)
		}
		page, err := url.Parse(h.Page(p.URI()))
		if err != nil || page.Host != "localhost:"+port || page.Path != control.ConnectPath {
			t.Fatal(page, err)
		}
		app := mustJSON[control.AppInfo](t, s.dir, "accept", page.Query().Get("uri"))
		session, err := p.Wait(ctx)
		if err != nil {
			t.Fatal(err)
		}
		key, err := session.PublicKey(ctx)
		if err != nil || key == h.Key {
			t.Fatal("a person's key is told of:", err)
		}
		session.Close()
		mustRun(t, s.dir, "apps", "revoke", app.ID)
	}
}

// TestDiscoveryFar: under a public address everybody may read it, and it names
// what others can reach.
func TestDiscoveryFar(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	far := []string{"--key-file", shared.key, "--public-url", "https://seal.example",
		"--tls-cert", secretAt(tmp, "cert.pem", string(ca.sign(&key.PublicKey, "seal.example"))),
		"--tls-key", secretAt(tmp, "key.pem", string(pemOf("EC PRIVATE KEY", der)))}
	relay := &linktest.Relay{Keep: true}
	relayURL := relay.Start(t)
	dir := aVault(t)
	s := start(t, dir, append(far, "--relay", relayURL)...)
	web := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: ca.roots()},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.ready.Listen)
		},
	}}
	defer web.CloseIdleConnections()
	res, err := web.Get("https://seal.example/.well-known/nostr.json?name=_")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v %s", res.StatusCode, res.Header, raw)
	}
	var doc struct {
		Names map[string]string `json:"names"`
		Nip46 struct {
			Relays []string `json:"relays"`
			Page   string   `json:"nostrconnect_url"`
		} `json:"nip46"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil || len(doc.Names["_"]) != 64 || len(doc.Names) != 1 ||
		strings.Join(doc.Nip46.Relays, " ") != "wss://seal.example" || doc.Nip46.Page != "https://seal.example/connect?uri=<nostrconnect>" {
		t.Fatalf("%v: %s", err, raw)
	}
	if me := mustRun(t, s.dir, "identity", "list", "--json"); strings.Contains(me, doc.Names["_"]) {
		t.Error("a person's key is told of")
	}

	// And a relay is told of it, by the same key.
	announced := func() (list []*nostr.Event) {
		for _, e := range relay.Stored(31990) {
			if e.Tags.TagValue("k") == "24133" {
				list = append(list, e)
			}
		}
		return list
	}
	relay.Await(t, func() bool { return len(announced()) == 1 })
	e := announced()[0]
	if e.PubKey.String() != doc.Names["_"] || e.Tags.TagValue("nostrconnect_url") != doc.Nip46.Page || e.Tags.TagValue("relay") != "wss://seal.example" {
		t.Fatalf("%s", e.AppendJSON(nil))
	}
	if d := finding(t, dir, "announcement"); d.State != fine || !strings.Contains(d.Text, relayURL) {
		t.Errorf("%+v", d)
	}
	if d := finding(t, dir, "address"); d.State != warning || d.Fix == "" { // nobody serves that name here
		t.Errorf("%+v", d)
	}

	// It is taken back when the person says so, and told again.
	mustRun(t, dir, "settings", "set", "announce", "off")
	relay.Await(t, func() bool { return len(announced()) == 0 && len(relay.Stored(5)) == 1 })
	mustRun(t, dir, "settings", "set", "announce", "on")
	relay.Await(t, func() bool { return len(announced()) == 1 })
	if announced()[0].CreatedAt <= e.CreatedAt {
		t.Error("told again with an old stamp")
	}

	// And when it has no address any more, also after a restart.
	s.end()
	s = start(t, dir, "--key-file", shared.key, "--relay", relayURL)
	relay.Await(t, func() bool { return len(announced()) == 0 && len(relay.Stored(5)) == 2 })
	if d := finding(t, dir, "address"); d.State != fine || !strings.Contains(d.Text, "no public address") {
		t.Errorf("%+v", d)
	}
	log := mustRun(t, dir, "activity", "list", "--json")
	for _, want := range []string{"apps may find the signer at seal.example", "apps are no longer told where the signer is"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in the record:\n%s", want, log)
		}
	}
}

// finding is what doctor says of one thing.
func finding(t *testing.T, dir, check string) control.Finding {
	t.Helper()
	_, out, _ := runIn(dir, "doctor", "--json")
	var d struct{ Findings []control.Finding }
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Findings {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("doctor says nothing of %s: %s", check, out)
	return control.Finding{}
}
