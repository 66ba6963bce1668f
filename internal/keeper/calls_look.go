package keeper

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
)

// comparedHosts bounds the apps whose hosts a new one is compared with.
const comparedHosts = 500

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
	out.Client, out.Relays = link.Client.String(), link.Relays
	k.backTo(&out, link)
	out.PayAsked = k.setting(settingPayLimit) == "0"
	for _, u := range link.Relays {
		if !k.ears.listed(u) && private(u) {
			out.Deaf = append(out.Deaf, u)
		}
	}
	var hosts []string // that apps of this person were checked to be from
	who, person := acting(ctx)
	for app := range k.book.allApps() {
		switch {
		case ended(app.State), person && who.RoleOn(app.Identity) < privyseal.RoleAuditor:
		case app.Client == link.Client:
			out.Again, out.Checked = app.Name(), k.checkedHost(app.ID)
			hosts = append(hosts, out.Checked)
		case link.Metadata.Name != "" && strings.EqualFold(app.Name(), link.Metadata.Name):
			out.SameName = true
			fallthrough
		case len(hosts) < comparedHosts:
			hosts = append(hosts, k.checkedHost(app.ID))
		}
	}
	out.LooksLike = cmp.Or(effect.LooksLike(out.Site, hosts), effect.LooksLike(out.Back, hosts))
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

// backTo says where an app is from, and where it wants its person back. A page
// that is not secure, or whose name could pass for another's, is none.
func (k *Keeper) backTo(out *control.Pairing, link *nip46.ConnectURI) {
	out.Site, _ = effect.SecureHost(link.Metadata.URL)
	if link.Callback == "" {
		return
	}
	host, ok := effect.SecureHost(link.Callback)
	if !ok {
		out.NoBack = true
		return
	}
	out.Callback, out.Back = link.Callback, host
	out.Elsewhere = out.Site != "" && out.Site != host
}

// private reports whether only its own computer or network reaches a relay: a
// link alone does not lead there (T10).
func private(relay string) bool {
	u, err := url.Parse(relay)
	if err != nil || u.Scheme != "wss" || !publicURL(relay) {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// notALink says what is wrong with what should be an app's link.
func notALink(err error) error {
	return privyseal.E(privyseal.KindInvalid, err.Error(), "for example: privyseal accept 'nostrconnect://…'")
}
