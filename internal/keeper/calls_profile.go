package keeper

import (
	"context"
	"encoding/json"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

// profileOf is what others see of an identity: its latest profile (kind 0,
// NIP-01) that was signed here or seen on its relays. nil where none is kept, and
// while the vault is locked.
func (k *Keeper) profileOf(ctx context.Context, who privyseal.Identity) *control.ProfileInfo {
	kind := 0
	s, err := k.shelfOf(ctx, control.UndoArgs{Identity: who.ID, Kind: &kind})
	if err != nil {
		return nil
	}
	e, err := k.openVersion(s.all[len(s.all)-1])
	if err != nil {
		return nil
	}
	said := map[string]any{} // whatever apps wrote: what is no text is left out
	if json.Unmarshal([]byte(e.Content), &said) != nil {
		return nil
	}
	text := func(max int, names ...string) string {
		for _, name := range names {
			if s, _ := said[name].(string); s != "" {
				clean, _ := words.Sanitize(s, max)
				return clean
			}
		}
		return ""
	}
	return &control.ProfileInfo{
		Name: text(64, "display_name", "name"), About: text(300, "about"), Address: text(100, "nip05"), Tips: text(100, "lud16", "lud06"),
		Picture: text(100, "picture") != "", Stamp: time.Unix(e.CreatedAt, 0).UTC(),
	}
}
