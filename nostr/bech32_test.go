package nostr

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDecodeBech32(t *testing.T) {
	for _, c := range []struct{ in, hrp, hex string }{
		{"npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg", "npub", "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"},
		{"nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5", "nsec", "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"},
		{"A12UEL5L", "a", ""}, // BIP-173
		{"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", "00443214c74254b635cf84653a56d7c675be77df"},
		{"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d"},
	} {
		hrp, data, err := DecodeBech32(c.in)
		if err != nil || hrp != c.hrp || hex.EncodeToString(data) != c.hex {
			t.Errorf("%s: %q %x %v", c.in, hrp, data, err)
		}
		if got := EncodeBech32(hrp, data); got != strings.ToLower(c.in) {
			t.Errorf("%s: encoded as %s", c.in, got)
		}
	}
}

func TestDecodeBech32Refuses(t *testing.T) {
	good := EncodeBech32("npub", make([]byte, 32))
	for name, in := range map[string]string{
		"empty":            "",
		"no separator":     "pzry9x0s0muk",
		"no prefix":        "1pzry9x0s0muk",
		"bad character":    "x1b4n0q5v",
		"short checksum":   "li1dgmt3",
		"control":          "\x201nwldj5",
		"beyond ASCII":     "\u00801eym55h",
		"checksum":         "A1G7SGD8",
		"no data":          "1qzzfhee",
		"mixed case":       strings.ToUpper(good[:5]) + good[5:],
		"mixed case inner": good[:20] + strings.ToUpper(good[20:]),
		"one digit off":    good[:10] + "p" + good[11:],
		"space":            good + " ",
		"bech32m":          "a1lqfn3a",
		"long":             EncodeBech32("x", make([]byte, 3200)),
	} {
		if hrp, data, err := DecodeBech32(in); err == nil {
			t.Errorf("%s: accepted as %q %x", name, hrp, data)
		}
	}
}

func TestBech32RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hrp := rapid.StringMatching(`[a-z]{1,12}`).Draw(t, "hrp")
		data := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "data")
		s := EncodeBech32(hrp, data)
		h, d, err := DecodeBech32(s)
		if err != nil || h != hrp || !bytes.Equal(d, data) {
			t.Fatalf("%s: %q %x %v", s, h, d, err)
		}
		// One changed character is always found.
		i := rapid.IntRange(len(hrp)+1, len(s)-1).Draw(t, "at")
		c := bech32Alphabet[rapid.IntRange(0, 31).Draw(t, "to")]
		if s[i] != c {
			if _, _, err := DecodeBech32(s[:i] + string(c) + s[i+1:]); err == nil {
				t.Fatalf("%s: change at %d not found", s, i)
			}
		}
	})
}

func FuzzDecodeBech32(f *testing.F) {
	f.Add("npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg")
	f.Add("A12UEL5L")
	f.Add("nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p")
	f.Fuzz(func(t *testing.T, s string) {
		hrp, data, err := DecodeBech32(s)
		if err == nil && EncodeBech32(hrp, data) != strings.ToLower(s) {
			t.Fatalf("%q is not the encoding of what it decodes to", s)
		}
	})
}
