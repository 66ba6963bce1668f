package storetest

import (
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// version is of slot 40, the even ones signed.
func version(n int) privyseal.Version {
	return privyseal.Version{
		Identity: "i1", Slot: hash(40), Kind: nostr.Kind(3), Event: hash(n), Stamp: 1_790_000_000 - int64(n),
		Signed: n%2 == 0, App: "app1", At: at(n), Result: hash(100 + n), Sealed: []byte{byte(n + 1)},
	}
}

func versions(t *testing.T, s store.Store) {
	a, b, other := version(0), version(1), version(2)
	other.Slot, other.Kind = hash(41), nostr.Kind(30078)
	for _, v := range []privyseal.Version{a, b, other} {
		update(t, s, func(tx store.Tx) error { return tx.PutVersion(v) })
	}
	of := func(n int) []privyseal.Version {
		return get(t, s, func(r store.Reader) ([]privyseal.Version, error) { return r.Versions("i1", hash(n)) })
	}
	equal(t, "in order of creation", of(40), []privyseal.Version{a, b})
	equal(t, "of another slot", of(41), []privyseal.Version{other})
	bare := []privyseal.Version{a, b, other}
	for i := range bare {
		bare[i].Sealed = nil
	}
	equal(t, "all", get(t, s, func(r store.Reader) ([]privyseal.Version, error) { return r.AllVersions("i1") }), bare)

	seen, again := a, b
	seen.Signed, seen.App, seen.Sealed = false, "", []byte{9}
	update(t, s, func(tx store.Tx) error { return tx.PutVersion(seen) })
	equal(t, "what was signed and then seen", of(40), []privyseal.Version{a, b})
	again.Signed, again.App, again.At, again.Sealed = true, "app2", at(50), []byte{8}
	update(t, s, func(tx store.Tx) error { return tx.PutVersion(again) })
	equal(t, "what was seen and then signed", of(40), []privyseal.Version{a, again})

	found := get(t, s, func(r store.Reader) (privyseal.Version, error) { return r.VersionByResult("i1", a.Result) })
	equal(t, "by result", found, a)
	_, err := try(t, s, func(r store.Reader) (privyseal.Version, error) { return r.VersionByResult("i2", a.Result) })
	wantErr(t, "another identity's", err, store.ErrNotFound)

	for n := range 5 { // of ten bytes each
		v := version(10 + n)
		v.Slot, v.Kind, v.Sealed = hash(60+n), 30078, make([]byte, 10)
		update(t, s, func(tx store.Tx) error { return tx.PutVersion(v) })
	}
	update(t, s, func(tx store.Tx) error { return tx.TrimVersions("i1", 29) })
	for n := range 5 {
		if kept := len(of(60+n)) == 1; kept != (n >= 3) {
			t.Fatalf("trimmed: version %d is kept: %v", n, kept)
		}
	}
	equal(t, "what is not addressable after a trim", of(40), []privyseal.Version{a, again})
	equal(t, "an older addressable one after a trim", of(41), []privyseal.Version(nil))
	update(t, s, func(tx store.Tx) error { return tx.DeleteVersion("i1", a.Slot, a.Event) })
	equal(t, "deleted", of(40), []privyseal.Version{again})
	update(t, s, func(tx store.Tx) error {
		if err := tx.PutIdentity(privyseal.Identity{ID: "i1"}); err != nil {
			return err
		}
		return tx.DeleteIdentity("i1")
	})
	equal(t, "gone with their identity", of(40), []privyseal.Version(nil))
}
