package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// TestCertificate: with a certificate of one's own the relay speaks TLS, and
// links name the public address.
func TestCertificate(t *testing.T) {
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
	inv := mustJSON[control.Invite](t, s.dir, "invite")
	if s.ready.Relay != "wss://seal.example" || !strings.Contains(inv.URI, "relay=wss://seal.example") || inv.Relays[0].Reach != "anywhere" {
		t.Errorf("relay %s, link %+v", s.ready.Relay, inv)
	}
	conn, err := tls.Dial("tcp", s.ready.Listen, &tls.Config{ServerName: "seal.example", RootCAs: ca.roots()})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// TestACME: a certificate is fetched, kept, and used again after a restart.
func TestACME(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	directory, root := ca.serve()
	flags := []string{
		"--key-file", shared.key, "--public-url", "https://seal.example", "--tls", "auto",
		"--acme-directory", directory, "--acme-root", secretAt(t.TempDir(), "root.pem", string(root)),
	}
	dir := aVault(t)
	for range 2 {
		s := start(t, dir, flags...)
		ca.mu.Lock()
		ca.target = s.ready.Listen
		ca.mu.Unlock()
		conn, err := tls.Dial("tcp", s.ready.Listen, &tls.Config{ServerName: "seal.example", RootCAs: ca.roots()})
		if err != nil {
			t.Fatalf("%v; %s", err, s.log)
		}
		conn.Close()
		if _, err := tls.Dial("tcp", s.ready.Listen, &tls.Config{ServerName: "other.example", RootCAs: ca.roots()}); err == nil {
			t.Error("another host got a certificate")
		}
		s.end()
	}
	if ca.orders != 1 {
		t.Errorf("%d certificates were ordered", ca.orders)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "acme", "seal.example*")); len(files) != 1 {
		t.Errorf("kept: %v", files)
	}
}

// TestFrontPage: a browser learns what this is; everything else is not found;
// the relay's document is there.
func TestFrontPage(t *testing.T) {
	t.Parallel()
	s := running(t)
	get := func(path, accept string) (int, string) {
		req, err := http.NewRequest(http.MethodGet, "http://"+s.ready.Listen+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", accept)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	code, body := get("/", "text/html")
	for deadline := time.Now().Add(patience); code == http.StatusServiceUnavailable && time.Now().Before(deadline); {
		code, body = get("/", "text/html") // the front may not have the keeper yet
	}
	if code != http.StatusOK || !strings.Contains(body, "Privy Seal") {
		t.Errorf("/: %d %s", code, body)
	}
	if code, _ := get("/console", "text/html"); code != http.StatusNotFound {
		t.Errorf("/console: %d", code)
	}
	if code, body := get("/", "application/nostr+json"); code != http.StatusOK || !strings.Contains(body, "supported_nips") {
		t.Errorf("NIP-11: %d %s", code, body)
	}
}
