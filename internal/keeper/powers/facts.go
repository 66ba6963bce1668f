package powers

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

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

// appFacts are all that decides what an app may do and who it is, but for
// whether it is active.
type appFacts struct {
	ID, Identity   string
	Client, Signer nostr.PubKey
	Compatible     bool
	Preset         string
	Ends           int64
	Grants         []grant
}

// ofApp is a digest of [appFacts] as JSON. It is made for each app at the start:
// what is the same for all of them is written here, to the byte as encoding/json
// would.
func ofApp(a privyseal.App, grants []privyseal.Grant) [32]byte {
	var room [512]byte
	b := appendText(append(room[:0], `{"ID":`...), a.ID)
	b = appendText(append(b, `,"Identity":`...), a.Identity)
	b = hex.AppendEncode(append(b, `,"Client":"`...), a.Client[:])
	b = hex.AppendEncode(append(b, `","Signer":"`...), a.Signer[:])
	b = strconv.AppendBool(append(b, `","Compatible":`...), a.Compatible)
	b = appendText(append(b, `,"Preset":`...), a.Preset)
	b = strconv.AppendInt(append(b, `,"Ends":`...), a.Ends.UnixMilli(), 10)
	b = append(b, `,"Grants":`...)
	if len(grants) == 0 {
		b = append(b, `[]`...)
	} else {
		b = append(b, asJSON(grantsOf(grants))...)
	}
	return sha256.Sum256(append(b, '}'))
}

// appendText writes a text as encoding/json does.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return append(b, asJSON(text)...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
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

func digest(v any) [32]byte { return sha256.Sum256(asJSON(v)) }

func asJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil { // plain values only
		panic(err)
	}
	return raw
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
	if text == "" || text == changed {
		return false, nil
	}
	var room [128]byte
	raw, err := base64.StdEncoding.AppendDecode(room[:0], []byte(text))
	if err != nil {
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
