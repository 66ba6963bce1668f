package keeper_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/nostr"
)

const (
	homeRelay  = "wss://home.example"
	otherRelay = "wss://other.example"
)

// bea is an identity with an imported key, and what relays have of hers.
type bea struct {
	*rig
	key nostr.Keypair

	mu      sync.Mutex
	has     map[string][]*nostr.Event // by relay; a relay that is not there does not answer
	fetches []control.Fetch
	posts   []control.Post
	held    bool // errands bring nothing, not even an end
}

func newBea(t *testing.T, with ...func(*rig)) *bea {
	b := &bea{has: map[string][]*nostr.Event{homeRelay: nil}}
	b.rig = newRig(t, append([]func(*rig){func(r *rig) {
		r.relays = []keeper.Relay{{URL: homeRelay, Typed: true}, {URL: ownRelay, Own: true}}
		r.errands = b.errand
	}}, with...)...)
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	b.key, err = sk.Keypair()
	must(t, err)
	mustCall[control.IdentityInfo](b.rig, control.VerbIdentityAdd, control.IdentityAdd{Name: "bea", Secret: []byte(hex.EncodeToString(sk[:]))})
	return b
}

// errand is the front's, on relays that have what has says.
func (b *bea) errand(m control.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.tell()
	switch m := m.(type) {
	case *control.Fetch:
		b.fetches = append(b.fetches, *m)
		if b.held {
			return
		}
		for _, p := range m.Relays {
			out := control.Fetched{Ref: m.Ref, Relay: p.URL, Reason: "no answer in time"}
			if has, up := b.has[p.URL]; up {
				out.Complete, out.Reason = true, ""
				for _, e := range has {
					if slices.ContainsFunc(m.Filters, func(f nostr.Filter) bool { return f.Match(e) }) {
						out.Events = append(out.Events, e.AppendJSON(nil))
					}
				}
			}
			_ = b.front.Send(&out)
		}
	case *control.Post:
		b.posts = append(b.posts, *m)
		for _, p := range m.Relays {
			_ = b.front.Send(&control.Posted{Ref: m.Ref, Relay: p.URL, Sent: true, OK: true})
		}
	}
}

func (b *bea) relayHas(url string, events ...*nostr.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.has[url] = events
}

func (b *bea) hold(held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = held
}

// fetched lists where errands went, in order.
func (b *bea) fetched() (out []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.fetches {
		for _, p := range f.Relays {
			out = append(out, p.URL)
		}
	}
	return out
}

func (b *bea) event(t nostr.Template) *nostr.Event {
	b.t.Helper()
	e, err := t.Sign(b.key, false)
	must(b.t, err)
	return e
}

// follows is a follow list of people from up to to, so long ago.
func (b *bea) follows(ago time.Duration, from, to int) nostr.Template {
	t := nostr.Template{Kind: 3, CreatedAt: b.now().Add(-ago).Unix()}
	for i := from; i < to; i++ {
		t.Tags = append(t.Tags, nostr.Tag{"p", fmt.Sprintf("%064x", i+1)})
	}
	return t
}

// app pairs an app. It waits until what that looks for has come, so that no test
// hangs on how long a request would wait for it.
func (b *bea) app(name, allow string) *client {
	b.t.Helper()
	c := b.paired(control.InviteArgs{AppName: name, Identity: "bea", Allow: allow})
	b.mu.Lock()
	has := slices.Clone(b.has[homeRelay])
	if b.held {
		has = nil
	}
	b.mu.Unlock()
	for _, e := range has {
		if e.PubKey != b.key.PublicKey() || e.Verify() != nil || !e.Kind.IsReplaceable() {
			continue
		}
		b.until("what the relay has is known", func() bool {
			kept, _ := call[[]control.VersionInfo](b.rig, control.VerbActivityVersions, control.UndoArgs{Identity: "bea", Kind: new(int(e.Kind))})
			return slices.ContainsFunc(kept, func(v control.VersionInfo) bool { return v.Event == e.ID.String() })
		})
	}
	return c
}

func template(t nostr.Template) string { return string(t.AppendJSON(nil)) }

func told(q control.QuestionInfo) string {
	return strings.Join(append([]string{q.Title}, q.Lines...), " ")
}

// Two apps race on one list: the second is compared with what was signed here
// last, though relays still have the older one (T27).
func TestSecondAppIsComparedWithTheLastSigned(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	one, two := b.app("One", "sign_event:3"), b.app("Two", "sign_event:3")
	if a := one.ask("sign_event", template(b.follows(0, 0, 35))); a.Error != "" {
		t.Fatalf("adding fifteen: %s", a.Error)
	}
	q, _ := two.asks(template(b.follows(0, 0, 21)))
	if s := told(q); q.Level != "L3" || !strings.Contains(s, "14") {
		t.Fatalf("%s: %s", q.Level, s)
	}
}

// Of several lists signed in one millisecond, with one stamp, the last counts.
func TestTheLastSignedCounts(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	c := b.app("Coracle", "sign_event:3")
	b.still(func() {
		for i := range 8 {
			e := c.signed(c.ask("sign_event", template(b.follows(0, 0, 21+i))), nostr.PubKey(b.key.PublicKey()).String())
			kept := mustCall[[]control.VersionInfo](b.rig, control.VerbActivityVersions, control.UndoArgs{Identity: "bea", Kind: new(3)})
			if kept[0].Event != e.ID.String() || !kept[0].Counts {
				t.Fatalf("after %d: %+v", i+1, kept)
			}
		}
	})
}

// The same at the same moment: none overtakes the other.
func TestRacingAppsTakeTurns(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	first := b.app("First", "sign_event:3")
	if a := first.ask("sign_event", template(b.follows(time.Minute, 0, 20))); a.Error != "" {
		t.Fatal(a.Error)
	}
	apps := []*client{b.app("One", "sign_event:3"), b.app("Two", "sign_event:3")}
	n := b.outbound()
	for i, c := range apps { // each adds eleven others
		tpl := b.follows(0, 0, 20)
		for j := range 11 {
			tpl.Tags = append(tpl.Tags, nostr.Tag{"p", fmt.Sprintf("%064x", 1000*(i+1)+j)})
		}
		c.send(c.seal(c.request("sign_event", template(tpl)), b.now()))
	}
	q := b.question()
	if s := told(q); !strings.Contains(s, "11") {
		t.Fatalf("the second: %s", s)
	}
	b.until("the first is signed", func() bool { return b.outbound() > n })
}

// A relay that serves an older list, a forged one and one from the future
// changes nothing of what is known.
func TestLyingRelay(t *testing.T) {
	b := newBea(t)
	newest := b.event(b.follows(time.Hour, 0, 340))
	b.relayHas(homeRelay, newest)
	app := b.app("Coracle", "sign_event:3")
	q, _ := app.asks(template(b.follows(0, 312, 341)))
	if s := told(q); !strings.Contains(s, "312") {
		t.Fatalf("before: %s", s)
	}
	_, err := call[control.QuestionInfo](b.rig, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	must(t, err)

	forged := *b.event(b.follows(0, 312, 341))
	forged.Sig[0] ^= 1
	longAgo, future := b.event(b.follows(1000*time.Hour, 312, 341)), b.event(b.follows(-time.Hour, 312, 341))
	b.relayHas(homeRelay, &forged, longAgo, future)
	b.sleep(11 * time.Minute)
	n := len(b.fetched())
	q, _ = app.asks(template(b.follows(0, 311, 341)))
	if s := told(q); !strings.Contains(s, "311") {
		t.Fatalf("after: %s", s)
	}
	if len(b.fetched()) == n || b.count("events_not_believed") == 0 {
		t.Fatal("the relay did not get to lie")
	}
	kept := mustCall[[]control.VersionInfo](b.rig, control.VerbActivityVersions, control.UndoArgs{Identity: "bea", Kind: new(3)})
	if len(kept) != 1 || kept[0].Event != newest.ID.String() {
		t.Fatalf("kept: %+v", kept)
	}
}

// Of two questions about one list, a yes to the first has the second asked anew.
func TestSecondQuestionIsAskedAnew(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 40)))
	one, two := b.app("One", ""), b.app("Two", "")
	first, n := one.asks(template(b.follows(0, 0, 60)))
	second, _ := two.asks(template(b.follows(0, 0, 41)))
	b.approve(control.AnswerArgs{ID: first.ID})
	if a := one.await(n); a.Error != "" {
		t.Fatal(a.Error)
	}
	var q control.QuestionInfo
	b.until("the second is asked anew", func() bool {
		q = b.question()
		return q.ID != second.ID && q.ID != first.ID
	})
	if s := told(q); q.Event != second.Event || !strings.Contains(s, "19") || q.Level != "L3" {
		t.Fatalf("%s: %s", q.Level, s)
	}
	b.restart()
	if again := b.question(); again.ID != q.ID {
		t.Fatalf("after a restart: %+v", again)
	}
}

// A request whose head does not come is asked as unchecked after a moment, also
// when the app may change the list, and holds up nobody meanwhile (T26).
func TestRequestWaitsAMomentForItsHead(t *testing.T) {
	b := newBea(t)
	app := b.app("Coracle", "sign_event:3")
	b.hold(true)
	b.sleep(11 * time.Minute)
	app.send(app.seal(app.request("sign_event", template(b.follows(0, 0, 5))), b.now()))
	b.until("it is looked for", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.fetches) > 0
	})
	other := b.app("Other", "sign_event:1")
	if a := other.ask("sign_event", other.note("meanwhile")); a.Error != "" {
		t.Fatal(a.Error)
	}
	q := b.question()
	if s := told(q); q.Level != "L3" || !strings.Contains(s, "can't") && !strings.Contains(s, "could not") && !strings.Contains(s, "couldn't") {
		t.Fatalf("%s: %s", q.Level, s)
	}
}

// Errands go to the relays of the person's own list once it is known.
func TestErrandsFollowTheRelayList(t *testing.T) {
	b := newBea(t)
	list := b.event(nostr.Template{Kind: 10002, CreatedAt: b.now().Add(-time.Hour).Unix(), Tags: nostr.Tags{
		{"r", otherRelay, "write"}, {"r", "wss://read.example", "read"}, {"r", "ws://127.0.0.1:7777"},
	}})
	b.relayHas(homeRelay, list)
	b.relayHas(otherRelay, b.event(b.follows(time.Hour, 0, 50)))
	app := b.app("Coracle", "sign_event:3")
	b.until("the other relay is asked", func() bool { return slices.Contains(b.fetched(), otherRelay) })
	app.asks(template(b.follows(0, 20, 50)))
	b.until("it is told what would go", func() bool { return strings.Contains(told(b.question()), "20") })
	if urls := b.fetched(); slices.Contains(urls, "wss://read.example") || slices.Contains(urls, ownRelay) {
		t.Fatalf("asked: %v", urls)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.fetches {
		for _, p := range f.Relays {
			if p.Typed != (p.URL == homeRelay) {
				t.Fatalf("%s counts as typed: %v", p.URL, p.Typed)
			}
		}
	}
}

// With the own relay alone, and with look-up off, nothing goes out (design
// decision 10).
func TestNoErrandWithoutLeave(t *testing.T) {
	for name, with := range map[string]func(*bea){
		"own relay alone": func(b *bea) {
			mustCall[[]control.RelayInfo](b.rig, control.VerbRelaysRemove, control.Name{Name: homeRelay})
		},
		"look-up off": func(b *bea) { b.set("look-up", "off") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBea(t)
			with(b)
			app := b.app("Coracle", "sign_event:3")
			q, _ := app.asks(template(b.follows(0, 0, 5)))
			if urls := b.fetched(); q.Level != "L3" || len(urls) != 0 {
				t.Fatalf("%s; asked: %v", q.Level, urls)
			}
		})
	}
}

// A key that was made here and never left replaces nothing at first: that is no
// reason for a warning. An exported key may be used elsewhere.
func TestBornHere(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Coracle", Allow: "sign_event:3,sign_event:10050"})
	tpl := nostr.Template{Kind: 3, CreatedAt: r.now().Unix(), Tags: nostr.Tags{{"p", strings.Repeat("1", 64)}}}
	if a := c.ask("sign_event", template(tpl)); a.Error != "" {
		t.Fatal(a.Error)
	}
	_, err := call[control.Exported](r, control.VerbIdentityExport, control.Export{Name: "ana", Passphrase: []byte(passphrase), Password: []byte("another long password")})
	must(t, err)
	tpl.Kind = 10050
	if q, _ := c.asks(template(tpl)); q.Level != "L3" {
		t.Fatalf("%s: %s", q.Level, told(q))
	}
}

// A row that was changed is not believed: what it says is bound to what is
// sealed (T57).
func TestChangedVersionIsNotBelieved(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	app := b.app("Coracle", "sign_event:3")
	if a := app.ask("sign_event", template(b.follows(0, 0, 21))); a.Error != "" {
		t.Fatal(a.Error)
	}
	careful := b.app("Careful", "")
	if q, _ := careful.asks(template(b.follows(0, 0, 22))); q.Level == "L3" {
		t.Fatalf("one more: %s: %s", q.Level, told(q))
	}
	b.hold(true)
	dir := b.dir
	b.stop()
	b.sql(dir, `UPDATE version SET stamp = stamp + 1 WHERE signed`)
	b.start(false)
	q, _ := careful.asks(template(b.follows(0, 0, 23)))
	if q.Level != "L3" {
		t.Fatalf("%s: %s", q.Level, told(q))
	}
}

// Undo signs the earlier content again, on record before the key is used, and
// what it undid is kept; it outlives a restart.
func TestUndo(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 20)))
	app := b.app("Coracle", "sign_event:3")
	if a := app.ask("sign_event", template(b.follows(0, 0, 21))); a.Error != "" {
		t.Fatal(a.Error)
	}
	b.restart()
	args := control.UndoArgs{Identity: "bea", Kind: new(3)}
	plan := mustCall[control.Undo](b.rig, control.VerbActivityUndo, args)
	if plan.Event != nil || plan.To.Entries != 20 || plan.Now.Entries != 21 || plan.Now.App != "Coracle" || plan.To.Source != "seen" {
		t.Fatalf("%+v", plan)
	}
	stale := args
	stale.Sign, stale.Now, stale.To = true, strings.Repeat("0", 64), plan.To.Event
	if _, err := call[control.Undo](b.rig, control.VerbActivityUndo, stale); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("undone blindly: %v", err)
	}
	args.Sign, args.Now, args.To = true, plan.Now.Event, plan.To.Event
	mustCall[[]control.RelayInfo](b.rig, control.VerbRelaysRemove, control.Name{Name: homeRelay})
	if _, err := call[control.Undo](b.rig, control.VerbActivityUndo, args); privyseal.KindOf(err) != privyseal.KindConflict || !strings.Contains(err.Error(), "no relay") {
		t.Fatalf("with nowhere to go: %v", err)
	}
	mustCall[[]control.RelayInfo](b.rig, control.VerbRelaysAdd, control.Name{Name: homeRelay})
	done := mustCall[control.Undo](b.rig, control.VerbActivityUndo, args)
	e, err := nostr.ParseEvent(done.Event)
	must(t, err)
	must(t, e.Verify())
	if len(e.Tags) != 20 || e.PubKey != b.key.PublicKey() || fmt.Sprint(done.Relays) != "[{"+homeRelay+" true }]" {
		t.Fatalf("%d people, %v", len(e.Tags), done.Relays)
	}
	b.mu.Lock()
	posts := slices.Clone(b.posts)
	b.mu.Unlock()
	if len(posts) != 1 || string(posts[0].Event) != string(done.Event) {
		t.Fatalf("posted: %d", len(posts))
	}
	recs := mustCall[[]control.RecordInfo](b.rig, control.VerbActivityShow, control.Name{Name: fmt.Sprint(done.Record)})
	all := mustCall[[]control.RecordInfo](b.rig, control.VerbActivityShow, control.Name{Name: recs[0].Trace})
	if len(all) != 2 || all[1].Phase != "decided" || all[1].Verdict != "allow" || all[0].Phase != "done" || all[0].Rule != "builtin:undo" {
		t.Fatalf("%+v", all)
	}
	again := mustCall[control.Undo](b.rig, control.VerbActivityUndo, control.UndoArgs{ID: fmt.Sprint(done.Record)})
	if again.Now.Event != e.ID.String() || again.To.Entries != 21 {
		t.Fatalf("to undo that: %+v", again)
	}
	if v := mustCall[control.Verification](b.rig, control.VerbActivityVerify, nil); !v.OK {
		t.Fatalf("%+v", v.Problems)
	}
}

func TestUndoSaysWhyNot(t *testing.T) {
	b := newBea(t)
	app := b.app("Coracle", "sign_event:1")
	if a := app.ask("sign_event", app.note("hello")); a.Error != "" {
		t.Fatal(a.Error)
	}
	must(t, b.k.Drain(t.Context()))
	for name, c := range map[string]struct {
		args control.UndoArgs
		kind privyseal.ErrorKind
	}{
		"nothing named":    {control.UndoArgs{}, privyseal.KindInvalid},
		"no such kind":     {control.UndoArgs{Identity: "bea", Kind: new(70000)}, privyseal.KindInvalid},
		"nothing kept":     {control.UndoArgs{Identity: "bea", Kind: new(3)}, privyseal.KindNotFound},
		"no such identity": {control.UndoArgs{Identity: "tom", Kind: new(3)}, privyseal.KindNotFound},
		"a note's record":  {control.UndoArgs{ID: "3"}, privyseal.KindNotFound},
		"no such record":   {control.UndoArgs{ID: "99999"}, privyseal.KindNotFound},
		"no such trace":    {control.UndoArgs{ID: "abcdef"}, privyseal.KindNotFound},
	} {
		if _, err := call[control.Undo](b.rig, control.VerbActivityUndo, c.args); privyseal.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.lock()
	if _, err := call[control.Undo](b.rig, control.VerbActivityUndo, control.UndoArgs{Identity: "bea", Kind: new(3)}); privyseal.KindOf(err) != privyseal.KindLocked {
		t.Errorf("locked: %v", err)
	}
}

// The profiles of those whom a person follows are fetched, some at a time.
func TestProfilesOfFollowedPeople(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.follows(time.Hour, 0, 600)))
	b.app("Coracle", "")
	var f control.Fetch
	b.until("profiles are asked for", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, f = range b.fetches {
			if len(f.Filters) == 1 && len(f.Filters[0].Authors) > 1 {
				return true
			}
		}
		return false
	})
	if got := f.Filters[0]; len(got.Authors) != 200 || len(got.Kinds) != 1 || got.Kinds[0] != 0 {
		t.Fatalf("%d people, kinds %v", len(got.Authors), got.Kinds)
	}
}
