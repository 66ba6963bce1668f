package access

import (
	"context"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// info shows a person.
func (d *Desk) info(id string) control.PersonInfo {
	p, ok := d.Person(id)
	if !ok || p.ID != id {
		return control.PersonInfo{ID: id}
	}
	info := control.PersonInfo{ID: p.ID, Name: p.Name, Created: p.Created, Roles: []control.RoleInfo{}, Passkeys: []control.PasskeyInfo{}, Sessions: []control.SessionInfo{}}
	for _, r := range p.Roles {
		name := r.Identity
		if i, err := d.Identity(name); err == nil && name != "" {
			name = i.Name
		}
		info.Roles = append(info.Roles, control.RoleInfo{Identity: name, IdentityID: r.Identity, Role: r.Role.String()})
	}
	domain := d.Site().Domain
	for _, x := range d.Passkeys(p.ID) {
		info.Passkeys = append(info.Passkeys, control.PasskeyInfo{ID: keyID(x), Label: x.Label, Domain: x.Domain, Works: x.Domain == domain, Created: x.Created, Used: x.Used})
	}
	for _, l := range d.loginsOf(p.ID, d.Now()) {
		info.Sessions = append(info.Sessions, control.SessionInfo{ID: sessionID(l), Device: l.Device, By: l.By, Created: l.Created, Ends: l.Ends})
	}
	if p.Code != ([32]byte{}) {
		info.Invited = &p.CodeEnds
	}
	return info
}

// People shows everybody.
func (d *Desk) People() []control.PersonInfo {
	out := []control.PersonInfo{}
	for _, p := range d.Persons() {
		out = append(out, d.info(p.ID))
	}
	return out
}

func (d *Desk) find(name string) (privyseal.Person, error) {
	p, ok := d.Person(name)
	if !ok {
		return p, privyseal.E(privyseal.KindNotFound, "there is nobody called “"+name+"”", "see: privyseal people list")
	}
	return p, nil
}

// Same reports whether two who said yes may be one person: who uses the command
// line is taken for the owner.
func (d *Desk) Same(a, b string) bool {
	if owner, ok := d.Owner(); ok && a == CommandLine {
		a = owner.Name
	} else if ok && b == CommandLine {
		b = owner.Name
	}
	return a == b
}

// roleFor reads a role and what it is for.
func (d *Desk) roleFor(a control.PersonArgs) (privyseal.RoleFor, error) {
	r := privyseal.RoleFor{Role: privyseal.ParseRole(a.Role)}
	if r.Role == privyseal.RoleNone && a.Role != privyseal.RoleNone.String() {
		return r, privyseal.E(privyseal.KindInvalid, "there is no role “"+a.Role+"”", "choose one of: owner, approver, auditor, none")
	}
	if a.Identity == "" {
		return r, nil
	}
	i, err := d.Identity(a.Identity)
	r.Identity = i.ID
	return r, err
}

// Invite makes a code that a new person joins with, by a passkey of theirs.
func (d *Desk) Invite(ctx context.Context, a control.PersonArgs, by string) (control.PersonCode, error) {
	name, err := d.Name(a.Name)
	if err != nil {
		return control.PersonCode{}, err
	}
	if _, taken := d.Person(name); taken || strings.Contains(name, ",") || strings.EqualFold(name, CommandLine) {
		return control.PersonCode{}, privyseal.E(privyseal.KindConflict, "nobody else can be called “"+name+"”", "choose another name, without a comma")
	}
	role, err := d.roleFor(a)
	if err != nil {
		return control.PersonCode{}, err
	}
	if role.Role == privyseal.RoleNone {
		return control.PersonCode{}, privyseal.E(privyseal.KindInvalid, "who is invited needs a role", "choose one of: owner, approver, auditor")
	}
	code := token()
	p := privyseal.Person{
		ID: newID(), Name: name, Created: d.Now(), Roles: []privyseal.RoleFor{role},
		Code: hash(code), CodeEnds: d.Now().Add(InviteFor),
	}
	err = d.change(ctx, name+" invited to the console as "+role.Role.String()+" "+by, func(tx store.Tx) error { return tx.PutPerson(p) })
	if err != nil {
		return control.PersonCode{}, err
	}
	return control.PersonCode{Person: d.info(p.ID), Code: code, Link: d.link(control.JoinPath, code), ExpiresAt: p.CodeEnds}, nil
}

// SetRole gives a person another role for an identity, or takes it away.
func (d *Desk) SetRole(ctx context.Context, a control.PersonArgs, by string) (control.PersonInfo, error) {
	p, err := d.find(a.Name)
	if err != nil {
		return control.PersonInfo{}, err
	}
	role, err := d.roleFor(a)
	if err != nil {
		return control.PersonInfo{}, err
	}
	was := p.RoleOn(role.Identity)
	p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r privyseal.RoleFor) bool { return r.Identity == role.Identity })
	if role.Role != privyseal.RoleNone {
		p.Roles = append(p.Roles, role)
	}
	err = d.change(ctx, p.Name+" is "+role.Role.String()+" now, "+by, func(tx store.Tx) error { return tx.PutPerson(p) })
	if err != nil {
		return control.PersonInfo{}, err
	}
	if role.Role < was {
		d.Narrowed()
	}
	return d.info(p.ID), nil
}

// Remove takes everything from a person.
func (d *Desk) Remove(ctx context.Context, n control.Name, by string) (control.PersonInfo, error) {
	p, err := d.find(n.Name)
	if err != nil {
		return control.PersonInfo{}, err
	}
	info := d.info(p.ID)
	err = d.change(ctx, p.Name+" removed from the console "+by, func(tx store.Tx) error { return tx.DeletePerson(p.ID) })
	if err == nil {
		d.Narrowed()
	}
	return info, err
}

// EndSessions ends one session of a person, or all.
func (d *Desk) EndSessions(ctx context.Context, n control.PersonSession, by string) (control.PersonInfo, error) {
	p, err := d.find(n.Person)
	if err != nil {
		return control.PersonInfo{}, err
	}
	ends := slices.DeleteFunc(d.loginsOf(p.ID, d.Now()), func(l privyseal.Login) bool { return !strings.HasPrefix(sessionID(l), n.Session) })
	if len(ends) == 0 && n.Session != "" {
		return control.PersonInfo{}, privyseal.E(privyseal.KindNotFound, p.Name+" has no session “"+n.Session+"”", "see: privyseal people list")
	}
	err = d.end(ctx, ends, p.Name+" signed out of the console "+by)
	return d.info(p.ID), err
}

// PassphraseChanged ends the sessions that began by the one before.
func (d *Desk) PassphraseChanged(ctx context.Context) error {
	var ends []privyseal.Login
	for _, p := range d.Persons() {
		ends = append(ends, slices.DeleteFunc(d.loginsOf(p.ID, d.Now()), func(l privyseal.Login) bool { return l.By != byPassphrase })...)
	}
	return d.end(ctx, ends, "sessions in the console that began by the passphrase ended")
}

func (d *Desk) end(ctx context.Context, logins []privyseal.Login, detail string) error {
	if len(logins) == 0 {
		return nil
	}
	return d.change(ctx, detail, func(tx store.Tx) error {
		for _, l := range logins {
			if err := tx.EndLogin(l.Hash); err != nil && err != store.ErrNotFound {
				return err
			}
		}
		return nil
	})
}

// RemovePasskey takes a passkey from a person.
func (d *Desk) RemovePasskey(ctx context.Context, n control.PasskeyName, by string) (control.PersonInfo, error) {
	p, err := d.find(n.Person)
	if err != nil {
		return control.PersonInfo{}, err
	}
	var found []privyseal.Passkey
	for _, x := range d.Passkeys(p.ID) {
		if strings.EqualFold(x.Label, n.Passkey) || len(n.Passkey) >= 4 && strings.HasPrefix(keyID(x), n.Passkey) {
			found = append(found, x)
		}
	}
	if len(found) != 1 {
		return control.PersonInfo{}, privyseal.E(privyseal.KindNotFound, p.Name+" has no passkey “"+n.Passkey+"”", "see: privyseal people list")
	}
	err = d.change(ctx, "a passkey of "+p.Name+" removed "+by, func(tx store.Tx) error { return tx.DeletePasskey(found[0].ID) })
	if err == nil {
		d.Narrowed()
	}
	return d.info(p.ID), err
}

// Code makes a code that signs a person in once: the owner, if nobody is named.
func (d *Desk) Code(ctx context.Context, n control.Name) (control.PersonCode, error) {
	if why := d.Closed(); why != "" {
		return control.PersonCode{}, privyseal.E(privyseal.KindDenied, "nobody can sign in yet: "+why, "")
	}
	p, err := d.owner(ctx)
	if err == nil && n.Name != "" {
		p, err = d.find(n.Name)
	}
	if err != nil {
		return control.PersonCode{}, err
	}
	code, ends := d.newCode(p.ID, d.Now())
	return control.PersonCode{Person: d.info(p.ID), Code: code, Link: d.link(control.EnterPath, code), ExpiresAt: ends}, nil
}

// link leads to a page of the console with a code.
func (d *Desk) link(path, code string) string {
	if origins := d.Site().Origins; len(origins) > 0 {
		return origins[0] + path + code
	}
	return ""
}
