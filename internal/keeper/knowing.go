package keeper

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/nostr"
)

// textsOf is what is known of the texts a request is about.
func (k *Keeper) textsOf(j *job) effect.Texts {
	return effect.Texts{
		Opened: j.inside.text, Inner: j.inside.inner,
		Sealed: func(ciphertext string) (string, nostr.PubKey, bool) {
			if j.inside.newer != nil && ciphertext == j.req.Template.Content {
				return *j.inside.newer, j.who.PubKey, true
			}
			return k.texts.Unseal(j.who.ID, ciphertext, j.e.at)
		},
		Echoes: func(text string) bool { return k.texts.Echoes(j.who.ID, text, j.e.at) },
	}
}

// met reports whether the person wrote to or read from somebody through this
// signer.
func (k *Keeper) met(who *privyseal.Identity, pk nostr.PubKey) bool {
	return k.ever(who, func(h *brake.Habits) bool {
		return slices.Contains(h.Wrote.Keys, pk) || slices.Contains(h.Read.Keys, pk)
	})
}

// ever reports whether something holds of one of the person's apps.
func (k *Keeper) ever(who *privyseal.Identity, holds func(*brake.Habits) bool) bool {
	apps := k.book.allApps()
	b := &k.brakes.habits
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(apps, func(a privyseal.App) bool {
		return a.Identity == who.ID && holds(&b.of(k, a.ID).Habits)
	})
}
