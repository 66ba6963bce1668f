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
	s := running(t, "--public-url", "https://seal.example",
		"--tls-cert", secretAt(tmp, "cert.pem", string(ca.sign(&key.PublicKey, "seal.example"))),
		"--tls-key", secretAt(tmp, "key.pem", string(pemOf("EC PRIVATE KEY", der))))
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
}
