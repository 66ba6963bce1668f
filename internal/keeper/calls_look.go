package keeper

import (
	"context"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
)

// lookAtLink says what accepting a nostrconnect:// link would mean; without one,
// what there is to choose from.
func (k *Keeper) lookAtLink(ctx context.Context, a control.AcceptArgs) (control.Pairing, error) {
	out := control.Pairing{Usual: k.setting(settingPreset)}
	for _, name := range policy.Presets() {
		out.Presets = append(out.Presets, control.PresetInfo{Name: name, May: k.may(privyseal.App{Preset: name}, nil)})
	}
	if a.URI == "" {
		return out, nil
	}
	link, err := nip46.ParseConnect(a.URI)
	if err != nil {
		return control.Pairing{}, notALink(err)
	}
	out.Claims = control.ClaimInfo{Name: link.Metadata.Name, URL: link.Metadata.URL, Image: link.Metadata.Image}
	out.Code = link.CheckCode()
	out.Client, out.Relays, out.Callback = link.Client.String(), link.Relays, link.Callback
	who, person := acting(ctx)
	for _, app := range k.book.allApps() {
		switch {
		case ended(app.State), person && who.RoleOn(app.Identity) < privyseal.RoleAuditor:
		case app.Client == link.Client:
			out.Again = app.Name()
		case link.Metadata.Name != "" && strings.EqualFold(app.Name(), link.Metadata.Name):
			out.SameName = true
		}
	}
	wishes, _ := nip46.ParseRequested(link.Perms)
	for _, p := range wishes {
		if checkGrant(privyseal.Allow, p) != nil || privyseal.OperationOf(p.Method).Signer() == privyseal.SignerSession {
			continue // given anyway, or never
		}
		g := privyseal.Grant{Permission: p, Verdict: privyseal.Allow, Given: k.now()}
		if p.For > 0 {
			g.Until = g.Given.Add(p.For)
		}
		out.Wishes = append(out.Wishes, control.WishInfo{Permission: p.String(), Sentence: k.say().Grant(here(g))})
	}
	return out, nil
}

// notALink says what is wrong with what should be an app's link.
func notALink(err error) error {
	return privyseal.E(privyseal.KindInvalid, err.Error(), "for example: privyseal accept 'nostrconnect://…'")
}
