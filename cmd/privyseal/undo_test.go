package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// beas is a signer for bea, who was there before: her key is imported, and what she
// published is on a relay.
type beas struct {
	*signer
	key   nostr.Keypair
	relay *linktest.Relay
	app   *client.Session
}

// newBea runs a signer for her. Her relay is for her events and her app alike.
func newBea(t *testing.T, relay *linktest.Relay, before ...nostr.Template) *beas {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	b := &beas{relay: relay}
	if b.key, err = sk.Keypair(); err != nil {
		t.Fatal(err)
	}
	for _, tpl := range before {
		relay.Store(b.event(t, tpl))
	}
	dir := aVault(t)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(hex.EncodeToString(sk[:])), 0o600); err != nil {
		t.Fatal(err)
	}
	b.signer = start(t, dir, "--key-file", shared.key, "--relay", relay.Start(t))
	mustRun(t, dir, "identity", "add", "--name", "bea", "--import-file", file)
	b.app = b.signer.app("--app-name", "Coracle", "--identity", "bea")
	return b
}

func (b *beas) event(t *testing.T, tpl nostr.Template) *nostr.Event {
	t.Helper()
	e, err := tpl.Sign(b.key, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// follows is a follow list of people from up to to.
func follows(at time.Time, from, to int) nostr.Template {
	t := nostr.Template{Kind: 3, CreatedAt: at.Unix()}
	for i := from; i < to; i++ {
		t.Tags = append(t.Tags, nostr.Tag{"p", fmt.Sprintf("%064x", i+1)})
	}
	return t
}

type signed struct {
	event *nostr.Event
	err   error
}

// asks has the app ask, and answers the question that is asked.
func (b *beas) asks(t *testing.T, tpl nostr.Template) (control.QuestionInfo, <-chan signed) {
	t.Helper()
	done := make(chan signed, 1)
	go func() {
		e, err := b.app.SignEvent(t.Context(), tpl)
		done <- signed{e, err}
	}()
	for {
		list := mustJSON[[]control.QuestionInfo](t, b.dir, "requests", "list")
		if len(list) > 0 {
			return list[0], done
		}
		select {
		case s := <-done:
			t.Fatalf("not asked: %v, %v", s.event, s.err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func text(q control.QuestionInfo) string {
	return strings.Join(append([]string{q.Title}, q.Lines...), "\n")
}

// A real app drops 312 of 340 people: it is stopped with the count. Approved, it
// is undone: the old list is on the relay again (T26).
func TestFollowListWipeIsToldAndUndone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	before := follows(now.Add(-time.Hour), 0, 340)
	b := newBea(t, &linktest.Relay{Keep: true}, before)
	wipe := follows(now, 312, 341)
	q, done := b.asks(t, wipe)
	if s := text(q); q.Level != "L3" || !strings.Contains(s, "312") {
		t.Fatalf("%s: %s", q.Level, s)
	}
	mustRun(t, b.dir, "requests", "deny", q.ID)
	if s := <-done; s.err == nil {
		t.Fatal("signed after a no")
	}

	wipe.CreatedAt++ // asked anew
	q, done = b.asks(t, wipe)
	mustRun(t, b.dir, "requests", "approve", q.ID)
	s := <-done
	if s.err != nil {
		t.Fatal(s.err)
	}
	b.relay.Publish(s.event)

	record := undoable(t, b.dir)
	told := mustJSON[control.Undo](t, b.dir, "activity", "undo", record, "--yes")
	if lines := strings.Join(told.Lines, " "); !strings.Contains(lines, "312 come back, 1 goes.") || !strings.Contains(lines, "You have 29 now. After this you have 340.") {
		t.Fatalf("told: %q", told.Lines)
	}
	if len(told.Relays) != 1 || !told.Relays[0].OK {
		t.Fatalf("relays: %+v", told.Relays)
	}
	on := b.relay.Stored(3)
	if len(on) != 1 || on[0].Verify() != nil || fmt.Sprint(on[0].Tags) != fmt.Sprint(before.Tags) || on[0].CreatedAt <= s.event.CreatedAt {
		t.Fatalf("on the relay: %d lists, %d people", len(on), len(on[0].Tags))
	}
	var e nostr.Event
	if err := json.Unmarshal(told.Event, &e); err != nil || e.ID != on[0].ID {
		t.Fatalf("the event that is printed: %v", err)
	}

	// The record has it, decided before it was done; and what was undone is kept.
	list := mustJSON[[]control.RecordInfo](t, b.dir, "activity", "show", fmt.Sprint(told.Record))
	if list[0].Phase != "done" || list[0].Outcome != "allowed" || list[0].Rule != "builtin:undo" || list[0].Undo == "" {
		t.Fatalf("%+v", list[0])
	}
	if v := mustJSON[control.Verification](t, b.dir, "activity", "verify"); !v.OK {
		t.Fatalf("%+v", v.Problems)
	}
	kept := mustJSON[[]control.VersionInfo](t, b.dir, "activity", "undo", "--identity", "bea", "--kind", "3", "--list")
	if len(kept) != 3 || kept[0].Entries != 340 || !kept[0].Counts || kept[1].Entries != 29 || kept[1].App != "Coracle" || kept[2].Source != "seen" {
		t.Fatalf("%+v", kept)
	}
	again := mustJSON[control.Undo](t, b.dir, "activity", "undo", "--identity", "bea", "--kind", "3", "--yes")
	if len(b.relay.Stored(3)[0].Tags) != 29 {
		t.Fatalf("undone once more: %q", again.Lines)
	}
}

// A profile that sends tips to another wallet is stopped, though the app may
// change profiles; undone, the old wallet is there again.
func TestWalletChangeIsTold(t *testing.T) {
	t.Parallel()
	now := time.Now()
	profile := func(at time.Time, wallet string) nostr.Template {
		return nostr.Template{Kind: 0, CreatedAt: at.Unix(), Content: `{"name":"Bea","about":"hi","lud16":"` + wallet + `"}`}
	}
	b := newBea(t, &linktest.Relay{Keep: true}, profile(now.Add(-time.Hour), "bea@home.example"))
	mustRun(t, b.dir, "apps", "allow", "Coracle", "sign_event:0")
	q, done := b.asks(t, profile(now, "x9@pay.example"))
	if s := text(q); q.Level != "L3" || q.Reason != "guard" || !strings.Contains(s, "x9@pay.example") {
		t.Fatalf("%s: %s", q.Level, s)
	}
	mustRun(t, b.dir, "requests", "approve", q.ID)
	s := <-done
	if s.err != nil {
		t.Fatal(s.err)
	}
	b.relay.Publish(s.event)
	code, _, errs := runIn(b.dir, "activity", "undo", undoable(t, b.dir))
	if code != exitUsage || !strings.Contains(errs, "--yes") {
		t.Fatalf("without anybody to ask: exit %d, %s", code, errs)
	}
	out := mustRun(t, b.dir, "activity", "undo", undoable(t, b.dir), "--yes")
	if !strings.Contains(out, `lud16: "x9@pay.example" becomes "bea@home.example".`) || !strings.Contains(out, "taken") {
		t.Fatal(out)
	}
	if on := b.relay.Stored(0); len(on) != 1 || !strings.Contains(on[0].Content, "bea@home.example") {
		t.Fatalf("on the relay: %v", on)
	}
}

// undoable is the newest record that says it can be undone, once it is there.
func undoable(t *testing.T, dir string) string {
	t.Helper()
	for t.Context().Err() == nil {
		for _, r := range mustJSON[[]control.RecordInfo](t, dir, "activity", "list") {
			if r.Undo == "" {
				continue
			}
			if !strings.HasSuffix(r.Sentence, "You can undo this.") {
				t.Fatalf("the receipt: %q", r.Sentence)
			}
			return fmt.Sprint(r.Seq)
		}
	}
	return ""
}
