package vault

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip49"
)

const importHex = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"

func importKey(t testing.TB) (sk nostr.SecretKey, nsec string) {
	t.Helper()
	b, err := hex.DecodeString(importHex)
	if err != nil {
		t.Fatal(err)
	}
	return nostr.SecretKey(b), nostr.EncodeBech32("nsec", b)
}

func utf16(text string, big bool) string {
	var b strings.Builder
	b.WriteString(map[bool]string{true: "\xfe\xff", false: "\xff\xfe"}[big])
	for _, c := range []byte(text) {
		b.Write(map[bool][]byte{true: {0, c}, false: {c, 0}}[big])
	}
	return b.String()
}

func TestParseImport(t *testing.T) {
	want, nsec := importKey(t)
	encrypted, err := nip49.Encrypt(&want, "pässword", 1)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	password := func() (string, error) { asked++; return "pässword", nil }
	for _, text := range []string{
		nsec, strings.ToUpper(nsec), importHex, strings.ToUpper(importHex), encrypted, strings.ToUpper(encrypted),
		" \t" + nsec + "\r\n\n", "\ufeff" + nsec + "\n", "\ufeff " + importHex, "\n" + encrypted + "\n",
		utf16(nsec+"\r\n", false), utf16(importHex, true), "\ufeff" + encrypted,
	} {
		got, err := ParseImport([]byte(text), password)
		if err != nil || got != want {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times for a password", asked)
	}
}

func TestParseImportExplains(t *testing.T) {
	sk, nsec := importKey(t)
	encrypted, err := nip49.Encrypt(&sk, "password", 1)
	if err != nil {
		t.Fatal(err)
	}
	for text, words := range map[string]string{
		"":                                       "no key",
		" \n":                                    "no key",
		"\ufeff":                                 "no key",
		"\xff\xfe":                               "no key",
		nostr.EncodeBech32("npub", sk[:]):        "public key (npub); the secret key starts with nsec",
		nostr.EncodeBech32("nprofile", sk[:]):    "public key (nprofile)",
		nostr.EncodeBech32("note", sk[:]):        "something public (note)",
		nsec[:len(nsec)-1]:                       "typing error",
		nsec + "q":                               "typing error",
		nsec + " " + nsec:                        "typing error",
		strings.Repeat("0", 64):                  "typing error",
		strings.Repeat("f", 64):                  "typing error",
		importHex[1:]:                            "not a secret key",
		"bunker://" + importHex:                  "pairing link",
		"nostrconnect://" + importHex:            "pairing link",
		strings.Repeat("abandon ", 11) + "about": "seed words",
		strings.Repeat("x", maxImport+1):         "too long",
		encrypted[:100]:                          "typing error or is incomplete",
	} {
		got, err := ParseImport([]byte(text), func() (string, error) { return "password", nil })
		wantKind(t, err, privyseal.KindInvalid)
		if !strings.Contains(err.Error(), words) || got != (nostr.SecretKey{}) {
			t.Errorf("want %q in %v", words, err)
		}
	}
	_, err = ParseImport([]byte(encrypted), nil)
	wantKind(t, err, privyseal.KindInvalid)
	_, err = ParseImport([]byte(encrypted), func() (string, error) { return "wrong", nil })
	wantKind(t, err, privyseal.KindDenied)
	gone := errors.New("no terminal")
	if _, err = ParseImport([]byte(encrypted), func() (string, error) { return "", gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
}

func TestExportThenImport(t *testing.T) {
	v := newUnlocked(t)
	pub, sealed, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	text, err := v.ExportUserKey("me", sealed, "a good password", 1)
	if err != nil {
		t.Fatal(err)
	}
	sk, err := ParseImport([]byte(text), func() (string, error) { return "a good password", nil })
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := newUnlocked(t).ImportUserKey("me", &sk)
	if err != nil || again != pub {
		t.Fatalf("%v, %v", again, err)
	}
	if sk != (nostr.SecretKey{}) {
		t.Error("the imported key was not wiped")
	}
	_, err = v.ExportUserKey("me", sealed, "", 1)
	wantKind(t, err, privyseal.KindInvalid)
	_, err = v.ExportUserKey("me", sealed, "password", 21)
	wantKind(t, err, privyseal.KindInvalid)
	_, err = v.ExportUserKey("you", sealed, "password", 1)
	wantKind(t, err, privyseal.KindInvalid)
	v.Lock()
	_, err = v.ExportUserKey("me", sealed, "password", 1)
	wantKind(t, err, privyseal.KindLocked)
}

func FuzzParseImport(f *testing.F) {
	sk, nsec := importKey(f)
	for _, seed := range []string{"", nsec, importHex, "\ufeff" + nsec + "\n", utf16(nsec, false), "npub1", "ncryptsec1", "1", "nsec1nsec1"} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(nostr.EncodeBech32("npub", sk[:])))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := string(data)
		// Without a password no ncryptsec is opened: its cost is the text's choice.
		got, err := ParseImport(data, nil)
		if string(data) != before {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if got != (nostr.SecretKey{}) || privyseal.KindOf(err) != privyseal.KindInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := got.Keypair(); err != nil {
			t.Fatal("an impossible key was imported")
		}
	})
}
