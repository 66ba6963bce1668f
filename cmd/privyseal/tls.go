package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"os"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/link"
)

// tlsFlags say how others reach the own relay.
type tlsFlags struct {
	PublicURL     string `placeholder:"URL" help:"The address others use, such as https://seal.example."`
	TLS           string `name:"tls" enum:"auto,off" default:"off" help:"auto gets a certificate by ACME (Let's Encrypt) for the public address."`
	TLSCert       string `name:"tls-cert" placeholder:"FILE" help:"A certificate chain (PEM)."`
	TLSKey        string `name:"tls-key" placeholder:"FILE" help:"Its private key (PEM)."`
	AcmeDirectory string `hidden:"" help:"Another ACME server."`
	AcmeRoot      string `hidden:"" help:"The root of trust (PEM) of that server."`

	public *url.URL
}

// check finds what does not go together.
func (f *tlsFlags) check() error {
	if (f.TLSCert == "") != (f.TLSKey == "") {
		return usage("--tls-cert and --tls-key go together", "name both files")
	}
	if f.TLS == "auto" && f.TLSCert != "" {
		return usage("--tls auto and --tls-cert exclude each other", "choose one of them")
	}
	if f.PublicURL != "" {
		u, err := url.Parse(f.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
			return usage("--public-url is not the address of a web site", "for example: --public-url https://seal.example")
		}
		f.public = u
	}
	if f.TLS == "auto" && (f.public == nil || f.public.Scheme != "https") {
		return usage("--tls auto needs to know the public address", "for example: --public-url https://seal.example")
	}
	return nil
}

// secure reports whether the listener speaks TLS.
func (f *tlsFlags) secure() bool { return f.TLS == "auto" || f.TLSCert != "" }

// tlsConfig is the listener's TLS, nil without.
func (f *frontHalf) tlsConfig() (*tls.Config, error) {
	if err := f.letter.TLS.check(); err != nil {
		return nil, err
	}
	return f.letter.TLS.config(f.dialer, f.letter.Certs)
}

func (f *tlsFlags) config(dialer *link.Dialer, certs string) (*tls.Config, error) {
	if f.TLSCert != "" {
		cert, err := tls.LoadX509KeyPair(f.TLSCert, f.TLSKey)
		if err != nil {
			return nil, fail(privyseal.KindInvalid, "the certificate "+f.TLSCert+" and its key "+f.TLSKey+" cannot be used", "both are PEM files, and belong together")
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}, nil
	}
	if f.TLS != "auto" {
		return nil, nil
	}
	client, err := f.acmeClient(dialer)
	if err != nil {
		return nil, err
	}
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(certs),
		HostPolicy: autocert.HostWhitelist(f.public.Hostname()), Client: client,
	}
	conf := manager.TLSConfig()
	conf.MinVersion = tls.VersionTLS12
	return conf, nil
}

// acmeClient speaks with Let's Encrypt, or the server a test names, over the
// same dialer as everything else.
func (f *tlsFlags) acmeClient(dialer *link.Dialer) (*acme.Client, error) {
	c := &acme.Client{DirectoryURL: f.AcmeDirectory, UserAgent: "privyseal"}
	if c.DirectoryURL == "" {
		c.DirectoryURL = autocert.DefaultACMEDirectory
	}
	if f.AcmeRoot == "" {
		c.HTTPClient = dialer.Client(f.AcmeDirectory != "")
		return c, nil
	}
	pem, err := os.ReadFile(f.AcmeRoot)
	if err != nil {
		return nil, fileError(f.AcmeRoot, "root certificate", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fail(privyseal.KindInvalid, "there is no certificate in "+f.AcmeRoot, "it is a PEM file")
	}
	dialer.RootCAs = roots
	c.HTTPClient = dialer.Client(true)
	return c, nil
}
