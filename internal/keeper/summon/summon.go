// Package summon holds the codes that an app may hand its person, to be brought
// to the question that the app waits for (NIP-46 auth challenges). It refuses a
// code twice, late, or a second one for the same request, and a code says
// nothing about its question. Codes that come back with a person from the page
// where an app was let in are kept the same way.
package summon

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// maxOpen bounds the codes there are at once; without room none is made, and
// the question is answered as any other.
const maxOpen = 1024

// Request names a request of an app as the app does.
type Request struct{ App, ID string }

// Book holds codes in memory: a question outlives a restart, the way to it does
// not. The zero value is ready.
type Book struct {
	mu   sync.Mutex
	open map[[32]byte]summons
	had  map[Request]time.Time // until when a request has had its code
}

type summons struct {
	question string
	ends     time.Time
}

// Make makes the one code that a request gets; "" when it had one.
func (b *Book) Make(r Request, question string, ends, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	if _, had := b.had[r]; had || len(b.had) >= maxOpen || !now.Before(ends) {
		return ""
	}
	if b.open == nil {
		b.open, b.had = map[[32]byte]summons{}, map[Request]time.Time{}
	}
	code := rand.Text()
	b.open[hash(code)], b.had[r] = summons{question, ends}, ends
	return code
}

// Peek is the question that a code leads to. The code stays good.
func (b *Book) Peek(code string, now time.Time) (question string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.open[hash(code)]
	return s.question, ok && now.Before(s.ends)
}

// Take is the question that a code leads to, once.
func (b *Book) Take(code string, now time.Time) (question string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.open[hash(code)]
	delete(b.open, hash(code))
	return s.question, ok && now.Before(s.ends)
}

// sweep forgets what is over. The mutex is held.
func (b *Book) sweep(now time.Time) {
	for h, s := range b.open {
		if !now.Before(s.ends) {
			delete(b.open, h)
		}
	}
	for r, ends := range b.had {
		if !now.Before(ends) {
			delete(b.had, r)
		}
	}
}

func hash(code string) [32]byte { return sha256.Sum256([]byte("privyseal summons 1\n" + code)) }
