package webapp

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// notes are texts that a person seals to themselves: the board passes them on
// and cannot read them.
func (b *Board) notes() {
	b.page("/notes", "notes.html", func(v visit) (any, error) {
		if !v.in {
			return nil, nil
		}
		found, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{kindSettings}, Authors: []nostr.PubKey{v.who}})
		found = slices.DeleteFunc(found, func(e *nostr.Event) bool { return !strings.HasPrefix(e.Tags.TagValue("d"), notePlace) })
		slices.SortFunc(found, func(a, b *nostr.Event) int { return cmp.Compare(b.CreatedAt, a.CreatedAt) })
		return found, err
	})
	b.act("note", act{kind: kindSettings, draft: func(v visit) (*nostr.Template, error) {
		sealed := v.FormValue("text")
		if len(sealed) < 132 || strings.ContainsAny(sealed, " \n") { // the least that NIP-44 makes
			return nil, wrong("This note is not sealed, so it was not sent. Sign in with a signer that can seal.")
		}
		return &nostr.Template{Content: sealed, Tags: nostr.Tags{{"d", notePlace + rand.Text()}}}, nil
	}, done: reply{Said: "Your note is sealed and kept.", Next: "/notes"}})
}
