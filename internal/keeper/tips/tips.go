// Package tips remembers, in memory and for minutes, whom a person asked to tip,
// so that the bill that follows can be named. It refuses to name anybody whom
// the bill itself does not point to.
package tips

import (
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

const (
	keptFor = 10 * time.Minute
	maxKept = 256
)

// Book is the tips that were asked for lately. The zero value is ready.
type Book struct {
	mu   sync.Mutex
	tips map[[32]byte]tip
}

type tip struct {
	to nostr.PubKey
	at time.Time
}

// Asked notes a tip request by the hash of its JSON, which the bill for it
// commits to (NIP-57).
func (b *Book) Asked(hash [32]byte, to nostr.PubKey, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for h, t := range b.tips {
		if now.Sub(t.at) > keptFor {
			delete(b.tips, h)
		}
	}
	if b.tips == nil || len(b.tips) >= maxKept {
		b.tips = map[[32]byte]tip{}
	}
	b.tips[hash] = tip{to, now}
}

// Payee is whom a bill pays, as a tip request of lately says.
func (b *Book) Payee(invoice string, now time.Time) (nostr.PubKey, bool) {
	hash, ok := DescriptionHash(invoice)
	if !ok {
		return nostr.PubKey{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.tips[hash]
	return t.to, ok && now.Sub(t.at) <= keptFor
}

const (
	charset    = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	stampLen   = 7   // groups of five bits
	tailLen    = 104 // of the signature
	sumLen     = 6   // of bech32's checksum
	hashType   = 23  // "h": hash of the description
	hashLen    = 52
	maxInvoice = 4096
)

// DescriptionHash reads the hash of the description that a BOLT11 invoice
// commits to. The checksum and the signature are the wallet's to check.
func DescriptionHash(invoice string) (hash [32]byte, ok bool) {
	data, ok := groups(invoice)
	if !ok {
		return hash, false
	}
	for data = data[stampLen:]; len(data) >= 3; {
		kind, n := data[0], int(data[1])<<5|int(data[2])
		if data = data[3:]; n > len(data) {
			return hash, false
		}
		if kind == hashType && n == hashLen {
			return bits(data[:n]), true
		}
		data = data[n:]
	}
	return hash, false
}

// groups are the five-bit groups between an invoice's prefix and its signature.
func groups(invoice string) ([]byte, bool) {
	if len(invoice) > maxInvoice {
		return nil, false
	}
	sep := -1
	for i := range len(invoice) {
		if invoice[i] == '1' {
			sep = i
		}
	}
	rest := invoice[sep+1:]
	if sep < 0 || len(rest) < stampLen+tailLen+sumLen {
		return nil, false
	}
	out := make([]byte, 0, len(rest))
	for i := range len(rest) - tailLen - sumLen {
		c := rest[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		v := indexOf(c)
		if v < 0 {
			return nil, false
		}
		out = append(out, byte(v))
	}
	return out, true
}

func indexOf(c byte) int {
	for i := range len(charset) {
		if charset[i] == c {
			return i
		}
	}
	return -1
}

// bits are the first 256 of 52 groups.
func bits(data []byte) (hash [32]byte) {
	for i := range 256 {
		if data[i/5]&(16>>(i%5)) != 0 {
			hash[i/8] |= 0x80 >> (i % 8)
		}
	}
	return hash
}
