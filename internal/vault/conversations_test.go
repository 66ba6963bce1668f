package vault

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

func somePair(own *localKey, n byte) pair {
	return pair{own: own, peer: nostr.PubKey{n}, cipher: privyseal.CipherNip44}
}

// TestConversationsAgainstAModel: a hit is always the right key, the bound
// holds, what was used last is there, and whatever is not cached is wiped.
func TestConversationsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(t, "size")
		cs := newConversations(size)
		owns := []*localKey{{}, {}}
		every := make(map[*conversation]byte)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				own, n := rapid.SampledFrom(owns).Draw(t, "own"), rapid.ByteRange(1, 9).Draw(t, "peer")
				c := cs.put(somePair(own, n), &[32]byte{n})
				every[c] = n
				if got := cs.get(somePair(own, n)); got != c {
					t.Fatal("what was put last is gone")
				}
			},
			"get": func(t *rapid.T) {
				n := rapid.ByteRange(1, 9).Draw(t, "peer")
				if c := cs.get(somePair(owns[0], n)); c != nil && (!c.use(func(key *[32]byte) {
					if key[0] != n {
						t.Fatal("another conversation's key")
					}
				})) {
					t.Fatal("a wiped key is still cached")
				}
			},
			"drop": func(t *rapid.T) { cs.drop(rapid.SampledFrom(owns).Draw(t, "own")) },
			"wipe": func(*rapid.T) { cs.wipe() },
			"": func(t *rapid.T) {
				if len(cs.young) > size || len(cs.old) > size {
					t.Fatalf("%d young and %d old of %d", len(cs.young), len(cs.old), size)
				}
				cached := make(map[*conversation]bool)
				for _, generation := range []map[pair]*conversation{cs.young, cs.old} {
					for _, c := range generation {
						cached[c] = true
					}
				}
				for c := range every {
					if alive := c.use(func(*[32]byte) {}); alive != cached[c] {
						t.Fatalf("cached %v but alive %v", cached[c], alive)
					}
				}
			},
		})
		cs.wipe()
	})
}

func TestNothingIsCachedForAnEndedKey(t *testing.T) {
	cs := newConversations(2)
	own := &localKey{}
	why := locked
	own.over.Store(&why)
	if cs.put(somePair(own, 1), &[32]byte{1}) != nil || len(cs.young) != 0 {
		t.Fatal("a conversation key outlived its key")
	}
}

// TestLockWipesConversations: user keys' conversations go, envelopes stay.
func TestLockWipesConversations(t *testing.T) {
	v := newUnlocked(t)
	_, sealedUser, err := v.NewUserKey("me")
	if err != nil {
		t.Fatal(err)
	}
	signerPub, sealedSigner, err := v.NewSignerKey("app")
	if err != nil {
		t.Fatal(err)
	}
	user, err := v.UserKey("me", sealedUser)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := v.SignerKey("app", sealedSigner)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []Key{user, signer} {
		if _, err := k.Encrypt(privyseal.CipherNip44, signerPub, "text"); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.userCache.young) != 1 || len(v.signerCache.young) != 1 {
		t.Fatal("nothing to wipe")
	}
	root, subkey := v.root.key, v.subkeys[PurposeUserKey].key
	v.Lock()
	if len(v.userCache.young)+len(v.userCache.old) != 0 || *root != ([32]byte{}) || *subkey != ([32]byte{}) {
		t.Error("secrets left while locked")
	}
	if len(v.signerCache.young) != 1 {
		t.Error("envelopes cannot be opened while locked")
	}
}
