package effect

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

const (
	kindRelayLogin = 22242
	kindWebLogin   = 27235
	kindFile       = 24242
	kindVote       = 1018
)

// KindRule is one row of the table of kinds.
type KindRule struct {
	From, To nostr.Kind // inclusive
	Act      Act
	Level    privyseal.Level // before any check
	Audience Audience
	check    func(*weigher)
}

// The table, by theme; no two rows hold the same kind.
var kinds = slices.Concat(postKinds, mediaKinds, messageKinds, listKinds, placeKinds, moneyKinds,
	marketKinds, writingKinds, loginKinds, roomKinds, groupKinds, codeKinds)

// Kinds is every kind we have words for, by theme; a kind in no row is
// [ActUnknown] at L3.
func Kinds() []KindRule { return slices.Clone(kinds) }

// byKind finds a row by its kind; wide rows are looked through.
var byKind, wideKinds = index(kinds)

func index(rows []KindRule) (map[nostr.Kind]KindRule, []KindRule) {
	single, wide := map[nostr.Kind]KindRule{}, []KindRule(nil)
	for _, r := range rows {
		if r.From == r.To {
			single[r.From] = r
		} else {
			wide = append(wide, r)
		}
	}
	return single, wide
}

// RuleOf is the row of the table that holds a kind.
func RuleOf(k nostr.Kind) KindRule {
	if r, ok := byKind[k]; ok {
		return r
	}
	for _, r := range wideKinds {
		if r.From <= k && k <= r.To {
			return r
		}
	}
	return KindRule{From: k, To: k, Act: ActUnknown, Level: privyseal.L3, Audience: Everyone, check: (*weigher).unknown}
}

// replaceable kinds keep only their newest version.
func replaceable(k nostr.Kind) bool {
	return k.IsReplaceable() || k.IsAddressable()
}
