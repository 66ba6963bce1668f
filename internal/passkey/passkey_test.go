package passkey_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/internal/passkey/passkeytest"
)

const domain, origin = "seal.example", "https://seal.example"

var (
	site      = passkey.Site{Domain: domain, Origins: []string{origin, "https://www.seal.example"}}
	challenge = bytes.Repeat([]byte{7}, 32)
)

// register makes a passkey and takes it up.
func register(t *testing.T, a *passkeytest.Authenticator) passkey.Credential {
	t.Helper()
	client, attestation := a.Register(challenge)
	c, err := site.Register(challenge, client, attestation)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEachAlgorithm(t *testing.T) {
	for _, alg := range passkey.Algorithms {
		a := passkeytest.New(alg, domain, origin)
		c := register(t, a)
		if !bytes.Equal(c.ID, a.ID) || !bytes.Equal(c.Key, a.Key()) || c.Count != 1 {
			t.Fatalf("%d: %+v", alg, c)
		}
		for want := range uint32(3) {
			count, err := site.Assert(challenge, c.Key, a.Assert(challenge))
			if err != nil || count != want+2 {
				t.Fatalf("%d: count %d, %v", alg, count, err)
			}
		}
	}
}

// Everything else than the one thing that was asked for is refused, and for the
// right reason.
func TestRefused(t *testing.T) {
	good := passkeytest.New(-7, domain, origin)
	known := register(t, good)
	other := passkeytest.New(-7, domain, origin)
	for _, x := range []struct {
		name   string
		change func(a *passkeytest.Authenticator, challenge *[]byte)
		want   error
	}{
		{"another challenge", func(_ *passkeytest.Authenticator, c *[]byte) { *c = bytes.Repeat([]byte{8}, 32) }, passkey.ErrNotThis},
		{"a longer challenge", func(_ *passkeytest.Authenticator, c *[]byte) { *c = append(bytes.Clone(*c), 0) }, passkey.ErrNotThis},
		{"no challenge", func(_ *passkeytest.Authenticator, c *[]byte) { *c = nil }, passkey.ErrNotThis},
		{"another page", func(a *passkeytest.Authenticator, _ *[]byte) { a.Origin = "https://seal.example.evil" }, passkey.ErrNotThis},
		{"a page without encryption", func(a *passkeytest.Authenticator, _ *[]byte) { a.Origin = "http://seal.example" }, passkey.ErrNotThis},
		{"another site", func(a *passkeytest.Authenticator, _ *[]byte) { a.Domain = "evil.example" }, passkey.ErrNotThis},
		{"nobody present", func(a *passkeytest.Authenticator, _ *[]byte) { a.Flags = 4 }, passkey.ErrNobody},
		{"nobody verified", func(a *passkeytest.Authenticator, _ *[]byte) { a.Flags = 1 }, passkey.ErrNobody},
		{"extensions that are not there", func(a *passkeytest.Authenticator, _ *[]byte) { a.Flags |= 1 << 7 }, passkey.ErrMalformed},
	} {
		a, c := *good, challenge
		x.change(&a, &c)
		if _, err := site.Assert(challenge, known.Key, a.Assert(c)); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, err, x.want)
		}
		client, attestation := a.Register(c)
		if _, err := site.Register(challenge, client, attestation); x.name != "extensions that are not there" && !errors.Is(err, x.want) {
			t.Errorf("registering, %s: %v, want %v", x.name, err, x.want)
		}
	}
	if _, err := site.Assert(challenge, known.Key, other.Assert(challenge)); !errors.Is(err, passkey.ErrSignature) {
		t.Errorf("another passkey: %v", err)
	}
	if _, err := (passkey.Site{}).Assert(challenge, known.Key, good.Assert(challenge)); err == nil {
		t.Error("a site that is none took a passkey")
	}
	if _, err := site.Assert(nil, known.Key, good.Assert(nil)); err == nil {
		t.Error("without a challenge")
	}
	// What was made for one ceremony does not pass for the other.
	client, _ := good.Register(challenge)
	a := good.Assert(challenge)
	a.ClientData = client
	if _, err := site.Assert(challenge, known.Key, a); !errors.Is(err, passkey.ErrNotThis) {
		t.Errorf("a registration as a signature: %v", err)
	}
}

// Every bit of a signature counts.
func TestEveryBitCounts(t *testing.T) {
	for _, alg := range passkey.Algorithms {
		auth := passkeytest.New(alg, domain, origin)
		c := register(t, auth)
		a := auth.Assert(challenge)
		for what, part := range map[string][]byte{"client data": a.ClientData, "authenticator data": a.AuthData, "signature": a.Signature} {
			for i := range len(part) * 8 {
				part[i/8] ^= 1 << (i % 8)
				if _, err := site.Assert(challenge, c.Key, a); err == nil {
					t.Fatalf("%d: bit %d of the %s does not count", alg, i, what)
				}
				part[i/8] ^= 1 << (i % 8)
			}
		}
		if _, err := site.Assert(challenge, c.Key, a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOtherAlgorithms(t *testing.T) {
	for _, alg := range []int{-37, -35, -65535, 0, -259} {
		a := passkeytest.New(-7, domain, origin)
		a.Algorithm = alg
		client, attestation := a.Register(challenge)
		if _, err := site.Register(challenge, client, attestation); !errors.Is(err, passkey.ErrAlgorithm) {
			t.Errorf("%d: %v", alg, err)
		}
	}
}

func TestCrossOriginFrame(t *testing.T) {
	a := passkeytest.New(-7, domain, origin)
	c := register(t, a)
	x := a.Assert(challenge)
	x.ClientData = bytes.Replace(x.ClientData, []byte(`"crossOrigin":false`), []byte(`"crossOrigin":true`), 1)
	if _, err := site.Assert(challenge, c.Key, x); !errors.Is(err, passkey.ErrNotThis) {
		t.Error(err)
	}
}

func FuzzAssert(f *testing.F) {
	for _, alg := range passkey.Algorithms {
		a := passkeytest.New(alg, domain, origin)
		x := a.Assert(challenge)
		f.Add(a.Key(), x.ClientData, x.AuthData, x.Signature)
	}
	secret := bytes.Repeat([]byte{9}, 32) // a challenge that was in no signature
	f.Fuzz(func(t *testing.T, key, client, auth, sig []byte) {
		if _, err := site.Assert(secret, key, passkey.Assertion{ClientData: client, AuthData: auth, Signature: sig}); err == nil {
			// Whoever chooses the key may sign what they like, but not another challenge.
			if got, err := passkey.Challenge(client); err != nil || !bytes.Equal(got, secret) {
				t.Fatal("a signature of something else passed")
			}
		}
	})
}

func FuzzRegister(f *testing.F) {
	for _, alg := range passkey.Algorithms {
		client, attestation := passkeytest.New(alg, domain, origin).Register(challenge)
		f.Add(client, attestation)
	}
	f.Fuzz(func(t *testing.T, client, attestation []byte) {
		c, err := site.Register(challenge, client, attestation)
		if err != nil {
			return
		}
		if len(c.ID) == 0 || len(c.ID) > 1023 || len(c.Key) == 0 {
			t.Fatalf("%+v", c)
		}
		if _, err := site.Assert(challenge, c.Key, passkey.Assertion{}); err == nil {
			t.Fatal("an empty signature passed")
		}
	})
}
