package keeper_test

import (
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// T57: whoever writes to the database cannot make themselves somebody who may
// use the console: who does not fit is removed, on record and with an alarm.
func TestPeopleChangedPastTheSigner(t *testing.T) {
	for name, change := range map[string]string{
		"somebody added":      `INSERT INTO person (id, name, created, roles, code_ends) SELECT 'x', 'mallory', created, roles, 0 FROM person WHERE name = 'owner'`,
		"a role raised":       `UPDATE person SET roles = (SELECT roles FROM person WHERE name = 'owner') WHERE name = 'Bea'`,
		"a code to come in":   `UPDATE person SET code = randomblob(32), code_ends = 99999999999999 WHERE name = 'owner'`,
		"a passkey added":     `INSERT INTO passkey SELECT NULL, x'0102', (SELECT id FROM person WHERE name = 'owner'), label, domain, key, count, created, used FROM passkey WHERE person = (SELECT id FROM person WHERE name = 'Bea')`,
		"a passkey given":     `UPDATE passkey SET person = (SELECT id FROM person WHERE name = 'owner') WHERE person = (SELECT id FROM person WHERE name = 'Bea')`,
		"another key":         `UPDATE passkey SET key = (SELECT key FROM passkey WHERE person = (SELECT id FROM person WHERE name = 'Bea'))  WHERE person = (SELECT id FROM person WHERE name = 'owner')`,
		"another domain":      `UPDATE passkey SET domain = 'evil.example' WHERE person = (SELECT id FROM person WHERE name = 'owner')`,
		"seals swapped":       `UPDATE setting SET value = (SELECT value FROM setting WHERE key = 'powers/person/' || (SELECT id FROM person WHERE name = 'owner')) WHERE key = 'powers/person/' || (SELECT id FROM person WHERE name = 'Bea')`,
		"no seals":            `DELETE FROM setting WHERE key LIKE 'powers/pass%'`,
		"no seals, no people": `DELETE FROM setting WHERE key LIKE 'powers/%' AND key NOT LIKE 'powers/app/%'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.enters("").enrols(0)
			r.joins("Bea", "auditor", "ana")
			before := r.people()
			r.edited(change)
			if r.notes("past the signer: removed") == 0 || r.count("powers_tampered") == 0 || r.problems() == "" {
				t.Fatalf("it was not noticed: %q", r.problems())
			}
			after := r.people()
			if len(after) > len(before) || keys(after) > keys(before) {
				t.Fatalf("%+v\n%+v", before, after)
			}
			for _, p := range after {
				if p.Name == "Bea" && (p.Roles[0].Role != "auditor" || len(p.Passkeys) > 1) || p.Name == "owner" && (p.Invited != nil || len(p.Passkeys) > 1) || p.Name == "mallory" {
					t.Fatalf("%+v", p)
				}
			}
			r.restart()
			if n := r.notes("past the signer: removed"); n == 0 {
				t.Fatal("the record forgot")
			}
			r.enters("") // the owner still comes in by the command line
		})
	}
}

func keys(people []control.PersonInfo) (n int) {
	for _, p := range people {
		n += len(p.Passkeys)
	}
	return n
}

func (r *rig) people() []control.PersonInfo {
	r.t.Helper()
	return mustCall[[]control.PersonInfo](r, control.VerbPeopleList, nil)
}

// While it runs, and while the vault is locked, what was written past the signer
// is not believed either.
func TestPeopleChangedWhileItRuns(t *testing.T) {
	r := newRig(t)
	v := r.enters("")
	v.enrols(0)
	bea := r.joins("Bea", "auditor", "ana")
	r.sql(r.dir, `UPDATE person SET roles = (SELECT roles FROM person WHERE name = 'owner') WHERE name = 'Bea'`)
	r.enters("") // people are read anew
	_, err := does[[]control.SettingInfo](bea, control.VerbSettingsList, nil)
	wantKind(t, err, privyseal.KindDenied, "a role that was written past the signer")

	invite := control.InviteArgs{Identity: r.ana().ID}
	a := v.signs(control.VerbInvite, invite)
	mustCall[control.Status](r, control.VerbLock, nil)
	wantKind(t, done(r, a), privyseal.KindLocked, "a passkey while the vault is locked")
	r.enters("")
	unlock := v.act(control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	must(t, done(r, unlock))
	must(t, done(r, v.signs(control.VerbInvite, invite)))
	_, err = does[[]control.SettingInfo](bea, control.VerbSettingsList, nil)
	wantKind(t, err, privyseal.KindDenied, "after the vault was unlocked")
}
