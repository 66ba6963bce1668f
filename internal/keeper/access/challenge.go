package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// purpose is what a challenge is signed for. The zero value is nothing.
type purpose uint8

// The purposes.
const (
	noPurpose purpose = iota
	toSignIn
	toMakeKey // a new passkey
	toAct
)

// binding is exactly what a challenge was made for.
type binding struct {
	purpose purpose
	who     [32]byte // the session, or the code, that asked; zero to sign in
	verb    string   // of an act
	args    [32]byte // hash of its arguments
}

// act binds a challenge to one call in one session.
func act(session [32]byte, verb string, args []byte) binding {
	return binding{purpose: toAct, who: session, verb: verb, args: sha256.Sum256(args)}
}

// challengeFor is how long a challenge may be signed.
const challengeFor = 2 * time.Minute

// maxOpen bounds the challenges that are open at once; the oldest give way.
const maxOpen = 512

// challenges are those that wait to be signed. The zero value is ready.
type challenges struct {
	mu   sync.Mutex
	open map[[32]byte]waiting
	line [][32]byte // in order of creation
}

type waiting struct {
	binding
	ends time.Time
}

// make makes a challenge over a binding: a hash of it and of what nobody can
// guess.
func (c *challenges) make(b binding, now time.Time) (challenge [32]byte, ends time.Time) {
	var nonce [32]byte
	_, _ = rand.Read(nonce[:]) // it never fails
	h := sha256.New()
	h.Write([]byte("privyseal challenge 1\n"))
	h.Write(nonce[:])
	h.Write([]byte{byte(b.purpose)})
	h.Write(b.who[:])
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b.verb))))
	h.Write([]byte(b.verb))
	h.Write(b.args[:])
	challenge = [32]byte(h.Sum(nil))
	ends = now.Add(challengeFor)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[[32]byte]waiting{}
	}
	c.open[challenge] = waiting{b, ends}
	c.line = append(c.line, challenge)
	for len(c.line) > maxOpen {
		delete(c.open, c.line[0])
		c.line = c.line[1:]
	}
	return challenge, ends
}

// take ends a challenge, and reports whether it was made for just this and is
// still open. Whatever it was made for, it is spent.
func (c *challenges) take(challenge []byte, b binding, now time.Time) bool {
	if len(challenge) != 32 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w, ok := c.open[[32]byte(challenge)]
	delete(c.open, [32]byte(challenge))
	return ok && b.purpose != noPurpose && w.binding == b && now.Before(w.ends)
}
