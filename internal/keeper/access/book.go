package access

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// How long sessions and codes last.
const (
	LoginFor  = 12 * time.Hour   // at the most
	IdleFor   = time.Hour        // without a call
	CodeFor   = 10 * time.Minute // a code to sign in once
	InviteFor = 7 * 24 * time.Hour
)

// Book is the people as they are in the store, with what is not worth storing.
// Make one with [NewBook].
type Book struct {
	mu       sync.Mutex
	persons  []privyseal.Person
	passkeys []privyseal.Passkey
	logins   map[[32]byte]privyseal.Login
	seen     map[[32]byte]time.Time // when a session was last used
	codes    map[[32]byte]code      // to sign in once
}

type code struct {
	person string
	ends   time.Time
}

// NewBook makes an empty book.
func NewBook() *Book {
	return &Book{logins: map[[32]byte]privyseal.Login{}, seen: map[[32]byte]time.Time{}, codes: map[[32]byte]code{}}
}

// Load reads it from the store. What somebody uses now goes on being used.
func (b *Book) Load(r store.Reader, now time.Time) error {
	persons, err := r.Persons()
	if err != nil {
		return err
	}
	passkeys, err := r.Passkeys()
	if err != nil {
		return err
	}
	logins, err := r.Logins()
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.persons, b.passkeys = persons, passkeys
	clear(b.logins)
	for _, l := range logins {
		b.logins[l.Hash] = l
		if b.seen[l.Hash].IsZero() {
			b.seen[l.Hash] = now
		}
	}
	for h := range b.seen {
		if _, ok := b.logins[h]; !ok {
			delete(b.seen, h)
		}
	}
	return nil
}

// token draws what names a session or is a code: 128 bits that can be typed.
func token() string { return rand.Text() }

// hash is what is kept of a token.
func hash(text string) [32]byte { return sha256.Sum256([]byte("privyseal token 1\n" + text)) }

// Persons are all people, in the order of their coming.
func (b *Book) Persons() []privyseal.Person {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.persons)
}

// Person finds one by name, id or the start of it.
func (b *Book) Person(name string) (privyseal.Person, bool) {
	var found []privyseal.Person
	for _, p := range b.Persons() {
		if p.ID == name || strings.EqualFold(p.Name, name) {
			return p, true
		}
		if len(name) >= 4 && strings.HasPrefix(p.ID, name) {
			found = append(found, p)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return privyseal.Person{}, false
}

// Owner is the first owner of everything.
func (b *Book) Owner() (privyseal.Person, bool) {
	for _, p := range b.Persons() {
		if p.RoleOn("") == privyseal.RoleOwner {
			return p, true
		}
	}
	return privyseal.Person{}, false
}

// invited is the person whom a code was made for, while it lasts.
func (b *Book) invited(text string, now time.Time) (privyseal.Person, bool) {
	h := hash(text)
	for _, p := range b.Persons() {
		if p.Code != ([32]byte{}) && subtle.ConstantTimeCompare(p.Code[:], h[:]) == 1 && now.Before(p.CodeEnds) {
			return p, true
		}
	}
	return privyseal.Person{}, false
}

// Passkeys are a person's, or everybody's with "".
func (b *Book) Passkeys(person string) []privyseal.Passkey {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.passkeys), func(p privyseal.Passkey) bool { return person != "" && p.Person != person })
}

// Passkey finds one by its id.
func (b *Book) Passkey(id []byte) (privyseal.Passkey, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.passkeys, func(p privyseal.Passkey) bool { return bytes.Equal(p.ID, id) })
	if i < 0 || len(id) == 0 {
		return privyseal.Passkey{}, false
	}
	return b.passkeys[i], true
}

// loginsOf are a person's sessions that live.
func (b *Book) loginsOf(person string, now time.Time) (out []privyseal.Login) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.logins {
		if l.Person == person && b.alive(l, now) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b privyseal.Login) int { return a.Created.Compare(b.Created) })
	return out
}

// Login finds a living session by its token, and notes that it is used.
func (b *Book) Login(token string, now time.Time) (privyseal.Login, privyseal.Person, bool) {
	h := hash(token)
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.logins[h]
	if !ok || !b.alive(l, now) {
		return privyseal.Login{}, privyseal.Person{}, false
	}
	i := slices.IndexFunc(b.persons, func(p privyseal.Person) bool { return p.ID == l.Person })
	if i < 0 {
		return privyseal.Login{}, privyseal.Person{}, false
	}
	b.seen[h] = now
	return l, b.persons[i], true
}

// Alive reports whether a session lives.
func (b *Book) Alive(hash [32]byte, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.logins[hash]
	return ok && b.alive(l, now)
}

// alive reports whether a session lives. The mutex is held.
func (b *Book) alive(l privyseal.Login, now time.Time) bool {
	return now.Before(l.Ends) && now.Sub(b.seen[l.Hash]) < IdleFor && !now.Before(l.Created.Add(-time.Minute))
}

// newCode makes a code that signs a person in once.
func (b *Book) newCode(person string, now time.Time) (text string, ends time.Time) {
	text, ends = token(), now.Add(CodeFor)
	b.mu.Lock()
	defer b.mu.Unlock()
	for h, c := range b.codes {
		if c.person == person || !now.Before(c.ends) {
			delete(b.codes, h)
		}
	}
	b.codes[hash(text)] = code{person, ends}
	return text, ends
}

// useCode spends such a code.
func (b *Book) useCode(text string, now time.Time) (person string, ok bool) {
	h := hash(text)
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.codes[h]
	delete(b.codes, h)
	return c.person, ok && now.Before(c.ends)
}

// handle is a person's handle for authenticators: it says nothing about them.
func handle(p privyseal.Person) []byte {
	sum := sha256.Sum256([]byte("privyseal user handle 1\n" + p.ID))
	return sum[:16]
}

// keyID is how a passkey's id is shown.
func keyID(p privyseal.Passkey) string { return base64.RawURLEncoding.EncodeToString(p.ID) }

// sessionID names a session where it is shown; it does not sign in.
func sessionID(l privyseal.Login) string { return hex.EncodeToString(l.Hash[:8]) }

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
