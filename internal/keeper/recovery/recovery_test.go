package recovery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodes(t *testing.T) {
	a, b := NewCode(), NewCode()
	if a == b || len(a) != codeLength+codeLength/group-1 {
		t.Fatalf("%q, %q", a, b)
	}
	for _, typed := range []string{a, strings.ToLower(a), strings.ReplaceAll(a, "-", ""), " " + strings.ReplaceAll(a, "-", " ") + "\r\n"} {
		if got := Typed(typed); got != a {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	if got := Typed("0123-4567-8ABC-DEFG-HIJK-LMNO"); got != "OI23-4567-BABC-DEFG-HIJK-LMNO" {
		t.Errorf("read as %q", got)
	}
}

// What is no code is a password like any other, and a code is read once.
func TestOtherPasswordsStay(t *testing.T) {
	for _, p := range []string{"", "correct horse battery staple", a24 + "9", a24[:23], "pässword pässword pässwrd"} {
		if got := Typed(p); got != p {
			t.Errorf("%q became %q", p, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := Typed(rapid.String().Draw(t, "typed"))
		if Typed(once) != once {
			t.Fatalf("%q is read in two ways", once)
		}
	})
}

const a24 = "abcdefghijklmnopqrstuvwx"

func TestKeyOfAFile(t *testing.T) {
	const key = "ncryptsec1qqqq"
	for file, want := range map[string]string{
		key: key,
		"\ufeffAccount: Ana\r\n" + key + "\r\nBye": key,
		strings.ToUpper(key) + "\n":                strings.ToUpper(key),
		"nsec1qqq":                                 "nsec1qqq",
		"":                                         "",
		key + "\n" + key:                           key + "\n" + key,
		"an ncryptsec1 key: " + key:                "an ncryptsec1 key: " + key,
	} {
		if got := string(Key([]byte(file))); got != want {
			t.Errorf("%q holds %q, want %q", file, got, want)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add([]byte("Account: Ana\nncryptsec1qqqq\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if got := Key(file); !strings.Contains(string(file), string(got)) {
			t.Fatalf("%q is not of %q", got, file)
		}
	})
}
