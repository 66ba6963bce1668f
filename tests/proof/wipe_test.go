package proof

import (
	"context"
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

// TestAWipeIsStoppedAndUndone has a real app sign a follow list of 29 where her
// relay has one of 340, though the app may change the list: it is stopped, with
// the count. After a yes it is undone, and her relay has the old list again. The
// relay lies meanwhile: it serves an older list, and a forged one. In the long
// form the app is also one of nostr-tools.
func TestAWipeIsStoppedAndUndone(t *testing.T) {
	t.Parallel()
	apps := map[string]func(*testing.T, string) func(nostr.Template) (*nostr.Event, error){
		"SDK": func(t *testing.T, link string) func(nostr.Template) (*nostr.Event, error) {
			session, err := client.Connect(t.Context(), link, patient)
			must(t, err)
			t.Cleanup(session.Close)
			return func(tpl nostr.Template) (*nostr.Event, error) { return session.SignEvent(context.Background(), tpl) }
		},
	}
	if isLong() {
		apps["nostr-tools"] = func(t *testing.T, link string) func(nostr.Template) (*nostr.Event, error) {
			return library(t, "nostr-tools", link).signEvent
		}
	}
	for name, connect := range apps {
		t.Run(name, func(t *testing.T) { wipe(t, connect) })
	}
}

func wipe(t *testing.T, connect func(*testing.T, string) func(nostr.Template) (*nostr.Event, error)) {
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	key, err := sk.Keypair()
	must(t, err)
	now := time.Now()
	before := event(t, key, people(now.Add(-time.Hour), 0, 340))
	relay := &linktest.Relay{Keep: true}
	relay.Store(before)
	url := relay.Start(t)

	file := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(file, []byte(hex.EncodeToString(sk[:])), 0o600))
	s := newSigner(t, []string{url}, "--import-file", file).up()
	sign := connect(t, s.invite("--app-name", "Coracle", "--allow", "sign_event:3"))
	if got := versions(t, s); len(got) != 1 || got[0].Event != before.ID.String() {
		t.Fatalf("known of her list: %+v", got)
	}

	forged := *event(t, key, people(now, 312, 341)) // the relay begins to lie
	forged.Sig[0] ^= 1
	relay.Store(event(t, key, people(now.Add(-1000*time.Hour), 312, 341)))
	relay.Store(&forged)

	done := make(chan error, 1)
	var wiped *nostr.Event
	go func() {
		var err error
		wiped, err = sign(people(now, 312, 341))
		done <- err
	}()
	q := question(t, s)
	if words := strings.Join(append([]string{q.Title}, q.Lines...), " "); q.Level != "L3" || !strings.Contains(words, "312") {
		t.Fatalf("%s: %s", q.Level, words)
	}
	s.run("requests", "approve", q.ID)
	must(t, <-done)
	must(t, wiped.Verify())
	relay.Publish(wiped)

	var u control.Undo
	must(t, json.Unmarshal(s.run("activity", "undo", "--kind", "3", "--yes"), &u))
	on := relay.Stored(3)
	last := on[len(on)-1]
	if last.Verify() != nil || last.CreatedAt <= wiped.CreatedAt || fmt.Sprint(last.Tags) != fmt.Sprint(before.Tags) || !strings.Contains(fmt.Sprint(u.Lines), "312 come back, 1 goes.") {
		t.Fatalf("put back: %d people; told: %q", len(last.Tags), u.Lines)
	}
	s.records()
}

// people is a follow list of those numbered from up to to.
func people(at time.Time, from, to int) nostr.Template {
	t := nostr.Template{Kind: 3, CreatedAt: at.Unix()}
	for i := from; i < to; i++ {
		t.Tags = append(t.Tags, nostr.Tag{"p", fmt.Sprintf("%064x", i+1)})
	}
	return t
}

func event(t *testing.T, key nostr.Keypair, tpl nostr.Template) *nostr.Event {
	t.Helper()
	e, err := tpl.Sign(key, false)
	must(t, err)
	return e
}

// versions waits until a version of her list is known.
func versions(t *testing.T, s *signer) (list []control.VersionInfo) {
	t.Helper()
	for len(list) == 0 && t.Context().Err() == nil {
		if out, err := s.command("--json", "activity", "undo", "--kind", "3", "--list").Output(); err == nil {
			must(t, json.Unmarshal(out, &list))
		}
	}
	return list
}

// question waits for one.
func question(t *testing.T, s *signer) control.QuestionInfo {
	t.Helper()
	var list []control.QuestionInfo
	for len(list) == 0 && t.Context().Err() == nil {
		must(t, json.Unmarshal(s.run("requests", "list"), &list))
	}
	return list[0]
}
