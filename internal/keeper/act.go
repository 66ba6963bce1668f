package keeper

import (
	"context"
	"encoding/json"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/access"
)

// forFront are the calls that the front's connection may make itself. All else
// it asks for in the name of a person, with VerbConsoleDo.
var forFront = map[string]handler{
	control.VerbStatus:    handlers[control.VerbStatus],
	control.VerbDiscovery: call((*Keeper).discovery),
	control.VerbConsoleSite: call(func(k *Keeper, _ context.Context, _ none) (control.Site, error) {
		site := k.desk.Show()
		site.Lang, site.SetUp = k.say().Lang(), !k.hasVault()
		return site, nil
	}),
	control.VerbConsoleBegin: call(func(k *Keeper, _ context.Context, _ none) (control.PasskeyAsk, error) { return k.desk.Begin(), nil }),
	control.VerbConsoleSignIn: call(func(k *Keeper, ctx context.Context, a control.SignIn) (control.Session, error) {
		return k.desk.SignIn(ctx, a)
	}),
	control.VerbConsoleSession: call(func(k *Keeper, _ context.Context, t control.Token) (control.Session, error) { return k.desk.Session(t) }),
	control.VerbConsoleSignOut: call(func(k *Keeper, ctx context.Context, t control.Token) (none, error) {
		return none{}, k.desk.SignOut(ctx, t)
	}),
	control.VerbConsoleNewKey: call(func(k *Keeper, _ context.Context, n control.NewKey) (control.PasskeyNew, error) {
		return k.desk.NewKey(n)
	}),
	control.VerbSetUpEnter:   call((*Keeper).enterSetUp),
	control.VerbSetUpLook:    call((*Keeper).lookSetUp),
	control.VerbSetUpMake:    call((*Keeper).makeSetUp),
	control.VerbConsoleProve: call((*Keeper).proving),
	control.VerbConsoleDo: func(k *Keeper, ctx context.Context, args json.RawMessage, more func(any) error) (any, error) {
		var a control.Act
		if err := decodeArgs(args, &a); err != nil {
			return nil, err
		}
		return k.act(ctx, a, more)
	},
}

// actor is a person who acts in a session.
type actor struct {
	privyseal.Person
	login privyseal.Login
}

type actorKey struct{}

// acting is who acts; nobody over the command line.
func acting(ctx context.Context) (actor, bool) {
	a, ok := ctx.Value(actorKey{}).(actor)
	return a, ok
}

// doer says in a record who did it.
func doer(ctx context.Context) string {
	if who, ok := acting(ctx); ok {
		return who.Name + " in the console"
	}
	return access.CommandLine
}

func by(ctx context.Context) string { return "by " + doer(ctx) }

// allowed looks whether a session's person may call a verb with arguments, and
// whether that needs a proof.
func (k *Keeper) allowed(ctx context.Context, a control.Act) (who actor, r right, proof bool, err error) {
	l, person, ok := k.desk.Login(a.Token, k.now())
	who = actor{person, l}
	if !ok || k.desk.Closed() != "" {
		return who, r, false, access.ErrNoSession
	}
	r, ok = rights[a.Verb]
	if !ok {
		return who, r, false, privyseal.E(privyseal.KindDenied, "this cannot be done in the console", "use the command line")
	}
	about, err := r.about(k, ctx, a.Args)
	if err != nil {
		return who, r, false, err
	}
	if r.self != nil && r.self(a.Args) == who.ID {
		about, r.role = someIdentity, privyseal.RoleAuditor
	}
	if roleOf(who.Person, about) < r.role {
		return who, r, false, privyseal.E(privyseal.KindDenied, "this needs the role "+r.role.String(), "an owner can give it: privyseal people role")
	}
	if r.proof != nil {
		proof, err = r.proof(k, ctx, a.Args)
	}
	return who, r, proof, err
}

// proving says what an act needs, and makes the challenge for it.
func (k *Keeper) proving(ctx context.Context, a control.Act) (control.Proving, error) {
	who, r, proof, err := k.allowed(ctx, a)
	if err != nil || !proof || k.typed(who, r, a, false) {
		return control.Proving{}, err
	}
	return k.desk.Prove(who.login, who.Person, a), nil
}

// act does what a person asks for in the console, if they may and, where it
// widens what anybody may do, have proven that they want just this.
func (k *Keeper) act(ctx context.Context, a control.Act, more func(any) error) (any, error) {
	defer clear(a.Passphrase)
	who, r, proof, err := k.allowed(ctx, a)
	if err != nil {
		return nil, err
	}
	if proof && !k.typed(who, r, a, true) {
		if err := k.desk.Proven(ctx, who.login, who.Person, a); err != nil {
			return nil, err
		}
	}
	args := a.Args
	if r.in != nil {
		if args, err = r.in(who, args); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, actorKey{}, who), who.login.Ends.Sub(k.now()))
	defer cancel()
	send := func(v any) error {
		if !k.desk.Alive(who.login.Hash, k.now()) {
			return access.ErrNoSession
		}
		if v, ok := k.mine(who.Person, v); ok {
			return more(v)
		}
		return nil
	}
	var out any
	call := func() error {
		out, err = handlers[a.Verb](k, ctx, args, send)
		return err
	}
	if r.guesses {
		err = k.desk.Guess(call)
	} else {
		err = call()
	}
	if who.RoleOn("") == privyseal.RoleOwner {
		k.ownerSeen(a.Verb, err)
	}
	if err != nil {
		return nil, err
	}
	if out, ok := k.mine(who.Person, out); ok {
		return out, nil
	}
	return nil, privyseal.E(privyseal.KindDenied, "this concerns identities that you have no role for", "")
}

// typed reports whether the passphrase was typed for this act already, to sign
// in; with spend it counts no more.
func (k *Keeper) typed(who actor, r right, a control.Act, spend bool) bool {
	return r.typed != nil && k.desk.Typed(who.login, r.typed(k, a.Args), spend)
}

// roleOf is a person's role for what an act is about.
func roleOf(who privyseal.Person, about string) privyseal.Role {
	if about != someIdentity {
		return who.RoleOn(about)
	}
	best := privyseal.RoleNone
	for _, r := range who.Roles {
		best = max(best, r.Role)
	}
	return best
}
