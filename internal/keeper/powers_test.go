package keeper_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// edited stops the signer, changes its database past it, and starts it again.
func (r *rig) edited(change string) {
	r.t.Helper()
	r.stop()
	r.sql(r.dir, change)
	r.fence, r.cold = nil, true
	r.start(false)
	r.cold = false
	mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
}

// problems is what a check-up finds.
func (r *rig) problems() string {
	r.t.Helper()
	var said []string
	for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
		if f.State == "problem" {
			said = append(said, f.Text)
		}
	}
	return strings.Join(said, "; ")
}

// notes counts the notes in the record that say something.
func (r *rig) notes(text string) (n int) {
	r.t.Helper()
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 1000}) {
		if strings.Contains(rec.Detail, text) {
			n++
		}
	}
	return n
}

// T57: whoever writes to the database cannot give an app more than the person
// did: the app is paused, on record and with an alarm, until the person lets it
// go on.
func TestPowersChangedPastTheSigner(t *testing.T) {
	const (
		told  = "changed past the signer"
		kept  = "kept"
		other = "other"
	)
	for name, test := range map[string]struct {
		app, change string
	}{
		"grant turned":        {kept, `UPDATE permit SET verdict = (SELECT max(verdict) FROM permit)`},
		"refusal removed":     {kept, `DELETE FROM permit WHERE kind = 7`},
		"refusal taken away":  {kept, `UPDATE permit SET app = (SELECT id FROM app WHERE label = 'other') WHERE kind = 7`},
		"grant added":         {kept, `INSERT INTO permit SELECT NULL, 'x', app, method, 4, target, budget_n, budget_per, lasts, verdict, given, until, origin, reach, note FROM permit WHERE kind = 1 AND app = (SELECT id FROM app WHERE label = 'kept')`},
		"scope widened":       {kept, `UPDATE permit SET kind = NULL WHERE kind = 6`},
		"reach raised":        {kept, `UPDATE permit SET reach = 4`},
		"budget raised":       {kept, `UPDATE permit SET budget_n = 100000 WHERE budget_n > 0`},
		"end put off":         {kept, `UPDATE permit SET until = until + 86400000 WHERE until > 0`},
		"preset widened":      {kept, `UPDATE app SET preset = 'trusted' WHERE label = 'kept'`},
		"session put off":     {kept, `UPDATE app SET ends = 99999999999999 WHERE label = 'kept'`},
		"another identity":    {kept, `UPDATE app SET identity = 'x' WHERE label = 'kept'`},
		"another client":      {kept, `UPDATE app SET client = zeroblob(32) WHERE label = 'kept'`},
		"another signer key":  {kept, `UPDATE app SET signer = zeroblob(32) WHERE label = 'kept'`},
		"no seal":             {kept, `DELETE FROM setting WHERE key LIKE 'powers/app/%'`},
		"no seals and mark":   {kept, `DELETE FROM setting WHERE key LIKE 'powers/%'`},
		"seals swapped":       {kept, `UPDATE setting SET value = (SELECT value FROM setting WHERE key = 'powers/app/' || (SELECT id FROM app WHERE label = 'other')) WHERE key = 'powers/app/' || (SELECT id FROM app WHERE label = 'kept')`},
		"un-revoked":          {"gone", `UPDATE app SET state = (SELECT state FROM app WHERE label = 'kept') WHERE label = 'gone'`},
		"un-paused":           {"held", `UPDATE app SET state = (SELECT state FROM app WHERE label = 'kept') WHERE label = 'held'`},
		"un-paused by a seal": {"held", `UPDATE app SET state = (SELECT state FROM app WHERE label = 'kept') WHERE label = 'held'; INSERT INTO setting (key, value) SELECT replace(key, 'app', 'active'), value FROM setting WHERE key LIKE 'powers/app/%' ON CONFLICT DO NOTHING`},
		"paused and widened":  {"held", `UPDATE app SET preset = 'trusted' WHERE label = 'held'`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ids := map[string]control.Name{}
			clients := map[string]*client{}
			for _, label := range []string{kept, other, "gone", "held"} {
				clients[label] = r.paired(control.InviteArgs{AppName: label, Preset: "ask", Allow: "sign_event:1#5/h,sign_event:6~30d", Refuse: "sign_event:7"})
				ids[label] = control.Name{Name: r.app(clients[label]).ID}
			}
			mustCall[control.AppInfo](r, control.VerbAppsRevoke, ids["gone"])
			mustCall[control.AppInfo](r, control.VerbAppsPause, ids["held"])
			r.edited(test.change)
			state := func(label string) string {
				for _, a := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
					if a.ID == ids[label].Name {
						return a.State
					}
				}
				return "not there"
			}
			if got := state(test.app); got != "paused" {
				t.Fatalf("it is %s", got)
			}
			if said := r.problems(); !strings.Contains(said, test.app+": what it may do was "+told) {
				t.Fatalf("the check-up says %q", said)
			}
			if n := r.count("powers_tampered"); n == 0 || r.notes(told) != n {
				t.Fatalf("%d are counted, %d on record", n, r.notes(told))
			}
			noted := r.notes(told)
			r.restart() // it is said for as long as it is so, and recorded once
			if said := r.problems(); !strings.Contains(said, test.app+": what it may do was "+told) || r.notes(told) != noted {
				t.Fatalf("after a restart: %q, %d on record", said, r.notes(told))
			}
			mustCall[control.AppInfo](r, control.VerbAppsResume, ids[test.app])
			if said := r.problems(); strings.Contains(said, test.app+":") {
				t.Fatalf("after it was let go on: %q", said)
			}
			r.restart()
			if got := state(test.app); got != "active" {
				t.Fatalf("after a person let it go on it is %s", got)
			}
		})
	}
}

// What was changed past a signer that runs is not sealed with the next change.
func TestPowersChangedWhileItRuns(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "kept", Preset: "ask", Refuse: "sign_event:7"})
	id := r.app(c).ID
	r.sql(r.dir, `UPDATE app SET preset = 'trusted'; DELETE FROM permit`)
	_, err := call[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id, Verdict: "allow", Perms: "sign_event:1"})
	if privyseal.KindOf(err) != privyseal.KindConflict || !strings.Contains(err.Error(), "changed past the signer") {
		t.Fatalf("a change: %v", err)
	}
	wantPrefix(t, c.ask("sign_event", `{"kind":7,"created_at":1,"tags":[],"content":"+"}`), privyseal.KindDenied)
	mustCall[control.AppInfo](r, control.VerbAppsPause, control.Name{Name: id}) // always possible
	r.restart()
	if said := r.problems(); !strings.Contains(said, "kept: what it may do was changed past the signer") {
		t.Fatalf("the check-up says %q", said)
	}
}

// Whatever a person changes is sealed with it: at the next start nothing is
// taken for tampering.
func TestPowersArePersons(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "social", Allow: "sign_event:1#5/h"})
	id := control.Name{Name: r.app(c).ID}
	grant := func(verdict, perms string) func() {
		return func() {
			mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: verdict, Perms: perms})
		}
	}
	for _, act := range []struct {
		name string
		do   func()
	}{
		{"allow", grant("allow", "sign_event:30023~1h")},
		{"refuse", grant("refuse", "sign_event:30023")},
		{"a request", func() { c.signed(c.ask("sign_event", c.note("x")), r.author) }},
		{"pause", func() { mustCall[control.AppInfo](r, control.VerbAppsPause, id) }},
		{"a change while paused", grant("refuse", "sign_event:6")},
		{"resume", func() { mustCall[control.AppInfo](r, control.VerbAppsResume, id) }},
		{"panic", func() { mustCall[control.Paused](r, control.VerbPanic, nil) }},
		{"resume again", func() { mustCall[control.AppInfo](r, control.VerbAppsResume, id) }},
		{"a pairing", func() { r.paired(control.InviteArgs{}) }},
		{"an open link", func() { r.invite(control.InviteArgs{}) }},
	} {
		act.do()
		r.restart()
		if n := r.count("powers_tampered"); n != 0 {
			t.Fatalf("after %s: %d are taken for tampered with: %s", act.name, n, r.problems())
		}
	}
	mustCall[control.Status](r, control.VerbLock, nil)
	_, err := call[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: "allow", Perms: "sign_event:6"})
	if privyseal.KindOf(err) != privyseal.KindLocked {
		t.Fatalf("with a locked vault: %v", err)
	}
	mustCall[control.AppInfo](r, control.VerbAppsPause, id) // taking away is always possible
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, id)
	mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	r.restart()
	if n := r.count("powers_tampered"); n != 0 {
		t.Fatalf("after a lock: %d", n)
	}
}

// A link that was made or changed past the signer pairs nobody; one that was not
// does, also after a restart.
func TestLinksChangedPastTheSigner(t *testing.T) {
	for name, change := range map[string]string{
		"not changed": `SELECT 1`,
		"widened":     `UPDATE invitation SET preset = 'trusted' WHERE spent = 0`,
		"used again":  `UPDATE invitation SET spent = 0, used = 0, used_by = zeroblob(32), expires = expires + 86400000`,
		"put off":     `UPDATE invitation SET expires = expires + 86400000 WHERE spent = 0`,
		"no seal":     `DELETE FROM setting WHERE key LIKE 'powers/link/%'`,
		"no mark":     `DELETE FROM setting WHERE key LIKE 'powers/link/%' OR key = 'powers/begun'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.paired(control.InviteArgs{Preset: "ask"})
			link := r.invite(control.InviteArgs{Preset: "ask"})
			r.edited(change)
			if name == "not changed" {
				if n := r.count("powers_tampered"); n != 0 {
					t.Fatalf("%d are taken for tampered with", n)
				}
				wantResult(t, link.ask("connect", "", link.secret), "ack")
				return
			}
			if said := r.problems(); r.count("powers_tampered") == 0 || !strings.Contains(said, "a link was made or changed past the signer") {
				t.Fatalf("it says %q", said)
			}
			r.settle() // with an app of its own
			before := len(mustCall[[]control.AppInfo](r, control.VerbAppsList, nil))
			link.send(link.seal(link.request("connect", "", link.secret), r.now()))
			r.settle()
			if now := len(mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)); now != before {
				t.Fatalf("it paired: %d apps, %d before", now, before)
			}
		})
	}
}

// Pairing waits for the vault, since what the app may do is sealed; the link
// stays good.
func TestALockedVaultPairsNobody(t *testing.T) {
	r := newRig(t)
	link := r.invite(control.InviteArgs{Preset: "ask"})
	mustCall[control.Status](r, control.VerbLock, nil)
	wantPrefix(t, link.ask("connect", "", link.secret), privyseal.KindLocked)
	mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	wantResult(t, link.ask("connect", "", link.secret), "ack")
}

// What a restore stops gets no seal of being active from the backup.
func TestWhatARestoreStopsHasNoSeal(t *testing.T) {
	r := newRig(t)
	id := r.app(r.paired(control.InviteArgs{AppName: "gone"})).ID
	r.stop()
	db, err := sqlite.Open(t.Context(), r.dir, sqlite.Options{})
	must(t, err)
	must(t, db.Update(t.Context(), func(tx store.Tx) error {
		_, err := keeper.Stop(tx, []privyseal.App{{ID: id, State: privyseal.AppPaused}})
		return err
	}))
	must(t, db.Close())
	r.start(false)
	r.edited(fmt.Sprintf(`UPDATE app SET state = %d WHERE label = 'gone'`, privyseal.AppActive))
	if said := r.problems(); !strings.Contains(said, "gone: what it may do was changed past the signer") {
		t.Fatalf("the check-up says %q", said)
	}
}

// slowSeals is a store whose seals are read only when it is let.
type slowSeals struct {
	store.Store
	reads, let chan struct{}
}

type slowReader struct {
	store.Reader
	s *slowSeals
}

func (s *slowSeals) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.Store.View(ctx, func(r store.Reader) error { return fn(slowReader{r, s}) })
}

func (r slowReader) EachSetting(from, to string, fn func(key, value string) error) error {
	select {
	case r.s.reads <- struct{}{}:
		<-r.s.let
	default: // nobody waits for it
	}
	return r.Reader.EachSetting(from, to, fn)
}

// While the seals are looked at, with the vault open, no request is served by
// what was not looked at yet.
func TestNothingIsServedBeforeTheSealsAreLookedAt(t *testing.T) {
	slow := &slowSeals{reads: make(chan struct{}), let: make(chan struct{})}
	r := newRig(t, func(r *rig) {
		r.wrap = func(s store.Store) store.Store { slow.Store = s; return slow }
	})
	c := r.paired(control.InviteArgs{AppName: "kept", Preset: "ask"})
	r.stop()
	r.sql(r.dir, `UPDATE app SET preset = 'trusted'`)
	r.cold = true
	r.start(false)
	let := sync.OnceFunc(func() { close(slow.let) })
	t.Cleanup(let)
	unlocked := make(chan error, 1)
	go func() {
		_, err := call[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
		unlocked <- err
	}()
	<-slow.reads
	r.until("the vault is open", func() bool { return !r.vault.Locked() })
	n := r.outbound()
	c.send(c.seal(c.request("sign_event", c.note("x")), r.now()))
	r.until("the request is kept for later", func() bool { return r.count("events_while_locked") > 0 })
	let()
	must(t, <-unlocked)
	wantPrefix(t, c.await(n), privyseal.KindDenied)
}
