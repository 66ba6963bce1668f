package nip44

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// vectors are those of nip44.vectors.json (NIP-44), and its long messages.
type vectors struct {
	ConversationKeys []struct {
		Secret, Public  hex32
		ConversationKey hex32 `json:"conversation_key"`
	} `json:"conversation_keys"`
	MessageKeys []struct {
		ConversationKey hex32 `json:"conversation_key"`
		Nonce           hex32
		ChachaKey       hex32  `json:"chacha_key"`
		ChachaNonce     string `json:"chacha_nonce"`
		HMACKey         hex32  `json:"hmac_key"`
	} `json:"message_keys"`
	Messages []struct {
		Secret1, Secret2   hex32
		ConversationKey    hex32 `json:"conversation_key"`
		Nonce              hex32
		Plaintext, Payload string
	}
	LongMessages []struct {
		ConversationKey hex32 `json:"conversation_key"`
		Nonce           hex32
		Pattern         string
		Repeat          int
		PlaintextHash   hex32 `json:"plaintext_sha256"`
		PayloadHash     hex32 `json:"payload_sha256"`
	} `json:"long_messages"`
	InvalidConversationKeys []struct {
		Secret, Public hex32
	} `json:"invalid_conversation_keys"`
	InvalidPayloads []struct {
		ConversationKey hex32 `json:"conversation_key"`
		Payload, About  string
	} `json:"invalid_payloads"`
}

type hex32 [32]byte

func (h *hex32) UnmarshalText(b []byte) error {
	if len(b) != 64 {
		return errors.New("not 32 bytes of hex")
	}
	_, err := hex.Decode(h[:], b)
	return err
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.ConversationKeys) != 35 || len(v.MessageKeys) != 32 || len(v.Messages) != 11 ||
		len(v.LongMessages) != 6 || len(v.InvalidConversationKeys) != 8 || len(v.InvalidPayloads) != 12 {
		t.Fatal("vectors are missing")
	}
	return v
}

func conversationKey(t *testing.T, secret, public hex32) ConversationKey {
	t.Helper()
	ck, err := deriveKey(secret, public)
	if err != nil {
		t.Fatal(err)
	}
	return ck
}

func deriveKey(secret, public hex32) (ConversationKey, error) {
	kp, err := schnorr.Default.NewKeypair((*[32]byte)(&secret))
	if err != nil {
		return ConversationKey{}, err
	}
	return NewConversationKey(kp, (*[32]byte)(&public))
}

func publicKey(t *testing.T, secret hex32) hex32 {
	t.Helper()
	kp, err := schnorr.Default.NewKeypair((*[32]byte)(&secret))
	if err != nil {
		t.Fatal(err)
	}
	return kp.PublicKey()
}

// sealWith is Encrypt with a given nonce.
func sealWith(t *testing.T, ck ConversationKey, nonce hex32, plaintext string) string {
	t.Helper()
	payload, err := seal(new(workspace), nil, &ck, (*[32]byte)(&nonce), plaintext)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func TestConversationKeys(t *testing.T) {
	v := readVectors(t)
	for i, c := range v.ConversationKeys {
		if conversationKey(t, c.Secret, c.Public) != ConversationKey(c.ConversationKey) {
			t.Errorf("%d: wrong conversation key", i)
		}
	}
	for i, c := range v.InvalidConversationKeys {
		_, err := deriveKey(c.Secret, c.Public)
		if !errors.Is(err, schnorr.ErrInvalidSecret) && !errors.Is(err, schnorr.ErrInvalidPublicKey) {
			t.Errorf("invalid %d: %v", i, err)
		}
	}
}

func TestMessageKeys(t *testing.T) {
	for i, c := range readVectors(t).MessageKeys {
		ck := ConversationKey(c.ConversationKey)
		var mk messageKeys
		mk.derive(&ck, (*[32]byte)(&c.Nonce))
		if mk.chachaKey != c.ChachaKey || hex.EncodeToString(mk.chachaNonce[:]) != c.ChachaNonce || mk.hmacKey != c.HMACKey {
			t.Errorf("%d: wrong message keys", i)
		}
	}
}

func TestMessages(t *testing.T) {
	for i, c := range readVectors(t).Messages {
		ck := conversationKey(t, c.Secret1, publicKey(t, c.Secret2))
		if ck != conversationKey(t, c.Secret2, publicKey(t, c.Secret1)) || ck != ConversationKey(c.ConversationKey) {
			t.Errorf("%d: wrong conversation key", i)
		}
		if sealWith(t, ck, c.Nonce, c.Plaintext) != c.Payload {
			t.Errorf("%d: wrong payload", i)
		}
		if got, err := Decrypt(&ck, c.Payload); err != nil || got != c.Plaintext {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
}

func TestLongMessages(t *testing.T) {
	for _, c := range readVectors(t).LongMessages {
		ck, plaintext := ConversationKey(c.ConversationKey), strings.Repeat(c.Pattern, c.Repeat)
		if sha256.Sum256([]byte(plaintext)) != c.PlaintextHash {
			t.Fatalf("%d × %s: wrong plaintext", c.Repeat, c.Pattern)
		}
		payload := sealWith(t, ck, c.Nonce, plaintext)
		if sha256.Sum256([]byte(payload)) != c.PayloadHash {
			t.Errorf("%d × %s: wrong payload", c.Repeat, c.Pattern)
		}
		if got, err := Decrypt(&ck, payload); err != nil || got != plaintext {
			t.Errorf("%d × %s: %v", c.Repeat, c.Pattern, err)
		}
	}
}

func TestInvalidPayloads(t *testing.T) {
	for _, c := range readVectors(t).InvalidPayloads {
		ck := ConversationKey(c.ConversationKey)
		want := map[string]error{
			"unknown version": ErrUnsupportedVersion, "unknown version 0": ErrUnsupportedVersion,
			"invalid base64": ErrInvalidPayload, "invalid hmac": ErrInvalidMAC, "invalid padding": ErrInvalidPadding,
			"invalid payload length: 0": ErrInvalidPayload, "invalid payload length: 4": ErrInvalidPayload,
			"invalid payload length: 48": ErrInvalidPayload, "invalid payload length: 92": ErrInvalidPayload,
		}[c.About]
		got, err := Decrypt(&ck, c.Payload)
		if want == nil || !errors.Is(err, want) || got != "" {
			t.Errorf("%s: %v", c.About, err)
		}
	}
}

func TestCalcPaddedLen(t *testing.T) {
	for _, c := range [][2]int{
		{1, 32}, {16, 32}, {32, 32}, {33, 64}, {37, 64}, {45, 64}, {49, 64}, {64, 64}, {65, 96}, {100, 128}, {111, 128},
		{200, 224}, {250, 256}, {256, 256}, {257, 320}, {320, 320}, {383, 384}, {384, 384}, {400, 448}, {500, 512},
		{512, 512}, {515, 640}, {700, 768}, {800, 896}, {900, 1024}, {1020, 1024}, {65535, 65536}, {65536, 65536},
		{65537, 81920}, {MaxPlaintext, MaxPlaintext},
	} {
		if got := calcPaddedLen(c[0]); got != c[1] {
			t.Errorf("%d: %d, want %d", c[0], got, c[1])
		}
	}
}
