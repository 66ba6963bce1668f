package effect

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

const youth = 24 * time.Hour

// weigher gathers one effect.
type weigher struct {
	f         Facts
	t         *nostr.Template
	e         Effect
	lifted    bool
	anonymous bool // nobody is named
	dark      bool // what counts would go, and nobody can tell how much
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

// lift raises the level as shown, not what a grant or preset consents to.
func (w *weigher) lift(r Reason) {
	w.tell(r)
	w.lifted = true
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

// often lifts what this app does more than so many times within a while.
func (w *weigher) often(most int, within time.Duration) {
	if w.f.Recent == nil {
		w.lift(Reason{Code: ReasonUncounted})
	} else if n := w.f.Recent(w.t.Kind, within) + 1; n > most {
		w.lift(Reason{Code: ReasonOften, N: int64(n)})
	}
}

func (w *weigher) done() Effect {
	e := w.e
	if e.Who == (Who{}) && !w.anonymous {
		e.Who = w.who(e.Person)
	}
	e.Final = final[e.Act]
	e.Undo = e.Summary.Known && w.f.Head != nil
	if e.Blocked != "" {
		e.Level, e.Base = privyseal.L4, privyseal.L4
		return e
	}
	if w.dark && e.Guard == "" {
		e.Guard = ReasonUnchecked
	}
	e.Level = e.Base
	if e.Base != privyseal.L1 && e.Base != privyseal.L2 {
		return e
	}
	if w.young() {
		e.Reasons = append(e.Reasons, Reason{Code: ReasonNew})
	}
	if w.lifted || w.young() {
		e.Level++
		e.Rise = true
	}
	return e
}

// final is what nothing takes back.
var final = func() map[Act]bool {
	m := map[Act]bool{}
	for _, a := range []Act{
		ActOpen, ActOpenOld, ActOpenChat, ActOpenMessage, ActOpenList, ActOpenOwn, ActOpenData, ActOpenWallet,
		ActDelete, ActVanish, ActOldMessage, ActMessage, ActBareMessage, ActBareFile, ActWrap, ActGroupWelcome, ActGroupSealed,
		ActPay, ActEcashSend, ActCoinMix, ActFileDelete, ActWebChange, ActWebDelete, ActGroupDelete, ActGroupDeletePost,
	} {
		m[a] = true
	}
	return m
}()

func (w *weigher) young() bool {
	return w.f.App.Created.IsZero() || w.f.Now.Sub(w.f.App.Created) < youth
}

// own says whether a key is one of ours; without a way to tell, it is.
func (w *weigher) own(pk nostr.PubKey) bool { return w.f.Own == nil || w.f.Own(pk) }

// known says whether the person has had to do with somebody.
func (w *weigher) known(pk nostr.PubKey) bool { return w.f.Known != nil && w.f.Known(pk) }

// usedHost says whether the person has used a host.
func (w *weigher) usedHost(host string) bool { return w.f.KnownHost != nil && w.f.KnownHost(host) }

func (w *weigher) who(pk nostr.PubKey) Who {
	who := Who{Key: pk}
	if pk != (nostr.PubKey{}) && w.f.Name != nil {
		who.Name = w.f.Name(pk)
		who.Petname = who.Name != "" && w.f.Petname != nil && w.f.Petname(pk)
	}
	return who
}

// unsealed is what the signer sealed itself lately.
func (w *weigher) unsealed(ciphertext string) (text string, peer nostr.PubKey, ok bool) {
	if ciphertext == "" || w.f.Sealed == nil {
		return "", nostr.PubKey{}, false
	}
	return w.f.Sealed(ciphertext)
}

func (w *weigher) find(ref string) *nostr.Event {
	if ref == "" || w.f.Find == nil {
		return nil
	}
	return w.f.Find(ref)
}
