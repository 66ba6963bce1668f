package words

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/privyseal/privyseal"
)

// Prompt is one question as shown, or one notice. The order of its fields is
// the order of reading.
type Prompt struct {
	ID        string   // of the sentence in the catalogue
	Title     string   // "Coracle wants to post this for everyone to see:"
	Quote     string   // what the app wrote: clean, at most 300 characters
	Lines     []string // what follows from it, and what we could not check
	Lasts     []string // how long a yes may count, in words, as in Remember
	Remember  []string // the same in codes: "once", "1h", "30d"; none when it is asked every time
	Usual     string   // the one of Remember that is chosen at first
	Yes, No   string   // the buttons, in verbs; of a notice (L4): stop the app, and more details
	SafeFirst bool     // the safe button, which is No and has the focus, stands first
	Type      string   // what must be typed to go on; "": nothing
	Details   []Detail // for those who look: jargon is allowed here
	Level     privyseal.Level
}

// Detail is one line under "More details".
type Detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

const (
	maxQuote   = 300 // characters
	maxName    = 32
	maxClaim   = 40
	maxReasons = 3
)

// Hash binds an answer to the words that were shown.
func (p Prompt) Hash() [32]byte {
	var b []byte
	put := func(ss ...string) {
		b = binary.AppendUvarint(b, uint64(len(ss)))
		for _, s := range ss {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	put(p.ID, p.Title, p.Quote, p.Yes, p.No, p.Type, p.Usual, p.Level.String())
	put(p.Lines...)
	put(p.Lasts...)
	put(p.Remember...)
	for _, d := range p.Details {
		put(d.Name, d.Value)
	}
	if p.SafeFirst {
		put("safe first")
	}
	return sha256.Sum256(b)
}

// Buttons are the two buttons in the order in which they stand.
func (p Prompt) Buttons() [2]string {
	if p.SafeFirst {
		return [2]string{p.No, p.Yes}
	}
	return [2]string{p.Yes, p.No}
}
