package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// keys are the names in a JSON document, sorted: its shape, which scripts use.
func keys(t *testing.T, doc string) []string {
	t.Helper()
	var list []map[string]json.RawMessage
	if json.Unmarshal([]byte(doc), &list) == nil && len(list) > 0 {
		return sortedNames(list[0])
	}
	var one map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &one); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return sortedNames(one)
}

func sortedNames(m map[string]json.RawMessage) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// TestJSONShapes freezes what scripts read (design §4).
func TestJSONShapes(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.app("--app-name", "Notes")
	for _, c := range []struct{ args, names string }{
		{"version", "go system version"},
		{"identity list", "apps created_at id name npub pubkey"},
		{"identity show ana", "apps created_at id name npub pubkey"},
		{"invite", "expires_at id identity may preset relays uri"},
		{"apps list", "claims client_pubkey compatible control_calls created_at grants id identity last_seen may name preset relays signer_pubkey state"},
		{"activity show 1", "detail hash phase prev sentence seq time"},
		{"activity verify", "checkpoints head ok records"},
		{"settings list", "about default key value"},
		{"settings get preset", "about default key value"},
		{"relays list", "health keys last_heard live_keys misses own round_trip_ms since state url"},
		{"relays test", "health keys last_heard live_keys misses own round_trip_ms since state url"},
		{"doctor", "findings ok"},
		{"uninstall --dry-run", "dry_run items"},
		{"panic", "apps"},
	} {
		got := strings.Join(keys(t, mustRun(t, s.dir, append(strings.Fields(c.args), "--json")...)), " ")
		if got != c.names {
			t.Errorf("%s: %s\nnot %s", c.args, got, c.names)
		}
	}
	if s.ready.Listen == "" || s.ready.Relay != "ws://"+s.ready.Listen || s.ready.Data != s.dir || s.ready.PID != os.Getpid() || s.ready.Locked || s.ready.Identities != 1 {
		t.Errorf("ready: %+v", s.ready)
	}
}

// TestHumanWords: what people read says the thing itself.
func TestHumanWords(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.app("--app-name", "Notes")
	for _, c := range []struct{ args, says string }{
		{"version", "privyseal "},
		{"identity list", "npub1"},
		{"identity show", "1 app"},
		{"identity add --name work", "npub1"},
		{"identity rename work --to job", "job"},
		{"invite --identity ana --qr", "█"},
		{"apps list", "Notes"},
		{"apps show Notes", "What it may do:"},
		{"apps pause Notes", "Paused Notes"},
		{"apps resume Notes", "Notes may go on"},
		{"apps allow Notes sign_event:30023", "·"},
		{"apps ask Notes sign_event:7", "·"},
		{"apps refuse Notes nip04_decrypt", "·"},
		{"requests list", "No question is open"},
		{"activity list", "link made"},
		{"activity show 1", "hash"},
		{"activity verify", "nothing changed"},
		{"activity export", "vault created"},
		{"settings list", "preset = "},
		{"settings set preset sign-in", "preset = sign-in"},
		{"settings get preset", "sign-in"},
		{"relays list", "(own)"},
		{"relays test", " ms"},
		{"panic", "Paused 1 app"},
		{"apps revoke Notes", "Disconnected Notes"},
		{"lock", "Locked"},
		{"unlock --key-file " + shared.key, "Unlocked"},
		{"doctor", "a request came back"},
	} {
		if out := mustRun(t, s.dir, strings.Fields(c.args)...); !strings.Contains(out, c.says) {
			t.Errorf("%s does not say %q:\n%s", c.args, c.says, out)
		}
	}
}

// TestSignerSaysNo: what the running signer refuses keeps its words, and wrong
// arguments count as wrong usage.
func TestSignerSaysNo(t *testing.T) {
	t.Parallel()
	s := running(t)
	mustRun(t, s.dir, "identity", "add", "--name", "work")
	for _, c := range []struct {
		args, says string
		code       int
	}{
		{"invite", "ana, work", exitUsage},
		{"invite --identity nobody", "nobody", exitFailed},
		{"invite --identity ana --preset king", "king", exitUsage},
		{"invite --identity ana --allow sign_event:x", "", exitUsage},
		{"accept nonsense --identity ana", "nostrconnect", exitUsage},
		{"apps show Ghost", "Ghost", exitFailed},
		{"apps revoke Ghost", "Ghost", exitFailed},
		{"requests approve ffff", "ffff", exitFailed},
		{"requests deny ffff", "ffff", exitFailed},
		{"requests approve ffff --count -1", "--count", exitUsage},
		{"activity show nothing", "nothing", exitFailed},
		{"settings get nothing", "nothing", exitFailed},
		{"settings set preset king", "king", exitUsage},
		{"relays add https://x", "https://x", exitUsage},
		{"relays remove wss://relay.example", "relay", exitFailed},
		{"relays test wss://relay.example", "not on the list", exitFailed},
		{"identity add --name ana", "ana", exitFailed},
		{"identity remove work", "--confirm", exitFailed},
		{"identity export ana --passphrase-file " + shared.wrong + " --password-file " + shared.passphrase, "", exitFailed},
		{"passphrase change --old-passphrase-file " + shared.wrong + " --passphrase-file " + shared.passphrase, "", exitFailed},
	} {
		code, out, errs := runIn(s.dir, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: exit %d: %s%s", c.args, code, errs, out)
		}
	}
	if n := len(mustJSON[[]control.IdentityInfo](t, s.dir, "identity", "list")); n != 2 {
		t.Errorf("%d identities", n)
	}
}

// TestQuestions: asked, shown, approved with a memory, denied.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask", "--app-name", "Notes")
	answers := make(chan error, 1)
	n := 0
	note := func() {
		n++
		_, err := app.SignEvent(context.Background(), nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: fmt.Sprint("hello ", n)})
		answers <- err
	}
	go note()
	q := s.question()
	if out := mustRun(t, s.dir, "requests", "show", q.ID[:8]); !strings.Contains(out, "Notes asks as ana") {
		t.Error(out)
	}
	mustRun(t, s.dir, "requests", "deny", q.ID[:8])
	if err := <-answers; !errors.Is(err, client.ErrDenied) {
		t.Errorf("after a no: %v", err)
	}
	code, _, errs := runIn(s.dir, "requests", "deny", q.ID, "--remember", "1h")
	if code != exitFailed || !strings.Contains(errs, "answered already") {
		t.Errorf("exit %d: %s", code, errs)
	}
	go note()
	mustRun(t, s.dir, "requests", "deny", s.question().ID[:8], "--remember", "1h")
	if err := <-answers; !errors.Is(err, client.ErrDenied) {
		t.Errorf("after a no: %v", err)
	}
	go note()
	if err := <-answers; !errors.Is(err, client.ErrDenied) {
		t.Errorf("after a remembered no: %v", err)
	}
}

// TestGroups: six things at once are one card, shown and answered as one.
func TestGroups(t *testing.T) {
	t.Parallel()
	s := running(t)
	app := s.app("--preset", "ask", "--app-name", "Notes")
	answers := make(chan error, 6)
	for i := range 6 {
		go func() {
			_, err := app.SignEvent(context.Background(), nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: fmt.Sprint("thing ", i)})
			answers <- err
		}()
	}
	var card control.QuestionInfo
	for len(card.Items) < 6 {
		for _, card = range mustJSON[[]control.QuestionInfo](t, s.dir, "requests", "list") {
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, text := range []string{"Notes wants to do 6 things.", "“thing 3”", card.ID[:8]} {
		if out := mustRun(t, s.dir, "requests", "list"); !strings.Contains(out, text) {
			t.Errorf("no %q in %s", text, out)
		}
	}
	mustRun(t, s.dir, "requests", "approve", card.ID[:8], "--remember", "1h")
	for range 6 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}

// question waits for one open question.
func (s *signer) question() control.QuestionInfo {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	m := newMain(s.dir, new(bytes.Buffer), new(bytes.Buffer))
	m.cli.Data = s.dir
	var q control.QuestionInfo
	found := errors.New("found")
	err := follow(ctx, m, control.VerbRequestsWatch, nil, func(got control.QuestionInfo) error {
		if got.State != "open" {
			return nil
		}
		q = got
		return found
	})
	if !errors.Is(err, found) {
		s.t.Fatalf("no question came: %v", err)
	}
	return q
}

// TestKeysInAndOut: import, export, and import of the export.
func TestKeysInAndOut(t *testing.T) {
	t.Parallel()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	dir := filepath.Join(tmp, "d")
	nsec := secretAt(tmp, "nsec", sk.Nsec()+"\n")
	mustRun(t, dir, "init", "--name", "old", "--key-file", shared.key, "--passphrase-file", shared.passphrase, "--import-file", nsec)
	s := start(t, dir, "--passphrase-file", shared.passphrase)
	out := mustRun(t, s.dir, "identity", "export", "--passphrase-file", shared.passphrase, "--password-file", shared.wrong)
	if !strings.HasPrefix(out, "ncryptsec1") {
		t.Fatal(out)
	}
	want := mustJSON[control.IdentityInfo](t, s.dir, "identity", "show")
	mustRun(t, s.dir, "identity", "remove", "old", "--confirm", want.Npub)
	exported := secretAt(tmp, "ncryptsec", out)
	got := mustJSON[control.IdentityInfo](t, s.dir, "identity", "add", "--name", "new", "--import-file", exported, "--import-password-file", shared.wrong)
	if got.PubKey != want.PubKey {
		t.Errorf("%s became %s", want.PubKey, got.PubKey)
	}
}

// TestLockedStart: without a person and without a key the signer starts locked
// and says so; afterwards it can be unlocked.
func TestLockedStart(t *testing.T) {
	t.Parallel()
	s := start(t, aVault(t))
	if !s.ready.Locked {
		t.Error("ready does not say locked")
	}
	if code, _, errs := runIn(s.dir, "invite"); code != exitFailed || !strings.Contains(errs, "unlock") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, _ := runIn(s.dir, "unlock", "--passphrase-file", shared.wrong); code != exitFailed {
		t.Errorf("a wrong passphrase: exit %d", code)
	}
	mustRun(t, s.dir, "unlock", "--passphrase-file", shared.passphrase)
	mustRun(t, s.dir, "invite")
}
