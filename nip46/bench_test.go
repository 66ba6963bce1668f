package nip46

import (
	"encoding/json"
	"strings"
	"testing"
)

const note = "Hello \"world\", said the seal.\n"

// signRequest is a usual sign_event request; its tags take about 400 bytes.
func signRequest(t testing.TB, content string) []byte {
	t.Helper()
	event, err := json.Marshal(map[string]any{
		"kind": 1, "created_at": 1760000000, "content": content,
		"tags": [][]string{{"e", key1, "wss://relay.example", "root"}, {"p", key2}, {"t", "seal"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return AppendRequest(nil, "wxyz-12", SignEvent, []string{string(event)})
}

// The request, the list, the text of the one parameter, and a copy of what is no text.
func TestParseRequestAllocates(t *testing.T) {
	b := signRequest(t, note)
	if n := testing.AllocsPerRun(100, func() { _, _, _ = ParseRequest(b) }); n > 4 {
		t.Errorf("%g allocations", n)
	}
	text := string(b)
	if n := testing.AllocsPerRun(100, func() { _, _, _ = ParseRequestString(text) }); n > 3 {
		t.Errorf("of a text: %g allocations", n)
	}
}

func BenchmarkParseRequest(b *testing.B) {
	for _, c := range []struct {
		name, content string
	}{
		{"prose", strings.Repeat("Hello world, said the keeper of the seal to all who came.\n", 11)},
		{"quotes", strings.Repeat("Hello \"world\", said the seal.\n", 17)},
	} {
		b.Run(c.name, func(b *testing.B) {
			in := signRequest(b, c.content)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := ParseRequest(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseResponse(b *testing.B) {
	in := AppendResult(nil, `"wxyz-12"`, string(signRequest(b, note)))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseResponse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendResult(b *testing.B) {
	text := string(signRequest(b, note))
	var dst []byte
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendResult(dst[:0], `"wxyz-12"`, text)
	}
}

func BenchmarkParseBunker(b *testing.B) {
	link := "bunker://" + key1 + "?relay=wss://a.example&relay=wss://b.example&secret=0123456789abcdef0123456789abcdef"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBunker(link); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParsePermissions(b *testing.B) {
	list := "sign_event:1@x.example#20/h~30d,nip44_decrypt@" + key1 + ",get_public_key"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePermissions(list); err != nil {
			b.Fatal(err)
		}
	}
}
