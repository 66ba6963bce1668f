package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// authority is a certificate authority for tests, with just enough of an ACME
// server (RFC 8555, RFC 8737).
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	web  *httptest.Server

	mu      sync.Mutex
	target  string // where names are validated
	account crypto.PublicKey
	valid   bool
	issued  []byte
	orders  int
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// sign issues a certificate; it answers the chain as PEM.
func (a *authority) sign(public crypto.PublicKey, host string) []byte {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{host}, Subject: pkix.Name{CommonName: host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, public, a.key)
	if err != nil {
		a.t.Error(err)
	}
	return append(pemOf("CERTIFICATE", der), pemOf("CERTIFICATE", a.cert.Raw)...)
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// roots trust this authority.
func (a *authority) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// serve starts the ACME server; it answers its directory and its root as PEM.
func (a *authority) serve() (directory string, root []byte) {
	a.web = httptest.NewTLSServer(http.HandlerFunc(a.answer))
	a.t.Cleanup(a.web.Close)
	return a.web.URL + "/directory", pemOf("CERTIFICATE", a.web.Certificate().Raw)
}

const acmeToken = "0123456789abcdef0123456789abcdef"

func (a *authority) answer(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	url := func(path string) string { return a.web.URL + path }
	reply := func(code int, location string, v any) {
		if location != "" {
			w.Header().Set("Location", url(location))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(v)
	}
	type dict = map[string]any
	challenge := dict{"type": "tls-alpn-01", "url": url("/challenge"), "token": acmeToken, "status": "pending"}
	status := func(before string) string {
		switch {
		case a.issued != nil:
			return "valid"
		case a.valid:
			return "ready"
		}
		return before
	}
	order := func() dict {
		o := dict{"status": status("pending"), "authorizations": []string{url("/authorization")}, "finalize": url("/finalize")}
		if a.issued != nil {
			o["certificate"] = url("/certificate")
		}
		return o
	}
	switch r.URL.Path {
	case "/directory":
		reply(http.StatusOK, "", dict{"newNonce": url("/nonce"), "newAccount": url("/account"), "newOrder": url("/order"), "revokeCert": url("/revoke"), "keyChange": url("/key")})
	case "/nonce":
		w.WriteHeader(http.StatusOK)
	case "/account":
		a.account = accountKey(a.t, r)
		reply(http.StatusCreated, "/account/1", dict{"status": "valid"})
	case "/order":
		a.orders++
		reply(http.StatusCreated, "/order/1", order())
	case "/order/1":
		reply(http.StatusOK, "/order/1", order())
	case "/authorization":
		s := "pending"
		if a.valid {
			s = "valid"
		}
		reply(http.StatusOK, "", dict{"status": s, "identifier": dict{"type": "dns", "value": "seal.example"}, "challenges": []dict{challenge}})
	case "/challenge":
		if err := a.validate("seal.example"); err != nil {
			a.t.Errorf("validation: %v", err)
		}
		reply(http.StatusOK, "", challenge)
	case "/finalize":
		var req struct{ CSR string }
		_ = json.Unmarshal(payload(a.t, r), &req)
		der, err := base64.RawURLEncoding.DecodeString(req.CSR)
		if err != nil {
			a.t.Error(err)
		}
		csr, err := x509.ParseCertificateRequest(der)
		if err != nil {
			a.t.Error(err)
			return
		}
		a.issued = a.sign(csr.PublicKey, "seal.example")
		reply(http.StatusOK, "/order/1", order())
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.issued)
	default:
		http.NotFound(w, r)
	}
}

// validate looks for the challenge's answer in a TLS handshake (RFC 8737).
func (a *authority) validate(host string) error {
	conn, err := tls.Dial("tcp", a.target, &tls.Config{ServerName: host, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true}) // the certificate is the answer
	if err != nil {
		return err
	}
	defer conn.Close()
	thumb, err := acme.JWKThumbprint(a.account)
	if err != nil {
		return err
	}
	want := sha256.Sum256([]byte(acmeToken + "." + thumb))
	for _, ext := range conn.ConnectionState().PeerCertificates[0].Extensions {
		if ext.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) {
			var got []byte
			if _, err := asn1.Unmarshal(ext.Value, &got); err != nil || !bytes.Equal(got, want[:]) {
				return fmt.Errorf("a wrong answer: %x, %v", got, err)
			}
			a.valid = true
			return nil
		}
	}
	return fmt.Errorf("no answer in the certificate")
}

type jws struct{ Protected, Payload string }

func parts(t *testing.T, r *http.Request) (protected, body []byte) {
	var j jws
	if err := json.NewDecoder(r.Body).Decode(&j); err != nil {
		t.Error(err)
	}
	protected, err := base64.RawURLEncoding.DecodeString(j.Protected)
	if err != nil {
		t.Error(err)
	}
	if body, err = base64.RawURLEncoding.DecodeString(j.Payload); err != nil {
		t.Error(err)
	}
	return protected, body
}

func payload(t *testing.T, r *http.Request) []byte {
	_, body := parts(t, r)
	return body
}

// accountKey is the key a new account signs with.
func accountKey(t *testing.T, r *http.Request) crypto.PublicKey {
	head, _ := parts(t, r)
	var h struct{ JWK struct{ X, Y string } }
	if err := json.Unmarshal(head, &h); err != nil {
		t.Error(err)
	}
	point := []byte{4} // uncompressed
	for _, c := range []string{h.JWK.X, h.JWK.Y} {
		b, err := base64.RawURLEncoding.DecodeString(c)
		if err != nil {
			t.Error(err)
		}
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Error(err)
	}
	return key
}
