package keeper_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// place is a memory of marks that may fail.
type place struct {
	mu    sync.Mutex
	marks map[string]anchor.Mark
	err   error
}

func (p *place) String() string { return "a place of the test" }

func (p *place) Load(vault string) (anchor.Mark, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok := p.marks[vault]
	if p.err != nil || !ok {
		return anchor.Mark{}, errors.Join(p.err, anchor.ErrNone)
	}
	return m, nil
}

func (p *place) Save(m anchor.Mark) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	if p.marks == nil {
		p.marks = map[string]anchor.Mark{}
	}
	p.marks[m.Vault] = m
	return nil
}

// seq is how far the one mark has come.
func (p *place) mark() (m anchor.Mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m = range p.marks {
	}
	return m
}

func withPlace(p *place) func(*rig) { return func(r *rig) { r.anchor = p } }

// swapIn puts a copy of a data directory in the place of the present one.
func (r *rig) swapIn(from string) {
	r.t.Helper()
	r.dir = filepath.Join(r.t.TempDir(), "copy")
	must(r.t, os.CopyFS(r.dir, os.DirFS(from)))
	r.cold, r.fence = true, nil
	r.start(false)
}

// T58: an older copy brings back a revoked app and a spent link. It stays
// locked, with words; accepted, it gives neither back.
func TestOlderCopyStaysLocked(t *testing.T) {
	p := new(place)
	r := newRig(t, withPlace(p))
	revoked, kept := r.paired(control.InviteArgs{AppName: "revoked"}), r.paired(control.InviteArgs{AppName: "kept"})
	link := r.invite(control.InviteArgs{})
	r.stop()
	old := filepath.Join(t.TempDir(), "old")
	must(t, os.CopyFS(old, os.DirFS(r.dir)))
	r.fence = nil
	r.start(false)
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: r.app(revoked).ID})
	wantResult(t, link.ask("connect", "", link.secret), "ack")
	r.stop()

	r.swapIn(old)
	n := r.outbound()
	s := mustCall[control.Status](r, control.VerbStatus, nil)
	if !s.Locked || !strings.Contains(s.OlderCopy, "older copy") || len(s.Findings) == 0 || s.Findings[0].State != "problem" {
		t.Fatalf("status %+v", s)
	}
	for _, args := range []control.Passphrase{{Passphrase: []byte(passphrase)}, {Passphrase: []byte("wrong horse battery"), AcceptOlder: true}, {AcceptOlder: true}} {
		if _, err := call[control.Status](r, control.VerbUnlock, args); err == nil {
			t.Fatalf("opened with %+v", args)
		}
	}
	if _, err := call[control.Status](r, control.VerbPassphraseChange, control.PassphraseChange{Old: []byte(passphrase), New: []byte("a new passphrase")}); err == nil {
		t.Fatal("a change of passphrase opened it")
	}
	before := p.mark()
	revoked.send(revoked.seal(revoked.request("sign_event", revoked.note("stolen")), r.now()))
	link.send(link.seal(link.request("connect", "", link.secret), r.now()))
	r.until("both were kept for later", func() bool { return r.count("events_while_locked") == 2 })
	if r.outbound() != n {
		t.Fatal("an older copy answered")
	}
	must(t, r.k.Drain(t.Context()))
	if p.mark() != before {
		t.Fatal("an older copy moved the mark that betrays it")
	}

	s = mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase), AcceptOlder: true})
	if s.Locked || s.OlderCopy != "" || s.Epoch != 2 {
		t.Fatalf("status %+v", s)
	}
	r.until("the revoked app was told", func() bool { return len(revoked.since(n)) == 1 })
	wantPrefix(t, revoked.since(n)[0], privyseal.KindDenied)
	if got := link.since(n); len(got) > 0 && got[0].Error == "" {
		t.Fatalf("the spent link works again: %+v", got)
	}
	for _, a := range mustCall[[]control.AppInfo](r, control.VerbAppsList, nil) {
		if a.State != "paused" && a.Name != "the fence" {
			t.Errorf("%s is %s", a.Name, a.State)
		}
	}
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(kept).ID})
	kept.signed(kept.ask("sign_event", kept.note("x")), r.author)
	if m := p.mark(); m.Epoch != 2 {
		t.Fatalf("mark %+v", m)
	}
	if v := mustCall[control.Verification](r, control.VerbActivityVerify, nil); !v.OK {
		t.Fatalf("%+v", v)
	}
	noted := false
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, nil) {
		noted = noted || strings.Contains(rec.Detail, "older copy") && strings.Contains(rec.Detail, "epoch 2")
	}
	if !noted {
		t.Error("it is not on record")
	}

	// The epoch before is the older copy now, however long its record.
	r.stop()
	r.swapIn(old)
	if s := mustCall[control.Status](r, control.VerbStatus, nil); !strings.Contains(s.OlderCopy, "epoch 2") {
		t.Fatalf("%+v", s)
	}
}

// A copy of now, a restart, a kill without a clean stop: none is an older copy.
func TestPresentDataIsNotOlder(t *testing.T) {
	p := new(place)
	r := newRig(t, withPlace(p))
	c := r.paired(control.InviteArgs{})
	for range 3 {
		c.signed(c.ask("sign_event", c.note("x")), r.author)
		r.restart()
		r.fence = nil
		if s := mustCall[control.Status](r, control.VerbStatus, nil); s.OlderCopy != "" || s.Locked || s.Epoch != 1 {
			t.Fatalf("%+v", s)
		}
	}
	r.stop()
	r.swapIn(r.dir)
	if s := mustCall[control.Status](r, control.VerbStatus, nil); s.OlderCopy != "" {
		t.Fatalf("a full copy: %s", s.OlderCopy)
	}
}

// What takes power away is marked within a moment, not only at a stop.
func TestNarrowingActsAreMarkedSoon(t *testing.T) {
	p := new(place)
	r := newRig(t, withPlace(p))
	c := r.paired(control.InviteArgs{})
	id := control.Name{Name: r.app(c).ID}
	acts := map[string]func(){
		"pause":  func() { mustCall[control.AppInfo](r, control.VerbAppsPause, id) },
		"resume": func() { mustCall[control.AppInfo](r, control.VerbAppsResume, id) },
		"grant": func() {
			mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: id.Name, Verdict: "refuse", Perms: "sign_event:1"})
		},
		"passphrase": func() {
			mustCall[control.Status](r, control.VerbPassphraseChange, control.PassphraseChange{Old: []byte(passphrase), New: []byte(passphrase)})
		},
		"panic":   func() { mustCall[control.Paused](r, control.VerbPanic, nil) },
		"pairing": func() { r.paired(control.InviteArgs{}) },
		"revoke":  func() { mustCall[control.AppInfo](r, control.VerbAppsRevoke, id) },
	}
	for _, name := range []string{"pause", "resume", "grant", "passphrase", "panic", "pairing", "revoke"} {
		acts[name]()
		var head store.Head
		must(t, r.store.View(t.Context(), func(s store.Reader) (err error) { head, err = s.Head(); return err }))
		r.until(name+" is marked", func() bool { return p.mark().Head.Seq >= head.Seq })
	}
}

// Without a mark, and with one that cannot be kept, the signer works and says so.
func TestMarkMissing(t *testing.T) {
	p := &place{err: errors.New("read-only")}
	r := newRig(t, withPlace(p))
	c := r.paired(control.InviteArgs{})
	warned := func() string {
		for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
			if f.State == "warning" && f.Fix != "" {
				return f.Text
			}
		}
		return ""
	}
	r.until("it says that it cannot write", func() bool { return strings.Contains(warned(), "cannot be written: read-only") })
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.stop()
	p.err = nil
	r.start(false)
	if !strings.Contains(warned(), "no mark") {
		t.Fatalf("%q", warned())
	}
	r.until("it is made again", func() bool { return p.mark().Head.Seq > 0 })
	r.restart()
	if w := warned(); w != "" {
		t.Fatal(w)
	}
	none := newRig(t)
	if f := mustCall[control.Status](none, control.VerbStatus, nil).Findings; len(f) != 1 || f[0].State != "warning" {
		t.Fatalf("without a place: %+v", f)
	}
	must(t, none.k.Drain(context.Background()))
}

// T58: a mark that was kept and is gone, was changed, or is nobody's, tells
// nothing; the data stays locked until a person accepts it.
func TestAMissedMarkLocks(t *testing.T) {
	rewrite := func(change func(*anchor.Mark)) func(*testing.T, string) {
		return func(t *testing.T, file string) {
			raw, err := os.ReadFile(file)
			must(t, err)
			m, err := anchor.Parse(raw)
			must(t, err)
			change(&m)
			must(t, os.WriteFile(file, anchor.Format(m), 0o600))
		}
	}
	for name, x := range map[string]struct {
		says string
		do   func(t *testing.T, file string)
	}{
		"removed":     {"is gone", func(t *testing.T, file string) { must(t, os.Remove(file)) }},
		"turned back": {"was changed", rewrite(func(m *anchor.Mark) { m.Head.Seq = 1 })},
		"unsigned":    {"is not signed", rewrite(func(m *anchor.Mark) { m.Head, m.Proof = store.Head{Seq: 0}, "" })},
		"garbage":     {"was changed", func(t *testing.T, file string) { must(t, os.WriteFile(file, []byte("{"), 0o600)) }},
		"unreadable":  {"cannot be read", func(t *testing.T, file string) { must(t, os.Remove(file)); must(t, os.Mkdir(file, 0o700)) }},
	} {
		t.Run(name, func(t *testing.T) {
			dir := anchor.Dir(filepath.Join(t.TempDir(), "state"))
			r := newRig(t, func(r *rig) { r.anchor = dir })
			c := r.paired(control.InviteArgs{})
			c.signed(c.ask("sign_event", c.note("x")), r.author)
			var file string
			r.until("a mark is kept, and the store knows where", func() bool {
				all, _ := filepath.Glob(filepath.Join(string(dir), "*.json"))
				known := r.store.View(t.Context(), func(s store.Reader) error { _, err := s.Setting("marked-in"); return err })
				if len(all) == 1 {
					file = all[0]
				}
				return file != "" && known == nil
			})
			r.stop()
			x.do(t, file)
			r.fence = nil
			r.cold = true
			r.start(false)
			s := mustCall[control.Status](r, control.VerbStatus, nil)
			if !s.Locked || !strings.Contains(s.OlderCopy, x.says) {
				t.Fatalf("%+v", s)
			}
			if _, err := call[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)}); err == nil {
				t.Fatal("opened without a word")
			}
			if name == "unreadable" {
				must(t, os.Remove(file))
			}
			s = mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase), AcceptOlder: true})
			if s.Locked || s.OlderCopy != "" || s.Epoch != 2 {
				t.Fatalf("accepted: %+v", s)
			}
			m, err := dir.Load(strings.TrimSuffix(filepath.Base(file), ".json"))
			if err != nil || m.Epoch != 2 || m.Proof == "" {
				t.Fatalf("the mark afterwards: %+v, %v", m, err)
			}
		})
	}
}

// In another place no mark is missed: the data was moved, or is run by another
// user. It says so, and works.
func TestAnotherPlaceForTheMark(t *testing.T) {
	r := newRig(t, func(r *rig) { r.anchor = anchor.Dir(filepath.Join(t.TempDir(), "one")) })
	c := r.paired(control.InviteArgs{})
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	r.stop()
	r.anchor = anchor.Dir(filepath.Join(t.TempDir(), "two"))
	r.fence = nil
	r.start(false)
	if f := mustCall[control.Status](r, control.VerbStatus, nil).Findings; len(f) == 0 || f[0].State != "warning" || !strings.Contains(f[0].Text, "no mark") {
		t.Fatalf("%+v", f)
	}
	c.signed(c.ask("sign_event", c.note("y")), r.author)
}
