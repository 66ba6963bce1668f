package keeper_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// T57: whoever writes to the database cannot give an app more than the person
// did: the app is paused, on record and with an alarm.
func TestPowersChangedPastTheSigner(t *testing.T) {
	for name, change := range map[string]string{
		"grant edited":     `UPDATE permit SET verdict = (SELECT max(verdict) FROM permit), kind = 0`,
		"refusal removed":  `DELETE FROM permit WHERE kind = 7`,
		"budget raised":    `UPDATE permit SET budget_n = 100000 WHERE budget_n > 0`,
		"end put off":      `UPDATE permit SET until = until + 86400000 WHERE until > 0`,
		"preset widened":   `UPDATE app SET preset = 'trusted'`,
		"revival":          `UPDATE app SET state = (SELECT state FROM app WHERE label = 'kept'), preset = 'trusted' WHERE label = 'gone'`,
		"another's client": `UPDATE app SET client = zeroblob(32) WHERE label = 'kept'`,
		"seal removed":     `DELETE FROM setting WHERE key LIKE 'app-powers/%'`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			kept := r.paired(control.InviteArgs{AppName: "kept", Preset: "ask", Allow: "sign_event:1#5/h,sign_event:6~30d", Refuse: "sign_event:7"})
			gone := r.paired(control.InviteArgs{AppName: "gone", Preset: "ask"})
			id := r.app(kept).ID
			mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: r.app(gone).ID})
			r.stop()
			db := r.open(r.dir)
			if _, err := db.Exec(change); err != nil {
				t.Fatal(err)
			}
			must(t, db.Close())
			r.fence = nil
			r.cold = true
			r.start(false)
			mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
			paused := 0
			for _, a := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
				if a.State == "paused" {
					paused++
				}
			}
			said := ""
			for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
				if f.State == "problem" {
					said += f.Text
				}
			}
			if paused == 0 || !strings.Contains(said, "changed past the signer") || r.count("apps_tampered") != paused {
				t.Fatalf("%d apps are paused, and it says %q", paused, said)
			}
			if name == "another's client" {
				return // there is nobody to answer
			}
			if name != "revival" {
				wantPrefix(t, kept.ask("sign_event", kept.note("x")), privyseal.KindDenied)
				mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: id})
			}
			kept.signed(kept.ask("sign_event", kept.note("y")), r.author)
			r.restart()
			for _, a := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
				if a.ID == id && a.State != "active" {
					t.Fatalf("after a person let it go on it is %s", a.State)
				}
			}
		})
	}
}

// Whatever a person changes is sealed with it: at the next start nothing is
// taken for tampering.
func TestPowersArePersons(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "social", Allow: "sign_event:1#5/h"})
	id := control.Name{Name: r.app(c).ID}
	acts := map[string]func(){
		"allow":  func() { mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: "allow", Perms: "sign_event:30023~1h"}) },
		"refuse": func() { mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: "refuse", Perms: "sign_event:30023"}) },
		"pause":  func() { mustCall[control.AppInfo](r, control.VerbAppsPause, id) },
		"resume": func() { mustCall[control.AppInfo](r, control.VerbAppsResume, id) },
		"panic":  func() { mustCall[control.Paused](r, control.VerbPanic, nil); mustCall[control.AppInfo](r, control.VerbAppsResume, id) },
		"pairs":  func() { r.paired(control.InviteArgs{}) },
	}
	for _, name := range []string{"allow", "refuse", "pause", "resume", "panic", "pairs"} {
		acts[name]()
		r.restart()
		if n := r.count("apps_tampered"); n != 0 {
			t.Fatalf("after %s: %d apps are taken for tampered with", name, n)
		}
	}
	mustCall[control.Status](r, control.VerbLock, nil)
	_, err := call[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: "allow", Perms: "sign_event:6"})
	if privyseal.KindOf(err) != privyseal.KindLocked {
		t.Fatalf("with a locked vault: %v", err)
	}
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, id) // taking away is always possible
	mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	if n := r.count("apps_tampered"); n != 0 {
		t.Fatalf("after a lock: %d", n)
	}
}
