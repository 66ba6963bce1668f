package nip44

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/chacha20"
	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

var testKey = ConversationKey([]byte("a conversation key for the tests"))

// Every length around which the padding or the prefix changes, both ways.
func TestRoundTripAtBoundaries(t *testing.T) {
	sizes := []int{1, 2, 65535, 65536, 65537, MaxPlaintext - 1, MaxPlaintext}
	for n := 32; n < MaxPlaintext; n = calcPaddedLen(n + 1) {
		sizes = append(sizes, n-1, n, n+1)
	}
	text := strings.Repeat("0123456789abcde", MaxPlaintext/15+1)
	for _, n := range sizes {
		payload, err := Encrypt(&testKey, text[:n])
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if want := (1 + 32 + prefixSize(n) + calcPaddedLen(n) + 32 + 2) / 3 * 4; len(payload) != want {
			t.Errorf("%d: payload of %d, want %d", n, len(payload), want)
		}
		if got, err := Decrypt(&testKey, payload); err != nil || got != text[:n] {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secrets := rapid.SliceOfN(rapid.Byte(), 62, 62).Draw(t, "secrets")
		var one, two [32]byte // below the order, as their first byte is 0
		copy(one[1:], secrets[:31])
		copy(two[1:], secrets[31:])
		one[31] |= 1
		two[31] |= 1
		a, err := schnorr.Default.NewKeypair(&one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := schnorr.Default.NewKeypair(&two)
		if err != nil {
			t.Fatal(err)
		}
		pubA, pubB := a.PublicKey(), b.PublicKey()
		ck, err := NewConversationKey(a, &pubB)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := NewConversationKey(b, &pubA); err != nil || other != ck {
			t.Fatal("conv(a, B) is not conv(b, A)")
		}
		plaintext := rapid.SliceOfN(rapid.Byte(), 1, 2000).Draw(t, "plaintext")
		dst := rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "dst")
		payload, err := AppendEncrypt(dst, &ck, plaintext)
		if err != nil || string(payload[:len(dst)]) != string(dst) {
			t.Fatalf("AppendEncrypt: %v", err)
		}
		payload = payload[len(dst):]
		got, err := AppendDecrypt(dst, &ck, payload)
		if err != nil || string(got) != string(dst)+string(plaintext) {
			t.Fatalf("AppendDecrypt: %v", err)
		}
		if got, err := Decrypt(&ck, string(payload)); err != nil || got != string(plaintext) {
			t.Fatalf("Decrypt: %v", err)
		}
		ck[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 0x10
		if _, err := Decrypt(&ck, string(payload)); !errors.Is(err, ErrInvalidMAC) {
			t.Fatalf("another key: %v", err)
		}
	})
}

// Any one bit flipped, of the bytes or of their base64 text, fails.
func TestOneFlippedBitFails(t *testing.T) {
	for _, n := range []int{1, 31, 64, 100} { // all three lengths of base64 padding
		payload, err := Encrypt(&testKey, strings.Repeat("x", n))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(payload)
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(raw) {
			raw[bit/8] ^= 1 << (bit % 8)
			if _, err := Decrypt(&testKey, base64.StdEncoding.EncodeToString(raw)); err == nil {
				t.Fatalf("%d bytes: bit %d", n, bit)
			}
			raw[bit/8] ^= 1 << (bit % 8)
		}
		for bit := range 8 * len(payload) {
			bad := []byte(payload)
			bad[bit/8] ^= 1 << (bit % 8)
			if _, err := Decrypt(&testKey, string(bad)); err == nil {
				t.Fatalf("%d bytes: bit %d of the text", n, bit)
			}
		}
	}
}

// craft seals padded bytes as they are, with a valid MAC.
func craft(padded []byte) string {
	var nonce [32]byte
	var mk messageKeys
	mk.derive(&testKey, &nonce)
	raw := make([]byte, blockSize+32, blockSize+64+len(padded))
	raw = append(raw, padded...)
	c, err := chacha20.NewUnauthenticatedCipher(mk.chachaKey[:], mk.chachaNonce[:])
	if err != nil {
		panic(err)
	}
	c.XORKeyStream(raw[ciphertextAt:], padded)
	mac := hmac(&mk.hmacKey, raw)
	raw[rawAt] = version2
	return encoding.EncodeToString(append(raw[rawAt:], mac[:]...))
}

func TestPaddingIsExact(t *testing.T) {
	short := func(n uint16, size int) string {
		b := make([]byte, size)
		binary.BigEndian.PutUint16(b, n)
		return craft(b)
	}
	long := func(n uint32, size int) string {
		b := make([]byte, size)
		binary.BigEndian.PutUint32(b[2:], n)
		return craft(b)
	}
	for name, payload := range map[string]string{
		"short": short(32, 2+32), "short, next bucket": short(33, 2+64),
		"long": long(65536, 6+65536), "long, next bucket": long(65537, 6+81920),
	} {
		if got, err := Decrypt(&testKey, payload); err != nil || strings.Trim(got, "\x00") != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, payload := range map[string]string{
		"one byte too much": short(32, 2+33), "a bucket too much": short(32, 2+64), "a bucket too little": short(33, 2+32),
		"length beyond the text": short(65535, 2+32), "empty": long(0, 2+32), "empty, long form": long(0, 6+32),
		"long form of a short text": long(40, 6+64), "long form of 65535": long(65535, 6+65536),
		"long form, too little": long(65536, 6+65535), "long form, 2-byte prefix's size": long(65536, 2+65536),
		"long form, short text": long(65536, 2+32), "largest length": long(1<<32-1, 6+65536),
		"sign bit": long(1<<31, 6+65536), "beyond MaxPlaintext": long(MaxPlaintext+1, 6+65536),
	} {
		if got, err := Decrypt(&testKey, payload); !errors.Is(err, ErrInvalidPadding) || got != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMalformedPayloads(t *testing.T) {
	good, err := Encrypt(&testKey, "hello")
	if err != nil {
		t.Fatal(err)
	}
	version := func(v byte) string {
		raw := make([]byte, minRaw)
		raw[0] = v
		return encoding.EncodeToString(raw)
	}
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"#":                        {"#", ErrUnsupportedVersion},
		"# and a payload":          {"#" + good, ErrUnsupportedVersion},
		"version 0":                {version(0), ErrUnsupportedVersion},
		"version 1":                {version(1), ErrUnsupportedVersion},
		"version 3":                {version(3), ErrUnsupportedVersion},
		"version 255":              {version(255), ErrUnsupportedVersion},
		"all zero":                 {version(2), ErrInvalidMAC},
		"empty":                    {"", ErrInvalidPayload},
		"too short":                {good[:128], ErrInvalidPayload},
		"too long":                 {strings.Repeat("A", maxPayload+4), ErrInvalidPayload},
		"the longest, of zeros":    {strings.Repeat("A", maxPayload), ErrUnsupportedVersion},
		"not a multiple of 4":      {good[:len(good)-1], ErrInvalidPayload},
		"padding left out":         {strings.TrimRight(good, "=") + "AAA"[:3-len(good)%4], ErrInvalidPayload},
		"line break":               {good[:64] + "\n" + good[64:], ErrInvalidPayload},
		"four line breaks":         {good[:64] + "\r\n\r\n" + good[64:], ErrInvalidPayload},
		"url alphabet":             {good[:64] + "-_-_" + good[68:], ErrInvalidPayload},
		"padding in the middle":    {good[:64] + "AA==" + good[68:], ErrInvalidPayload},
		"only padding":             {strings.Repeat("=", minPayload), ErrInvalidPayload},
		"not base64":               {strings.Repeat("é", minPayload/2), ErrInvalidPayload},
		"NIP-04":                   {strings.Repeat("A", 128) + "?iv=" + strings.Repeat("A", 24), ErrInvalidPayload},
		"98 bytes, 132 characters": {encoding.EncodeToString(append([]byte{2}, make([]byte, 97)...)), ErrInvalidPayload},
	} {
		for range 2 {
			if got, err := Decrypt(&testKey, c.payload); !errors.Is(err, c.want) || got != "" {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			dst, err := AppendDecrypt([]byte("kept"), &testKey, []byte(c.payload))
			if !errors.Is(err, c.want) || string(dst) != "kept" {
				t.Errorf("%s, appended: %v, want %v", name, err, c.want)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, n := range []int{0, MaxPlaintext + 1} {
		if _, err := Encrypt(&testKey, strings.Repeat("x", n)); !errors.Is(err, ErrPlaintextSize) {
			t.Errorf("%d: %v", n, err)
		}
		if dst, err := AppendEncrypt([]byte("kept"), &testKey, make([]byte, n)); !errors.Is(err, ErrPlaintextSize) || string(dst) != "kept" {
			t.Errorf("%d, appended: %v", n, err)
		}
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
	kp, err := schnorr.Default.NewKeypair(&[32]byte{31: 1})
	if err != nil {
		t.Fatal(err)
	}
	pub := kp.PublicKey()
	kp.Wipe()
	if ck, err := NewConversationKey(kp, &pub); !errors.Is(err, schnorr.ErrWiped) || ck != (ConversationKey{}) {
		t.Errorf("from a wiped keypair: %v", err)
	}
}

func TestNoncesAreFresh(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		payload, err := Encrypt(&testKey, "same")
		if err != nil || seen[payload[:44]] {
			t.Fatalf("a nonce came again, or an error: %v", err)
		}
		seen[payload[:44]] = true
	}
}

// Nothing of one message stays in the pool for the next.
func TestWorkspaceIsWiped(t *testing.T) {
	w := getWorkspace()
	if _, err := seal(w, nil, &testKey, &[32]byte{1}, "hello"); err != nil {
		t.Fatal(err)
	}
	raw := w.raw
	w.put()
	for _, b := range raw {
		if b != 0 {
			t.Fatal("the workspace was not wiped")
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := 1; n < 500; n++ {
				plaintext := strings.Repeat(string(rune('a'+i)), n)
				payload, err := Encrypt(&testKey, plaintext)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := Decrypt(&testKey, payload); err != nil || got != plaintext {
					t.Errorf("%d: %v", n, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestKeyNeverShows(t *testing.T) {
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", testKey, "pointer", &testKey)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "inside", struct{ K ConversationKey }{testKey})
	encoded, err := json.Marshal(map[string]any{"key": testKey, "pointer": &testKey})
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %s %x %X %d %q", testKey, testKey, testKey, testKey, testKey, testKey, testKey, testKey)
	text += fmt.Sprintf("%v %#v %x", &testKey, struct{ K ConversationKey }{testKey}, []ConversationKey{testKey})
	text = strings.ToLower(text + testKey.String() + testKey.GoString() + log.String() + string(encoded))
	for _, seen := range []string{"a conv", hex.EncodeToString(testKey[2:8]), "99 111 110 118", "99,111", base64.StdEncoding.EncodeToString(testKey[:6])} {
		if strings.Contains(text, strings.ToLower(seen)) {
			t.Errorf("the key shows as %q", seen)
		}
	}
	if strings.Count(text, redaction) < 15 {
		t.Error("redactions are missing")
	}
}

func FuzzDecrypt(f *testing.F) {
	b, err := seal(new(workspace), nil, &testKey, &[32]byte{1}, "hello")
	if err != nil {
		f.Fatal(err)
	}
	good := string(b)
	f.Add(good)
	f.Add("#" + good)
	f.Add(strings.TrimRight(good, "="))
	f.Add(craft(make([]byte, 34)))
	f.Add(strings.Repeat("A", minPayload))
	f.Fuzz(func(t *testing.T, payload string) {
		plaintext, err := Decrypt(&testKey, payload)
		appended, err2 := AppendDecrypt(nil, &testKey, []byte(payload))
		if !errors.Is(err2, err) || string(appended) != plaintext {
			t.Error("the two ways to open disagree")
		}
		if err == nil && payload != good {
			t.Error("a forgery opened")
		}
	})
}

// FuzzUnpad finds what the MAC hides from FuzzDecrypt.
func FuzzUnpad(f *testing.F) {
	f.Add(make([]byte, 34))
	f.Add(append([]byte{0, 32}, make([]byte, 32)...))
	f.Add(append([]byte{0, 0, 0, 1, 0, 0}, make([]byte, 65536)...))
	f.Fuzz(func(t *testing.T, padded []byte) {
		if len(padded) < 34 {
			return
		}
		plaintext, err := unpad(padded)
		if err == nil && (len(plaintext) == 0 || len(padded) != prefixSize(len(plaintext))+calcPaddedLen(len(plaintext))) {
			t.Errorf("a wrong padding of %d passed", len(plaintext))
		}
	})
}

func BenchmarkEncrypt(b *testing.B) { bench(b, false) }
func BenchmarkDecrypt(b *testing.B) { bench(b, true) }

func bench(b *testing.B, open bool) {
	for _, n := range []int{300, 4096, 65536} {
		plaintext := []byte(strings.Repeat("x", n))
		payload, err := AppendEncrypt(nil, &testKey, plaintext)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(n))
			payload, plaintext := string(payload), string(plaintext)
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
		b.Run(fmt.Sprint(n, " appended"), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(n))
			dst := make([]byte, 0, len(payload))
			for b.Loop() {
				var err error
				if open {
					_, err = AppendDecrypt(dst, &testKey, payload)
				} else {
					_, err = AppendEncrypt(dst, &testKey, plaintext)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
