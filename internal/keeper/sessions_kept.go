package keeper

import (
	"cmp"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// kept is a [privyseal.App] as memory has it, of which there may be 100,000: to
// the millisecond, as the store has it too.
type kept struct {
	client, signer       nostr.PubKey
	id, identity, preset string
	ends                 int64 // Unix milliseconds; 0: none
	state                privyseal.AppState
	compatible           bool // up to here what is looked at for each at the start
	cipher               privyseal.Cipher
	label                string
	claimed              *nip46.Metadata // nil: nothing
	relays               []string        // shared, replaced as a whole
	sealed               []byte          // its signer key
	created, seen, since int64           // as ends
}

func keep(a *privyseal.App) kept {
	s := kept{
		client: a.Client, signer: a.Signer, id: a.ID, identity: a.Identity, label: a.Label, preset: a.Preset,
		relays: a.Relays, sealed: a.SignerKey,
		created: milli(a.Created), seen: milli(a.LastSeen), ends: milli(a.Ends), since: milli(a.StateSince),
		cipher: a.Cipher, state: a.State, compatible: a.Compatible,
	}
	if a.Claimed != (nip46.Metadata{}) {
		s.claimed = new(a.Claimed)
	}
	return s
}

// app is the session as everything else sees it.
func (s *kept) app() privyseal.App {
	a := privyseal.App{
		Client: s.client, Signer: s.signer, ID: s.id, Identity: s.identity, Label: s.label, Preset: s.preset,
		Relays: s.relays, SignerKey: s.sealed,
		Created: moment(s.created), LastSeen: moment(s.seen), Ends: moment(s.ends), StateSince: moment(s.since),
		Cipher: s.cipher, State: s.state, Compatible: s.compatible,
	}
	if s.claimed != nil {
		a.Claimed = *s.claimed
	}
	return a
}

// powersOf is what decides what a session may do, and nothing else of it.
func (b *book) powersOf(s *kept) privyseal.App {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return privyseal.App{
		Client: s.client, Signer: s.signer, ID: s.id, Identity: s.identity, Preset: s.preset,
		Ends: moment(s.ends), State: s.state, Compatible: s.compatible,
	}
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (b *book) putApp(a privyseal.App) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old := b.apps[a.ID]; old != nil {
		b.unlist(old)
	}
	s := new(keep(&a))
	b.apps[s.id] = s
	b.list(s)
}

// list notes by which keys a session is found. b.mu is held.
func (b *book) list(s *kept) {
	if s.compatible {
		b.pairs[pair{s.client, s.signer}] = s
		b.addressFor(s.id, s.identity, s.signer, nil, true)
	} else {
		b.signers[s.signer] = s
	}
}

// unlist forgets by which keys a session is found.
func (b *book) unlist(s *kept) {
	if s.compatible {
		delete(b.pairs, pair{s.client, s.signer})
	} else if b.signers[s.signer] == s {
		delete(b.signers, s.signer)
	}
}

// changeApp changes some of a session's facts, but neither its id nor its keys,
// and leaves the others; readers have copies.
func (b *book) changeApp(id string, change func(*privyseal.App)) privyseal.App {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.apps[id]
	if s == nil {
		return privyseal.App{}
	}
	next := s.app()
	change(&next)
	*s = keep(&next)
	return next
}

func (b *book) dropApp(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.apps[id]; s != nil {
		b.unlist(s)
		delete(b.apps, id)
		if !s.compatible {
			delete(b.addresses, s.signer)
		}
	}
}

// app finds the session between a client and one of our keys.
func (b *book) app(client, signer nostr.PubKey) (privyseal.App, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if s := b.signers[signer]; s != nil && s.client == client {
		return s.app(), true
	}
	if s := b.pairs[pair{client, signer}]; s != nil {
		return s.app(), true
	}
	return privyseal.App{}, false
}

func (b *book) appByID(id string) (privyseal.App, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if s := b.apps[id]; s != nil {
		return s.app(), true
	}
	return privyseal.App{}, false
}

// allApps walks those that are there now, the oldest first, each as it is when it
// is its turn: as a list 100,000 would take 35 MB.
func (b *book) allApps() iter.Seq[privyseal.App] {
	b.mu.RLock()
	defer b.mu.RUnlock()
	byAge := slices.SortedFunc(maps.Values(b.apps), func(x, y *kept) int { return cmp.Compare(x.created, y.created) })
	return func(yield func(privyseal.App) bool) {
		for _, s := range byAge {
			if !yield(b.copyOf(s)) {
				return
			}
		}
	}
}

func (b *book) copyOf(s *kept) privyseal.App {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return s.app()
}

// sorted are those that are there now, by their ids. Their first sixteen bytes,
// as long as ids are, are compared as numbers, in a fraction of the time.
func (b *book) sorted() (apps []*kept, ids []string) {
	type spot struct {
		head, tail uint64
		app        *kept
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	spots := make([]spot, 0, len(b.apps))
	for id, s := range b.apps {
		var begins [16]byte
		copy(begins[:], id)
		spots = append(spots, spot{binary.BigEndian.Uint64(begins[:]), binary.BigEndian.Uint64(begins[8:]), s})
	}
	slices.SortFunc(spots, func(x, y spot) int {
		if x.head != y.head {
			return cmp.Compare(x.head, y.head)
		}
		if x.tail != y.tail {
			return cmp.Compare(x.tail, y.tail)
		}
		return strings.Compare(x.app.id, y.app.id)
	})
	apps, ids = make([]*kept, len(spots)), make([]string, len(spots))
	for i, s := range spots {
		apps[i], ids[i] = s.app, s.app.id
	}
	return apps, ids
}

// appIDs are the ids of the apps of one identity, or of all, in no order.
func (b *book) appIDs(identity string) (ids []string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id, s := range b.apps {
		if identity == "" || s.identity == identity {
			ids = append(ids, id)
		}
	}
	return ids
}

// active are the ids of the apps at work, of one identity or of all, in no order.
func (b *book) active(identity string) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []string
	for id, s := range b.apps {
		if s.state == privyseal.AppActive && (identity == "" || s.identity == identity) {
			out = append(out, id)
		}
	}
	return out
}

// connected counts the apps whose session goes on.
func (b *book) connected() (n int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, s := range b.apps {
		if s.state == privyseal.AppActive || s.state == privyseal.AppPaused {
			n++
		}
	}
	return n
}

// at is what apps write to under a key of ours. b.mu is held.
func (b *book) at(pk nostr.PubKey) (address, bool) {
	if s := b.signers[pk]; s != nil {
		return address{pub: pk, id: s.id, sealed: s.sealed, identity: s.identity}, true
	}
	a, ok := b.addresses[pk]
	return a, ok
}

// allKeys are the keys that apps write to.
func (b *book) allKeys() []nostr.PubKey {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := slices.AppendSeq(make([]nostr.PubKey, 0, len(b.signers)+len(b.addresses)), maps.Keys(b.signers))
	for pk := range b.addresses {
		if b.signers[pk] == nil {
			out = append(out, pk)
		}
	}
	return out
}

func (b *book) allAddresses() []address {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]address, 0, len(b.signers)+len(b.addresses))
	for pk := range b.signers {
		a, _ := b.at(pk)
		out = append(out, a)
	}
	for pk, a := range b.addresses {
		if b.signers[pk] == nil {
			out = append(out, a)
		}
	}
	return out
}
