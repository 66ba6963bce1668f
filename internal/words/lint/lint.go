// Package lint says how hard a text is to read: words, syllables, school grade,
// and jargon. It knows the languages of the catalogue and refuses to guess about
// others.
package lint

import (
	"regexp"
	"strings"
)

// Language is how one language is held to plain words.
type Language struct {
	Words    int // at most, in a sentence
	Prompt   int // at most, in a prompt
	banned   *regexp.Regexp
	vowels   *regexp.Regexp
	hardness func(syllables, words float64) float64
	hardest  float64
}

// long is how many words a sentence has before it is graded: shorter ones are
// easy by being short.
const long = 8

// English is graded by Flesch–Kincaid: at most sixth grade.
var English = &Language{
	Words: 14, Prompt: 45, hardest: 6,
	banned: regexp.MustCompile(`(?i)\b(events?|kinds?|sign(s|ed|ing)?|pubkeys?|npub|nsec|relays?|nip|metadata|payload|encrypt\w*|decrypt\w*|hex|schnorr|replaceable|bunker|dangerous)\b`),
	vowels: regexp.MustCompile(`[aeiouy]+`),
	hardness: func(syllables, words float64) float64 {
		return 0.39*words + 11.8*syllables/words - 15.59
	},
}

// Spanish says the same in more words. It is graded by Szigriszt-Pazos (INFLESZ),
// turned round so that more is harder: at most 45, which is "normal".
var Spanish = &Language{
	Words: 18, Prompt: 58, hardest: 45,
	banned: regexp.MustCompile(`(?i)\b(eventos?|firm(a|as|ar|ado)|claves? p[úu]blicas?|npub|nsec|relays?|nip|metadatos|cifr\w*|descifr\w*|hex|schnorr|bunker|peligros\w*)\b`),
	vowels: regexp.MustCompile(`[iuü]?[aáeéoóíú][iuy]?|[iuy]`),
	hardness: func(syllables, words float64) float64 {
		return 100 - (206.835 - 62.3*syllables/words - words)
	},
}

// In is how a language of the catalogue is held to plain words; nil when it is not.
func In(lang string) *Language {
	return map[string]*Language{"en": English, "es": Spanish}[lang]
}

// Count is the number of words.
func Count(s string) int { return len(strings.Fields(s)) }

var ends = regexp.MustCompile(`[.!?:][»"]?( |$)`)

// Sentences are the sentences of a text.
func Sentences(s string) (out []string) {
	for s != "" {
		at := ends.FindStringIndex(s)
		if at == nil {
			return append(out, s)
		}
		out = append(out, strings.TrimSpace(s[:at[1]]))
		s = s[at[1]:]
	}
	return out
}

// Banned is the first word of a text that stands only in details; "" for none.
func (l *Language) Banned(s string) string { return l.banned.FindString(s) }

// Hard reports a sentence that is too long or too hard, and how hard it is.
func (l *Language) Hard(sentence string) (hardness float64, hard bool) {
	ws := strings.Fields(sentence)
	if len(ws) > l.Words {
		return float64(len(ws)), true
	}
	n := 0
	for _, w := range ws {
		n += l.syllables(w)
	}
	if len(ws) == 0 {
		return 0, false
	}
	hardness = l.hardness(float64(n), float64(len(ws)))
	return hardness, len(ws) >= long && hardness > l.hardest
}

var silentU = strings.NewReplacer("qu", "q", "gue", "ge", "gui", "gi", "gué", "gé", "guí", "gí")

// syllables is the usual estimate: groups of vowels; in English without a
// silent e.
func (l *Language) syllables(w string) int {
	w = strings.ToLower(strings.Trim(w, `.,:;!?"'()…«»`))
	if w == "" {
		return 0
	}
	if l == Spanish {
		w = silentU.Replace(w)
	}
	n := len(l.vowels.FindAllString(w, -1))
	if l == English {
		if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
			n--
		}
		if strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded") && n > 1 {
			n--
		}
	}
	return max(1, n)
}
