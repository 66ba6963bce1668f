package nostr

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The escapes of NIP-01, and nothing else: slashes, angle brackets, DEL, U+2028
// and U+2029 stand verbatim. Control characters NIP-01 does not name are
// written as JSON.stringify writes them.
func TestComputeIDEscapes(t *testing.T) {
	e := &Event{
		PubKey:    PubKey{0xab},
		CreatedAt: 1700000000,
		Kind:      65535,
		Tags:      Tags{{"t", "\"\\\n\r\t\b\f"}, {""}, {"r", "a/b", "<&>"}},
		Content:   "\"\\\n\r\t\b\f/<>&'\x7f\u2028\u2029é😀\x00\x01\x0b\x1f",
	}
	serial := `[0,"ab` + strings.Repeat("0", 62) + `",1700000000,65535,` +
		`[["t","\"\\\n\r\t\b\f"],[""],["r","a/b","<&>"]],` +
		`"\"\\\n\r\t\b\f/<>&'` + "\x7f\u2028\u2029é😀" + `\u0000\u0001\u000b\u001f"]`
	if got, want := e.ComputeID(), ID(sha256.Sum256([]byte(serial))); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// ComputeID against a serialisation written one character at a time.
func TestComputeIDReference(t *testing.T) {
	quote := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			switch {
			case strings.ContainsRune("\"\\", r):
				b.WriteString(`\` + string(r))
			case strings.ContainsRune("\n\r\t\b\f", r):
				b.WriteString(map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}[r])
			case r < 0x20:
				fmt.Fprintf(&b, `\u%04x`, r)
			default:
				b.WriteRune(r)
			}
		}
		return `"` + b.String() + `"`
	}
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent.Draw(t, "event")
		tags := []string{}
		for _, tag := range e.Tags {
			quoted := []string{}
			for _, s := range tag {
				quoted = append(quoted, quote(s))
			}
			tags = append(tags, "["+strings.Join(quoted, ",")+"]")
		}
		serial := fmt.Sprintf(`[0,"%x",%d,%d,[%s],%s]`, e.PubKey[:], e.CreatedAt, e.Kind, strings.Join(tags, ","), quote(e.Content))
		if got, want := e.ComputeID(), ID(sha256.Sum256([]byte(serial))); got != want {
			t.Fatalf("%v, want %v for %s", got, want, serial)
		}
	})
}

func TestAppendStringNeverWritesInvalidUTF8(t *testing.T) {
	if got := string(appendString(nil, "a\xffb\xed\xa0\x80\n")); got != "\"a\ufffdb\ufffd\\n\"" {
		t.Errorf("%q", got)
	}
}

func TestHexText(t *testing.T) {
	const hex = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"
	var id ID
	if err := id.UnmarshalText([]byte(hex)); err != nil || id.String() != hex {
		t.Errorf("id: %v %v", id, err)
	}
	var pk PubKey
	if err := pk.UnmarshalText([]byte(hex)); err != nil || pk.String() != hex {
		t.Errorf("pubkey: %v %v", pk, err)
	}
	var sig Signature
	if err := sig.UnmarshalText([]byte(hex + hex)); err != nil || sig.String() != hex+hex {
		t.Errorf("sig: %v %v", sig, err)
	}
	if parsed, err := ParseID(strings.ToUpper(hex)); err != nil || parsed != id {
		t.Errorf("upper case: %v %v", parsed, err)
	}
	for _, bad := range []string{"", hex[1:], hex + "0", "g" + hex[1:]} {
		if err := pk.UnmarshalText([]byte(bad)); err == nil || pk.String() != hex {
			t.Errorf("%q: %v, key now %v", bad, err, pk)
		}
		if _, err := ParseID(bad); err == nil {
			t.Errorf("ParseID took %q", bad)
		}
	}
	if err := id.UnmarshalText([]byte(strings.ToUpper(hex))); err == nil {
		t.Error("upper case on the wire was accepted")
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		kinds                                        []Kind
		regular, replaceable, ephemeral, addressable bool
	}{
		{kinds: []Kind{1, 2, 4, 44, 1000, 9999}, regular: true},
		{kinds: []Kind{0, 3, 10000, 19999}, replaceable: true},
		{kinds: []Kind{20000, 24133, 29999}, ephemeral: true},
		{kinds: []Kind{30000, 39999}, addressable: true},
		{kinds: []Kind{45, 999, 40000, 65535}},
	} {
		for _, k := range c.kinds {
			if k.IsRegular() != c.regular || k.IsReplaceable() != c.replaceable || k.IsEphemeral() != c.ephemeral || k.IsAddressable() != c.addressable {
				t.Errorf("kind %d", k)
			}
		}
	}
}

func TestTagValue(t *testing.T) {
	tags := Tags{{}, {"d"}, {"d", "second"}, {"e", "x", "y"}}
	for name, want := range map[string]string{"d": "", "e": "x", "p": ""} {
		if got := tags.TagValue(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
