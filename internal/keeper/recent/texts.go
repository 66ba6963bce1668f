// Package recent remembers for some minutes the texts that went through the
// signer: what it sealed, so that a sealed message can be shown, and what it
// opened, so that it is not posted; and for a day what was blocked. It is
// bounded and lost with the process. It
// refuses to decide anything, to read a clock and to write anything down.
package recent

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/privyseal/privyseal/nostr"
)

// How much is remembered, and for how long.
const (
	textsFor  = 10 * time.Minute
	maxTexts  = 512       // of each sort
	maxBytes  = 4 << 20   // of sealed texts in all
	maxText   = 256 << 10 // longer ones are not remembered
	maxEchoed = 2 << 10   // bytes of an opened text that are compared
	minEchoed = 20        // shorter ones say nothing of where they are from
)

// Texts are an identity's and its apps' texts of the last minutes. The zero
// value is ready.
type Texts struct {
	mu     sync.Mutex
	sealed []sealed // the latest last
	bytes  int
	opened []opened
}

type sealed struct {
	identity string
	cipher   [32]byte // hash of what came out
	plain    []byte
	peer     nostr.PubKey
	at       time.Time
}

type opened struct {
	identity string
	plain    []byte
	at       time.Time
}

// Seal remembers a text that was sealed for peer.
func (t *Texts) Seal(identity, cipher, plain string, peer nostr.PubKey, now time.Time) {
	if len(plain) > maxText {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sealed = append(t.sealed, sealed{identity, sha256.Sum256([]byte(cipher)), []byte(plain), peer, now})
	t.bytes += len(plain)
	t.forget(now)
}

// Unseal finds the text of what this identity sealed lately.
func (t *Texts) Unseal(identity, cipher string, now time.Time) (plain string, peer nostr.PubKey, ok bool) {
	h := sha256.Sum256([]byte(cipher))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(now)
	for i := len(t.sealed) - 1; i >= 0; i-- {
		if s := t.sealed[i]; s.cipher == h && s.identity == identity {
			return string(s.plain), s.peer, true
		}
	}
	return "", nostr.PubKey{}, false
}

// Open remembers a text that was opened for an app, if a person wrote it: the
// content of a message, or a text that is no data.
func (t *Texts) Open(identity, plain string, now time.Time) {
	said := Message(plain)
	if len(said) < minEchoed {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opened = append(t.opened, opened{identity, []byte(said[:min(len(said), maxEchoed)]), now})
	t.forget(now)
}

// Echoes reports whether a text holds one that this identity had opened lately.
func (t *Texts) Echoes(identity, text string, now time.Time) bool {
	if !t.openedFor(identity, now) {
		return false
	}
	said := []byte(plainly(text))
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range t.opened {
		if o.identity == identity && bytes.Contains(said, o.plain) {
			return true
		}
	}
	return false
}

// openedFor reports whether this identity had a text opened lately.
func (t *Texts) openedFor(identity string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(now)
	return slices.ContainsFunc(t.opened, func(o opened) bool { return o.identity == identity })
}

// Wipe forgets everything at once.
func (t *Texts) Wipe() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(len(t.sealed), len(t.opened))
}

// forget drops what is too old or too much, the oldest first.
func (t *Texts) forget(now time.Time) {
	n, bytes := 0, t.bytes
	for n < len(t.sealed) && (len(t.sealed)-n > maxTexts || bytes > maxBytes || now.Sub(t.sealed[n].at) >= textsFor) {
		bytes -= len(t.sealed[n].plain)
		n++
	}
	m := 0
	for m < len(t.opened) && (len(t.opened)-m > maxTexts || now.Sub(t.opened[m].at) >= textsFor) {
		m++
	}
	t.drop(n, m)
}

// drop wipes the first n sealed and m opened texts.
func (t *Texts) drop(n, m int) {
	for i := range t.sealed[:n] {
		t.bytes -= len(t.sealed[i].plain)
		clear(t.sealed[i].plain)
		t.sealed[i] = sealed{}
	}
	for i := range t.opened[:m] {
		clear(t.opened[i].plain)
		t.opened[i] = opened{}
	}
	t.sealed, t.opened = t.sealed[n:], t.opened[m:]
}

// Message is what a person said in a text: the content of a message before it
// is sealed, or a text that is no data, with its blanks made single.
func Message(text string) string {
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return plainly(text)
	}
	var m struct {
		Content *string `json:"content"`
		Sig     string  `json:"sig"`
	}
	if json.Unmarshal([]byte(text), &m) != nil || m.Content == nil || m.Sig != "" {
		return ""
	}
	return plainly(*m.Content)
}

// plainly is a text with its blanks made single.
func plainly(s string) string {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && blank {
			return strings.Join(strings.Fields(s), " ")
		}
		blank = c == ' '
	}
	return strings.TrimSuffix(s, " ")
}
