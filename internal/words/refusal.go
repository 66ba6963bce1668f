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

var refusals = map[string]struct {
	kind privyseal.ErrorKind
	text string
}{
	policy.ReasonUnknownApp:  {privyseal.KindRevoked, "This app is not connected. Connect it again."},
	policy.ReasonIdentity:    {privyseal.KindRevoked, "This app is not connected to this account. Connect it again."},
	policy.ReasonPaused:      {privyseal.KindDenied, "This app is paused."},
	policy.ReasonRevoked:     {privyseal.KindRevoked, "This app was disconnected."},
	policy.ReasonLoggedOut:   {privyseal.KindRevoked, "This app has logged out. Connect it again."},
	policy.ReasonExpired:     {privyseal.KindExpired, "This connection has ended. Connect it again."},
	policy.ReasonNoClock:     {privyseal.KindInternal, "The key app has no clock."},
	policy.ReasonUnsupported: {privyseal.KindUnsupported, "unsupported method"}, // apps look for these words (clients.md §5.24)
	policy.ReasonRefused:     {privyseal.KindDenied, "The person does not allow this."},
	policy.ReasonBudget:      {privyseal.KindLimit, "The limit for this is used up for now."},
	SaidNo:                   {privyseal.KindDenied, "The person said no."},
	NoAnswer:                 {privyseal.KindExpired, "Nobody answered in time. Try again."},
	Locked:                   {privyseal.KindLocked, "The key app is locked. Unlock it and try again."},
	Busy:                     {privyseal.KindBusy, "The key app is busy. Try again soon."},
	TooMany:                  {privyseal.KindLimit, "Too many questions are open. Answer those first."},
	Quiet:                    {privyseal.KindDenied, "The person said no too often. Wait before you ask again."},
	TooFast:                  {privyseal.KindLimit, "Too much at once. Slow down and try again."},
	Changed:                  {privyseal.KindExpired, "What this replaces has changed. Load it and try again."},
	Stale:                    {privyseal.KindExpired, "The request came too late. Check the clock and try again."},
}

// Refusal is what the app is told: the prefix of NIP-46 errors and a sentence.
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
	if r, ok := refusals[d.Reason]; ok {
		return r.kind, r.text
	}
	return privyseal.KindDenied, "This is not allowed."
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
	_, s := Refusal(d)
	return s
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
