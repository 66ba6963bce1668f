package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/ptytest"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/nostr"
)

// TestLog: one trace id a request, and never a word of content, a secret or a
// passphrase, at the most talkative level.
func TestLog(t *testing.T) {
	t.Parallel()
	s := start(t, aVault(t), "--passphrase-file", shared.passphrase, "--log-level", "debug", "--log-format", "json")
	inv := mustJSON[control.Invite](t, s.dir, "invite", "--allow", "nip44_encrypt")
	app := pair(t, inv.URI)
	ev, err := app.SignEvent(t.Context(), nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "canary-content"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Nip44Encrypt(t.Context(), ev.PubKey, "canary-message"); err != nil {
		t.Fatal(err)
	}
	s.end()
	log := s.log.String()
	link, _ := nostrSecret(inv.URI)
	for _, secret := range []string{"canary", testPassphrase, link, "nsec1", ev.Sig.String()} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	traced := 0
	for l := range strings.Lines(log) {
		var line struct{ Time, Level, Msg, Trace string }
		if err := json.Unmarshal([]byte(l), &line); err != nil || line.Msg == "" {
			t.Errorf("not a line of JSON: %s", l)
		}
		if line.Trace != "" {
			traced++
		}
	}
	if traced == 0 {
		t.Errorf("no trace id:\n%s", log)
	}
}

// nostrSecret is the secret of a link.
func nostrSecret(uri string) (string, bool) {
	_, rest, ok := strings.Cut(uri, "secret=")
	secret, _, _ := strings.Cut(rest, "&")
	return secret, ok
}

// TestLogLevelSetting: the setting counts at once and at the next start; the
// flag beats it.
func TestLogLevelSetting(t *testing.T) {
	t.Parallel()
	s := running(t)
	mustRun(t, s.dir, "settings", "set", "log-level", "error")
	s.end()
	quiet := start(t, s.dir, "--key-file", shared.key)
	pair(t, mustJSON[control.Invite](t, s.dir, "invite").URI)
	quiet.end()
	if quiet.log.String() != "" {
		t.Errorf("at level error: %s", quiet.log)
	}
	loud := start(t, s.dir, "--key-file", shared.key, "--log-level", "debug")
	pair(t, mustJSON[control.Invite](t, s.dir, "invite").URI)
	loud.end()
	if loud.log.String() == "" {
		t.Error("the flag does not beat the setting")
	}
}

// publicRelay is a relay that stands for a public one.
func publicRelay(t *testing.T) string {
	t.Helper()
	r := relay.New(relay.Options{Open: true})
	s := httptest.NewServer(r)
	t.Cleanup(func() { _ = r.Shutdown(context.Background()); s.Close() })
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// TestPublicRelays: three that answer are kept; without any the first are taken,
// and the start never fails.
func TestPublicRelays(t *testing.T) {
	t.Parallel()
	up := []string{publicRelay(t), publicRelay(t), publicRelay(t)}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "ws://" + closed.Addr().String()
	closed.Close()
	dialer := &link.Dialer{AllowPrivate: func(string) bool { return true }}
	got := measure(t.Context(), dialer, append([]string{gone}, up...))
	slices.Sort(got)
	slices.Sort(up)
	if !slices.Equal(got, up) {
		t.Errorf("kept %v", got)
	}
	none := []string{gone, gone + "/a", gone + "/b", gone + "/c"}
	if got := measure(t.Context(), dialer, none); !slices.Equal(got, none[:3]) {
		t.Errorf("with all away: %v", got)
	}
}

// TestSetUpPublic: yes to phone and websites is kept for the next start, and
// links name the public relays.
func TestSetUpPublic(t *testing.T) {
	t.Parallel()
	public := publicRelay(t)
	dir := filepath.Join(t.TempDir(), "d")
	p := ptytest.Open(t, 80, 24)
	m := newMain("", p.TTY, p.TTY)
	m.Stdin, m.Public, m.AllowPrivate = p.TTY, []string{public}, true
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- m.Main(ctx, []string{"--data", dir, "up", "--listen", "127.0.0.1:0"}) }()
	for _, x := range [][2]string{
		{"browser?", "n"}, {"[me]: ", ""}, {"Choose", testPassphrase}, {"once more", testPassphrase}, {"Paste", ""}, {"[Y/n]", ""},
	} {
		p.Expect(x[0])
		p.Type(x[1] + "\n")
	}
	p.Expect("\nready — ")
	has := func() bool {
		return slices.ContainsFunc(mustJSON[[]control.RelayInfo](t, dir, "relays", "list"), func(r control.RelayInfo) bool { return r.URL == public })
	}
	if !has() {
		t.Error("the public relay is not on the list")
	}
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
	start(t, dir, "--passphrase-file", shared.passphrase)
	if !has() {
		t.Error("the choice was forgotten")
	}
}

// TestSlowPublicRelays: when no public relay answers, the person is told what
// takes so long.
func TestSlowPublicRelays(t *testing.T) {
	t.Parallel()
	hangs, err := net.Listen("tcp", "127.0.0.1:0") // it takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer hangs.Close()
	p := ptytest.Open(t, 80, 24)
	m := newMain("", p.TTY, p.TTY)
	m.Stdin, m.Public, m.AllowPrivate = p.TTY, []string{"ws://" + hangs.Addr().String()}, true
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- m.Main(ctx, []string{"--data", aVault(t), "up", "--listen", "127.0.0.1:0", "--relay", "public", "--key-file", shared.key})
	}()
	p.Expect("Looking for public relays that answer")
	p.Expect("ready — ")
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
}

// TestCredential: a key file that systemd hands over unlocks; a wrong one ends
// the start.
func TestCredential(t *testing.T) {
	t.Parallel()
	for key, locked := range map[string]bool{testKey: false, strings.Repeat("wrong", 10): true} {
		creds := t.TempDir()
		secretAt(creds, credentialName, key)
		out, in := io.Pipe()
		m := newMain("", in, io.Discard)
		m.Getenv = func(k string) string { return map[string]string{"CREDENTIALS_DIRECTORY": creds}[k] }
		ctx, stop := context.WithCancel(t.Context())
		code := make(chan int, 1)
		go func() {
			code <- m.Main(ctx, []string{"--data", aVault(t), "--json", "up", "--listen", "127.0.0.1:0"})
			in.Close()
		}()
		if locked {
			_, _ = io.Copy(io.Discard, out)
			if c := <-code; c != exitFailed {
				t.Errorf("a wrong credential: exit %d", c)
			}
		} else {
			var line readyLine
			if err := json.NewDecoder(out).Decode(&line); err != nil || line.Locked {
				t.Errorf("%+v, %v", line, err)
			}
			stop()
			if c := <-code; c != exitDone {
				t.Errorf("exit %d", c)
			}
		}
		stop()
	}
}

// TestDoctor: each trouble is found, with what to do.
func TestDoctor(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	if out := mustRun(t, dir, "doctor"); !strings.Contains(out, "not running") || !strings.Contains(out, "opens by") {
		t.Errorf("without a signer: %s", out)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, dir, "doctor"); !strings.Contains(out, "chmod 700 "+dir) {
		t.Errorf("an open directory: %s", out)
	}
	if err := os.WriteFile(filepath.Join(dir, "privyseal.db"), []byte(strings.Repeat("garbage ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := runIn(dir, "doctor"); code != exitFailed || !strings.Contains(out, "privyseal restore") {
		t.Errorf("a damaged database: exit %d: %s", code, out)
	}
	if code, out, _ := runIn(filepath.Join(dir, "none"), "doctor", "--json"); code != exitFailed || !strings.Contains(out, "privyseal up") {
		t.Errorf("nothing: exit %d: %s", code, out)
	}
}

// TestVerifyFindsTampering without a running signer.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	b, err := os.ReadFile(filepath.Join(dir, "privyseal.db"))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(b), "identity added", "identity added"[:13]+"D", 1)
	if changed == string(b) {
		t.Fatal("nothing to tamper with")
	}
	secretAt(dir, "privyseal.db", changed)
	code, out, errs := runIn(dir, "activity", "verify")
	if code != exitFailed || !strings.Contains(out, "record 3") || !strings.Contains(errs, "was changed") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// TestUninstall removes the program, and never the data unasked.
func TestUninstall(t *testing.T) {
	t.Parallel()
	built, err := shared.build()
	if err != nil {
		t.Fatal(err)
	}
	dir, path := aVault(t), filepath.Join(t.TempDir(), "privyseal")
	// By a process of its own: a file that this one writes stays open for writing in
	// what another test starts just then, and does not start ("text file busy").
	if out, err := exec.Command("cp", built, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := ptytest.Open(t, 80, 24)
	cmd := exec.Command(path, "--data", dir, "uninstall")
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = []string{}, p.TTY, p.TTY, p.TTY
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.Expect("Type uninstall")
	p.Type("uninstall\n")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, p.Shown())
	}
	if hasStore(filepath.Dir(path), "privyseal") || !hasStore(dir, "privyseal.db") {
		t.Error("the program is there, or the data is gone")
	}
}
