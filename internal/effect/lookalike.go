package effect

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// LooksLike is the host, of those known, that another could be taken for: it
// reads the same (UTS-39), or begins with it and goes on elsewhere. "" for none,
// and for a host that is known, or below one.
func LooksLike(host string, known []string) (like string) {
	bones := skeleton(host)
	for _, k := range known {
		switch {
		case host == k, k != "" && strings.HasSuffix(name(host), "."+name(k)):
			return ""
		case k != "" && name(host) != name(k) && (skeleton(k) == bones || strings.HasPrefix(bones, skeleton(k)+".")):
			like = k
		}
	}
	return like
}

// name is a host without its port.
func name(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.TrimSuffix(host, ".")
}

// skeleton has what reads the same be the same: without accents, hyphens and
// joined letters, and with letters of other scripts as the Latin ones that they
// are drawn like.
func skeleton(host string) string {
	text, _ := idna.Punycode.ToUnicode(name(host)) // a label that it cannot read stays as it is
	var out strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		if to, ok := drawnLike[r]; ok {
			r = to
		}
		if !unicode.Is(unicode.Mn, r) && r != '-' {
			out.WriteRune(r)
		}
	}
	return joined.Replace(out.String())
}

// joined are pairs that read as one letter.
var joined = strings.NewReplacer("rn", "m", "vv", "w")

// drawnLike has what stands for a Latin letter in names that deceive: digits, and
// those Cyrillic and Greek letters of UTS-39's table that are one letter for one.
// An i is an l, as a capital one is in many typefaces.
var drawnLike = func() map[rune]rune {
	pairs := []rune("0o1lil|lіlıl" + "аaеeоoрpсcуyхxкkмmнhтtвbѕsјjһhԁdԛqԝwӏlьb" + "αaεeοoρpυuχxκkνvτtιlβbγy" + "ɑaɡg")
	m := make(map[rune]rune, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}()
