package effect_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
)

const (
	someKey    = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
	someWords  = "legal winner thank year wave sausage worth useful legal winner thank yellow"
	walletLink = "nostr+walletconnect://ab?relay=wss%3A%2F%2Fr.example&secret=cd"
)

func TestSecret(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                   false,
		"gm":                                 false,
		someKey:                              true,
		strings.ToUpper(someKey):             true,
		"key:" + someKey + "!":               true,
		"nostr:" + someKey:                   true,
		someKey[:40]:                         false,
		"unsec1 is not a key, nor is nsec1…": false,
		"ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p": true,
		walletLink: true,
		"nostr+walletconnect://ab?relay=wss://r.example": false,
		"bunker://ab?relay=wss://r.example&secret=ef":    true,
		"bunker://ab?relay=wss://r.example":              false,
		"bunker://ab?secret=":                            false,
		"nostrconnect://ab?secret=ef":                    false,
		"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi":   true,
		"v xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi": true,
		"1 " + someKey:                       true,
		"=" + walletLink:                     true,
		someWords:                            true,
		strings.Repeat("zoo ", 11) + "wrong": true, // the shortest words of the list, and the longest
		"letter advice cage absurd amount doctor acoustic avoid letter advice cage above": true,
		"('" + strings.ReplaceAll(someWords, " ", "'): ('") + "').":                       true,
		strings.ToUpper(someWords):               true,
		strings.ReplaceAll(someWords, " ", "\n"): true,
		strings.ReplaceAll(someWords, " ", ", "): true,
		"1. legal 2. winner 3. thank 4. year 5. wave 6. sausage 7. worth 8. useful 9. legal 10. winner 11. thank 12. yellow": true,
		"my words: " + someWords + " please keep":                                                                        true,
		strings.Repeat("abandon ", 11) + "about":                                                                         true,
		strings.Repeat("abandon ", 11) + "able":                                                                          false, // but for the last bit of its checksum
		strings.Repeat("abandon ", 14) + "address":                                                                       true,
		strings.Repeat("abandon ", 6) + "xyzzy " + strings.Repeat("abandon ", 5) + "about":                               false, // not in a row
		strings.Repeat("abandon ", 10) + "about":                                                                         false, // a word is missing
		"xyzzy " + strings.Repeat("abandon ", 10) + "about":                                                              false,
		strings.Repeat("abandon ", 17) + "agent":                                                                         true,
		"legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will": true,
		strings.Repeat("abandon ", 20) + "admit":                                                                         true,
		"legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title":         true,
		"zoo zoo legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title": true,
		strings.TrimSuffix(someWords, " yellow"):                                                                    false,
		strings.Replace(someWords, "wave", "the", 1):                                                                false,
		"#art #music #bitcoin #nostr #love #life #food #travel #photo #happy #cat #dog and more":                    false,
		"Yesterday we went down to the river, and it was so cold that nobody wanted to swim but Bea did it anyway.": false,
		"this never works when people only talk about what they would like most":                                    false,
		strings.Replace(someWords, "wave", "zoo", 1):                                                                false, // of the list, but no phrase
		strings.Repeat("is ", 11) + "about":                                                                         false, // no word of the list is so short
		strings.Repeat("extraordinarily ", 11) + "about":                                                            false,
		"bunker://ab?secret=ef":                                                                                     true,
		strings.Repeat("long ", 40):                                                                                 false,
		"saya mau makan nasi goreng bersama teman lama dekat pasar besar malam ini juga kalau bisa":                 false,
		"heute abend kochen wir wieder Nudeln, danach gehen alle noch etwas spielen oder lesen":                     false,
	} {
		if got := effect.Secret(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzSecret(f *testing.F) {
	for _, s := range []string{"gm", someKey, someWords, walletLink, "\xff\x00nsec1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if effect.Secret(s) && len(s) < 24 {
			t.Errorf("%q is too short to be a secret", s)
		}
		if !effect.Secret(s + "\n" + someKey) {
			t.Errorf("the key after %q is not found", s)
		}
	})
}

func BenchmarkSecret(b *testing.B) {
	text := strings.Repeat("Yesterday we went down to the river and it was cold. ", 4)
	for b.Loop() {
		effect.Secret(text)
	}
}
