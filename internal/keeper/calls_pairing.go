package keeper

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/outbox"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// How long a link can be used, and how long its relays may take to be ready.
const (
	inviteFor    = 10 * time.Minute
	livePatience = 4 * time.Second
)

// terms is what a pairing grants, read from its arguments.
type terms struct {
	who    privyseal.Identity
	label  string
	preset string
	grants []privyseal.Grant
	ends   time.Time // zero: no end
}

func (k *Keeper) terms(a control.InviteArgs, origin string) (terms, error) {
	var t terms
	var err error
	if k.vault.Locked() {
		return t, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it with: privyseal unlock")
	}
	if t.who, err = k.findIdentity(a.Identity); err != nil {
		return t, err
	}
	if a.AppName != "" {
		if t.label, err = checkName(a.AppName); err != nil {
			return t, err
		}
	}
	if t.preset = a.Preset; t.preset == "" {
		t.preset = k.setting(settingPreset)
	}
	if _, ok := policy.Preset(t.preset); !ok {
		return t, privyseal.E(privyseal.KindInvalid, "there is no preset “"+t.preset+"”", "choose one of: "+strings.Join(policy.Presets(), ", "))
	}
	if a.Lasts != "" {
		d, err := parseSpan(a.Lasts)
		if err != nil || d < time.Minute {
			return t, privyseal.E(privyseal.KindInvalid, "“"+a.Lasts+"” is no time that an app can stay connected", "for example: 1h, 30d")
		}
		t.ends = k.now().Add(d)
	}
	for _, g := range []struct {
		verdict privyseal.Verdict
		perms   string
	}{{privyseal.Allow, a.Allow}, {privyseal.Refuse, a.Refuse}} {
		more, err := k.parseGrants(g.verdict, g.perms, origin)
		if err != nil {
			return t, err
		}
		t.grants = append(t.grants, more...)
	}
	return t, nil
}

func (k *Keeper) parseGrants(v privyseal.Verdict, perms, origin string) ([]privyseal.Grant, error) {
	if strings.TrimSpace(perms) == "" {
		return nil, nil
	}
	list, err := nip46.ParsePermissions(perms)
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, err.Error(), "for example: sign_event:1,nip44_decrypt or sign_event:1#20/h~30d")
	}
	now := k.now()
	out := make([]privyseal.Grant, len(list))
	for i, p := range list {
		if err := checkGrant(v, p); err != nil {
			return nil, err
		}
		g := privyseal.Grant{ID: newID(), Permission: p, Verdict: v, Given: now, Origin: origin}
		if p.For > 0 {
			g.Until = now.Add(p.For)
		}
		out[i] = g
	}
	return out, nil
}

// newSigner makes the key an app will write to: one of its own, or with a
// compatible link the user key.
func (k *Keeper) newSigner(id string, who privyseal.Identity, compatible bool) (nostr.PubKey, []byte, error) {
	if compatible {
		if _, err := k.vault.UserKey(who.ID, who.Sealed); err != nil {
			return nostr.PubKey{}, nil, err
		}
		return who.PubKey, nil, nil
	}
	pub, sealed, err := k.vault.NewSignerKey(id)
	if err != nil {
		return nostr.PubKey{}, nil, err
	}
	_, err = k.vault.SignerKey(id, sealed) // kept in memory, also through a lock
	return pub, sealed, err
}

// invite makes a bunker:// link. Its key is listened for before it is shown.
func (k *Keeper) invite(ctx context.Context, a control.InviteArgs) (control.Invite, error) {
	t, err := k.terms(a, "invite")
	if err != nil {
		return control.Invite{}, err
	}
	relays := k.ears.forLinks()
	if len(relays) == 0 {
		return control.Invite{}, privyseal.E(privyseal.KindInvalid, "the signer has no relay to be reached through", "add one with: privyseal relays add wss://relay.example")
	}
	secret, err := nip46.NewSecret(rand.Reader)
	if err != nil {
		return control.Invite{}, err
	}
	now := k.now()
	inv := privyseal.Invitation{
		ID: newID(), Identity: t.who.ID, Compatible: a.Compatible, SecretHash: sha256.Sum256([]byte(secret)),
		Label: t.label, Preset: t.preset, Grants: t.grants, Created: now, Expires: now.Add(inviteFor),
	}
	for _, r := range relays {
		inv.Relays = append(inv.Relays, r.URL)
	}
	if inv.Signer, inv.SignerKey, err = k.newSigner(inv.ID, t.who, a.Compatible); err != nil {
		return control.Invite{}, err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.PutInvitation(inv); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: now, Identity: t.who.ID, App: inv.ID, Detail: "link made"})
	})
	if err != nil {
		return control.Invite{}, err
	}
	k.book.putInvitation(inv)
	k.listen(inv.Signer, inv.Relays)
	live := k.awaitLive(ctx, inv.Signer, relays, livePatience)
	link := nip46.BunkerURI{Signer: inv.Signer, Relays: inv.Relays, Secret: secret}
	out := control.Invite{
		ID: inv.ID, URI: link.String(), Identity: t.who.Name, ExpiresAt: inv.Expires, Preset: t.preset,
		May: k.may(privyseal.App{ID: inv.ID, Preset: t.preset, Identity: t.who.ID}, ownGrants(inv.ID, t.grants)),
	}
	for _, r := range relays {
		out.Relays = append(out.Relays, control.LinkRelay{URL: r.URL, Reach: reach(r), Live: live[r.URL]})
	}
	return out, nil
}

func reach(r Relay) string {
	if r.Public {
		return "anywhere"
	}
	return "this computer only"
}

// accept accepts a nostrconnect:// link: the app learns of it by a response
// that carries its secret (NIP-46).
func (k *Keeper) accept(ctx context.Context, a control.AcceptArgs) (control.AppInfo, error) {
	link, err := nip46.ParseConnect(a.URI)
	if err != nil {
		return control.AppInfo{}, notALink(err)
	}
	t, err := k.terms(a.InviteArgs, "accept")
	if err != nil {
		return control.AppInfo{}, err
	}
	app, err := k.admit(ctx, link, t, a.Compatible)
	if err != nil {
		return control.AppInfo{}, err
	}
	if k.checkedHost(app.ID) != "" {
		if err := k.setChecked(ctx, app, "", "to be checked anew"); err != nil {
			return control.AppInfo{}, err
		}
	}
	k.listen(app.Signer, app.Relays)
	k.lookAround()
	if err := k.greet(ctx, app, link); err != nil {
		return control.AppInfo{}, err
	}
	info := k.appInfo(app)
	info.Return = k.returning(ctx, app, link)
	return info, nil
}

// admit makes the session of a nostrconnect:// link, or takes up the one there
// is.
func (k *Keeper) admit(ctx context.Context, link *nip46.ConnectURI, t terms, compatible bool) (privyseal.App, error) {
	k.sessions.Lock()
	defer k.sessions.Unlock()
	now := k.now()
	app, again := k.acceptedBefore(link.Client, t.who.ID, compatible)
	if again {
		t.grants = append(slices.Clone(k.grants.of(app.ID)), t.grants...)
	} else {
		app = privyseal.App{ID: newID(), Identity: t.who.ID, Client: link.Client, Compatible: compatible, Created: now}
		var err error
		if app.Signer, app.SignerKey, err = k.newSigner(app.ID, t.who, compatible); err != nil {
			return app, err
		}
		if old, ok := k.book.app(app.Client, app.Signer); ok {
			app.ID = old.ID // an ended session on a compatible link begins anew
		}
	}
	if t.label != "" {
		app.Label = t.label
	}
	app.Claimed, app.Relays, app.Cipher = link.Metadata, link.Relays, privyseal.CipherNip44
	app.Preset, app.State, app.StateSince, app.Ends = t.preset, privyseal.AppActive, now, t.ends
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := k.announced(tx, app.ID, link.AuthURL); err != nil {
			return err
		}
		return putSession(tx, app, t.grants, "paired by the app's link")
	})
	if err != nil {
		return app, err
	}
	k.book.putApp(app)
	k.grants.set(app.ID, ownGrants(app.ID, t.grants))
	return app, nil
}

// acceptedBefore finds the session of a link that is used again, or of a client
// that pairs a second time (clients.md §5.22).
func (k *Keeper) acceptedBefore(client nostr.PubKey, identity string, compatible bool) (privyseal.App, bool) {
	for a := range k.book.allApps() {
		if a.Client == client && a.Identity == identity && a.Compatible == compatible &&
			(a.State == privyseal.AppActive || a.State == privyseal.AppPaused) {
			return a, true
		}
	}
	return privyseal.App{}, false
}

// greet sends the connect response, once the app's relays are listened on: the
// app may ask at once.
func (k *Keeper) greet(ctx context.Context, app privyseal.App, link *nip46.ConnectURI) error {
	var relays []Relay
	for _, u := range app.Relays {
		relays = append(relays, Relay{URL: u})
	}
	live := k.awaitLive(ctx, app.Signer, relays, livePatience)
	key, err := k.key(k.book.addressOf(app))
	if err != nil {
		return err
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	now := k.now()
	id := hex.EncodeToString(b[:])
	ctx = context.WithoutCancel(ctx)
	k.post(ctx, &letter{
		Answer: outbox.Answer{App: app.ID, Event: nostr.ID(sha256.Sum256(b[:])), Requested: now, Relays: app.Relays},
		client: app.Client, key: key, cipher: privyseal.CipherNip44,
	}, success(nip46.RequestID(`"`+id+`"`), nip46.Connect, link.Secret))
	if len(live) == 0 {
		return k.unreached(app)
	}
	return nil
}

// unreached says why none of an app's relays could be reached. A link alone does
// not lead to this computer or its network (T10); a person's word does.
func (k *Keeper) unreached(app privyseal.App) error {
	text := "none of the app's relays could be reached yet: " + strings.Join(app.Relays, ", ")
	hint := "the signer keeps trying for two minutes; if the app does not notice, make a new link there"
	for _, u := range app.Relays {
		if st := k.ears.says(u); st.State == control.RelayRefused {
			text += ". " + strings.TrimSuffix(st.Detail, ".")
			hint = "if it is yours, add it within two minutes, and the app is connected: privyseal relays add " + u
		}
	}
	return privyseal.E(privyseal.KindBusy, text, hint)
}
