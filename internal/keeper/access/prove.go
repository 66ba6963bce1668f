package access

import (
	"context"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// Prove asks a person to prove that they want just this act.
func (d *Desk) Prove(l privyseal.Login, who privyseal.Person, a control.Act) control.Proving {
	out := control.Proving{Needed: true, Passphrase: d.Closed() == ""}
	if keys := d.Passkeys(who.ID); len(keys) > 0 {
		ask := d.ask(act(l.Hash, a.Verb, a.Args), keys)
		out.Ask = &ask
	}
	return out
}

// Proven checks that a person wants exactly this act: by a passkey's signature
// over the challenge that was made for it, or by the passphrase.
func (d *Desk) Proven(ctx context.Context, l privyseal.Login, who privyseal.Person, a control.Act) error {
	switch {
	case a.Assertion != nil && !d.Known():
		return privyseal.E(privyseal.KindLocked, "passkeys prove nothing while the vault is locked", "use the passphrase")
	case a.Assertion != nil:
		owner, used, err := d.byPasskey(*a.Assertion, act(l.Hash, a.Verb, a.Args))
		if err != nil {
			return err
		}
		if owner.ID != who.ID {
			return privyseal.E(privyseal.KindDenied, "this passkey is somebody else's", "use your own")
		}
		return d.change(ctx, "", used)
	case len(a.Passphrase) > 0:
		return d.checkPassphrase(a.Passphrase)
	}
	return privyseal.E(privyseal.KindDenied, "this has to be proven by a passkey or the passphrase", "confirm it")
}

// newPasskey verifies a passkey that a browser made for a challenge of ours.
func (d *Desk) newPasskey(n control.NewPasskey, who privyseal.Person, b binding) (privyseal.Passkey, error) {
	challenge, err := passkey.Challenge(n.ClientData)
	if err != nil || !d.open.take(challenge, b, d.Now()) {
		return privyseal.Passkey{}, privyseal.E(privyseal.KindDenied, "this passkey was not asked for here, or too long ago", "try again")
	}
	site := d.Site()
	c, err := site.Register(challenge, n.ClientData, n.Attestation)
	if err != nil {
		return privyseal.Passkey{}, privyseal.E(privyseal.KindDenied, "the passkey cannot be used ("+strings.TrimPrefix(err.Error(), "passkey: ")+")", "try another one")
	}
	label, _ := words.Sanitize(n.Label, maxDevice)
	return privyseal.Passkey{ID: c.ID, Person: who.ID, Label: label, Domain: site.Domain, Key: c.Key, Count: c.Count, Created: d.Now()}, nil
}

// NewKey asks for a passkey of a session's person, or of who was invited.
func (d *Desk) NewKey(n control.NewKey) (control.PasskeyNew, error) {
	who, ok := d.invited(n.Code, d.Now())
	b := binding{purpose: toMakeKey, who: hash(n.Code)}
	if n.Token != "" {
		var l privyseal.Login
		l, who, ok = d.Login(n.Token, d.Now())
		b.who = l.Hash
	}
	if why := d.Closed(); why != "" || !ok && n.Token != "" {
		return control.PasskeyNew{}, ErrNoSession
	}
	if !ok {
		return control.PasskeyNew{}, told(store.ErrSpent)
	}
	return control.PasskeyNew{
		PasskeyAsk: d.ask(b, d.Passkeys(who.ID)), User: handle(who), Name: who.Name, Algorithms: passkey.Algorithms,
	}, nil
}

// AddPasskey gives a person another passkey, made in a session of theirs.
func (d *Desk) AddPasskey(ctx context.Context, l privyseal.Login, who privyseal.Person, n control.NewPasskey) (control.PersonInfo, error) {
	p, err := d.newPasskey(n, who, binding{purpose: toMakeKey, who: l.Hash})
	if err != nil {
		return control.PersonInfo{}, err
	}
	err = d.change(ctx, "a passkey of "+who.Name+" added in the console", func(tx store.Tx) error { return tx.AddPasskey(p) })
	return d.info(who.ID), err
}
