package nip04

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

var testKey = SharedKey([]byte("a shared key for the tests ....."))

func keypair(t testing.TB, last byte) schnorr.Keypair {
	t.Helper()
	kp, err := schnorr.Default.NewKeypair(&[32]byte{31: last})
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

// The shared key is the x coordinate itself, not a hash of it: with the secret
// 1 it is the peer's own.
func TestSharedKeyIsUnhashed(t *testing.T) {
	one, two := keypair(t, 1), keypair(t, 2)
	pub1, pub2 := one.PublicKey(), two.PublicKey()
	k, err := NewSharedKey(one, &pub2)
	if err != nil || k != pub2 {
		t.Errorf("not the x coordinate: %v", err)
	}
	if other, err := NewSharedKey(two, &pub1); err != nil || other != k {
		t.Errorf("not symmetric: %v", err)
	}
	if _, err := NewSharedKey(one, &[32]byte{31: 5}); !errors.Is(err, schnorr.ErrInvalidPublicKey) {
		t.Errorf("off the curve: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plaintext := rapid.OneOf(rapid.String(), rapid.StringN(0, 200, 400)).Draw(t, "plaintext")
		payload, err := Encrypt(&testKey, plaintext)
		if err != nil || !Looks(payload) {
			t.Fatalf("%q: %v", payload, err)
		}
		if got, err := Decrypt(&testKey, payload); err != nil || got != plaintext {
			t.Fatalf("%q: %v", got, err)
		}
	})
	for _, n := range []int{0, 1, 15, 16, 17, 31, 32, MaxPlaintext - 1, MaxPlaintext} {
		plaintext := strings.Repeat("x", n)
		payload, err := Encrypt(&testKey, plaintext)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if got, err := Decrypt(&testKey, payload); err != nil || got != plaintext {
			t.Errorf("%d: %v", n, err)
		}
		if again, err := Encrypt(&testKey, plaintext); err != nil || again == payload {
			t.Errorf("%d: the vector is not fresh: %v", n, err)
		}
	}
}

// craft encrypts blocks as they are, under a vector of zeros.
func craft(t *testing.T, blocks []byte) string {
	t.Helper()
	block, err := aes.NewCipher(testKey[:])
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, len(blocks))
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(b, blocks)
	return base64.StdEncoding.EncodeToString(b) + "?iv=AAAAAAAAAAAAAAAAAAAAAA=="
}

// openssl enc -aes-256-cbc -K <testKey in hex> -iv 0 -base64
func TestKnownAnswer(t *testing.T) {
	const payload = "CoNBkEECioFxzaq8tXiWOg==?iv=AAAAAAAAAAAAAAAAAAAAAA=="
	if got, err := Decrypt(&testKey, payload); err != nil || got != "hello, world" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestPadding(t *testing.T) {
	for pad := 1; pad <= 16; pad++ {
		b := []byte(strings.Repeat("x", 32-pad) + strings.Repeat(string(rune(pad)), pad))
		if got, err := Decrypt(&testKey, craft(t, b)); err != nil || got != string(b[:32-pad]) {
			t.Errorf("padding of %d: %q, %v", pad, got, err)
		}
		for i := 32 - pad; i < 32; i++ {
			bad := append([]byte(nil), b...)
			bad[i] ^= 0x20
			if got, err := Decrypt(&testKey, craft(t, bad)); !errors.Is(err, ErrInvalidPayload) {
				t.Errorf("padding of %d, byte %d: %q, %v", pad, i, got, err)
			}
		}
	}
	for _, last := range []byte{0, 17, 32, 127, 128, 255} {
		b := []byte(strings.Repeat(string([]byte{last}), 32))
		if _, err := Decrypt(&testKey, craft(t, b)); !errors.Is(err, ErrInvalidPayload) {
			t.Errorf("padding of %d: %v", last, err)
		}
	}
}

func TestMalformedPayloads(t *testing.T) {
	good, err := Encrypt(&testKey, "hello")
	if err != nil {
		t.Fatal(err)
	}
	sealed, iv, _ := strings.Cut(good, "?iv=")
	for name, payload := range map[string]string{
		"empty": "", "no vector": sealed, "separator only": "?iv=", "empty vector": sealed + "?iv=", "empty ciphertext": "?iv=" + iv,
		"short vector": sealed + "?iv=AAAA", "long vector": good + "AAAA", "vector of 17": sealed + "?iv=" + strings.Repeat("A", 23) + "=",
		"vector of 18": sealed + "?iv=" + strings.Repeat("A", 24), "stray bits": sealed + "?iv=" + strings.Repeat("A", 21) + "B==",
		"two vectors": good + "?iv=" + iv, "not base64": "!!!!?iv=" + iv, "line break": sealed[:4] + "\n" + sealed[4:] + "?iv=" + iv,
		"line break in the vector": sealed + "?iv=" + strings.Repeat("A", 19) + "\nAA==", "half a block": "AAAAAAAAAAA=?iv=" + iv,
		"a block and a half": base64.StdEncoding.EncodeToString(make([]byte, 24)) + "?iv=" + iv, "no padding": strings.TrimRight(good, "="),
		"too long": base64.StdEncoding.EncodeToString(make([]byte, maxSealed+32)) + "?iv=" + iv, "another separator": sealed + "&iv=" + iv,
	} {
		if got, err := Decrypt(&testKey, payload); !errors.Is(err, ErrInvalidPayload) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Encrypt(&testKey, strings.Repeat("x", MaxPlaintext+1)); !errors.Is(err, ErrPlaintextSize) {
		t.Errorf("too long: %v", err)
	}
	payload, err := Encrypt(&testKey, "hello")
	if err != nil {
		t.Fatal(err)
	}
	wiped := testKey
	wiped.Wipe()
	if _, err := Encrypt(&wiped, "hello"); !errors.Is(err, ErrNoKey) {
		t.Errorf("sealing with a wiped key: %v", err)
	}
	if _, err := Decrypt(&wiped, payload); !errors.Is(err, ErrNoKey) {
		t.Errorf("opening with a wiped key: %v", err)
	}
}

func TestLooks(t *testing.T) {
	const nip44 = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb"
	for payload, want := range map[string]bool{
		"AAAAAAAAAAAAAAAAAAAAAA==?iv=AAAAAAAAAAAAAAAAAAAAAA==": true,
		nip44: false, "": false, "?iv=": false, "?iv=AAAAAAAAAAAAAAAAAAAAAA==": false, nip44 + "?iv=AAAA": false,
		"https://example.com/?iv=1": false,
	} {
		if Looks(payload) != want {
			t.Errorf("%q: %v", payload, !want)
		}
	}
}

func TestKeyNeverShows(t *testing.T) {
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", testKey, "pointer", &testKey)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "inside", struct{ K SharedKey }{testKey})
	encoded, err := json.Marshal(map[string]any{"key": testKey, "pointer": &testKey})
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %s %x %X %d %q", testKey, testKey, testKey, testKey, testKey, testKey, testKey, testKey)
	text += fmt.Sprintf("%v %#v %x", &testKey, struct{ K SharedKey }{testKey}, []SharedKey{testKey})
	text = strings.ToLower(text + testKey.String() + testKey.GoString() + log.String() + string(encoded))
	for _, seen := range []string{"a shar", hex.EncodeToString(testKey[2:8]), "115 104 97 114", "115,104", base64.StdEncoding.EncodeToString(testKey[:6])} {
		if strings.Contains(text, strings.ToLower(seen)) {
			t.Errorf("the key shows as %q", seen)
		}
	}
	if strings.Count(text, redaction) < 15 {
		t.Error("redactions are missing")
	}
}

func FuzzDecrypt(f *testing.F) {
	good, err := Encrypt(&testKey, "hello")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("?iv=")
	f.Add(good[:len(good)-1])
	f.Add(strings.Repeat("A", 64) + good[24:])
	f.Fuzz(func(t *testing.T, payload string) {
		plaintext, err := Decrypt(&testKey, payload)
		if err != nil {
			if !errors.Is(err, ErrInvalidPayload) || plaintext != "" {
				t.Errorf("%v, with text: %v", err, plaintext != "")
			}
			return
		}
		if !Looks(payload) {
			t.Error("what opens does not look like NIP-04")
		}
		if again, err := Encrypt(&testKey, plaintext); err != nil || len(again) != len(payload) {
			t.Errorf("opened a text of another length: %v", err)
		}
	})
}

func BenchmarkEncrypt(b *testing.B) { bench(b, false) }
func BenchmarkDecrypt(b *testing.B) { bench(b, true) }

func bench(b *testing.B, open bool) {
	for _, n := range []int{300, 4096} {
		plaintext := strings.Repeat("x", n)
		payload, err := Encrypt(&testKey, plaintext)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(n))
			for b.Loop() {
				var err error
				if open {
					_, err = Decrypt(&testKey, payload)
				} else {
					_, err = Encrypt(&testKey, plaintext)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
