package powers

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// grant is a [privyseal.Grant] as it is sealed: to the millisecond, as stores
// keep it, and without what decides nothing.
type grant struct {
	ID, Permission, Origin string
	Verdict                privyseal.Verdict
	Given, Until           int64
	Reach                  privyseal.Level
}

func grantsOf(all []privyseal.Grant) []grant {
	out := make([]grant, 0, len(all))
	for _, g := range all {
		out = append(out, grant{g.ID, g.Permission.String(), g.Origin, g.Verdict, g.Given.UnixMilli(), g.Until.UnixMilli(), g.Reach})
	}
	slices.SortFunc(out, func(a, b grant) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// ofApp is a digest of all that decides what an app may do and who it is, but
// for whether it is active.
func ofApp(a privyseal.App, grants []privyseal.Grant) [32]byte {
	return digest(struct {
		ID, Identity   string
		Client, Signer nostr.PubKey
		Compatible     bool
		Preset         string
		Ends           int64
		Grants         []grant
	}{a.ID, a.Identity, a.Client, a.Signer, a.Compatible, a.Preset, a.Ends.UnixMilli(), grantsOf(grants)})
}

// ofLink is a digest of all that decides what an open link gives, and to whom.
func ofLink(inv privyseal.Invitation) [32]byte {
	return digest(struct {
		ID, Identity string
		Signer       nostr.PubKey
		Compatible   bool
		SecretHash   [32]byte
		Preset       string
		Expires      int64
		Grants       []grant
	}{inv.ID, inv.Identity, inv.Signer, inv.Compatible, inv.SecretHash, inv.Preset, inv.Expires.UnixMilli(), grantsOf(inv.Grants)})
}

func digest(v any) [32]byte {
	raw, err := json.Marshal(v)
	if err != nil { // plain values only
		panic(err)
	}
	return sha256.Sum256(raw)
}

// seal is the text of a seal under a setting's key.
func (s *Store) seal(key string, digest [32]byte) (string, error) {
	sealed, err := s.vault.Seal(vault.PurposePowers, key, 1, digest[:])
	if errors.Is(err, vault.ErrLocked) {
		return "", errLocked()
	}
	return base64.StdEncoding.EncodeToString(sealed), err
}

// fits reports whether a seal is of this digest. A locked vault cannot tell.
func (s *Store) fits(key, text string, want [32]byte) (bool, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || text == "" || text == changed {
		return false, nil
	}
	got, err := s.vault.Open(vault.PurposePowers, key, 1, raw)
	if errors.Is(err, vault.ErrLocked) {
		return false, errLocked()
	}
	return err == nil && slices.Equal(got, want[:]), nil
}

func errLocked() error {
	return privyseal.E(privyseal.KindLocked, "what apps and people may do cannot be changed while the vault is locked", "unlock it with: privyseal unlock")
}
