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

// maxDevice bounds what a browser says it is, in characters.
const maxDevice = 64

// How somebody signed in, as [privyseal.Login] keeps it.
const (
	byPasskey    = "passkey"
	byPassphrase = "passphrase"
	byCode       = "code"
)

// Show says who passkeys are for, and whether anybody can sign in.
func (d *Desk) Show() control.Site {
	s := d.Site()
	return control.Site{Domain: s.Domain, Origins: s.Origins, Closed: d.Closed(), Passkeys: len(d.Passkeys("")) > 0}
}

// ask makes a challenge that passkeys may sign.
func (d *Desk) ask(b binding, of []privyseal.Passkey) control.PasskeyAsk {
	challenge, ends := d.open.make(b, d.Now())
	out := control.PasskeyAsk{Challenge: challenge[:], Domain: d.Site().Domain, Ends: ends}
	for _, p := range of {
		if p.Domain == out.Domain {
			out.Credentials = append(out.Credentials, p.ID)
		}
	}
	return out
}

// Begin asks for a passkey to sign in with.
func (d *Desk) Begin() control.PasskeyAsk { return d.ask(binding{purpose: toSignIn}, nil) }

// SignIn begins a session.
func (d *Desk) SignIn(ctx context.Context, a control.SignIn) (control.Session, error) {
	defer clear(a.Passphrase)
	if why := d.Closed(); why != "" {
		return control.Session{}, privyseal.E(privyseal.KindDenied, "nobody can sign in yet: "+why, "")
	}
	var who privyseal.Person
	var how string
	var err error
	var also func(store.Tx) error
	switch {
	case a.Assertion != nil:
		who, also, err = d.byPasskey(*a.Assertion, binding{purpose: toSignIn})
		how = byPasskey
	case len(a.Passphrase) > 0:
		if err = d.checkPassphrase(a.Passphrase); err == nil {
			who, err = d.owner(ctx)
		}
		how = byPassphrase
	case a.Code != "" && a.Passkey != nil:
		who, also, err = d.join(a)
		how = byPasskey
	case a.Code != "":
		who, err = d.byCode(a.Code)
		how = byCode
	default:
		err = privyseal.E(privyseal.KindInvalid, "nothing was given to sign in with", "use a passkey, the passphrase or a code")
	}
	if err != nil {
		return control.Session{}, err
	}
	if len(who.Roles) == 0 {
		return control.Session{}, privyseal.E(privyseal.KindDenied, who.Name+" has no role here", "an owner can give one: privyseal people role")
	}
	s, err := d.begin(ctx, who, how, a.Device, also)
	if err == nil && how == byPassphrase && a.Link != "" {
		d.typed.put(hash(s.Token), a.Link, d.Now())
	}
	return s, err
}

// begin begins somebody's session; also is done in the same commit, if anything.
func (d *Desk) begin(ctx context.Context, who privyseal.Person, how, device string, also func(store.Tx) error) (control.Session, error) {
	device, _ = words.Sanitize(device, maxDevice)
	text, now := token(), d.Now()
	l := privyseal.Login{Hash: hash(text), Person: who.ID, Device: device, By: how, Created: now, Ends: now.Add(LoginFor)}
	err := d.change(ctx, who.Name+" signed in to the console by "+how, func(tx store.Tx) error {
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return tx.AddLogin(l)
	})
	if err != nil {
		return control.Session{}, err
	}
	return control.Session{Token: text, ID: sessionID(l), Person: d.info(who.ID), By: how, Ends: l.Ends}, nil
}

// byPasskey verifies a signature over a challenge that was made for just this;
// also notes its use.
func (d *Desk) byPasskey(a control.Assertion, b binding) (privyseal.Person, func(store.Tx) error, error) {
	wrong := func(why string) (privyseal.Person, func(store.Tx) error, error) {
		return privyseal.Person{}, nil, privyseal.E(privyseal.KindDenied, why, "try again")
	}
	challenge, err := passkey.Challenge(a.ClientData)
	if err != nil || !d.open.take(challenge, b, d.Now()) {
		return wrong("what the passkey signed was not asked for here, or too long ago")
	}
	site := d.Site()
	p, ok := d.Passkey(a.ID)
	if !ok || p.Domain != site.Domain {
		return wrong("this passkey is not known here")
	}
	count, err := site.Assert(challenge, p.Key, passkey.Assertion(a))
	if err != nil {
		return wrong("the passkey did not prove it (" + strings.TrimPrefix(err.Error(), "passkey: ") + ")")
	}
	who, ok := d.Person(p.Person)
	if !ok || who.ID != p.Person {
		return wrong("this passkey is nobody's any more")
	}
	return who, func(tx store.Tx) error { return tx.UsePasskey(p.ID, count, d.Now()) }, nil
}

// owner is the first owner of everything; who has the passphrase is one.
func (d *Desk) owner(ctx context.Context) (privyseal.Person, error) {
	if p, ok := d.Owner(); ok {
		return p, nil
	}
	name := "owner"
	for _, taken := d.Person(name); taken; _, taken = d.Person(name) {
		name += "'"
	}
	p := privyseal.Person{ID: newID(), Name: name, Created: d.Now(), Roles: []privyseal.RoleFor{{Role: privyseal.RoleOwner}}}
	return p, d.change(ctx, "the owner may use the console", func(tx store.Tx) error { return tx.PutPerson(p) })
}

func (d *Desk) byCode(text string) (privyseal.Person, error) {
	id, ok := d.useCode(text, d.Now())
	p, known := d.Person(id)
	if !ok || !known || p.ID != id {
		return p, privyseal.E(privyseal.KindDenied, "this link was used already, or is over", "get a new one with: privyseal console")
	}
	return p, nil
}

// join takes up who was invited, with their first passkey.
func (d *Desk) join(a control.SignIn) (privyseal.Person, func(store.Tx) error, error) {
	who, ok := d.invited(a.Code, d.Now())
	if !ok {
		return who, nil, told(store.ErrSpent)
	}
	p, err := d.newPasskey(*a.Passkey, who, binding{purpose: toMakeKey, who: hash(a.Code)})
	if err != nil {
		return who, nil, err
	}
	return who, func(tx store.Tx) error {
		if err := tx.UseCode(who.ID, hash(a.Code), d.Now()); err != nil {
			return err
		}
		return tx.AddPasskey(p)
	}, nil
}

// Session shows the one that a token names.
func (d *Desk) Session(t control.Token) (control.Session, error) {
	l, who, ok := d.Login(t.Token, d.Now())
	if !ok {
		return control.Session{}, ErrNoSession
	}
	return control.Session{ID: sessionID(l), Person: d.info(who.ID), By: l.By, Ends: l.Ends}, nil
}

// SignOut ends a session; one that is over already is.
func (d *Desk) SignOut(ctx context.Context, t control.Token) error {
	l, who, ok := d.Login(t.Token, d.Now())
	if !ok {
		return nil
	}
	err := d.change(ctx, who.Name+" signed out of the console", func(tx store.Tx) error { return tx.EndLogin(l.Hash) })
	if err == store.ErrNotFound {
		return nil
	}
	return err
}
