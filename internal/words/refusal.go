package words

import (
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
)

// Codes of refusals that are not policy's: put one in a decision's Reason.
const (
	SaidNo   = "said-no"   // the person said no
	NoAnswer = "no-answer" // nobody answered in time
	Locked   = "locked"    // the vault is locked
	Busy     = "busy"      // too much is waiting
	TooMany  = "too-many"  // too many questions are open
	Stale    = "stale"     // the request came too late
	Changed  = "changed"   // what it would replace is not what the person was told
)

// kinds are the prefixes of what an app is told.
var kinds = map[string]privyseal.ErrorKind{
	policy.ReasonUnknownApp: privyseal.KindRevoked,
	policy.ReasonIdentity:   privyseal.KindRevoked,
	policy.ReasonPaused:     privyseal.KindDenied,
	policy.ReasonRevoked:    privyseal.KindRevoked,
	policy.ReasonLoggedOut:  privyseal.KindRevoked,
	policy.ReasonExpired:    privyseal.KindExpired,
	policy.ReasonNoClock:    privyseal.KindInternal,
	policy.ReasonRefused:    privyseal.KindDenied,
	policy.ReasonBudget:     privyseal.KindLimit,
	SaidNo:                  privyseal.KindDenied,
	NoAnswer:                privyseal.KindExpired,
	Locked:                  privyseal.KindLocked,
	Busy:                    privyseal.KindBusy,
	TooMany:                 privyseal.KindLimit,
	Quiet:                   privyseal.KindDenied,
	TooFast:                 privyseal.KindLimit,
	Changed:                 privyseal.KindExpired,
	Stale:                   privyseal.KindExpired,
}

// Refusal is what the app is told: the prefix of NIP-46 errors and a sentence.
// It is English whatever the person reads: programs look for its words.
func Refusal(d privyseal.Decision) (privyseal.ErrorKind, string) {
	if d.Reason == policy.ReasonBlocked {
		code := strings.TrimPrefix(d.Rule.ID, "builtin:")
		kind := privyseal.KindDenied
		switch code {
		case "invalid", "bad-login", "future", "clock", "own-key", "unreadable-wallet":
			kind = privyseal.KindInvalid
		}
		return kind, English.blockedLine(code)
	}
	if d.Reason == policy.ReasonUnsupported {
		return privyseal.KindUnsupported, "unsupported method" // apps look for these words (clients.md §5.24)
	}
	if kind, ok := kinds[d.Reason]; ok {
		return kind, English.refusals[d.Reason]
	}
	return privyseal.KindDenied, English.refusals[""]
}

// Rule is the rule that decided, as a sentence.
func (c *Catalogue) Rule(d privyseal.Decision) string {
	if l, ok := lineOf(d.Rule.ID); ok {
		return c.presetLine(l)
	}
	if verdict, perm, ok := strings.Cut(d.Rule.Text, " "); ok {
		if ps, err := nip46.ParsePermissions(perm); err == nil && len(ps) == 1 {
			return c.Grant(privyseal.Grant{Permission: ps[0], Verdict: privyseal.ParseVerdict(verdict), Given: d.Rule.Given})
		}
	}
	code := strings.TrimPrefix(d.Rule.ID, "builtin:")
	if s, ok := c.rules[code]; ok {
		return s
	}
	if d.Reason == policy.ReasonGuard {
		return c.say("guard-rule")
	}
	if d.Reason == policy.ReasonBlocked {
		return c.blockedLine(code)
	}
	if s, ok := c.refusals[d.Reason]; ok {
		return s
	}
	return c.refusals[""]
}

// lineOf finds a preset's line by its rule's id.
func lineOf(rule string) (policy.Line, bool) {
	name, line, ok := strings.Cut(strings.TrimPrefix(rule, "preset:"), "/")
	if p, known := policy.Preset(name); ok && known && strings.HasPrefix(rule, "preset:") {
		for _, l := range p.Lines {
			if l.ID == line {
				return l, true
			}
		}
	}
	return policy.Line{}, false
}
