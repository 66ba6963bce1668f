package nostr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// The vectors of NIP-19.
const (
	vecNpub    = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"
	vecNpubHex = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
	vecNsec    = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
	vecNsecHex = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"
)

func TestParsePubKey(t *testing.T) {
	for _, in := range []string{vecNpub, strings.ToUpper(vecNpub), vecNpubHex, strings.ToUpper(vecNpubHex)} {
		pk, err := ParsePubKey(in)
		if err != nil || pk.String() != vecNpubHex || pk.Npub() != vecNpub {
			t.Errorf("%s: %v %v", in, pk, err)
		}
	}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":           {"", ErrNotPubKey},
		"short":           {vecNpubHex[1:], ErrNotPubKey},
		"space":           {vecNpub + " ", ErrNotPubKey},
		"nsec":            {vecNsec, ErrSecretGiven},
		"note":            {EncodeBech32("note", make([]byte, 32)), ErrNotPubKey},
		"short npub":      {EncodeBech32("npub", make([]byte, 31)), ErrNotPubKey},
		"not hex":         {"g" + vecNpubHex[1:], ErrNotPubKey},
		"zero":            {strings.Repeat("0", 64), ErrNotPubKey},
		"beyond field":    {strings.Repeat("f", 64), ErrNotPubKey},
		"not on curve":    {"eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34", ErrNotPubKey}, // BIP-340 vector 5
		"npub off curve":  {EncodeBech32("npub", make([]byte, 32)), ErrNotPubKey},
		"mixed-case npub": {vecNpub[:30] + strings.ToUpper(vecNpub[30:]), ErrNotPubKey},
	} {
		if pk, err := ParsePubKey(c.in); !errors.Is(err, c.want) || pk != (PubKey{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseSecretKey(t *testing.T) {
	for i, in := range []string{vecNsec, strings.ToUpper(vecNsec), vecNsecHex, strings.ToUpper(vecNsecHex)} {
		sk, err := ParseSecretKey(in)
		if err != nil || sk.Nsec() != vecNsec {
			t.Errorf("%d: %v", i, err)
		}
		if pk, err := sk.PublicKey(); err != nil || pk.String() != vecNpubHex {
			t.Errorf("%d: %v %v", i, pk, err)
		}
	}
	for name, in := range map[string]string{
		"empty":      "",
		"npub":       vecNpub,
		"zero":       strings.Repeat("0", 64),
		"order":      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
		"short":      vecNsecHex[2:],
		"short nsec": EncodeBech32("nsec", make([]byte, 31)),
		"misspelt":   vecNsec[:20] + "q" + vecNsec[21:],
	} {
		sk, err := ParseSecretKey(in)
		if !errors.Is(err, ErrNotSecretKey) || sk != (SecretKey{}) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && len(in) > 0 && strings.Contains(err.Error(), in) {
			t.Errorf("%s: the error quotes what was typed", name)
		}
	}
}

func TestGenerateSecretKey(t *testing.T) {
	a, err := GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := GenerateSecretKey()
	if err != nil || a == b {
		t.Fatal("two draws are the same", err)
	}
	back, err := ParseSecretKey(a.Nsec())
	if err != nil || back != a {
		t.Fatal("nsec does not read back", err)
	}
	a.Wipe()
	if a != (SecretKey{}) {
		t.Fatal("not wiped")
	}
	if _, err := a.Keypair(); err == nil {
		t.Fatal("a wiped key still signs")
	}
}

// T: a secret shows itself in no way of printing.
func TestSecretKeyIsRedacted(t *testing.T) {
	sk, err := ParseSecretKey(vecNsec)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%08x", "%t"} {
		out = append(out, fmt.Sprintf(verb, sk), fmt.Sprintf(verb, &sk), fmt.Sprintf(verb, []SecretKey{sk}), fmt.Sprintf(verb, struct{ K SecretKey }{sk}))
	}
	out = append(out, fmt.Sprint(sk), fmt.Sprintln(&sk), fmt.Errorf("%w %v", errJSON, sk).Error(), sk.String(), sk.GoString())
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(h).Info("x", "a", sk, "b", &sk, "c", []any{sk}, "d", map[string]any{"k": sk})
	}
	out = append(out, logged.String())
	for _, v := range []any{sk, &sk, struct{ K SecretKey }{sk}, map[SecretKey]int{sk: 1}, []SecretKey{sk}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	for i, s := range out {
		for _, secret := range []string{vecNsecHex, vecNsecHex[:8], "103 222 162", "0x67, 0xde", vecNsec[:12], "67 de"} {
			if strings.Contains(strings.ToLower(s), secret) {
				t.Errorf("output %d shows the secret", i)
			}
		}
		if !strings.Contains(s, redacted) {
			t.Errorf("output %d does not say that it is redacted", i)
		}
	}
}
