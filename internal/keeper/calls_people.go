package keeper

import (
	"context"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/access"
	"github.com/privyseal/privyseal/internal/passkey"
)

// Keys of settings about the console.
const (
	settingDomain  = "console-domain"
	settingOrigins = "console-origins"
)

// newDesk makes the place where people sign in to the console.
func (k *Keeper) newDesk(site passkey.Site) *access.Desk {
	return access.NewDesk(access.Options{
		Store: k.store, Now: k.now, Closed: k.closed, Known: func() bool { return k.powers.Checked() && !k.vault.Locked() }, Name: checkName, Identity: k.findIdentity, Narrowed: k.narrowed,
		Site:       func() passkey.Site { return siteAt(site, k.setting(settingDomain), k.setting(settingOrigins)) },
		Passphrase: func(pass []byte) error { return k.vault.CheckPassphrase(*k.seals.Load(), pass) },
	})
}

// siteAt is who passkeys are for: as the owner set it, or where the signer is.
func siteAt(s passkey.Site, domain, origins string) passkey.Site {
	if domain != "" {
		s = passkey.Site{Domain: domain, Origins: []string{"https://" + domain}}
	}
	if origins != "" {
		s.Origins = strings.Split(origins, ",")
	}
	return s
}

// lookAtSetting says what setting something would come to, and changes nothing:
// where the console would be, and which passkeys would stop working there.
func (k *Keeper) lookAtSetting(_ context.Context, a control.SettingArgs) (control.SettingChange, error) {
	out := control.SettingChange{Stops: []control.PasskeyOf{}}
	s, err := findSetting(a.Key)
	if err == nil && a.Value != "" {
		err = s.check(a.Value)
	}
	if err != nil {
		return out, err
	}
	domain, origins := k.setting(settingDomain), k.setting(settingOrigins)
	switch a.Key {
	case settingDomain:
		domain = a.Value
	case settingOrigins:
		origins = a.Value
	default:
		return out, nil
	}
	was, is := k.desk.Site(), siteAt(k.ground, domain, origins)
	if was.Domain == is.Domain && slices.Equal(was.Origins, is.Origins) {
		return out, nil
	}
	out.Moves, out.Origins = true, is.Origins
	for _, p := range k.desk.People() {
		for _, key := range p.Passkeys {
			if key.Works && key.Domain != is.Domain {
				out.Stops = append(out.Stops, control.PasskeyOf{Person: p.Name, Label: key.Label, Domain: key.Domain})
			}
		}
	}
	return out, nil
}

// closed says why nobody can sign in to the console, "" when people can.
func (k *Keeper) closed() string {
	switch {
	case !k.hasVault():
		return "there is no vault yet; get a link to make one with: privyseal console"
	case !k.hasPassphrase():
		return "the vault has no passphrase; set one with: privyseal passphrase change"
	}
	return ""
}

func (k *Keeper) listPeople(context.Context, none) ([]control.PersonInfo, error) {
	return k.desk.People(), nil
}

func (k *Keeper) invitePerson(ctx context.Context, a control.PersonArgs) (control.PersonCode, error) {
	return k.desk.Invite(ctx, a, by(ctx))
}

func (k *Keeper) setRole(ctx context.Context, a control.PersonArgs) (control.PersonInfo, error) {
	return k.desk.SetRole(ctx, a, by(ctx))
}

func (k *Keeper) removePerson(ctx context.Context, n control.Name) (control.PersonInfo, error) {
	return k.desk.Remove(ctx, n, by(ctx))
}

func (k *Keeper) signOutPerson(ctx context.Context, n control.PersonSession) (control.PersonInfo, error) {
	return k.desk.EndSessions(ctx, n, by(ctx))
}

func (k *Keeper) removePasskey(ctx context.Context, n control.PasskeyName) (control.PersonInfo, error) {
	return k.desk.RemovePasskey(ctx, n, by(ctx))
}

func (k *Keeper) consoleCode(ctx context.Context, n control.Name) (control.PersonCode, error) {
	if !k.hasVault() {
		c := k.desk.FoundingCode()
		c.SetUp = true
		return c, nil
	}
	return k.desk.Code(ctx, n)
}

// addPasskey gives the person who acts another passkey.
func (k *Keeper) addPasskey(ctx context.Context, n control.NewPasskey) (control.PersonInfo, error) {
	who, ok := acting(ctx)
	if !ok {
		return control.PersonInfo{}, privyseal.E(privyseal.KindUnsupported, "a passkey is made in a browser", "sign in to the console: privyseal console")
	}
	return k.desk.AddPasskey(ctx, who.login, who.Person, n)
}
