package compact_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/internal/keeper/compact"
	"github.com/privyseal/privyseal/nostr"
)

func some() *nostr.Event {
	ev := &nostr.Event{
		PubKey: nostr.PubKey{1}, Sig: nostr.Signature{2}, CreatedAt: 1_790_000_000, Kind: 24133,
		Tags: nostr.Tags{{"p", strings.Repeat("ab", 32)}}, Content: strings.Repeat("aZ+/", 110),
	}
	ev.ID = ev.ComputeID()
	return ev
}

// TestTextsComeBack is that every text is what it was, and that those which can
// be short are.
func TestTextsComeBack(t *testing.T) {
	hex, base := strings.Repeat("0a", 32), strings.Repeat("aZ+/", 30)
	for _, c := range []struct {
		name, text string
		length     int // 0: as long as it is
	}{
		{"nothing", "", 0},
		{"a word", "hello", 0},
		{"hex", hex, 32},
		{"hex in capitals", strings.ToUpper(hex), 48}, // base64, as it happens
		{"hex of another length", hex + "0a", 0},
		{"base64", base, 90},
		{"base64, padded once", base + "aZ8=", 92},
		{"base64, padded twice", base + "aQ==", 91},
		{"bits left over", base + "aR==", 0},
		{"padded three times", base + "a===", 0},
		{"padding within", "aQ==" + base, 0},
		{"without padding", base + "aQ", 0},
		{"a line break", base[:60] + "\r\n" + base[:62], 0},
		{"line breaks for padding", base + "aZ+/\n\n\n\n", 0},
		{"no UTF-8", base + "\xff\xfe\xfd\xfc", 0},
		{"of a URL", strings.ReplaceAll(base, "+", "-"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := compact.AppendText([]byte("before"), c.text)
			r := compact.NewReader(b[len("before"):])
			if got := r.Text(); got != c.text || r.Err() != nil || string(b[:6]) != "before" {
				t.Fatalf("%q came back as %q, %v", c.text, got, r.Err())
			}
			want := c.length
			if want == 0 {
				want = len(c.text)
			}
			if got := len(b) - len("before"); got > want+2 {
				t.Errorf("%d bytes, want %d and a head", got, want)
			}
		})
	}
}

func TestEventsComeBack(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9a-f]{64}`), rapid.StringMatching(`([A-Za-z0-9+/]{4}){16,40}([A-Za-z0-9+/]{2}==)?`))
	rapid.Check(t, func(t *rapid.T) {
		ev := &nostr.Event{
			CreatedAt: rapid.Int64().Draw(t, "stamp"), Kind: nostr.Kind(rapid.Uint16().Draw(t, "kind")),
			Tags: nostr.Tags{}, Content: text.Draw(t, "content"),
		}
		copy(ev.PubKey[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		copy(ev.Sig[:], rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature"))
		for _, tag := range rapid.SliceOfN(rapid.SliceOfN(text, 0, 4), 0, 4).Draw(t, "tags") {
			ev.Tags = append(ev.Tags, append(nostr.Tag{}, tag...))
		}
		ev.ID = ev.ComputeID()
		r := compact.NewReader(compact.AppendEvent(nil, ev))
		if got := r.Event(); r.Err() != nil || !reflect.DeepEqual(got, ev) {
			t.Fatalf("%v came back as %v, %v", ev, got, r.Err())
		}
	})
}

// TestDamageIsSeen cuts and lengthens: nothing of it is read as an event.
func TestDamageIsSeen(t *testing.T) {
	b := compact.AppendEvent(nil, some())
	for n := range b {
		r := compact.NewReader(b[:n])
		if r.Event(); !errors.Is(r.Err(), compact.ErrDamaged) {
			t.Fatalf("%d of %d bytes: %v", n, len(b), r.Err())
		}
	}
	r := compact.NewReader(append(b, 0))
	if r.Event(); r.Err() == nil {
		t.Fatal("a byte more was not seen")
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(compact.AppendEvent(nil, some()))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := compact.NewReader(b)
		ev := r.Event()
		if r.Err() != nil {
			return
		}
		again := compact.NewReader(compact.AppendEvent(nil, ev))
		if got := again.Event(); again.Err() != nil || !reflect.DeepEqual(got, ev) {
			t.Fatalf("%v came back as %v", ev, got)
		}
	})
}

func BenchmarkEvent(b *testing.B) {
	ev := some()
	var buf []byte
	for b.Loop() {
		buf = compact.AppendEvent(buf[:0], ev)
	}
	b.ReportMetric(float64(len(buf)), "bytes")
	b.ReportMetric(float64(len(ev.AppendJSON(nil))), "bytes-as-JSON")
}
