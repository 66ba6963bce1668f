package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// spawn runs the built program; it answers the ready line.
func spawn(t *testing.T, dir string, args ...string) (*exec.Cmd, readyLine) {
	t.Helper()
	path, err := shared.build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"--data", dir, "--json"}, args...)...)
	cmd.Env = []string{}
	cmd.Stderr = new(buffer)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var ready readyLine
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&ready); err != nil || ready.Event != "ready" {
		t.Fatalf("no ready line: %v: %s", err, cmd.Stderr)
	}
	return cmd, ready
}

// TestKillNine: after kill -9 the app goes on without pairing again, and the
// open question is still open; a yes then reaches the app.
func TestKillNine(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	cmd, ready := spawn(t, dir, "up", "--listen", "127.0.0.1:0", "--key-file", shared.key)
	app := pair(t, mustJSON[control.Invite](t, dir, "invite", "--app-name", "Notes").URI)
	type answer struct {
		ev  *nostr.Event
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		ev, err := app.SignEvent(context.Background(), nostr.Template{Kind: 0, Tags: nostr.Tags{}, Content: `{"name":"ana"}`})
		answers <- answer{ev, err}
	}()
	before := (&signer{t: t, dir: dir}).question()

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	spawn(t, dir, "up", "--listen", ready.Listen, "--key-file", shared.key)

	after := (&signer{t: t, dir: dir}).question()
	if after.ID != before.ID || after.Title != before.Title {
		t.Errorf("the question was %v, and is %v", before, after)
	}
	app.Wake()
	ev, err := app.SignEvent(t.Context(), nostr.Template{Kind: 1, Tags: nostr.Tags{}, Content: "still here"})
	if err != nil || ev.Content != "still here" {
		t.Fatalf("after the restart: %v", err)
	}
	mustRun(t, dir, "requests", "approve", after.ID)
	if a := <-answers; a.err != nil || a.ev.Kind != 0 {
		t.Errorf("the answer to the yes: %v", a.err)
	}
	mustRun(t, dir, "activity", "verify")
}

// TestSignals: the first signal ends cleanly, with exit code 0 and nothing left
// of the socket.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := aVault(t)
		cmd, _ := spawn(t, dir, "up", "--listen", "127.0.0.1:0", "--key-file", shared.key)
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %v: %v: %s", sig, err, cmd.Stderr)
		}
		if hasStore(dir, socketName) {
			t.Error("the control socket was left")
		}
		mustRun(t, dir, "activity", "verify")
	}
	cmd, _ := spawn(t, t.TempDir(), "relay", "--open", "--listen", "127.0.0.1:0")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("relay: %v", err)
	}
}

// TestStaleSocket: a socket that a killed signer left is replaced.
func TestStaleSocket(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	secretAt(dir, socketName, "")
	s := start(t, dir, "--key-file", shared.key)
	mustRun(t, s.dir, "apps", "list")
	info, err := os.Stat(dir + "/" + socketName)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode: %v, %v", info.Mode(), err)
	}
}

// TestCall: the command that is an app, over a restart, with its exit codes.
func TestCall(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	s := start(t, dir, "--key-file", shared.key)
	uri := mustJSON[control.Invite](t, dir, "invite", "--app-name", "Notes", "--allow", "nip44_encrypt", "--refuse", "sign_event:4").URI
	who := mustJSON[control.IdentityInfo](t, dir, "identity", "show")
	if out := mustRun(t, dir, "call", uri, "get_public_key"); strings.TrimSpace(out) != who.PubKey {
		t.Errorf("get_public_key: %s", out)
	}
	ev, err := nostr.ParseEvent([]byte(mustRun(t, dir, "call", uri, "sign_event", `{"kind":1,"content":"hi"}`)))
	if err != nil || ev.Content != "hi" || ev.PubKey.String() != who.PubKey {
		t.Errorf("sign_event: %v %v", ev, err)
	}
	sealed := mustJSON[map[string]string](t, dir, "call", uri, "nip44_encrypt", who.Npub, "secret")
	if sealed["method"] != "nip44_encrypt" || sealed["result"] == "" {
		t.Errorf("nip44_encrypt: %v", sealed)
	}
	s.end()
	s = start(t, dir, "--key-file", shared.key, "--listen", s.ready.Listen)
	if out := mustRun(t, dir, "call", uri, "ping"); out != "pong\n" {
		t.Errorf("ping: %s", out)
	}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"sign_event", `{"kind":4,"content":"x"}`}, exitRefused},
		{[]string{"sign_event", `{"content":"no kind"}`}, exitFailed},
		{[]string{"sign_event", "nonsense"}, exitUsage},
		{[]string{"nip44_encrypt", "x"}, exitUsage},
		{[]string{"nip44_encrypt", "x", "y"}, exitUsage},
		{[]string{"frobnicate"}, exitFailed},
	} {
		if code, _, errs := runIn(dir, append([]string{"call", uri}, c.args...)...); code != c.code {
			t.Errorf("%v: exit %d, not %d: %s", c.args, code, c.code, errs)
		}
	}
	if out := mustRun(t, dir, "call", uri, "logout"); out != "ack\n" {
		t.Errorf("logout: %s", out)
	}
	if code, _, errs := runIn(dir, "call", uri, "ping"); code == exitDone {
		t.Errorf("a used link connects again: %s", errs)
	}
	s.end()
	if code, _, errs := runIn(dir, "call", uri, "ping", "--timeout", "1s"); code != exitNoReply {
		t.Errorf("without a signer: exit %d: %s", code, errs)
	}
}

// TestAccept: the other pairing, with a link the app shows.
func TestAccept(t *testing.T) {
	t.Parallel()
	s := running(t)
	p, err := client.Pair(t.Context(), []string{s.ready.Relay}, client.Options{Name: "Notes", Perms: "sign_event:1,Nip44_encrypt", PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	out := mustRun(t, s.dir, "accept", p.URI(), "--app-name", "Mine", "--preset", "ask")
	if !strings.Contains(out, "Connected Mine as ana") || strings.Contains(out, "May post") ||
		!strings.Contains(out, "It asked for: sign_event:1, nip44_encrypt\n") {
		t.Error(out)
	}
	session, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := session.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestALinkDoesNotLeadHome: a link alone does not make the signer connect to this
// computer (T10). Who adds the relay gets the app connected.
func TestALinkDoesNotLeadHome(t *testing.T) {
	t.Parallel()
	s := running(t)
	relay := (&linktest.Relay{}).Start(t)
	p, err := client.Pair(t.Context(), []string{relay}, client.Options{Name: "Notes", PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	code, _, errs := runIn(s.dir, "accept", p.URI())
	if code != exitFailed || !strings.Contains(errs, "not a public address") || !strings.Contains(errs, "privyseal relays add "+relay) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	mustRun(t, s.dir, "relays", "add", relay)
	session, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := session.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
