package powers

import (
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// Followed by an id, the settings that hold the seals of who may use the console.
const (
	settingPerson  = "powers/person/"
	settingPasskey = "powers/passkey/"
)

func passkeySetting(id []byte) string {
	return settingPasskey + base64.RawURLEncoding.EncodeToString(id)
}

// ofPerson is a digest of all that decides what somebody may do, and of the code
// that they come in with.
func ofPerson(p privyseal.Person) [32]byte {
	ends := int64(0)
	if p.Code != [32]byte{} {
		ends = p.CodeEnds.UnixMilli()
	}
	return digest(struct {
		ID, Name string
		Roles    []privyseal.RoleFor
		Code     [32]byte
		Ends     int64
	}{p.ID, p.Name, slices.Concat([]privyseal.RoleFor{}, p.Roles), p.Code, ends})
}

// ofPasskey is a digest of a passkey, and of whose it is.
func ofPasskey(p privyseal.Passkey) [32]byte {
	return digest(struct {
		ID, Key        []byte
		Person, Domain string
	}{p.ID, p.Key, p.Person, p.Domain})
}

// reader sees no people and no passkeys that do not fit their seals. While the
// vault is locked it cannot tell, and sees all.
type reader struct {
	store.Reader
	s *Store
}

// Persons implements [store.Reader].
func (r *reader) Persons() ([]privyseal.Person, error) {
	all, err := r.Reader.Persons()
	if err != nil {
		return nil, err
	}
	return fitting(r.s, r.Reader, all, func(p privyseal.Person) (string, [32]byte) { return settingPerson + p.ID, ofPerson(p) })
}

// Passkeys implements [store.Reader].
func (r *reader) Passkeys() ([]privyseal.Passkey, error) {
	all, err := r.Reader.Passkeys()
	if err != nil {
		return nil, err
	}
	return fitting(r.s, r.Reader, all, func(p privyseal.Passkey) (string, [32]byte) { return passkeySetting(p.ID), ofPasskey(p) })
}

func fitting[T any](s *Store, r store.Reader, all []T, of func(T) (string, [32]byte)) ([]T, error) {
	var out []T
	for _, v := range all {
		key, want := of(v)
		text, err := r.Setting(key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		ok, err := s.fits(key, text, want)
		if privyseal.KindOf(err) == privyseal.KindLocked {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, v)
		}
	}
	return out, nil
}

// PutPerson implements [store.Tx].
func (w *watched) PutPerson(p privyseal.Person) error {
	if err := w.Tx.PutPerson(p); err != nil {
		return err
	}
	return w.seal(settingPerson+p.ID, ofPerson(p))
}

// DeletePerson implements [store.Tx].
func (w *watched) DeletePerson(id string) error {
	if err := unsealPerson(w.Tx, id); err != nil {
		return err
	}
	return w.Tx.DeletePerson(id)
}

func unsealPerson(tx store.Tx, id string) error {
	keys, err := tx.Passkeys()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Person == id {
			err = errors.Join(err, tx.SetSetting(passkeySetting(k.ID), ""))
		}
	}
	return errors.Join(err, tx.SetSetting(settingPerson+id, ""))
}

// UseCode implements [store.Tx]: a new seal must not cover what somebody else
// wrote.
func (w *watched) UseCode(person string, code [32]byte, now time.Time) error {
	all, err := (&reader{w.Tx, w.s}).Persons()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p privyseal.Person) bool { return p.ID == person })
	if i < 0 {
		return store.ErrSpent
	}
	if err := w.Tx.UseCode(person, code, now); err != nil {
		return err
	}
	p := all[i]
	p.Code = [32]byte{}
	return w.seal(settingPerson+p.ID, ofPerson(p))
}

// AddPasskey implements [store.Tx].
func (w *watched) AddPasskey(p privyseal.Passkey) error {
	if err := w.Tx.AddPasskey(p); err != nil {
		return err
	}
	return w.seal(passkeySetting(p.ID), ofPasskey(p))
}

// DeletePasskey implements [store.Tx].
func (w *watched) DeletePasskey(id []byte) error {
	if err := w.SetSetting(passkeySetting(id), ""); err != nil {
		return err
	}
	return w.Tx.DeletePasskey(id)
}

// strangers are the people and passkeys that do not fit their seals.
func (s *Store) strangers(tx store.Tx) (persons []privyseal.Person, passkeys []privyseal.Passkey, err error) {
	r := &reader{tx, s}
	known, err := r.Persons()
	if err != nil {
		return nil, nil, err
	}
	if persons, err = tx.Persons(); err != nil {
		return nil, nil, err
	}
	persons = slices.DeleteFunc(persons, func(p privyseal.Person) bool {
		return slices.ContainsFunc(known, func(k privyseal.Person) bool { return k.ID == p.ID })
	})
	fit, err := r.Passkeys()
	if err != nil {
		return nil, nil, err
	}
	if passkeys, err = tx.Passkeys(); err != nil {
		return nil, nil, err
	}
	passkeys = slices.DeleteFunc(passkeys, func(p privyseal.Passkey) bool {
		return slices.ContainsFunc(fit, func(k privyseal.Passkey) bool { return slices.Equal(k.ID, p.ID) })
	})
	return persons, passkeys, nil
}

// dropStrangers removes who was added or changed past the signer, on record.
func (s *Store) dropStrangers(tx store.Tx, now time.Time) (dropped int, err error) {
	persons, passkeys, err := s.strangers(tx)
	if err != nil {
		return 0, err
	}
	for _, p := range passkeys { // before those whose they are
		if err := errors.Join(tx.SetSetting(passkeySetting(p.ID), ""), tx.DeletePasskey(p.ID), note(tx, privyseal.Record{
			Time: now, Detail: "a passkey was made or changed past the signer: removed",
		})); err != nil {
			return 0, err
		}
	}
	for _, p := range persons {
		if err := errors.Join(unsealPerson(tx, p.ID), tx.DeletePerson(p.ID), note(tx, privyseal.Record{
			Time: now, Detail: "somebody who may use the console was added or changed past the signer: removed",
		})); err != nil {
			return 0, err
		}
	}
	return len(persons) + len(passkeys), nil
}
