package nip49

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

// The test data of NIP-49.
const (
	known       = "ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p"
	knownSecret = "3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683"

	// The same, sealed by this package at the lowest cost.
	cheap = "ncryptsec1qgq5z0sxrwc23ngj02nky9p9x8qv0h5ca2x93qvwk6eewaedrvyw44f2kk5nlqe34y0q90v745ulqm4c4864a3cgqp3smz48yl6h0yjs2p75rkd87mktm3ku50gz4wdjv85hr8tlq9f5jhq2syhtlyjj"
)

func secretKey(t testing.TB) nostr.SecretKey {
	t.Helper()
	b, err := hex.DecodeString(knownSecret)
	if err != nil {
		t.Fatal(err)
	}
	return nostr.SecretKey(b)
}

func encrypt(t testing.TB, password string, logN int) string {
	t.Helper()
	sk := secretKey(t)
	text, err := Encrypt(&sk, password, logN)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKnownAnswer(t *testing.T) {
	for _, text := range []string{known, strings.ToUpper(known), cheap} {
		if sk, err := Decrypt(text, "nostr"); err != nil || sk != secretKey(t) {
			t.Errorf("%s: %v", text[:12], err)
		}
	}
	if sk, err := Decrypt(known, "Nostr"); !errors.Is(err, ErrPassword) || sk != (nostr.SecretKey{}) {
		t.Errorf("another password: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, password := range []string{"", "nostr", "pass\x00word", strings.Repeat("long ", 100), "\xff\xfe not UTF-8"} {
		text := encrypt(t, password, 1)
		if sk, err := Decrypt(text, password); err != nil || sk != secretKey(t) {
			t.Errorf("%q: %v", password, err)
		}
		if sk, err := Decrypt(text, password+"x"); !errors.Is(err, ErrPassword) || sk != (nostr.SecretKey{}) {
			t.Errorf("%q and another letter: %v", password, err)
		}
		if encrypt(t, password, 1) == text {
			t.Errorf("%q: salt and nonce are not fresh", password)
		}
	}
}

// The NIP's own example: two ways to type one password.
func TestPasswordIsNFKC(t *testing.T) {
	const typed, normal = "\u212b\u2126\u1e9b\u0323", "\u00c5\u03a9\u1e69"
	for seal, open := range map[string]string{typed: normal, normal: typed} {
		if sk, err := Decrypt(encrypt(t, seal, 1), open); err != nil || sk != secretKey(t) {
			t.Errorf("%+q sealed, %+q given: %v", seal, open, err)
		}
	}
}

func TestCost(t *testing.T) {
	sk := secretKey(t)
	for _, logN := range []int{-1, MaxLogN + 1, 63, 256, 256 + 16} {
		if _, err := Encrypt(&sk, "nostr", logN); !errors.Is(err, ErrCostTooHigh) {
			t.Errorf("%d: %v", logN, err)
		}
	}
	_, b, err := nostr.DecodeBech32(encrypt(t, "nostr", 0))
	if err != nil || b[1] != DefaultLogN {
		t.Errorf("default cost: %v", err)
	}
	for _, logN := range []byte{MaxLogN + 1, 22, 63, 64, 255} {
		b[1] = logN
		if _, err := Decrypt(nostr.EncodeBech32(hrp, b), "nostr"); !errors.Is(err, ErrCostTooHigh) {
			t.Errorf("%d given: %v", logN, err)
		}
	}
	if _, err := decrypt(known, "nostr", 15); !errors.Is(err, ErrCostTooHigh) {
		t.Errorf("a lower cap: %v", err)
	}
}

func TestInvalidText(t *testing.T) {
	_, b, err := nostr.DecodeBech32(encrypt(t, "nostr", 1))
	if err != nil {
		t.Fatal(err)
	}
	with := func(at int, v byte) string {
		c := append([]byte(nil), b...)
		c[at] = v
		return nostr.EncodeBech32(hrp, c)
	}
	for name, text := range map[string]string{
		"empty": "", "no bech32": "ncryptsec", "checksum": known[:len(known)-1] + "q", "cut": known[:100],
		"another prefix": nostr.EncodeBech32("nsec", b), "too short": nostr.EncodeBech32(hrp, b[:size-1]),
		"too long": nostr.EncodeBech32(hrp, append(b[:size:size], 0)), "version 1": with(0, 1), "version 3": with(0, 3), "no cost": with(1, 0),
	} {
		if sk, err := Decrypt(text, "nostr"); !errors.Is(err, ErrInvalidText) || sk != (nostr.SecretKey{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Whatever else is changed, key security byte included, is authenticated.
	for at := saltAt; at < size; at++ {
		if sk, err := Decrypt(with(at, b[at]^1), "nostr"); !errors.Is(err, ErrPassword) || sk != (nostr.SecretKey{}) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestInvalidKeys(t *testing.T) {
	var sk nostr.SecretKey
	if _, err := Encrypt(&sk, "nostr", 1); !errors.Is(err, ErrInvalidKey) {
		t.Errorf("sealing nothing: %v", err)
	}
	b := [size]byte{version2, 1}
	aead, err := newAEAD("nostr", b[:])
	if err != nil {
		t.Fatal(err)
	}
	aead.Seal(b[:sealedAt], b[nonceAt:securityAt], sk[:], b[securityAt:sealedAt])
	if _, err := Decrypt(nostr.EncodeBech32(hrp, b[:]), "nostr"); !errors.Is(err, ErrInvalidKey) {
		t.Errorf("opening nothing: %v", err)
	}
}

func FuzzDecrypt(f *testing.F) {
	f.Add(cheap)
	f.Add(known)
	f.Add("ncryptsec1")
	f.Add(nostr.EncodeBech32(hrp, make([]byte, size)))
	f.Fuzz(func(t *testing.T, text string) {
		sk, err := decrypt(text, "nostr", 4)
		if err != nil && sk != (nostr.SecretKey{}) {
			t.Error("an error and a key")
		}
		if err == nil && strings.ToLower(text) != cheap {
			t.Error("a forgery opened")
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	sk := secretKey(b)
	for b.Loop() {
		if _, err := Encrypt(&sk, "nostr", DefaultLogN); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecrypt(b *testing.B) {
	for b.Loop() {
		if _, err := Decrypt(known, "nostr"); err != nil {
			b.Fatal(err)
		}
	}
}
