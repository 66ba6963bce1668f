package sqlite

import (
	"database/sql/driver"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func scanIdentity(r *row) privyseal.Identity {
	return privyseal.Identity{
		ID: r.text(), Name: r.text(), PubKey: r.hash(), Sealed: r.blob(), Created: r.time(),
	}
}

// Identities implements [store.Reader].
func (x *reader) Identities() ([]privyseal.Identity, error) {
	return list(x.c, scanIdentity, `SELECT id, name, pubkey, sealed, created FROM identity ORDER BY n`)
}

// PutIdentity implements [store.Tx].
func (x *tx) PutIdentity(i privyseal.Identity) error {
	_, err := x.c.change(`INSERT INTO identity (id, name, pubkey, sealed, created) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, pubkey = excluded.pubkey,
		sealed = excluded.sealed, created = excluded.created`,
		i.ID, i.Name, i.PubKey[:], bytesOrNull(i.Sealed), milli(i.Created))
	return err
}

// DeleteIdentity implements [store.Tx].
func (x *tx) DeleteIdentity(id string) error {
	if _, err := x.c.change(`DELETE FROM version WHERE identity = ?`, id); err != nil {
		return err
	}
	return x.c.must(`DELETE FROM identity WHERE id = ?`, id)
}

const appColumns = `id, identity, client, signer, signer_key, compatible, label, claimed_name,
	claimed_url, claimed_image, relays, cipher, preset, created, last_seen, ends, state, state_since`

func scanApp(r *row) privyseal.App {
	return privyseal.App{
		ID: r.text(), Identity: r.shared(), Client: r.hash(), Signer: r.hash(), SignerKey: r.blob(),
		Compatible: r.bool(), Label: r.text(),
		Claimed: nip46.Metadata{Name: r.text(), URL: r.text(), Image: r.text()},
		Relays:  r.strings(), Cipher: small[privyseal.Cipher](r), Preset: r.shared(),
		Created: r.time(), LastSeen: r.time(), Ends: r.time(),
		State: small[privyseal.AppState](r), StateSince: r.time(),
	}
}

// Apps implements [store.Reader].
func (x *reader) Apps() ([]privyseal.App, error) {
	return list(x.c, scanApp, `SELECT `+appColumns+` FROM app ORDER BY n`)
}

// EachApp implements [store.Reader].
func (x *reader) EachApp(part, of int, fn func(privyseal.App) error) error {
	ends, err := one(x.c, func(r *row) [2]int64 { return [2]int64{r.int(), r.int()} }, `SELECT coalesce((SELECT min(n) FROM app), 0), coalesce((SELECT max(n) FROM app), -1)`) // each by itself is looked up, both together walk the table
	if err != nil {
		return err
	}
	all := ends[1] - ends[0] + 1
	from, to := ends[0]+all*int64(part)/int64(of), ends[0]+all*int64(part+1)/int64(of)
	known := alike{texts: map[string]string{}, lists: map[string][]string{}}
	return each(x.c, func(r *row) error {
		r.alike = &known
		a := scanApp(r)
		if r.err != nil {
			return r.err
		}
		return fn(a)
	}, `SELECT `+appColumns+` FROM app WHERE n >= ? AND n < ? ORDER BY n`, from, to)
}

// App implements [store.Reader].
func (x *reader) App(id string) (privyseal.App, error) {
	return one(x.c, scanApp, `SELECT `+appColumns+` FROM app WHERE id = ?`, id)
}

// PutApp implements [store.Tx].
func (x *tx) PutApp(a privyseal.App) error {
	_, err := x.c.change(`INSERT INTO app (`+appColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, client = excluded.client,
		signer = excluded.signer, signer_key = excluded.signer_key, compatible = excluded.compatible,
		label = excluded.label, claimed_name = excluded.claimed_name, claimed_url = excluded.claimed_url,
		claimed_image = excluded.claimed_image, relays = excluded.relays, cipher = excluded.cipher,
		preset = excluded.preset, created = excluded.created, last_seen = excluded.last_seen,
		ends = excluded.ends, state = excluded.state, state_since = excluded.state_since`,
		a.ID, a.Identity, a.Client[:], a.Signer[:], bytesOrNull(a.SignerKey), bit(a.Compatible), a.Label,
		a.Claimed.Name, a.Claimed.URL, a.Claimed.Image, encode(a.Relays), int64(a.Cipher), a.Preset,
		milli(a.Created), milli(a.LastSeen), milli(a.Ends), int64(a.State), milli(a.StateSince))
	return err
}

// DeleteApp implements [store.Tx].
func (x *tx) DeleteApp(id string) error {
	if _, err := x.c.change(`DELETE FROM budget WHERE permit IN (SELECT id FROM permit WHERE app = ?)`, id); err != nil {
		return err
	}
	if _, err := x.c.change(`DELETE FROM permit WHERE app = ?`, id); err != nil {
		return err
	}
	return x.c.must(`DELETE FROM app WHERE id = ?`, id)
}

// SeenApp implements [store.Tx].
func (x *tx) SeenApp(id string, at time.Time, c privyseal.Cipher) error {
	return x.c.must(`UPDATE app SET last_seen = ?, cipher = ? WHERE id = ?`, milli(at), int64(c), id)
}

const invitationColumns = `id, identity, signer, signer_key, compatible, secret_hash, label, preset,
	grants, relays, created, expires, used_by, used, spent`

func scanInvitation(r *row) privyseal.Invitation {
	return privyseal.Invitation{
		ID: r.text(), Identity: r.text(), Signer: r.hash(), SignerKey: r.blob(), Compatible: r.bool(),
		SecretHash: r.hash(), Label: r.text(), Preset: r.text(), Grants: decodeGrants(r), Relays: r.strings(),
		Created: r.time(), Expires: r.time(), UsedBy: r.hash(), Used: r.time(),
	}
}

// Invitations implements [store.Reader].
func (x *reader) Invitations() ([]privyseal.Invitation, error) {
	return list(x.c, scanInvitation, `SELECT `+invitationColumns+` FROM invitation ORDER BY n`)
}

// PutInvitation implements [store.Tx]. It never makes a used invitation new.
func (x *tx) PutInvitation(i privyseal.Invitation) error {
	spent := i.UsedBy != nostr.PubKey{} || !i.Used.IsZero()
	_, err := x.c.change(`INSERT INTO invitation (`+invitationColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, signer = excluded.signer,
		signer_key = excluded.signer_key, compatible = excluded.compatible,
		secret_hash = excluded.secret_hash, label = excluded.label, preset = excluded.preset,
		grants = excluded.grants, relays = excluded.relays, created = excluded.created,
		expires = excluded.expires,
		used_by = CASE WHEN spent THEN used_by ELSE excluded.used_by END,
		used = CASE WHEN spent THEN used ELSE excluded.used END,
		spent = spent OR excluded.spent`,
		i.ID, i.Identity, i.Signer[:], bytesOrNull(i.SignerKey), bit(i.Compatible), i.SecretHash[:],
		i.Label, i.Preset, encodeGrants(i.Grants), encode(i.Relays), milli(i.Created), milli(i.Expires),
		i.UsedBy[:], milli(i.Used), bit(spent))
	return err
}

// UseInvitation implements [store.Tx].
func (x *tx) UseInvitation(id string, client nostr.PubKey, now time.Time) error {
	failpoint.Hit(failpoint.Spend)
	return x.conditional(store.ErrSpent, `SELECT 1 FROM invitation WHERE id = ?`, []driver.Value{id},
		`UPDATE invitation SET spent = 1, used_by = ?, used = ? WHERE id = ? AND NOT spent AND expires > ?`,
		client[:], milli(now), id, milli(now))
}

// DeleteInvitation implements [store.Tx].
func (x *tx) DeleteInvitation(id string) error {
	return x.c.must(`DELETE FROM invitation WHERE id = ?`, id)
}
