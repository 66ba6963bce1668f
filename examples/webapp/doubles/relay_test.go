package doubles

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

func key(t *testing.T) nostr.Keypair {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

func event(t *testing.T, by nostr.Keypair, kind nostr.Kind, at int64, content string, tags ...nostr.Tag) *nostr.Event {
	t.Helper()
	e, err := (&nostr.Template{Kind: kind, CreatedAt: at, Content: content, Tags: append(nostr.Tags{}, tags...)}).Sign(by, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func contents(events []*nostr.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, e.Content)
	}
	return strings.Join(all, ",")
}

// TestRelayKeeps: of what replaces the newest, all else once, nothing that is not
// genuine; one's own can be taken back, and another's cannot.
func TestRelayKeeps(t *testing.T) {
	ana, bea := key(t), key(t)
	file := filepath.Join(t.TempDir(), "events")
	r, err := NewRelay(file)
	if err != nil {
		t.Fatal(err)
	}
	first := event(t, ana, 1, 10, "first")
	for _, e := range []*nostr.Event{
		first, first, event(t, bea, 1, 20, "second"),
		event(t, ana, 0, 12, "newer"), event(t, ana, 0, 11, "older"), event(t, bea, 0, 1, "bea"),
		event(t, ana, 30078, 1, "a", nostr.Tag{"d", "x"}), event(t, ana, 30078, 2, "b", nostr.Tag{"d", "x"}), event(t, ana, 30078, 1, "c", nostr.Tag{"d", "y"}),
		event(t, ana, 24133, 30, "passing"), event(t, bea, 5, 40, "", nostr.Tag{"e", first.ID.String()}),
	} {
		if why := r.Add(e); why != "" {
			t.Errorf("%s: %s", e.Content, why)
		}
	}
	forged := *first
	forged.Content = "forged"
	if r.Add(&forged) == "" {
		t.Error("what is not genuine was taken")
	}
	want := map[nostr.Kind]string{0: "newer,bea", 1: "second,first", 30078: "b,c", 24133: ""}
	same := func(r *Relay) {
		t.Helper()
		for kind, want := range want {
			if got := contents(r.Query(nostr.Filter{Kinds: []nostr.Kind{kind}})); got != want {
				t.Errorf("kind %d: %s, want %s", kind, got, want)
			}
		}
	}
	same(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	// The file brings it all back, also with its end cut off.
	if f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else if _, err := f.WriteString(`{"id":"cut`); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if r, err = NewRelay(file); err != nil {
		t.Fatal(err)
	}
	same(r)
	r.Add(event(t, ana, 5, 41, "", nostr.Tag{"e", first.ID.String()}))
	if got := contents(r.Query(nostr.Filter{Kinds: []nostr.Kind{1}})); got != "second" {
		t.Errorf("taken back: %s", got)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRelayTells: over the wire, what is kept comes first, then what is new; a
// relay that cannot be reached is said to be away.
func TestRelayTells(t *testing.T) {
	r, err := NewRelay("")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	ana := key(t)
	if err := relays.Publish(t.Context(), url, event(t, ana, 1, 10, "kept")); err != nil {
		t.Fatal(err)
	}
	got, err := relays.Query(t.Context(), url, nostr.Filter{Kinds: []nostr.Kind{1}})
	if err != nil || contents(got) != "kept" {
		t.Errorf("%v, %v", got, err)
	}
	r.On(func(e *nostr.Event) {
		if e.Kind == 23194 {
			r.Add(event(t, ana, 23195, 12, "answer", nostr.Tag{"e", e.ID.String()}))
		}
	})
	question := event(t, ana, 23194, 11, "question")
	answer, err := relays.Ask(t.Context(), url, question, nostr.Filter{Kinds: []nostr.Kind{23195}, Tags: map[string][]string{"e": {question.ID.String()}}})
	if err != nil || answer.Content != "answer" {
		t.Errorf("%v, %v", answer, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := relays.Query(ctx, url, nostr.Filter{Kinds: []nostr.Kind{1}}); err != relays.ErrAway {
		t.Errorf("%v", err)
	}
}
