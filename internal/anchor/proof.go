package anchor

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"github.com/privyseal/privyseal/nostr"
)

// MarkKind is the kind of the event that proves a mark. It is never published,
// and no checkpoint of the record, which every copy of the data holds, is one.
const MarkKind nostr.Kind = 1906

// Template is the event that, signed by the vault's announcement key, proves a
// mark.
func (m Mark) Template() nostr.Template {
	return nostr.Template{
		CreatedAt: m.Time.Unix(),
		Kind:      MarkKind,
		Tags: nostr.Tags{
			{"vault", m.Vault},
			{"epoch", strconv.FormatUint(m.Epoch, 10)},
			{"seq", strconv.FormatUint(m.Head.Seq, 10)},
			{"hash", hex.EncodeToString(m.Head.Hash[:])},
		},
	}
}

// proven checks the proof: of exactly this mark, by the key its vault is named
// after.
func (m Mark) proven() error {
	ev, err := nostr.ParseEvent([]byte(m.Proof))
	if err != nil {
		return err
	}
	want := m.Template()
	same := ev.Kind == want.Kind && ev.CreatedAt == want.CreatedAt && ev.Content == want.Content &&
		slices.EqualFunc(ev.Tags, want.Tags, func(a, b nostr.Tag) bool { return slices.Equal(a, b) })
	if !same || VaultID(ev.PubKey) != m.Vault {
		return errors.New("the proof is of another mark")
	}
	return ev.Verify()
}
