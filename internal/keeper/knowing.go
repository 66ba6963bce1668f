package keeper

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/nostr"
)

// knower answers what effect asks about a request. Its functions are made once,
// and lent to one request after the other.
type knower struct {
	k      *Keeper
	j      *job         // the request; nil while it is lent to none
	facts  effect.Facts // the functions, and nothing of a request
	scales effect.Scales
}

func (k *Keeper) newKnower() *knower {
	n := &knower{k: k}
	n.facts = effect.Facts{
		Own:         k.book.ours,
		RelayListed: func(url string) bool { return k.listedBy(&n.j.who, url) },
		Texts:       effect.Texts{Sealed: n.sealed, Echoes: n.echoes},
		Older:       effect.Older{Find: func(ref string) *nostr.Event { return k.find(&n.j.who, ref) }},
		People:      n.people(),
		Habits:      n.habits(),
	}
	return n
}

// weigh says what a request would do.
func (k *Keeper) weigh(j *job) effect.Effect {
	k.loadCustoms(&j.who)
	n := k.knowers.Get().(*knower)
	n.j = j
	f := n.facts
	f.Now, f.App, f.CheckedHost, f.Me = j.e.at, j.app, k.checkedHost(j.app.ID), j.who.PubKey
	f.Opened, f.Inner = j.inside.text, j.inside.inner
	k.olderFacts(j, &f.Older)
	f.Money = k.moneyOf(j)
	eff := n.scales.Of(j.req, &f)
	n.j = nil
	k.knowers.Put(n)
	j.sats, j.person = eff.Summary.Amount, eff.Person
	return eff
}

// sealed is the text of what the signer sealed itself.
func (n *knower) sealed(ciphertext string) (string, nostr.PubKey, bool) {
	j := n.j
	if j.inside.newer != nil && ciphertext == j.req.Template.Content {
		return *j.inside.newer, j.who.PubKey, true
	}
	return n.k.texts.Unseal(j.who.ID, ciphertext, j.e.at)
}

// echoes reports whether a text holds one that was opened lately.
func (n *knower) echoes(text string) bool { return n.k.texts.Echoes(n.j.who.ID, text, n.j.e.at) }

// met reports whether the person wrote to or read from somebody through this
// signer.
func (k *Keeper) met(who *privyseal.Identity, pk nostr.PubKey) bool {
	return k.ever(who, func(h *brake.Habits) bool {
		return slices.Contains(h.Wrote.Keys, pk) || slices.Contains(h.Read.Keys, pk)
	})
}

// ever reports whether something holds of one of the person's apps.
func (k *Keeper) ever(who *privyseal.Identity, holds func(*brake.Habits) bool) bool {
	apps := k.book.appIDs(who.ID)
	b := &k.brakes.habits
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(apps, func(id string) bool { return holds(&b.of(k, id).Habits) })
}
