package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func identities(t *testing.T, s store.Store) {
	a := privyseal.Identity{ID: "i2", Name: "Ann", PubKey: hash(1), Sealed: []byte{0, 1, 2}, Created: at(1)}
	b := privyseal.Identity{ID: "i1", Name: "Bob \x00 'quoted' ünï", PubKey: hash(2), Sealed: []byte{3}, Created: at(0)}
	update(t, s, func(tx store.Tx) error { return tx.PutIdentity(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutIdentity(b) })
	equal(t, "in order of creation", get(t, s, store.Reader.Identities), []privyseal.Identity{a, b})
	a.Name, a.Sealed = "Anna", []byte{9}
	update(t, s, func(tx store.Tx) error { return tx.PutIdentity(a) })
	equal(t, "replaced in its place", get(t, s, store.Reader.Identities), []privyseal.Identity{a, b})
	update(t, s, func(tx store.Tx) error { return tx.DeleteIdentity("i2") })
	equal(t, "deleted", get(t, s, store.Reader.Identities), []privyseal.Identity{b})
}

func app(n int) privyseal.App {
	return privyseal.App{
		ID: "app" + string(rune('a'+n)), Identity: "i1", Client: hash(10 + n), Signer: hash(50 + n),
		SignerKey: []byte{1, byte(n)}, Compatible: n%2 == 1, Label: "label",
		Claimed: nip46.Metadata{Name: "Claimed", URL: "https://app.example", Image: "https://app.example/i.png"},
		Relays:  []string{"wss://one.example", "wss://two.example"}, Cipher: privyseal.CipherNip44, Preset: "social",
		Created: at(n), LastSeen: at(n + 1), Ends: at(n + 1000), State: privyseal.AppActive, StateSince: at(n + 2),
	}
}

// inParts holds the apps, walked in one part and in several, against those wanted.
func inParts(t *testing.T, s store.Store, want []privyseal.App) {
	t.Helper()
	for of := 1; of <= 5; of++ {
		equal(t, fmt.Sprint("in ", of, " parts"), get(t, s, func(r store.Reader) (all []privyseal.App, err error) {
			for part := range of {
				err = errors.Join(err, r.EachApp(part, of, func(a privyseal.App) error { all = append(all, a); return nil }))
			}
			return all, err
		}), want)
	}
	_, err := try(t, s, func(r store.Reader) (int, error) {
		return 0, r.EachApp(0, 1, func(privyseal.App) error { return errDeliberate })
	})
	wantErr(t, "ended by the walker", err, errDeliberate)
}

func apps(t *testing.T, s store.Store) {
	a, b := app(1), app(0)
	update(t, s, func(tx store.Tx) error { return tx.PutApp(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutApp(b) })
	equal(t, "in order of creation", get(t, s, store.Reader.Apps), []privyseal.App{a, b})

	inParts(t, s, []privyseal.App{a, b})

	same := app(2)
	same.Client, same.Signer = a.Client, a.Signer
	wantErr(t, "same client and signer", s.Update(t.Context(), func(tx store.Tx) error { return tx.PutApp(same) }), store.ErrDuplicate)
	same.Signer = b.Signer
	update(t, s, func(tx store.Tx) error { return tx.PutApp(same) })

	a.State, a.Ends, a.Relays = privyseal.AppRevoked, time.Time{}, nil
	update(t, s, func(tx store.Tx) error { return tx.PutApp(a) })
	update(t, s, func(tx store.Tx) error { return tx.SeenApp(a.ID, at(77), privyseal.CipherNip04) })
	a.LastSeen, a.Cipher = at(77), privyseal.CipherNip04
	equal(t, "replaced and seen", get(t, s, func(r store.Reader) (privyseal.App, error) { return r.App(a.ID) }), a)

	update(t, s, func(tx store.Tx) error {
		for _, g := range []privyseal.Grant{{ID: "g1", App: a.ID}, {ID: "g2", App: b.ID}} {
			if err := tx.PutGrant(g); err != nil {
				return err
			}
		}
		return tx.DeleteApp(a.ID)
	})
	equal(t, "deleted", get(t, s, store.Reader.Apps), []privyseal.App{b, same})
	inParts(t, s, []privyseal.App{b, same})
	equal(t, "its grants too", get(t, s, func(r store.Reader) ([]privyseal.Grant, error) { return r.Grants("") }),
		[]privyseal.Grant{{ID: "g2", App: b.ID}})
}

func grant(id, app string) privyseal.Grant {
	return privyseal.Grant{
		ID: id, App: app,
		Permission: nip46.Permission{
			Method: nip46.SignEvent, Kind: new(nostr.Kind), Target: "wss://relay.example",
			Budget: nip46.Budget{N: 20, Per: time.Hour}, For: 30 * 24 * time.Hour,
		},
		Verdict: privyseal.Allow, Given: at(3), Until: at(4), Origin: "invite",
		Reach: privyseal.L2, Note: "for the weekend",
	}
}

func invitation(id string) privyseal.Invitation {
	return privyseal.Invitation{
		ID: id, Identity: "i1", Signer: hash(3), SignerKey: []byte{4}, Compatible: true, SecretHash: hash(5),
		Label: "phone", Preset: "social", Relays: []string{"wss://one.example"},
		Grants:  []privyseal.Grant{grant("", ""), {Permission: nip46.Permission{Method: nip46.Nip44Decrypt}, Verdict: privyseal.Ask}},
		Created: at(0), Expires: at(600),
	}
}

func invitations(t *testing.T, s store.Store) {
	a, b := invitation("v2"), invitation("v1")
	b.Grants, b.Relays, b.SignerKey = nil, nil, nil
	update(t, s, func(tx store.Tx) error { return tx.PutInvitation(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutInvitation(b) })
	equal(t, "in order of creation", get(t, s, store.Reader.Invitations), []privyseal.Invitation{a, b})

	use := func(id string, n, when int) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.UseInvitation(id, hash(n), at(when)) })
	}
	wantErr(t, "expired", use("v1", 9, 600), store.ErrSpent)
	wantErr(t, "first use", use("v2", 9, 599), nil)
	wantErr(t, "second use", use("v2", 10, 1), store.ErrSpent)
	wantErr(t, "same client again", use("v2", 9, 1), store.ErrSpent)
	wantErr(t, "unknown", use("v3", 9, 1), store.ErrNotFound)

	update(t, s, func(tx store.Tx) error { return tx.PutInvitation(a) })
	wantErr(t, "put again does not make it new", use("v2", 9, 1), store.ErrSpent)
	a.UsedBy, a.Used = hash(9), at(599)
	equal(t, "used", get(t, s, store.Reader.Invitations), []privyseal.Invitation{a, b})
	update(t, s, func(tx store.Tx) error { return tx.DeleteInvitation("v2") })
	equal(t, "deleted", get(t, s, store.Reader.Invitations), []privyseal.Invitation{b})
}

func grants(t *testing.T, s store.Store) {
	a, b, c := grant("g3", "app1"), grant("g1", "app2"), privyseal.Grant{ID: "g2", App: "app1"}
	update(t, s, func(tx store.Tx) error {
		for _, g := range []privyseal.Grant{a, b, c} {
			if err := tx.PutGrant(g); err != nil {
				return err
			}
		}
		return nil
	})
	of := func(app string) []privyseal.Grant {
		return get(t, s, func(r store.Reader) ([]privyseal.Grant, error) { return r.Grants(app) })
	}
	equal(t, "all", of(""), []privyseal.Grant{a, b, c})
	equal(t, "of one app", of("app1"), []privyseal.Grant{a, c})
	a.Verdict, a.Permission.Kind = privyseal.Refuse, new(nostr.Kind(30078))
	update(t, s, func(tx store.Tx) error { return tx.PutGrant(a) })
	equal(t, "replaced", of("app1"), []privyseal.Grant{a, c})

	spend := func(window, n int) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.Spend("g3", at(window), n) })
	}
	use := func(r store.Reader) (privyseal.BudgetUse, error) { return r.BudgetUse("g3") }
	_, err := try(t, s, use)
	wantErr(t, "nothing spent", err, store.ErrNotFound)
	wantErr(t, "a budget of nothing", spend(0, 0), store.ErrSpent)
	wantErr(t, "first", spend(0, 2), nil)
	wantErr(t, "second", spend(0, 2), nil)
	wantErr(t, "third of two", spend(0, 2), store.ErrSpent)
	equal(t, "use", get(t, s, use), privyseal.BudgetUse{Grant: "g3", Window: at(0), Used: 2})
	wantErr(t, "next window", spend(60, 2), nil)
	wantErr(t, "back in the old one", spend(0, 2), store.ErrSpent)
	equal(t, "use of the newest", get(t, s, use), privyseal.BudgetUse{Grant: "g3", Window: at(60), Used: 1})

	wantErr(t, "of another app", s.Update(t.Context(), func(tx store.Tx) error { return tx.DeleteGrant("app2", "g3") }), store.ErrNotFound)
	equal(t, "use, as it was", get(t, s, use).Used, 1)
	update(t, s, func(tx store.Tx) error { return tx.DeleteGrant("app1", "g3") })
	equal(t, "deleted", of("app1"), []privyseal.Grant{c})
	_, err = try(t, s, use)
	wantErr(t, "its use too", err, store.ErrNotFound)
}

func seals(t *testing.T, s store.Store) {
	a := privyseal.Seal{ID: "s2", Type: "passphrase", Params: []byte(`{"n":1}`), Sealed: []byte{1}, Created: at(0)}
	b := privyseal.Seal{ID: "s1", Type: "keyfile", Created: at(1)}
	update(t, s, func(tx store.Tx) error { return tx.PutSeal(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutSeal(b) })
	a.Sealed = []byte{2}
	update(t, s, func(tx store.Tx) error { return tx.PutSeal(a) })
	equal(t, "seals", get(t, s, store.Reader.Seals), []privyseal.Seal{a, b})
	update(t, s, func(tx store.Tx) error { return tx.DeleteSeal("s2") })
	equal(t, "deleted", get(t, s, store.Reader.Seals), []privyseal.Seal{b})
}

func settings(t *testing.T, s store.Store) {
	set := func(k, v string) { update(t, s, func(tx store.Tx) error { return tx.SetSetting(k, v) }) }
	setting := func(r store.Reader) (string, error) { return r.Setting("a") }
	equal(t, "none", get(t, s, store.Reader.Settings), map[string]string{})
	set("a", "1")
	set("b", "x\ny")
	set("a", "2")
	equal(t, "one", get(t, s, setting), "2")
	equal(t, "all", get(t, s, store.Reader.Settings), map[string]string{"a": "2", "b": "x\ny"})
	set("b/2", "2")
	set("b/1", "1")
	set("b/", "0")
	set("b\U0010FFFF", "far")
	set("b0", "no")
	walk := func(from, to string) []string {
		return get(t, s, func(r store.Reader) (all []string, err error) {
			err = r.EachSetting(from, to, func(k, v string) error { all = append(all, k+"="+v); return nil })
			return all, err
		})
	}
	under := func(prefix string) []string { return walk(store.Under(prefix)) }
	equal(t, "under a prefix", under("b/"), []string{"b/=0", "b/1=1", "b/2=2"})
	equal(t, "all in order", under(""), []string{"a=2", "b=x\ny", "b/=0", "b/1=1", "b/2=2", "b0=no", "b\U0010FFFF=far"})
	equal(t, "under none", under("c"), []string(nil))
	equal(t, "from one to another", walk("b/1", "b0"), []string{"b/1=1", "b/2=2"})
	equal(t, "from one to itself", walk("b/1", "b/1"), []string(nil))
	_, err := try(t, s, func(r store.Reader) (int, error) {
		return 0, r.EachSetting("b/", "b0", func(k, _ string) error {
			if k > "b/" {
				t.Errorf("%s comes after the end", k)
			}
			return errDeliberate
		})
	})
	wantErr(t, "ended by the walker", err, errDeliberate)
	set("a", "")
	set("never set", "")
	_, err = try(t, s, setting)
	wantErr(t, "deleted", err, store.ErrNotFound)
}

func checkpoints(t *testing.T, s store.Store) {
	a := store.Checkpoint{Head: store.Head{Seq: 9, Hash: hash(1)}, Time: at(0), Event: []byte(`{"kind":1905}`)}
	b := store.Checkpoint{Head: store.Head{Seq: 9, Hash: hash(1)}, Time: at(1), Event: []byte(`{}`)}
	update(t, s, func(tx store.Tx) error { return tx.PutCheckpoint(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutCheckpoint(b) })
	equal(t, "checkpoints", get(t, s, store.Reader.Checkpoints), []store.Checkpoint{a, b})
}
