package keeper

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// address is one key that apps write to: an app's own remote-signer key, that
// of an invitation, or (compatible links) a user key.
type address struct {
	pub      nostr.PubKey
	id       string // of the signer key in the vault; identity id for a user key
	sealed   []byte
	user     bool
	identity string
}

type pair struct{ client, signer nostr.PubKey }

// book is who may write to us, in memory: everything in it is a copy of facts
// in the store.
type book struct {
	mu          sync.RWMutex
	identities  map[string]privyseal.Identity
	apps        map[string]*kept
	signers     map[nostr.PubKey]*kept // by its own remote-signer key
	pairs       map[pair]*kept         // those on a user key, which others have too
	invitations map[string]privyseal.Invitation
	addresses   map[nostr.PubKey]address // of invitations, and user keys
	seen        map[string]seenApp       // not yet written
}

type seenApp struct {
	at     time.Time
	cipher privyseal.Cipher
}

func newBook() *book {
	return &book{
		identities: map[string]privyseal.Identity{}, apps: map[string]*kept{}, signers: map[nostr.PubKey]*kept{},
		pairs: map[pair]*kept{}, invitations: map[string]privyseal.Invitation{},
		addresses: map[nostr.PubKey]address{}, seen: map[string]seenApp{},
	}
}

func (b *book) putIdentity(id privyseal.Identity) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.identities[id.ID] = id
}

// dropIdentity forgets an identity, its links and its key as an address.
func (b *book) dropIdentity(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.addresses, b.identities[id].PubKey)
	delete(b.identities, id)
	for _, inv := range b.invitations {
		if inv.Identity != id {
			continue
		}
		delete(b.invitations, inv.ID)
		delete(b.addresses, inv.Signer)
	}
}

func (b *book) putInvitation(inv privyseal.Invitation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.invitations[inv.ID] = inv
	b.addressFor(inv.ID, inv.Identity, inv.Signer, inv.SignerKey, inv.Compatible)
}

// dropInvitation forgets an invitation, and its key unless an app has it now.
func (b *book) dropInvitation(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	inv, ok := b.invitations[id]
	if !ok {
		return
	}
	delete(b.invitations, id)
	if !inv.Compatible {
		delete(b.addresses, inv.Signer)
	}
}

func (b *book) addressFor(id, identity string, pub nostr.PubKey, sealed []byte, compatible bool) {
	a := address{pub: pub, id: id, sealed: sealed, identity: identity}
	if compatible {
		if b.identities[identity].ID == "" {
			return // the key is gone
		}
		a = address{pub: pub, id: identity, sealed: b.identities[identity].Sealed, user: true, identity: identity}
	}
	b.addresses[pub] = a
}

// addressed finds which of our keys an event's p tags name.
func (b *book) addressed(tags nostr.Tags) (address, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, t := range tags {
		if len(t) < 2 || t[0] != "p" || len(t[1]) != 64 {
			continue
		}
		var pk nostr.PubKey
		if _, err := hex.Decode(pk[:], []byte(t[1])); err != nil {
			continue
		}
		if a, ok := b.at(pk); ok {
			return a, true
		}
	}
	return address{}, false
}

func (b *book) identity(id string) (privyseal.Identity, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	i, ok := b.identities[id]
	return i, ok
}

func (b *book) allIdentities() []privyseal.Identity {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]privyseal.Identity, 0, len(b.identities))
	for _, i := range b.identities {
		out = append(out, i)
	}
	slices.SortFunc(out, func(x, y privyseal.Identity) int { return x.Created.Compare(y.Created) })
	return out
}

// invited finds the invitation to a key whose secret this is. Every candidate
// is compared, in constant time.
func (b *book) invited(signer nostr.PubKey, secret string) (found privyseal.Invitation, ok bool) {
	sum := sha256.Sum256([]byte(secret))
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, inv := range b.invitations {
		if inv.Signer == signer && subtle.ConstantTimeCompare(inv.SecretHash[:], sum[:]) == 1 {
			found, ok = inv, true
		}
	}
	return found, ok
}

// ours reports whether a key is one that apps write to, or a person's.
func (b *book) ours(pk nostr.PubKey) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	a, ok := b.at(pk)
	return ok && !a.user
}

func (b *book) expiredInvitations(now time.Time) []privyseal.Invitation {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []privyseal.Invitation
	for _, inv := range b.invitations {
		if forgotten(inv, now) {
			out = append(out, inv)
		}
	}
	return out
}

// forgotten reports whether a link ended so long ago that nobody need be told.
func forgotten(inv privyseal.Invitation, now time.Time) bool {
	return now.After(inv.Expires.Add(24 * time.Hour))
}

// sawApp notes an app's activity, to the second; housekeeping writes it down.
func (b *book) sawApp(a *privyseal.App, at time.Time, c privyseal.Cipher) {
	if a.Cipher == c && at.Sub(a.LastSeen) < time.Second {
		return
	}
	b.changeApp(a.ID, func(a *privyseal.App) {
		a.LastSeen, a.Cipher = at, c
		b.seen[a.ID] = seenApp{at, c}
	})
}

func (b *book) takeSeen() map[string]seenApp {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.seen
	b.seen = map[string]seenApp{}
	return out
}
