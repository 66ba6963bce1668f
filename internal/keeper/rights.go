package keeper

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// about finds the identity that arguments concern: "" for all of them and the
// signer itself.
type about func(k *Keeper, ctx context.Context, args json.RawMessage) (identity string, err error)

// right is what a person needs to call a verb in the console.
type right struct {
	role privyseal.Role
	// about is the identity that it concerns.
	about about
	// self is the id of the person whom it is done to; anybody may do it to
	// themselves. Nil: it is not about people.
	self func(args json.RawMessage) string
	// proof reports whether the session alone is too little; nil: it is enough.
	proof func(k *Keeper, ctx context.Context, args json.RawMessage) (bool, error)
	// typed is what the passphrase that one signed in with has to have been typed
	// for, so that it is proof of this, too; nil and "": it is none.
	typed func(k *Keeper, args json.RawMessage) string
	// in makes the arguments what the keeper knows them to be; nil: as they are.
	in      func(actor, json.RawMessage) (json.RawMessage, error)
	guesses bool // a wrong passphrase in its arguments counts as an attempt
}

// someIdentity is what an act is about that is no identity's in particular: a
// role for any will do, and what is others' is left out of the answer.
const someIdentity = "*"

// rights has one entry for each verb that can be called in the console. What is
// not here cannot. Whatever widens what anybody may do is proven.
var rights = map[string]right{
	control.VerbStatus:       {role: privyseal.RoleAuditor, about: something},
	control.VerbDiscovery:    {role: privyseal.RoleAuditor, about: something},
	control.VerbIdentityList: {role: privyseal.RoleAuditor, about: something},
	control.VerbIdentityShow: {role: privyseal.RoleAuditor, about: identity(itsName)},
	control.VerbAppsList:     {role: privyseal.RoleAuditor, about: something},
	control.VerbAppsShow:     {role: privyseal.RoleAuditor, about: app(itsName)},
	control.VerbPolicyTry:    {role: privyseal.RoleAuditor, about: app(func(a control.TryArgs) string { return a.App })},
	control.VerbPolicyExport: {role: privyseal.RoleAuditor, about: app(itsName)},
	control.VerbRequestsList: {role: privyseal.RoleAuditor, about: something}, control.VerbRequestsShow: {role: privyseal.RoleAuditor, about: card(itsName)},
	control.VerbRequestsOpen:     {role: privyseal.RoleAuditor, about: summoned},
	control.VerbRequestsBlocked:  {role: privyseal.RoleAuditor, about: something},
	control.VerbRequestsWatch:    {role: privyseal.RoleAuditor, about: something},
	control.VerbActivityList:     {role: privyseal.RoleAuditor, about: something},
	control.VerbActivityShow:     {role: privyseal.RoleAuditor, about: something},
	control.VerbActivityExport:   {role: privyseal.RoleAuditor, about: something},
	control.VerbActivityVersions: {role: privyseal.RoleAuditor, about: everything},
	control.VerbActivityVerify:   {role: privyseal.RoleAuditor, about: everything},
	control.VerbSettingsList:     {role: privyseal.RoleAuditor, about: everything},
	control.VerbSettingsGet:      {role: privyseal.RoleAuditor, about: everything},
	control.VerbRelaysList:       {role: privyseal.RoleAuditor, about: something},
	control.VerbAppsPage:         {role: privyseal.RoleAuditor, about: something},
	control.VerbAppsWeek:         {role: privyseal.RoleAuditor, about: app(itsName)},
	control.VerbActivitySearch:   {role: privyseal.RoleAuditor, about: something},
	control.VerbNotifyList:       {role: privyseal.RoleAuditor, about: something},
	control.VerbPeopleList:       {role: privyseal.RoleAuditor, about: something},
	control.VerbAcceptLook:       {role: privyseal.RoleOwner, about: something},
	control.VerbAcceptDecline:    {role: privyseal.RoleOwner, about: something},

	control.VerbRequestsApprove: {role: privyseal.RoleApprover, about: card(itsAnswer), proof: serious, in: answerer},
	control.VerbRequestsDeny:    {role: privyseal.RoleApprover, about: card(itsAnswer), in: answerer},
	control.VerbAppsPause:       {role: privyseal.RoleApprover, about: app(itsName)},
	control.VerbAppsRevoke:      {role: privyseal.RoleApprover, about: app(itsName)},
	control.VerbLock:            {role: privyseal.RoleApprover, about: everything},
	control.VerbPanic:           {role: privyseal.RoleApprover, about: everything},
	control.VerbRelaysTest:      {role: privyseal.RoleApprover, about: everything},

	control.VerbAppsResume:     {role: privyseal.RoleOwner, about: app(itsName), proof: always},
	control.VerbAppsAuthURL:    {role: privyseal.RoleOwner, about: app(func(a control.AppSwitch) string { return a.App }), proof: ifOn},
	control.VerbAppsGrant:      {role: privyseal.RoleOwner, about: app(func(a control.GrantArgs) string { return a.App }), proof: unlessRefusing},
	control.VerbAppsStop:       {role: privyseal.RoleOwner, about: app(itsRule)},
	control.VerbAppsForget:     {role: privyseal.RoleOwner, about: app(itsRule), proof: always},
	control.VerbAppsChange:     {role: privyseal.RoleOwner, about: app(func(a control.RuleLimits) string { return a.App }), proof: always},
	control.VerbPolicyLearn:    {role: privyseal.RoleOwner, about: app(func(a control.LearnArgs) string { return a.App }), proof: always},
	control.VerbInvite:         {role: privyseal.RoleOwner, about: identity(func(a control.InviteArgs) string { return a.Identity }), proof: always},
	control.VerbAccept:         {role: privyseal.RoleOwner, about: identity(func(a control.AcceptArgs) string { return a.Identity }), proof: always, typed: plainLink},
	control.VerbIdentityRename: {role: privyseal.RoleOwner, about: identity(func(a control.Rename) string { return a.Name }), proof: always},
	control.VerbIdentityExport: {role: privyseal.RoleOwner, about: identity(func(a control.Export) string { return a.Name }), guesses: true},
	control.VerbIdentityRemove: {role: privyseal.RoleOwner, about: identity(func(a control.Removal) string { return a.Name }), proof: always},
	control.VerbRecoveryMake:   {role: privyseal.RoleOwner, about: wholly(identity(itsName)), proof: always},
	control.VerbRecoveryTry:    {role: privyseal.RoleOwner, about: identity(func(a control.RecoveryTry) string { return a.Name })},
	control.VerbActivityUndo:   {role: privyseal.RoleOwner, about: everything, proof: ifSigning},

	control.VerbIdentityAdd:  {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbPolicyImport: {role: privyseal.RoleOwner, about: everything, proof: unlessDry},
	control.VerbSettingsLook: {role: privyseal.RoleOwner, about: everything},
	control.VerbSettingsSet:  {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbRelaysAdd:    {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbRelaysRemove: {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbBackup:       {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbNotifyAdd:    {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbPeopleInvite: {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbPeopleRole:   {role: privyseal.RoleOwner, about: everything, proof: always},
	control.VerbPeopleRemove: {role: privyseal.RoleOwner, about: everything, proof: always},

	// Anybody may for themselves, an owner for all.
	control.VerbPeopleSignOut: {role: privyseal.RoleOwner, about: everything, self: person(func(a control.PersonSession) string { return a.Person })},
	control.VerbPasskeyRemove: {role: privyseal.RoleOwner, about: everything, proof: always, self: person(func(a control.PasskeyName) string { return a.Person })},
	control.VerbNotifyRemove:  {role: privyseal.RoleOwner, about: everything, self: person(func(a control.NoticeName) string { return a.Person })},
	control.VerbNotifyTry:     {role: privyseal.RoleOwner, about: everything, self: person(func(a control.NoticeName) string { return a.Person })},
	control.VerbNotifyBrowser: {role: privyseal.RoleApprover, about: something},
	control.VerbPasskeyAdd:    {role: privyseal.RoleAuditor, about: something, proof: always},

	// The passphrase in their arguments is the proof.
	control.VerbUnlock:           {role: privyseal.RoleOwner, about: everything, in: passphraseOnly, guesses: true},
	control.VerbPassphraseChange: {role: privyseal.RoleOwner, about: everything, guesses: true},
}

func something(*Keeper, context.Context, json.RawMessage) (string, error)  { return someIdentity, nil }
func everything(*Keeper, context.Context, json.RawMessage) (string, error) { return "", nil }
func always(*Keeper, context.Context, json.RawMessage) (bool, error)       { return true, nil }

// person is the one that arguments name.
func person[A any](name func(A) string) func(json.RawMessage) string {
	return func(args json.RawMessage) string {
		var a A
		if decodeArgs(args, &a) != nil {
			return ""
		}
		return name(a)
	}
}

// identity is the one that arguments name, the only one if none. They are read
// as the verb itself reads them.
func identity[A any](name func(A) string) about {
	return func(k *Keeper, _ context.Context, args json.RawMessage) (string, error) {
		var a A
		if err := decodeArgs(args, &a); err != nil {
			return "", err
		}
		i, err := k.findIdentity(name(a))
		if err == nil && name(a) != "" && name(a) != i.ID {
			err = inFull("identity", name(a))
		}
		return i.ID, err
	}
}

// wholly has what is about one identity be for who owns everything: it takes a
// key out of the vault.
func wholly(of about) about {
	return func(k *Keeper, ctx context.Context, args json.RawMessage) (string, error) {
		_, err := of(k, ctx, args)
		return "", err
	}
}

// app is the identity of the app that arguments name; all, if that is what no
// name means.
func app[A any](name func(A) string) about {
	return func(k *Keeper, _ context.Context, args json.RawMessage) (string, error) {
		var a A
		if err := decodeArgs(args, &a); err != nil {
			return "", err
		}
		if name(a) == "" {
			return "", nil
		}
		found, err := k.findApp(name(a))
		if err == nil && found.ID != name(a) {
			err = inFull("app", name(a))
		}
		return found.Identity, err
	}
}

// card is the identity of the question that arguments name, in full.
func card[A any](name func(A) string) about {
	return func(k *Keeper, ctx context.Context, args json.RawMessage) (string, error) {
		var a A
		if err := decodeArgs(args, &a); err != nil {
			return "", err
		}
		c, err := k.findCard(ctx, name(a))
		if err != nil {
			return "", err
		}
		if c.ID != name(a) {
			return "", inFull("question", name(a))
		}
		return c.Questions[0].Identity, nil
	}
}

// inFull refuses a short name: what is looked at here, proven, and done must be
// one thing.
func inFull(what, name string) error {
	return privyseal.E(privyseal.KindNotFound, "there is no "+what+" with the id “"+name+"”", "in the console things are named by their whole id")
}

func itsName(n control.Name) string         { return n.Name }
func itsRule(n control.AppRule) string      { return n.App }
func itsAnswer(a control.AnswerArgs) string { return a.ID }

// serious reports whether a yes needs more than a session: it is serious, or it
// leaves a consent behind.
func serious(k *Keeper, ctx context.Context, args json.RawMessage) (bool, error) {
	var a control.AnswerArgs
	if err := decodeArgs(args, &a); err != nil {
		return true, err
	}
	c, err := k.findCard(ctx, a.ID)
	if err != nil {
		return true, err
	}
	return a.Remember != "" || slices.ContainsFunc(c.Questions, func(q privyseal.Question) bool {
		return q.Level.AtLeast(privyseal.L3) || q.Reason == words.BulkRead
	}), nil
}

// answerer has an answer be the person's who gives it, bound to the words that
// they were shown.
func answerer(who actor, args json.RawMessage) (json.RawMessage, error) {
	var a control.AnswerArgs
	if err := decodeArgs(args, &a); err != nil {
		return nil, err
	}
	if a.Words == "" {
		return nil, privyseal.E(privyseal.KindInvalid, "the answer does not say which words it is to", "look at the question again")
	}
	a.By = who.Name
	return json.Marshal(a)
}

// unlessRefusing lets a refusal pass that holds for good. One that ends would
// take the place of one that does not.
func unlessRefusing(_ *Keeper, _ context.Context, args json.RawMessage) (bool, error) {
	var a control.GrantArgs
	if err := decodeArgs(args, &a); err != nil || a.Verdict != privyseal.Refuse.String() {
		return true, err
	}
	perms, err := nip46.ParsePermissions(a.Perms)
	return err != nil || slices.ContainsFunc(perms, func(p nip46.Permission) bool { return p.For != 0 || p.Budget != nip46.Budget{} }), nil
}

func unlessDry(_ *Keeper, _ context.Context, args json.RawMessage) (bool, error) {
	var a control.PolicyImport
	err := decodeArgs(args, &a)
	return !a.DryRun, err
}

func ifSigning(_ *Keeper, _ context.Context, args json.RawMessage) (bool, error) {
	var a control.UndoArgs
	err := decodeArgs(args, &a)
	return a.Sign, err
}

// plainLink is an app's link that is accepted as its page proposes it: with no
// more than the usual preset.
func plainLink(k *Keeper, args json.RawMessage) string {
	var a control.AcceptArgs
	if decodeArgs(args, &a) != nil || a.Compatible || a.Allow != "" || !slices.Contains([]string{"ask", "sign-in", k.setting(settingPreset)}, a.Preset) {
		return ""
	}
	return a.URI
}

// passphraseOnly leaves out all else that may open a vault: an older copy is
// accepted, and a key file is used, over the command line.
func passphraseOnly(_ actor, args json.RawMessage) (json.RawMessage, error) {
	var p control.Passphrase
	if err := decodeArgs(args, &p); err != nil {
		return nil, err
	}
	return json.Marshal(control.Passphrase{Passphrase: p.Passphrase})
}
