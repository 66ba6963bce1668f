package effect

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Scales weigh one request after the other in the same memory, and keep nothing
// of any. The zero value is ready.
type Scales struct{ w weigher }

// Of is the function [Of].
func (s *Scales) Of(r *privyseal.Request, f *Facts) Effect {
	w := &s.w
	w.f, w.e.Kind, w.e.CheckedHost = *f, -1, f.CheckedHost
	w.request(r)
	e := w.done()
	*w = weigher{} // texts that were opened are among the facts
	return e
}

// Of weighs a request against the facts. A nil request is blocked.
func Of(r *privyseal.Request, f Facts) Effect { return new(Scales).Of(r, &f) }

func (w *weigher) request(r *privyseal.Request) {
	if r == nil {
		w.block(ReasonInvalid)
		return
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
}

func (w *weigher) signEvent(t *nostr.Template) {
	if t == nil {
		w.block(ReasonInvalid)
		return
	}
	rule := RuleOf(t.Kind)
	w.t, w.e.Kind, w.e.Audience = t, int(t.Kind), rule.Audience
	w.is(rule.Act, rule.Level)
	if rule.check != nil {
		rule.check(w)
	}
	w.compared()
	w.clock()
	w.bigTags()
	w.secrets()
}

// secrets stops what must never be public (T44), and what was private a moment
// ago.
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
	open := w.e.Audience == Everyone || w.e.Audience == Group
	if open && w.f.Echoes != nil && w.t.Content != "" && w.f.Echoes(w.t.Content) {
		w.block(ReasonEcho)
	}
}
