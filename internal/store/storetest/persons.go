package storetest

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

func person(id string) privyseal.Person {
	return privyseal.Person{
		ID: id, Name: "Ann \x00 'quoted' ünï", Created: at(1), Code: hash(60), CodeEnds: at(600),
		Roles: []privyseal.RoleFor{{Role: privyseal.RoleAuditor}, {Identity: "i1", Role: privyseal.RoleOwner}},
	}
}

func passkey(n int, of string) privyseal.Passkey {
	return privyseal.Passkey{
		ID: []byte{9, byte(n), 0}, Person: of, Label: "phone", Domain: "seal.example", Key: []byte{1, 2, byte(n)}, Count: 1 << 31,
		Created: at(n), Used: at(n + 5),
	}
}

func login(n int, of string) privyseal.Login {
	return privyseal.Login{Hash: hash(70 + n), Person: of, Device: "Firefox on Linux", By: "passkey", Created: at(n), Ends: at(n + 3600)}
}

func persons(t *testing.T, s store.Store) {
	a, b := person("p2"), privyseal.Person{ID: "p1", Name: "Bob"}
	update(t, s, func(tx store.Tx) error { return tx.PutPerson(a) })
	update(t, s, func(tx store.Tx) error { return tx.PutPerson(b) })
	equal(t, "in order of creation", get(t, s, store.Reader.Persons), []privyseal.Person{a, b})

	use := func(id string, code, when int) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.UseCode(id, hash(code), at(when)) })
	}
	wantErr(t, "another code", use("p2", 61, 1), store.ErrSpent)
	wantErr(t, "another's code", use("p1", 60, 1), store.ErrSpent)
	wantErr(t, "no code", use("p1", 0, 1), store.ErrSpent)
	wantErr(t, "too late", use("p2", 60, 600), store.ErrSpent)
	wantErr(t, "first use", use("p2", 60, 599), nil)
	wantErr(t, "second use", use("p2", 60, 1), store.ErrSpent)
	a.Code, a.CodeEnds = [32]byte{}, time.Time{}
	equal(t, "joined", get(t, s, store.Reader.Persons), []privyseal.Person{a, b})

	a.Name, a.Roles = "Anna", nil
	update(t, s, func(tx store.Tx) error { return tx.PutPerson(a) })
	equal(t, "replaced in its place", get(t, s, store.Reader.Persons), []privyseal.Person{a, b})
	update(t, s, func(tx store.Tx) error {
		for n, of := range []string{"p2", "p1"} {
			if err := tx.AddPasskey(passkey(n, of)); err != nil {
				return err
			}
			if err := tx.AddLogin(login(n, of)); err != nil {
				return err
			}
		}
		return tx.DeletePerson("p2")
	})
	equal(t, "deleted", get(t, s, store.Reader.Persons), []privyseal.Person{b})
	equal(t, "with passkeys", get(t, s, store.Reader.Passkeys), []privyseal.Passkey{passkey(1, "p1")})
	equal(t, "and logins", get(t, s, store.Reader.Logins), []privyseal.Login{login(1, "p1")})
}

func passkeys(t *testing.T, s store.Store) {
	a, b := passkey(2, "p1"), passkey(1, "p1")
	update(t, s, func(tx store.Tx) error { return tx.AddPasskey(a) })
	update(t, s, func(tx store.Tx) error { return tx.AddPasskey(b) })
	equal(t, "in order of creation", get(t, s, store.Reader.Passkeys), []privyseal.Passkey{a, b})
	again := a
	again.Person = "p2"
	wantErr(t, "another person's with this id", s.Update(t.Context(), func(tx store.Tx) error { return tx.AddPasskey(again) }), store.ErrDuplicate)

	use := func(p privyseal.Passkey, count uint32) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.UsePasskey(p.ID, count, at(99)) })
	}
	wantErr(t, "the count as it was", use(a, 1<<31), store.ErrConflict)
	wantErr(t, "less", use(a, 7), store.ErrConflict)
	wantErr(t, "none any more", use(a, 0), store.ErrConflict)
	wantErr(t, "more", use(a, 1<<31+1), nil)
	wantErr(t, "an unknown one", use(passkey(3, "p1"), 1), store.ErrConflict)
	a.Count, a.Used = 1<<31+1, at(99)
	never := passkey(4, "p1")
	never.Count = 0
	update(t, s, func(tx store.Tx) error { return tx.AddPasskey(never) })
	wantErr(t, "one that never counts", use(never, 0), nil)
	wantErr(t, "one that never counts, again", use(never, 0), nil)
	never.Used = at(99)
	update(t, s, func(tx store.Tx) error { return tx.DeletePasskey(b.ID) })
	equal(t, "as they are", get(t, s, store.Reader.Passkeys), []privyseal.Passkey{a, never})
}

func logins(t *testing.T, s store.Store) {
	a, b := login(2, "p1"), login(1, "p2")
	for _, l := range []privyseal.Login{a, b} {
		update(t, s, func(tx store.Tx) error { return tx.AddLogin(l) })
	}
	equal(t, "in order of creation", get(t, s, store.Reader.Logins), []privyseal.Login{a, b})
	pruneAll(t, s, at(3601))
	equal(t, "what has ended is dropped", get(t, s, store.Reader.Logins), []privyseal.Login{a})
	update(t, s, func(tx store.Tx) error { return tx.EndLogin(a.Hash) })
	equal(t, "ended", get(t, s, store.Reader.Logins), []privyseal.Login(nil))
}
