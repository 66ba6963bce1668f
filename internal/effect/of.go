package effect

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

const (
	youth      = 24 * time.Hour
	maxBigTags = 4 << 10 // bytes of tags whose names we do not know
)

// Of weighs a request against the facts. A nil request is blocked.
func Of(r *privyseal.Request, f Facts) Effect {
	w := &weigher{f: f, e: Effect{Kind: -1, CheckedHost: f.CheckedHost}}
	if r == nil {
		w.block(ReasonInvalid)
		return w.done()
	}
	w.e.Op = r.Op
	switch r.Op {
	case privyseal.OpConnect:
		w.is(ActConnect, privyseal.L0)
	case privyseal.OpPing:
		w.is(ActPing, privyseal.L0)
	case privyseal.OpGetPublicKey:
		w.is(ActWho, privyseal.L0)
	case privyseal.OpSwitchRelays:
		w.is(ActSwitch, privyseal.L0)
	case privyseal.OpLogout:
		w.is(ActLogout, privyseal.L0)
	case privyseal.OpSignEvent:
		w.signEvent(r.Template)
	case privyseal.OpNip44Encrypt:
		w.seal(ActSeal, r)
	case privyseal.OpNip04Encrypt:
		w.seal(ActSealOld, r)
		w.tell(Reason{Code: ReasonLeak})
	case privyseal.OpNip44Decrypt:
		w.open(ActOpen, r)
	case privyseal.OpNip04Decrypt:
		w.open(ActOpenOld, r)
	case privyseal.OpUnknown:
		w.block(ReasonInvalid)
	default:
		w.block(ReasonInvalid)
	}
	return w.done()
}

// weigher gathers one effect.
type weigher struct {
	f Facts
	t *nostr.Template
	e Effect
}

func (w *weigher) is(a Act, l privyseal.Level) { w.e.Act, w.e.Base = a, l }

func (w *weigher) tell(r Reason) { w.e.Reasons = append(w.e.Reasons, r) }

// raise lifts the level one step for a failed check; it stops at L3 and L0
// never rises.
func (w *weigher) raise(r Reason) {
	w.tell(r)
	if w.e.Base == privyseal.L1 || w.e.Base == privyseal.L2 {
		w.e.Base++
		w.e.Rise = true
	}
}

// atLeast makes the level no lower than l.
func (w *weigher) atLeast(l privyseal.Level, r Reason) {
	w.tell(r)
	if !w.e.Base.AtLeast(l) {
		w.e.Base = l
	}
}

// guard makes it serious and asked whatever was granted.
func (w *weigher) guard(r Reason) {
	w.atLeast(privyseal.L3, r)
	if w.e.Guard == "" {
		w.e.Guard = r.Code
	}
}

func (w *weigher) block(code string) {
	if w.e.Blocked == "" {
		w.e.Blocked = code
	}
}

func blocked(code string) func(*weigher) { return func(w *weigher) { w.block(code) } }

func (w *weigher) done() Effect {
	e := w.e
	if e.Blocked != "" {
		e.Level, e.Base = privyseal.L4, privyseal.L4
		return e
	}
	e.Level = e.Base
	if w.young() && (e.Base == privyseal.L1 || e.Base == privyseal.L2) {
		e.Level++
		e.Rise = true
		e.Reasons = append(e.Reasons, Reason{Code: ReasonNew})
	}
	return e
}

func (w *weigher) young() bool {
	return w.f.App.Created.IsZero() || w.f.Now.Sub(w.f.App.Created) < youth
}

// own says whether a key is one of ours; without a way to tell, it is.
func (w *weigher) own(pk nostr.PubKey) bool { return w.f.Own == nil || w.f.Own(pk) }

func (w *weigher) seal(a Act, r *privyseal.Request) {
	w.is(a, privyseal.L2)
	w.peer(r.Peer)
	if Secret(r.Text) {
		w.guard(Reason{Code: ReasonSecret})
	}
	w.e.Summary.Quote = true
}

func (w *weigher) open(a Act, r *privyseal.Request) {
	w.is(a, privyseal.L2)
	w.peer(r.Peer)
	if w.f.Opened == nil {
		return
	}
	w.e.Act = classify(*w.f.Opened, a)
	if Secret(*w.f.Opened) {
		w.block(ReasonSecret)
	}
}

func (w *weigher) peer(pk nostr.PubKey) {
	w.e.Person = pk
	switch {
	case pk == nostr.PubKey{}:
		w.block(ReasonInvalid)
	case w.own(pk):
		w.block(ReasonOwn)
	}
}

func (w *weigher) signEvent(t *nostr.Template) {
	if t == nil {
		w.block(ReasonInvalid)
		return
	}
	rule := RuleOf(t.Kind)
	w.t, w.e.Kind = t, int(t.Kind)
	w.is(rule.Act, rule.Level)
	if rule.check != nil {
		rule.check(w)
	}
	w.clock()
	w.bigTags()
	w.secrets()
}

func (w *weigher) secrets() {
	if Secret(w.t.Content) {
		w.block(ReasonSecret)
		return
	}
	for _, tag := range w.t.Tags {
		for _, s := range tag {
			if Secret(s) {
				w.block(ReasonSecret)
				return
			}
		}
	}
}
