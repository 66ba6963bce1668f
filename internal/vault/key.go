package vault

import (
	"errors"
	"sync/atomic"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
	"github.com/privyseal/privyseal/nostr/schnorr"
)

// Key is a key backend: something that signs and holds conversations with one
// public key, wherever its secret is. Implementations are safe for concurrent
// use, never print a secret, and pass vaulttest.RunKey. Errors are a
// [privyseal.Error].
type Key interface {
	// PublicKey is the key's public half. It outlives the secret.
	PublicKey() nostr.PubKey
	// Sign signs exactly the template, with a fresh signature each time. A
	// template that names another public key is refused.
	Sign(t *nostr.Template) (*nostr.Event, error)
	// Encrypt seals plaintext to peer.
	Encrypt(c privyseal.Cipher, peer nostr.PubKey, plaintext string) (string, error)
	// Decrypt opens what peer sealed to this key (or this key to peer).
	Decrypt(c privyseal.Cipher, peer nostr.PubKey, payload string) (string, error)
}

// localKey is a Key whose secret is in this process.
type localKey struct {
	redacted
	pub     nostr.PubKey
	pair    nostr.Keypair
	cache   *conversations
	checked bool // signatures are checked before they leave
	over    atomic.Pointer[func() error]
}

// newLocalKey parses the secret, which the caller wipes.
func newLocalKey(secret *[32]byte, cache *conversations, checked bool) (*localKey, error) {
	var kp nostr.Keypair
	var err error
	erasing(func() { kp, err = schnorr.Default.NewKeypair(secret) })
	if err != nil {
		return nil, invalid("this is not a possible secret key", "")
	}
	return &localKey{pub: kp.PublicKey(), pair: kp, cache: cache, checked: checked}, nil
}

// end wipes the secret once nobody uses it; every later use answers why. Its
// conversations are the caller's to drop.
func (k *localKey) end(why func() error) {
	k.over.CompareAndSwap(nil, &why)
	k.pair.Wipe()
}

// ended is nil while the key can be used.
func (k *localKey) ended() error {
	if why := k.over.Load(); why != nil {
		return (*why)()
	}
	return nil
}

// explain turns an error of the key's own operations into words.
func (k *localKey) explain(err error) error {
	if over := k.ended(); over != nil {
		return over
	}
	switch {
	case errors.Is(err, schnorr.ErrInvalidPublicKey):
		return fail(privyseal.KindInvalid, "the other side's public key is not a valid one", "", err)
	case errors.Is(err, errUnknownCipher):
		return fail(privyseal.KindUnsupported, "this encryption is not known", "", err)
	}
	return internal(err)
}

// PublicKey is the key's public half.
func (k *localKey) PublicKey() nostr.PubKey { return k.pub }

// Sign signs the template as it is.
func (k *localKey) Sign(t *nostr.Template) (e *nostr.Event, err error) {
	if over := k.ended(); over != nil {
		return nil, over
	}
	erasing(func() { e, err = t.Sign(k.pair, k.checked) })
	switch {
	case err == nil:
		return e, nil
	case errors.Is(err, schnorr.ErrWiped), errors.Is(err, schnorr.ErrFault):
		return nil, k.explain(err)
	case errors.Is(err, nostr.ErrOtherAuthor):
		return nil, fail(privyseal.KindInvalid, "this event names another author", "", err)
	}
	return nil, fail(privyseal.KindInvalid, "this is not an event that can be signed", "", err)
}

// Encrypt seals plaintext to peer.
func (k *localKey) Encrypt(c privyseal.Cipher, peer nostr.PubKey, plaintext string) (payload string, err error) {
	useErr := k.converse(c, peer, func(key *[32]byte) {
		if c == privyseal.CipherNip44 {
			payload, err = nip44.Encrypt((*nip44.ConversationKey)(key), plaintext)
		} else {
			payload, err = nip04.Encrypt((*nip04.SharedKey)(key), plaintext)
		}
	})
	switch {
	case useErr != nil:
		return "", useErr
	case errors.Is(err, nip44.ErrPlaintextSize), errors.Is(err, nip04.ErrPlaintextSize):
		return "", fail(privyseal.KindInvalid, "the text is empty or too long to encrypt", "", err)
	case err != nil:
		return "", internal(err)
	}
	return payload, nil
}

// Decrypt opens what peer and this key sealed to each other.
func (k *localKey) Decrypt(c privyseal.Cipher, peer nostr.PubKey, payload string) (plaintext string, err error) {
	useErr := k.converse(c, peer, func(key *[32]byte) {
		if c == privyseal.CipherNip44 {
			plaintext, err = nip44.Decrypt((*nip44.ConversationKey)(key), payload)
		} else {
			plaintext, err = nip04.Decrypt((*nip04.SharedKey)(key), payload)
		}
	})
	switch {
	case useErr != nil:
		return "", useErr
	case errors.Is(err, nip44.ErrUnsupportedVersion):
		return "", fail(privyseal.KindUnsupported, "this text was encrypted with an unknown version of NIP-44", "", err)
	case err != nil:
		return "", fail(privyseal.KindInvalid, "this text does not open between these two keys", "", err)
	}
	return plaintext, nil
}

// converse runs f on the conversation key with peer, cached or derived.
func (k *localKey) converse(c privyseal.Cipher, peer nostr.PubKey, f func(key *[32]byte)) error {
	if over := k.ended(); over != nil {
		return over
	}
	p := pair{own: k, peer: peer, cipher: c}
	if talk := k.cache.get(p); talk != nil && talk.use(f) {
		return nil
	}
	return k.begin(p, f)
}

// begin derives the conversation key, caches it and runs f on it.
func (k *localKey) begin(p pair, f func(key *[32]byte)) error {
	var key [32]byte
	defer clear(key[:])
	if err := k.derive(&key, p.cipher, &p.peer); err != nil {
		return err
	}
	if talk := k.cache.put(p, &key); talk != nil && talk.use(f) {
		return nil
	}
	if over := k.ended(); over != nil {
		return over
	}
	f(&key) // the cache is so busy that its copy was evicted at once
	return nil
}

// derive computes the conversation key of one cipher.
func (k *localKey) derive(out *[32]byte, c privyseal.Cipher, peer *nostr.PubKey) error {
	err := errUnknownCipher
	erasing(func() {
		switch c {
		case privyseal.CipherNip44:
			var ck nip44.ConversationKey
			ck, err = nip44.NewConversationKey(k.pair, (*[32]byte)(peer))
			*out = ck
			ck.Wipe()
		case privyseal.CipherNip04:
			var sk nip04.SharedKey
			sk, err = nip04.NewSharedKey(k.pair, (*[32]byte)(peer))
			*out = sk
			sk.Wipe()
		case privyseal.CipherUnknown:
		}
	})
	if err != nil {
		return k.explain(err)
	}
	return nil
}

var errUnknownCipher = errors.New("vault: unknown cipher")
