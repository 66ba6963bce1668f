package sqlite

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

var _ store.Tx = (*tx)(nil)

const versionColumns = `identity, slot, kind, event, stamp, signed, app, at, result, sealed`

func scanVersion(r *row) privyseal.Version {
	return privyseal.Version{
		Identity: r.text(), Slot: r.hash(), Kind: nostr.Kind(r.int()), Event: r.hash(), Stamp: r.int(),
		Signed: r.bool(), App: r.text(), At: r.time(), Result: r.hash(), Sealed: r.blob(),
	}
}

// Versions implements [store.Reader].
func (x *reader) Versions(identity string, slot [32]byte) ([]privyseal.Version, error) {
	return list(x.c, scanVersion, `SELECT `+versionColumns+` FROM version WHERE identity = ? AND slot = ? ORDER BY n`, identity, slot[:])
}

// AllVersions implements [store.Reader].
func (x *reader) AllVersions(identity string) ([]privyseal.Version, error) {
	return list(x.c, scanVersion, `SELECT identity, slot, kind, event, stamp, signed, app, at, result, NULL FROM version
		WHERE identity = ? ORDER BY n`, identity)
}

// VersionByResult implements [store.Reader].
func (x *reader) VersionByResult(identity string, result [32]byte) (privyseal.Version, error) {
	return one(x.c, scanVersion, `SELECT `+versionColumns+` FROM version WHERE identity = ? AND result = ? ORDER BY n`, identity, result[:])
}

// PutVersion implements [store.Tx].
func (x *tx) PutVersion(v privyseal.Version) error {
	_, err := x.c.change(`INSERT INTO version (`+versionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (identity, slot, event) DO UPDATE SET signed = 1, app = excluded.app, at = excluded.at,
		result = excluded.result, sealed = excluded.sealed WHERE excluded.signed AND NOT signed`,
		v.Identity, v.Slot[:], int64(v.Kind), v.Event[:], v.Stamp, bit(v.Signed), v.App, milli(v.At), v.Result[:], bytesOrNull(v.Sealed))
	return err
}

// DeleteVersion implements [store.Tx].
func (x *tx) DeleteVersion(identity string, slot [32]byte, event nostr.ID) error {
	return x.c.must(`DELETE FROM version WHERE identity = ? AND slot = ? AND event = ?`, identity, slot[:], event[:])
}

// TrimVersions implements [store.Tx].
func (x *tx) TrimVersions(identity string, most int64) error {
	_, err := x.c.change(`DELETE FROM version WHERE n IN (SELECT n FROM (
		SELECT n, sum(length(sealed)) OVER (ORDER BY n DESC) AS total FROM version
		WHERE identity = ? AND kind BETWEEN 30000 AND 39999) WHERE total > ?)`, identity, most)
	return err
}
