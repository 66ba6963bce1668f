package recent

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

var t0 = time.Unix(1_700_000_000, 0)

func TestWhatWasSealedIsFound(t *testing.T) {
	var texts Texts
	bea := nostr.PubKey{7}
	texts.Seal("ana", "cipher", "hello", bea, t0)
	if plain, peer, ok := texts.Unseal("ana", "cipher", t0.Add(textsFor-1)); !ok || plain != "hello" || peer != bea {
		t.Fatalf("%q %v %v", plain, peer, ok)
	}
	for name, test := range map[string]struct {
		identity, cipher string
		after            time.Duration
	}{"another identity's": {"bob", "cipher", 0}, "another text": {"ana", "ciphes", 0}, "too old": {"ana", "cipher", textsFor}} {
		if _, _, ok := texts.Unseal(test.identity, test.cipher, t0.Add(test.after)); ok {
			t.Errorf("%s is found", name)
		}
	}
	texts.Seal("ana", "long", strings.Repeat("x", maxText+1), bea, t0)
	if _, _, ok := texts.Unseal("ana", "long", t0); ok {
		t.Error("a text that is too long is kept")
	}
}

func TestWipe(t *testing.T) {
	var texts Texts
	texts.Seal("ana", "cipher", "a secret of ours", nostr.PubKey{}, t0)
	texts.Open("ana", "another secret, long enough", t0)
	kept, said := texts.sealed[0].plain, texts.opened[0].plain
	texts.Wipe()
	if strings.Trim(string(kept)+string(said), "\x00") != "" || len(texts.sealed)+len(texts.opened)+texts.bytes != 0 {
		t.Fatalf("%q %q are left", kept, said)
	}
}

func TestWhatWasOpenedIsKnownAgain(t *testing.T) {
	var texts Texts
	texts.Open("ana", `{"kind":14,"pubkey":"x","content":"meet me at the old  mill\nat nine"}`, t0)
	texts.Open("ana", "the plain text of an old message", t0)
	texts.Open("ana", `[["p","0000000000000000000000000000000000000000000000000000000000000001"]]`, t0)
	texts.Open("ana", `{"kind":13,"content":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","sig":"x"}`, t0)
	texts.Open("ana", "see you there", t0) // says nothing of where it is from
	for text, want := range map[string]bool{
		"She wrote: meet me at the old mill at nine!":                      true,
		"the plain text of an old\tmessage":                                true,
		"see you there":                                                    false,
		"meet me at the old mill":                                          false,
		"0000000000000000000000000000000000000000000000000000000000000001": false,
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA":                                   false,
		"":                                                                 false,
	} {
		if got := texts.Echoes("ana", text, t0); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if texts.Echoes("bob", "meet me at the old mill at nine", t0) || texts.Echoes("ana", "meet me at the old mill at nine", t0.Add(textsFor)) {
		t.Error("another identity, or too late")
	}
}

// It is bounded, and never forgets the latest.
func TestTextsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts Texts
		now := t0
		for i := range rapid.IntRange(1, 700).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			size := rapid.SampledFrom([]int{30, 1000, 9000}).Draw(t, "size")
			cipher, plain := fmt.Sprint(i), strings.Repeat("x", size)
			texts.Seal("ana", cipher, plain, nostr.PubKey{}, now)
			texts.Open("ana", plain, now)
			if got, _, ok := texts.Unseal("ana", cipher, now); !ok || got != plain {
				t.Fatal("the latest is not kept")
			}
			if i%50 != 0 {
				continue
			}
			bytes := 0
			for _, s := range texts.sealed {
				bytes += len(s.plain)
			}
			if bytes != texts.bytes || bytes > maxBytes || len(texts.sealed) > maxTexts || len(texts.opened) > maxTexts {
				t.Fatalf("%d texts, %d bytes counted as %d", len(texts.sealed), bytes, texts.bytes)
			}
			if n := len(texts.sealed); n > 0 && now.Sub(texts.sealed[0].at) >= textsFor {
				t.Fatal("kept for too long")
			}
		}
	})
}
