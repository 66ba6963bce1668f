// Package policy decides: given what a request would do, what the person
// granted, and what was used, it says allow, ask or refuse, and by which rule.
// It is pure: it refuses to read a clock or a store, to take an app's word for
// anything, and to allow what nobody granted. Unknown means no.
//
// The order of weight:
//
//  1. The app's state, an operation we do not know, a blocked effect and level
//     L4 refuse, whatever was granted.
//  2. Control methods of an active app are allowed.
//  3. Grants. The most specific that fit govern (kind and target, then kind,
//     then target, then the bare method), so a narrow consent passes a broad
//     refusal, and a narrow refusal a broad consent. Among equals a refusal
//     beats a question and a question beats a consent.
//  4. The preset's lines, by the same rule, when no grant fits.
//  5. Otherwise L0 is allowed and the rest is asked.
//
// A consent that names a kind or another method reaches up to L3, a bare
// sign_event and what was remembered or learnt from answers up to L2; beyond its
// reach it does not fit. Its reach is held
// against the level without the app's youth. Several equal consents add up: one
// that has budget left is enough, and only that one is spent. When none has,
// it is asked, but for L0, which needs none. A guard asks even where a grant
// would allow.
package policy

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

// Spent is how often each grant, by id, was used in its current [Window].
type Spent map[string]int

// Input is all that a decision rests on.
type Input struct {
	Effect   effect.Effect
	App      privyseal.App
	Identity privyseal.Identity
	Grants   []privyseal.Grant // those of other apps do not count
	Spent    Spent
	Now      time.Time
}

// Reason codes of decisions. Those of refused apps are also their rule's name.
const (
	ReasonUnknownApp  = "unknown-app"
	ReasonPaused      = "paused"
	ReasonRevoked     = "revoked"
	ReasonExpired     = "expired"
	ReasonLoggedOut   = "logged-out"
	ReasonIdentity    = "identity"    // the app belongs to another identity (T41)
	ReasonNoClock     = "no-clock"    // no time was given
	ReasonUnsupported = "unsupported" // an operation we do not know
	ReasonBlocked     = "blocked"     // the rule names the effect's code
	ReasonControl     = "control"     // a control method
	ReasonGranted     = "granted"
	ReasonPreset      = "preset"
	ReasonEveryday    = "everyday" // L0
	ReasonAsked       = "asked"    // a grant or preset says ask
	ReasonRefused     = "refused"  // a grant or preset says refuse
	ReasonNoGrant     = "no-grant"
	ReasonBudget      = "budget" // the consent that fits is used up
	ReasonGuard       = "guard"  // the rule names the effect's code
)

// Decide weighs one request. The zero Input refuses.
func Decide(in Input) privyseal.Decision {
	e := &in.Effect
	if code := appRefuses(&in); code != "" {
		return builtin(e, privyseal.Refuse, code, code)
	}
	switch e.Op {
	case privyseal.OpConnect, privyseal.OpPing, privyseal.OpGetPublicKey,
		privyseal.OpSwitchRelays, privyseal.OpLogout:
		return builtin(e, privyseal.Allow, ReasonControl, ReasonControl)
	case privyseal.OpSignEvent:
		if e.Kind < 0 || e.Kind > 65535 {
			return builtin(e, privyseal.Refuse, ReasonBlocked, effect.ReasonInvalid)
		}
	case privyseal.OpNip04Encrypt, privyseal.OpNip04Decrypt,
		privyseal.OpNip44Encrypt, privyseal.OpNip44Decrypt:
	case privyseal.OpUnknown:
		fallthrough
	default:
		return builtin(e, privyseal.Refuse, ReasonUnsupported, ReasonUnsupported)
	}
	if e.Blocked != "" {
		return builtin(e, privyseal.Refuse, ReasonBlocked, e.Blocked)
	}
	if e.Level.AtLeast(privyseal.L4) || e.Base.AtLeast(privyseal.L4) {
		return builtin(e, privyseal.Refuse, ReasonBlocked, "level-4")
	}
	return weigh(&in)
}

// weigh asks grants, then the preset, then the default.
func weigh(in *Input) privyseal.Decision {
	e := &in.Effect
	rules := granted(in)
	d, ok := rules.decide()
	if !ok {
		rules = ofPreset(in)
		d, ok = rules.decide()
	}
	if !ok {
		if e.Base == privyseal.L0 {
			d = builtin(e, privyseal.Allow, ReasonEveryday, ReasonEveryday)
		} else {
			d = builtin(e, privyseal.Ask, ReasonNoGrant, ReasonNoGrant)
		}
	}
	if e.Guard != "" && d.Verdict == privyseal.Allow {
		return builtin(e, privyseal.Ask, ReasonGuard, e.Guard)
	}
	return d
}

// appRefuses is the code of why the app may do nothing, or "".
func appRefuses(in *Input) string {
	app := &in.App
	switch {
	case app.ID == "":
		return ReasonUnknownApp
	case in.Identity.ID == "" || in.Identity.ID != app.Identity:
		return ReasonIdentity
	case in.Now.IsZero():
		return ReasonNoClock
	}
	switch app.State {
	case privyseal.AppActive:
		if ended(app.Ends, in.Now) {
			return ReasonExpired
		}
		return ""
	case privyseal.AppPaused:
		return ReasonPaused
	case privyseal.AppRevoked:
		return ReasonRevoked
	case privyseal.AppExpired:
		return ReasonExpired
	case privyseal.AppLoggedOut:
		return ReasonLoggedOut
	case privyseal.AppUnknown:
	}
	return ReasonUnknownApp
}

// ended says whether an end, if there is one, has come.
func ended(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

func builtin(e *effect.Effect, v privyseal.Verdict, reason, name string) privyseal.Decision {
	return privyseal.Decision{
		Verdict: v,
		Level:   e.Level,
		Reason:  reason,
		Rule:    privyseal.Rule{ID: "builtin:" + name},
	}
}
