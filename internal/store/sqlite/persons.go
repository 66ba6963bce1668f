package sqlite

import (
	"encoding/json"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

func scanPerson(r *row) privyseal.Person {
	p := privyseal.Person{ID: r.text(), Name: r.text(), Created: r.time()}
	roles := r.blob()
	if len(roles) > 0 && json.Unmarshal(roles, &p.Roles) != nil {
		r.bad()
	}
	p.Code, p.CodeEnds = r.hash(), r.time()
	return p
}

// Persons implements [store.Reader].
func (x *reader) Persons() ([]privyseal.Person, error) {
	return list(x.c, scanPerson, `SELECT id, name, created, roles, code, code_ends FROM person ORDER BY n`)
}

// PutPerson implements [store.Tx].
func (x *tx) PutPerson(p privyseal.Person) error {
	var roles []byte
	if len(p.Roles) > 0 {
		var err error
		if roles, err = json.Marshal(p.Roles); err != nil {
			return err
		}
	}
	var code []byte
	if p.Code != [32]byte{} {
		code = p.Code[:]
	}
	_, err := x.c.change(`INSERT INTO person (id, name, created, roles, code, code_ends) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, created = excluded.created, roles = excluded.roles,
		code = excluded.code, code_ends = excluded.code_ends`,
		p.ID, p.Name, milli(p.Created), bytesOrNull(roles), bytesOrNull(code), milli(p.CodeEnds))
	return err
}

// DeletePerson implements [store.Tx].
func (x *tx) DeletePerson(id string) error {
	for _, table := range []string{`DELETE FROM passkey WHERE person = ?`, `DELETE FROM login WHERE person = ?`} {
		if _, err := x.c.change(table, id); err != nil {
			return err
		}
	}
	return x.c.must(`DELETE FROM person WHERE id = ?`, id)
}

// UseCode implements [store.Tx].
func (x *tx) UseCode(person string, code [32]byte, now time.Time) error {
	n, err := x.c.change(`UPDATE person SET code = NULL, code_ends = 0 WHERE id = ? AND code = ? AND code_ends > ?`, person, code[:], milli(now))
	if err == nil && n == 0 {
		err = store.ErrSpent
	}
	return err
}

// Passkeys implements [store.Reader].
func (x *reader) Passkeys() ([]privyseal.Passkey, error) {
	return list(x.c, func(r *row) privyseal.Passkey {
		return privyseal.Passkey{
			ID: r.blob(), Person: r.text(), Label: r.text(), Domain: r.text(), Key: r.blob(), Count: uint32(r.int()),
			Created: r.time(), Used: r.time(),
		}
	}, `SELECT id, person, label, domain, key, count, created, used FROM passkey ORDER BY n`)
}

// AddPasskey implements [store.Tx].
func (x *tx) AddPasskey(p privyseal.Passkey) error {
	n, err := x.c.change(`INSERT INTO passkey (id, person, label, domain, key, count, created, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`,
		bytesOrNull(p.ID), p.Person, p.Label, p.Domain, bytesOrNull(p.Key), int64(p.Count), milli(p.Created), milli(p.Used))
	if err == nil && n == 0 {
		err = store.ErrDuplicate
	}
	return err
}

// UsePasskey implements [store.Tx].
func (x *tx) UsePasskey(id []byte, count uint32, at time.Time) error {
	n, err := x.c.change(`UPDATE passkey SET count = ?, used = ? WHERE id = ? AND (count < ? OR count = 0 AND ? = 0)`,
		int64(count), milli(at), id, int64(count), int64(count))
	if err == nil && n == 0 {
		err = store.ErrConflict
	}
	return err
}

// DeletePasskey implements [store.Tx].
func (x *tx) DeletePasskey(id []byte) error { return x.c.must(`DELETE FROM passkey WHERE id = ?`, id) }

// Logins implements [store.Reader].
func (x *reader) Logins() ([]privyseal.Login, error) {
	return list(x.c, func(r *row) privyseal.Login {
		return privyseal.Login{Hash: r.hash(), Person: r.text(), Device: r.text(), By: r.text(), Created: r.time(), Ends: r.time()}
	}, `SELECT hash, person, device, by, created, ends FROM login ORDER BY n`)
}

// AddLogin implements [store.Tx].
func (x *tx) AddLogin(l privyseal.Login) error {
	_, err := x.c.change(`INSERT INTO login (hash, person, device, by, created, ends) VALUES (?, ?, ?, ?, ?, ?)`,
		l.Hash[:], l.Person, l.Device, l.By, milli(l.Created), milli(l.Ends))
	return err
}

// EndLogin implements [store.Tx].
func (x *tx) EndLogin(hash [32]byte) error {
	return x.c.must(`DELETE FROM login WHERE hash = ?`, hash[:])
}
