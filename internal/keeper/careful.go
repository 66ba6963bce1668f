package keeper

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// Keys of settings that make some things take more than one yes.
const (
	settingTwoPeople = "two-people"
	settingVeto      = "veto"
	settingVetoFor   = "veto-for"
)

// care is what the person chose to be careful with.
type care struct {
	two, veto []nip46.Permission
	wait      time.Duration
}

func (k *Keeper) setCare() {
	c := care{}
	c.two, _ = parseKinds(k.setting(settingTwoPeople))
	c.veto, _ = parseKinds(k.setting(settingVeto))
	c.wait, _ = time.ParseDuration(k.setting(settingVetoFor))
	k.care.Store(&c)
}

// parseKinds reads what a setting names: methods and kinds, nothing narrower.
func parseKinds(s string) ([]nip46.Permission, error) {
	if s == "" {
		return nil, nil
	}
	perms, err := nip46.ParsePermissions(s)
	bad := err != nil || slices.ContainsFunc(perms, func(p nip46.Permission) bool {
		plain := nip46.Permission{Method: p.Method, Kind: p.Kind}
		return p.String() != plain.String() || privyseal.OperationOf(p.Method).Signer() != privyseal.SignerUser
	})
	if bad {
		return nil, privyseal.E(privyseal.KindInvalid, "“"+s+"” names no kinds", "for example: sign_event:5,sign_event:30023")
	}
	return perms, nil
}

func checkKinds(v string) error {
	_, err := parseKinds(v)
	return err
}

func checkWait(v string) error {
	if d, err := time.ParseDuration(v); err != nil || d < time.Second || d > 24*time.Hour {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is no time to wait", "for example: 10m (one second to 24h)")
	}
	return nil
}

// chosen reports whether a list names an operation.
func chosen(list []nip46.Permission, op privyseal.Operation, kind int) bool {
	return slices.ContainsFunc(list, func(p nip46.Permission) bool {
		return p.Method == op.Method() && (p.Kind == nil || int(*p.Kind) == kind)
	})
}

// careful asks about what the person chose to be careful with, whatever was
// granted: such a yes is never given beforehand, and never remembered.
func (k *Keeper) careful(j *job, eff *effect.Effect, d privyseal.Decision) privyseal.Decision {
	c := k.care.Load()
	two, veto := chosen(c.two, j.req.Op, eff.Kind), chosen(c.veto, j.req.Op, eff.Kind)
	if !two && !veto || d.Verdict == privyseal.Refuse || strings.HasPrefix(d.Rule.ID, "question:") {
		return d
	}
	code := words.Veto
	if two {
		code = words.TwoPeople
	}
	eff.Level = privyseal.L3
	if !slices.ContainsFunc(eff.Reasons, func(r effect.Reason) bool { return r.Code == code }) {
		eff.Reasons = append(eff.Reasons, effect.Reason{Code: code, N: int64(c.wait / time.Second)})
	}
	d.Level = privyseal.L3
	return braked(d, privyseal.Ask, code)
}

// hold takes a yes that does not count yet: the first of two people, or one
// that may be stopped for a while. It reports whether it did.
func (k *Keeper) hold(ctx context.Context, now time.Time, q privyseal.Question, by string) (privyseal.Question, bool, error) {
	c := k.care.Load()
	said, detail, until := by, "question: a first yes by "+by, time.Time{}
	if two := chosen(c.two, q.Op, q.Kind); two && k.desk.Same(sayer(q), by) {
		return q, true, privyseal.E(privyseal.KindConflict, "you said yes already; somebody else has to say yes too", "")
	} else if !two || sayer(q) != "" {
		if !chosen(c.veto, q.Op, q.Kind) {
			return q, false, nil
		}
		if first := sayer(q); first != "" {
			said = first + ", " + by
		}
		until = now.Add(c.wait).UTC().Truncate(time.Millisecond)
		detail = "question: may be stopped until " + until.Format(time.RFC3339) + " after a yes by " + said
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.HoldQuestion(q.ID, said, until, lateYes(q, now)); err != nil {
			return err
		}
		return note(tx, privyseal.Record{
			Time: now, Identity: q.Identity, App: q.App, Event: q.Event, What: q.OpHash, Level: q.Level, Question: q.ID, Detail: detail,
		})
	})
	if err != nil {
		return q, true, err
	}
	if q.By = said; !until.IsZero() {
		q.State, q.Deadline = privyseal.QuestionWaiting, until
	}
	k.asked.Hold(q)
	return q, true, nil
}

// careFindings says when two people have to say yes and there are no two.
func (k *Keeper) careFindings() []control.Finding {
	if len(k.care.Load().two) == 0 {
		return nil
	}
	owner, _ := k.desk.Owner()
	for _, p := range k.desk.People() {
		answers := slices.ContainsFunc(p.Roles, func(r control.RoleInfo) bool {
			return privyseal.ParseRole(r.Role) >= privyseal.RoleApprover
		})
		if answers && p.ID != owner.ID && slices.ContainsFunc(p.Passkeys, func(k control.PasskeyInfo) bool { return k.Works }) {
			return nil
		}
	}
	return []control.Finding{{
		Check: "two people", State: "warning", Text: "two people have to say yes to " + k.setting(settingTwoPeople) + ", and only the owner can: such requests end unanswered",
		Fix: "others answer in the console, which has no pages in this version; until it has, give it up: privyseal settings set two-people ''",
	}}
}

// sayer is who said yes to a question that is not answered yet.
func sayer(q privyseal.Question) string {
	switch q.By {
	case nobody, byNewer, byEnd:
		return ""
	}
	return q.By
}
