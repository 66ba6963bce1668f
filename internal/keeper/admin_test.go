package keeper_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip49"
)

func TestIdentities(t *testing.T) {
	r := newRig(t)
	bo := mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	if _, err := call[control.Invite](r, control.VerbInvite, control.InviteArgs{}); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Fatalf("with two identities one must be named: %v", err)
	}
	for _, bad := range []control.IdentityAdd{{Name: ""}, {Name: "BO"}, {Name: "x\x1b[2J"}, {Name: strings.Repeat("x", 65)}, {Name: "c", Secret: []byte("nsec1nonsense")}} {
		if _, err := call[control.IdentityInfo](r, control.VerbIdentityAdd, bad); err == nil {
			t.Fatalf("%+v was taken", bad.Name)
		}
	}
	c := r.paired(control.InviteArgs{Identity: "bo"})
	wantResult(t, c.ask("get_public_key"), bo.PubKey)
	mustCall[control.IdentityInfo](r, control.VerbIdentityRename, control.Rename{Name: "bo", To: "Bo B."})
	if _, err := call[control.IdentityInfo](r, control.VerbIdentityRename, control.Rename{Name: "Bo B.", To: "ana"}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("two of one name: %v", err)
	}
	r.restart()
	if got := mustCall[control.IdentityInfo](r, control.VerbIdentityShow, control.Name{Name: "bo b."}); got.PubKey != bo.PubKey || got.Apps != 1 {
		t.Fatalf("identity %+v", got)
	}
	if _, err := call[control.IdentityInfo](r, control.VerbIdentityRemove, control.Removal{Name: "Bo B.", Confirm: "yes"}); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("removed without confirmation: %v", err)
	}
	compatible := r.paired(control.InviteArgs{Identity: "Bo B.", Compatible: true})
	link := r.invite(control.InviteArgs{Identity: "Bo B."})
	mustCall[control.IdentityInfo](r, control.VerbIdentityRemove, control.Removal{Name: "Bo B.", Confirm: bo.Npub})
	wantPrefix(t, c.ask("get_public_key"), privyseal.KindRevoked)
	compatible.silent(compatible.seal(compatible.request("ping"), r.now())) // its key is gone
	link.silent(link.seal(link.request("connect", "", link.secret), r.now()))
	r.restart()
	wantPrefix(t, c.ask("get_public_key"), privyseal.KindRevoked)
	if all := mustCall[[]control.IdentityInfo](r, control.VerbIdentityList, nil); len(all) != 1 {
		t.Fatalf("identities %+v", all)
	}
}

func TestExportAndImport(t *testing.T) {
	r := newRig(t)
	const password = "another good password"
	ask := control.Export{Name: "ana", Passphrase: []byte("not the passphrase"), Password: []byte(password)}
	if _, err := call[control.Exported](r, control.VerbIdentityExport, ask); err == nil {
		t.Fatal("exported without the passphrase")
	}
	ask.Passphrase = []byte(passphrase)
	out := mustCall[control.Exported](r, control.VerbIdentityExport, ask)
	sk, err := nip49.Decrypt(out.Ncryptsec, password)
	must(t, err)
	pub, err := sk.PublicKey()
	must(t, err)
	if pub.String() != r.author {
		t.Fatal("another key was exported")
	}
	add := control.IdentityAdd{Name: "copy", Secret: []byte(out.Ncryptsec), Password: []byte(password)}
	if _, err := call[control.IdentityInfo](r, control.VerbIdentityAdd, add); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("one key twice: %v", err)
	}
	other, err := nostr.GenerateSecretKey()
	must(t, err)
	got := mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "old", Secret: []byte(other.Nsec())})
	want, err := other.PublicKey()
	must(t, err)
	if got.PubKey != want.String() {
		t.Fatal("another key was imported")
	}
}

func TestPassphraseChange(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	change := func(old, next string) error {
		_, err := call[control.Status](r, control.VerbPassphraseChange, control.PassphraseChange{Old: []byte(old), New: []byte(next)})
		return err
	}
	if change("wrong", "a new passphrase") == nil || change(passphrase, "short") == nil {
		t.Fatal("changed")
	}
	must(t, change(passphrase, "a new passphrase"))
	r.stop()
	r.cold = true
	r.start(false)
	unlock := func(p string) error {
		_, err := call[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(p)})
		return err
	}
	if unlock(passphrase) == nil {
		t.Fatal("the old passphrase still opens the vault")
	}
	must(t, unlock("a new passphrase"))
	c.signed(c.ask("sign_event", c.note("x")), r.author)
}

func TestBackupStream(t *testing.T) {
	r := newRig(t)
	r.paired(control.InviteArgs{AppName: "Coracle"})
	var sealed bytes.Buffer
	args, err := json.Marshal(control.BackupArgs{Passphrase: []byte(passphrase)})
	must(t, err)
	_, err = r.k.Call(t.Context(), control.CommandLine, control.VerbBackup, args, func(v any) error {
		sealed.Write(v.(control.BackupPart).Data)
		return nil
	})
	must(t, err)
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(r.dir, "*.db"))
	must(t, err)
	var plain bytes.Buffer
	must(t, vault.OpenBackup([]byte(passphrase), &sealed, &plain))
	must(t, os.WriteFile(filepath.Join(dir, filepath.Base(files[0])), plain.Bytes(), 0o600))
	r.stop()
	r.dir = dir
	r.start(false)
	apps := mustCall[[]control.AppInfo](r, control.VerbAppsList, nil)
	if len(apps) != 1 || apps[0].Name != "Coracle" || r.ana().PubKey != r.author {
		t.Fatalf("restored %+v", apps)
	}
	st, err := sqlite.OpenReadOnly(r.dir)
	must(t, err)
	must(t, st.Close())
}

func TestPanicPausesEveryApp(t *testing.T) {
	r := newRig(t)
	c, d := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{Compatible: true})
	if p := mustCall[control.Paused](r, control.VerbPanic, nil); p.Apps != 2 {
		t.Fatalf("%d apps paused", p.Apps)
	}
	r.restart()
	for _, c := range []*client{c, d} {
		wantPrefix(t, c.ask("ping"), privyseal.KindDenied)
		wantPrefix(t, c.ask("sign_event", c.note("x")), privyseal.KindDenied)
	}
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	c.signed(c.ask("sign_event", c.note("x")), r.author)
}

func TestActivityByName(t *testing.T) {
	r := newRig(t)
	c, d := r.paired(control.InviteArgs{AppName: "Coracle"}), r.paired(control.InviteArgs{AppName: "Jumble"})
	c.ask("sign_event", c.note("x"))
	d.ask("sign_event", d.note("y"))
	r.settle()
	id := r.app(c).ID
	for _, name := range []string{"coracle", id, id[:6]} {
		recs := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: name})
		if len(recs) != 4 || slices.ContainsFunc(recs, func(i control.RecordInfo) bool { return i.App != id || i.AppName != "Coracle" || i.Sentence == "" }) {
			t.Fatalf("%s: %+v", name, recs)
		}
	}
	if _, err := call[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: "nobody"}); privyseal.KindOf(err) != privyseal.KindNotFound {
		t.Fatalf("unknown app: %v", err)
	}
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: id})
	if recs := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: "Coracle"}); len(recs) != 5 {
		t.Fatalf("of a revoked app: %+v", recs)
	}
}

func TestSettings(t *testing.T) {
	r := newRig(t)
	for _, s := range mustCall[[]control.SettingInfo](r, control.VerbSettingsList, nil) {
		if s.About == "" || s.Value != s.Default {
			t.Fatalf("setting %+v", s)
		}
	}
	for _, bad := range []control.SettingArgs{{Key: "preset", Value: "everything"}, {Key: "log-level", Value: "loud"}, {Key: "socks", Value: "x"}, {Key: "nothing", Value: "x"}, {Key: "announce-key", Value: "00"}} {
		if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, bad); err == nil {
			t.Fatalf("%+v was taken", bad)
		}
	}
	mustCall[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "preset", Value: "ask"})
	r.restart()
	c := r.paired(control.InviteArgs{})
	if p := r.app(c).Preset; p != "ask" {
		t.Fatalf("preset %s", p)
	}
	if s := mustCall[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "preset"}); s.Value != s.Default {
		t.Fatalf("setting %+v", s)
	}
}

func TestRelays(t *testing.T) {
	r := newRig(t)
	for _, bad := range []string{"", "relay", "https://a.example", "wss://", ownRelay} {
		if _, err := call[[]control.RelayInfo](r, control.VerbRelaysAdd, control.Name{Name: bad}); err == nil {
			t.Fatalf("%q was taken", bad)
		}
	}
	if _, err := call[[]control.RelayInfo](r, control.VerbRelaysRemove, control.Name{Name: ownRelay}); err == nil {
		t.Fatal("the only relay was removed")
	}
	mustCall[[]control.RelayInfo](r, control.VerbRelaysAdd, control.Name{Name: "WSS://A.example"})
	r.restart()
	relays := mustCall[[]control.RelayInfo](r, control.VerbRelaysList, nil)
	if len(relays) != 2 || relays[0].URL != "wss://a.example" || !relays[1].Own {
		t.Fatalf("relays %+v", relays)
	}
	inv := mustCall[control.Invite](r, control.VerbInvite, control.InviteArgs{})
	if len(inv.Relays) != 1 || inv.Relays[0].URL != "wss://a.example" || inv.Relays[0].Reach != "anywhere" || !inv.Relays[0].Live {
		t.Fatalf("a link names %+v", inv.Relays)
	}
	mustCall[[]control.RelayInfo](r, control.VerbRelaysRemove, control.Name{Name: "wss://a.example"})
	if _, err := call[[]control.RelayInfo](r, control.VerbRelaysRemove, control.Name{Name: "wss://a.example"}); err == nil {
		t.Fatal("removed twice")
	}
	inv = mustCall[control.Invite](r, control.VerbInvite, control.InviteArgs{})
	if len(inv.Relays) != 1 || inv.Relays[0].URL != ownRelay || inv.Relays[0].Reach != "this computer only" {
		t.Fatalf("a link names %+v", inv.Relays)
	}
}

func TestOnlyTheCommandLineMayCall(t *testing.T) {
	r := newRig(t)
	public := map[string]bool{control.VerbStatus: true, control.VerbDiscovery: true} // the front may look at these
	for _, verb := range keeper.Verbs() {
		for _, rights := range []control.Rights{control.NoRights, control.Front, 77} {
			_, err := r.k.Call(t.Context(), rights, verb, nil, nil)
			if may := rights == control.Front && public[verb]; privyseal.KindOf(err) != privyseal.KindDenied && !may {
				t.Fatalf("rights %d, %s: %v", rights, verb, err)
			}
		}
	}
	if _, err := r.k.Call(t.Context(), control.CommandLine, "nonsense", nil, nil); privyseal.KindOf(err) != privyseal.KindUnsupported {
		t.Fatalf("unknown verb: %v", err)
	}
	if _, err := r.k.Call(t.Context(), control.CommandLine, control.VerbInvite, json.RawMessage(`[1]`), nil); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Fatalf("bad arguments: %v", err)
	}
}

// Who asks what happened is told of what was answered a moment ago too.
func TestActivityLagsBehindNothing(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	for i := range 20 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint(i))), r.author)
		newest := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 1})[0]
		if newest.Phase != privyseal.PhaseDone.String() {
			t.Fatalf("after answer %d the newest record is %+v", i, newest)
		}
	}
}
