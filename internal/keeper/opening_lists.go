package keeper

import (
	"context"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
)

// hidesPart reports whether a request changes the private part of a list.
func (k *Keeper) hidesPart(j *job) bool {
	t := j.req.Template
	if t == nil || !effect.HidesPart(t.Kind) {
		return false
	}
	old := k.hidden(j)
	return old != t.Content && (old != "" || t.Content != "")
}

// hidden is the private part of the version that a list would replace, sealed.
func (k *Keeper) hidden(j *job) string {
	t := j.req.Template
	if old := k.olderOf(&j.who, t.Kind, heads.D(t.Kind, t.Tags), j.e.at); old.event != nil {
		return old.event.Content
	}
	return ""
}

// openParts opens the private parts of a list, before and after, so that what
// would go is counted with the rest: on record first. What does not open is
// said to be private. It reports whether the request goes on.
func (k *Keeper) openParts(ctx context.Context, j *job, d privyseal.Decision) bool {
	j.inside.looked = true
	if _, ok := k.openedOnRecord(ctx, j, d); !ok {
		return false
	}
	failpoint.Hit(failpoint.KeyUse)
	defer failpoint.Hit(failpoint.KeyUsed)
	key, err := k.vault.UserKey(j.who.ID, j.who.Sealed)
	if err != nil {
		return true // it says so where it matters
	}
	open := func(text string) *string {
		cipher := privyseal.CipherNip44
		if nip04.Looks(text) {
			cipher = privyseal.CipherNip04
		}
		if plain, err := key.Decrypt(cipher, nostr.PubKey(j.who.PubKey), text); err == nil && text != "" {
			return &plain
		}
		return nil
	}
	j.inside.older, j.inside.newer = open(k.hidden(j)), open(j.req.Template.Content)
	return true
}
