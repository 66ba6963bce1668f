package storetest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// facts is all that [Fill] wrote, as read back.
type facts struct {
	Identities  []privyseal.Identity
	Apps        []privyseal.App
	Invitations []privyseal.Invitation
	Grants      []privyseal.Grant
	Use         privyseal.BudgetUse
	Questions   []privyseal.Question
	Open, Owed  []privyseal.Work
	Records     []privyseal.Record
	Checkpoints []store.Checkpoint
	Seals       []privyseal.Seal
	Settings    map[string]string
	Versions    []privyseal.Version // since 2
	Persons     []privyseal.Person  // since 4
	Passkeys    []privyseal.Passkey // since 4
	Logins      []privyseal.Login   // since 4
}

// before leaves out what stores kept only since a later schema.
func (f facts) before(schema int) facts {
	if schema < 2 {
		f.Versions, f.Questions = nil, slices.Clone(f.Questions)
		for i := range f.Questions {
			f.Questions[i].Replaces = nostr.ID{}
		}
	}
	if schema < 3 {
		f.Grants, f.Invitations = slices.Clone(f.Grants), slices.Clone(f.Invitations)
		for i := range f.Grants {
			f.Grants[i].Reach, f.Grants[i].Note = 0, ""
		}
		for i := range f.Invitations {
			f.Invitations[i].Grants = slices.Clone(f.Invitations[i].Grants)
			for j := range f.Invitations[i].Grants {
				f.Invitations[i].Grants[j].Reach, f.Invitations[i].Grants[j].Note = 0, ""
			}
		}
	}
	if schema < 4 {
		f.Persons, f.Passkeys, f.Logins = nil, nil, nil
	}
	return f
}

func read(t *testing.T, s store.Store) (f facts) {
	t.Helper()
	f.Records = chain(t, s)
	wantErr(t, "View", s.View(t.Context(), func(r store.Reader) error {
		var errs [15]error
		f.Identities, errs[0] = r.Identities()
		f.Apps, errs[1] = r.Apps()
		f.Invitations, errs[2] = r.Invitations()
		f.Grants, errs[3] = r.Grants("")
		f.Use, errs[4] = r.BudgetUse("g1")
		f.Questions, errs[5] = r.Questions(privyseal.QuestionUnknown)
		f.Open, errs[6] = r.OpenWork()
		f.Owed, errs[7] = r.OwedWork()
		f.Checkpoints, errs[8] = r.Checkpoints()
		f.Seals, errs[9] = r.Seals()
		f.Settings, errs[10] = r.Settings()
		f.Versions, errs[11] = r.Versions("i1", hash(40))
		f.Persons, errs[12] = r.Persons()
		f.Passkeys, errs[13] = r.Passkeys()
		f.Logins, errs[14] = r.Logins()
		return errors.Join(errs[:]...)
	}), nil)
	return f
}

// Fill writes at least one of everything a store keeps, always the same.
func Fill(t *testing.T, s store.Store) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		var errs []error
		do := func(err error) { errs = append(errs, err) }
		do(tx.PutIdentity(privyseal.Identity{ID: "i1", Name: "Ann", PubKey: hash(1), Sealed: []byte{1}, Created: at(0)}))
		do(tx.PutApp(app(0)))
		do(tx.PutApp(app(1)))
		do(tx.PutInvitation(invitation("v1")))
		do(tx.UseInvitation("v1", hash(9), at(3)))
		do(tx.PutInvitation(invitation("v2")))
		do(tx.PutGrant(grant("g1", "appa")))
		do(tx.PutGrant(privyseal.Grant{ID: "g2", App: "appb", Verdict: privyseal.Ask}))
		do(tx.Spend("g1", at(0), 2))
		do(tx.AskQuestion(question("q1")))
		do(tx.AskQuestion(question("q2")))
		do(tx.AnswerQuestion("q2", privyseal.QuestionApproved, "ann", at(9), false))
		for i := range 3 {
			do(tx.AddWork(someWork(i)))
		}
		do(tx.AskWork("app1", someWork(1).Event, "q1"))
		do(tx.FinishWork("app1", someWork(2).Event, privyseal.Refused, []byte("no"), []string{"wss://one.example"}, at(99)))
		for i := range 5 {
			_, err := tx.AppendRecord(record(i))
			do(err)
		}
		head, err := tx.Head()
		do(err)
		do(tx.PutCheckpoint(store.Checkpoint{Head: head, Time: at(1), Event: []byte("{}")}))
		do(tx.PutSeal(privyseal.Seal{ID: "s1", Type: "passphrase", Params: []byte("{}"), Sealed: []byte{5}, Created: at(0)}))
		do(tx.SetSetting("a", "1"))
		do(tx.PutVersion(version(0)))
		do(tx.PutVersion(version(1)))
		do(tx.PutPerson(person("p1")))
		do(tx.PutPerson(privyseal.Person{ID: "p2", Name: "Bob"}))
		do(tx.AddPasskey(passkey(1, "p1")))
		do(tx.AddLogin(login(1, "p1")))
		return errors.Join(errs...)
	})
}

// Filled fails the test unless a store holds exactly what [Fill] writes: it
// fills an empty one beside it and compares. A store that an older schema filled
// lacks what came later.
func Filled(t *testing.T, s, empty store.Store, schema int) {
	t.Helper()
	Fill(t, empty)
	got := read(t, s)
	for i := range got.Questions { // older releases kept the words of answered questions
		if got.Questions[i].State == privyseal.QuestionApproved {
			got.Questions[i].Words = nil
		}
	}
	equal(t, "all facts", got, read(t, empty).before(schema))
}

func durable(t *testing.T, s store.Store, reopen func(store.Store) store.Store) {
	Fill(t, s)
	want := read(t, s)
	s.Later(func(tx store.Tx) error { return tx.SetSetting("b", "2") })
	want.Settings["b"] = "2"
	s = reopen(s)
	equal(t, "after reopening", read(t, s), want)
	update(t, s, func(tx store.Tx) error { _, err := tx.AppendRecord(record(9)); return err })
	if got := len(chain(t, s)); got != len(want.Records)+1 {
		t.Fatalf("%d records", got)
	}
}

func backup(t *testing.T, s store.Store, reopen func(store.Store) store.Store) {
	Fill(t, s)
	s.Later(func(tx store.Tx) error { return tx.SetSetting("b", "2") })
	path := filepath.Join(t.TempDir(), "backup")
	wantErr(t, "Backup", s.Backup(t.Context(), path), nil)
	wantErr(t, "Backup over a file", s.Backup(t.Context(), path), os.ErrExist)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatalf("backup: %v %v", info, err)
	}
	want := read(t, s)
	equal(t, "after a backup and reopening", read(t, reopen(s)), want)
}
