package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/ptytest"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// atTerminal runs a command at a terminal; the answer comes when it has ended.
func atTerminal(t *testing.T, p *ptytest.Terminal, dir string, args ...string) (code <-chan int, stop func()) {
	t.Helper()
	m := newMain("", p.TTY, p.TTY)
	m.Stdin = p.TTY
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan int, 1)
	ended := make(chan struct{})
	go func() {
		done <- m.Main(ctx, append([]string{"--data", dir}, args...))
		m.Close()
		close(ended)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return done, cancel
}

// TestSetUp: a newcomer who stays at the terminal answers six prompts and has a
// running signer.
func TestSetUp(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	p := ptytest.Open(t, 80, 24)
	code, stop := atTerminal(t, p, dir, "up", "--listen", "127.0.0.1:0")
	p.Expect("Set it up in your browser? [Y/n] ")
	p.Type("n\n")
	p.Expect("A name for this identity [me]: ")
	p.Type("\n")
	p.Expect("Choose a passphrase")
	p.Type("short\n") // refused in friendly words
	p.Expect("Choose a passphrase")
	p.Type(testPassphrase + "\n")
	p.Expect("once more")
	p.Type("something else\n")
	p.Expect("not the same")
	p.Expect("Choose a passphrase")
	p.Type(testPassphrase + "\n")
	p.Expect("once more")
	p.Type(testPassphrase + "\n")
	p.Expect("Paste your key")
	p.Type("nsec1nonsense\n")
	p.Expect("Paste your key")
	p.Type("\n")
	p.Expect("phone and websites too? [Y/n] ")
	p.Type("what\n")
	p.Expect("answer y or n")
	p.Type("n\n")
	p.Expect("\nready — relay ws://127.0.0.1:")
	p.Expect("1 identity")
	list := mustJSON[[]control.IdentityInfo](t, dir, "identity", "list")
	if len(list) != 1 || list[0].Name != "me" {
		t.Errorf("identities: %v", list)
	}
	if strings.Contains(p.Shown(), testPassphrase) || strings.Contains(p.Shown(), "nonsense") {
		t.Error("a secret was shown")
	}
	if lines := strings.Count(strings.Split(p.Shown(), "ready")[0], "\n"); lines > 24 {
		t.Errorf("%d lines are more than a screenful", lines)
	}
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
}

// TestSetUpImports: an existing key is taken over, and public relays kept.
func TestSetUpImports(t *testing.T) {
	t.Parallel()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	pk, err := sk.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	p := ptytest.Open(t, 80, 24)
	dir := filepath.Join(t.TempDir(), "d")
	_, stop := atTerminal(t, p, dir, "up", "--listen", "127.0.0.1:0", "--relay", "none")
	for _, x := range [][2]string{
		{"browser?", "n"}, {"[me]: ", "Ana"}, {"Choose", testPassphrase}, {"once more", testPassphrase}, {"Paste", sk.Nsec()},
	} {
		p.Expect(x[0])
		p.Type(x[1] + "\n")
	}
	p.Expect("\nready — ") // --relay answers the last question
	list := mustJSON[[]control.IdentityInfo](t, dir, "identity", "list")
	if len(list) != 1 || list[0].Name != "Ana" || list[0].PubKey != pk.String() {
		t.Errorf("identities: %v", list)
	}
	stop()
}

// TestSetUpInterrupted: leaving the dialogue leaves nothing behind.
func TestSetUpInterrupted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	p := ptytest.Open(t, 80, 24)
	code, stop := atTerminal(t, p, dir, "up", "--listen", "127.0.0.1:0")
	p.Expect("browser?")
	p.Type("n\n")
	p.Expect("[me]: ")
	stop()
	if c := <-code; c != exitFailed {
		t.Errorf("exit %d", c)
	}
	if hasStore(dir, "") {
		t.Error("a directory was made")
	}
}

// TestUnlockAtTerminal: three tries, then the end.
func TestUnlockAtTerminal(t *testing.T) {
	t.Parallel()
	p := ptytest.Open(t, 80, 24)
	code, _ := atTerminal(t, p, aVault(t), "up", "--listen", "127.0.0.1:0")
	for range tries {
		p.Expect("Passphrase: ")
		p.Type("a wrong passphrase\n")
	}
	if c := <-code; c != exitFailed {
		t.Errorf("exit %d", c)
	}
	p = ptytest.Open(t, 80, 24)
	code, stop := atTerminal(t, p, aVault(t), "up", "--listen", "127.0.0.1:0")
	p.Expect("Passphrase: ")
	p.Type(testPassphrase + "\n")
	p.Expect("ready — ")
	stop()
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
}

// TestPassphraseAtTerminal: unlock and change ask, and show nothing.
func TestPassphraseAtTerminal(t *testing.T) {
	t.Parallel()
	s := running(t)
	mustRun(t, s.dir, "lock")
	p := ptytest.Open(t, 80, 24)
	code, _ := atTerminal(t, p, s.dir, "unlock")
	p.Expect("Passphrase: ")
	p.Type(testPassphrase + "\n")
	p.Expect("Unlocked.")
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
	p = ptytest.Open(t, 80, 24)
	code, _ = atTerminal(t, p, s.dir, "passphrase", "change")
	p.Expect("as it is")
	p.Type(testPassphrase + "\n")
	p.Expect("Choose")
	p.Type("another good one\n")
	p.Expect("once more")
	p.Type("another good one\n")
	p.Expect("Changed.")
	if c := <-code; c != exitDone {
		t.Errorf("exit %d", c)
	}
}

// TestWatch: a question is read and answered by keys, in 80 and in 40 columns.
func TestWatch(t *testing.T) {
	t.Parallel()
	for _, columns := range []uint16{80, 40} {
		s := running(t)
		app := s.app()
		p := ptytest.Open(t, columns, 24)
		code, _ := atTerminal(t, p, s.dir, "requests", "watch")
		p.Expect("No question is open.")
		answers := make(chan error, 2)
		ask := func(name string) {
			_, err := app.SignEvent(context.Background(), nostr.Template{Kind: 0, Tags: nostr.Tags{}, Content: `{"name":"` + name + `"}`})
			answers <- err
		}
		go ask("one")
		p.Expect("[y] ")
		p.Type("y")
		p.Expect("Done (approved)")
		if err := <-answers; err != nil {
			t.Errorf("the answer to yes: %v", err)
		}
		go ask("two")
		p.Expect("[n] ")
		p.Type("n")
		p.Expect("Done (denied)")
		if err := <-answers; err == nil {
			t.Error("no was taken for yes")
		}
		p.Type("q")
		if c := <-code; c != exitDone {
			t.Errorf("exit %d", c)
		}
		p.Expect(screenOff)
		s.end()
	}
}

// TestUninstall asks for the word, and keeps the data.
func TestUninstallAsks(t *testing.T) {
	t.Parallel()
	dir := aVault(t)
	p := ptytest.Open(t, 80, 24)
	code, _ := atTerminal(t, p, dir, "uninstall")
	p.Expect("kept: " + dir)
	p.Expect("Type uninstall")
	p.Type("yes\n")
	p.Expect("nothing was removed")
	if c := <-code; c != exitFailed {
		t.Errorf("exit %d", c)
	}
}

// TestPolicyImportAsks: at a terminal the difference is shown and a yes is
// needed; a no changes nothing.
func TestPolicyImportAsks(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.app("--app-name", "Notes")
	file := secretAt(t.TempDir(), "policy", "app Notes\nrefuse sign_event:7\n")
	for _, c := range []struct {
		says  string
		code  int
		rules int
	}{{"\n", exitRefused, 0}, {"y\n", exitDone, 1}} {
		p := ptytest.Open(t, 80, 24)
		code, _ := atTerminal(t, p, s.dir, "policy", "import", file)
		p.Expect("new  refuse sign_event:7  May never react to posts for you.")
		p.Expect("Change it so? [y/N] ")
		p.Type(c.says)
		if got := <-code; got != c.code {
			t.Errorf("%q: exit %d: %s", c.says, got, p.Shown())
		}
		if got := mustJSON[control.AppInfo](t, s.dir, "apps", "show", "Notes"); len(got.Grants) != c.rules {
			t.Errorf("after %q: %+v", c.says, got.Grants)
		}
	}
}

// TestTypeTheNumber: at a terminal a wipe is approved by the number it names.
func TestTypeTheNumber(t *testing.T) {
	t.Parallel()
	b := newBea(t, &linktest.Relay{Keep: true}, follows(time.Now().Add(-time.Hour), 0, 40))
	q, done := b.asks(t, follows(time.Now(), 30, 41))
	if q.Type != "30" {
		t.Fatalf("%+v", q)
	}
	for _, c := range []struct {
		answer string
		want   int
	}{{"\n", exitRefused}, {"y\n", exitRefused}, {"31\n", exitRefused}, {"30\n", exitDone}} {
		p := ptytest.Open(t, 80, 24)
		code, _ := atTerminal(t, p, b.dir, "requests", "approve", q.ID[:8])
		p.Expect("To go on, type 30.")
		p.Expect("> ")
		p.Type(c.answer)
		if got := <-code; got != c.want {
			t.Fatalf("%q: exit %d", c.answer, got)
		}
	}
	if s := <-done; s.err != nil {
		t.Fatal(s.err)
	}
}

// TestUndoAsks: at a terminal undo tells what would change and asks; no is the
// answer of an empty line.
func TestUndoAsks(t *testing.T) {
	t.Parallel()
	b := newBea(t, &linktest.Relay{Keep: true}, follows(time.Now().Add(-time.Hour), 0, 40))
	q, done := b.asks(t, follows(time.Now(), 20, 41))
	mustRun(t, b.dir, "requests", "approve", q.ID)
	if s := <-done; s.err != nil {
		t.Fatal(s.err)
	}
	for _, c := range []struct {
		answer string
		want   int
	}{{"\n", exitRefused}, {"y\n", exitDone}} {
		p := ptytest.Open(t, 80, 24)
		code, _ := atTerminal(t, p, b.dir, "activity", "undo", "--identity", "bea", "--kind", "3")
		p.Expect("20 come back, 1 goes.")
		p.Expect("Put it back? [y/N] ")
		p.Type(c.answer)
		if got := <-code; got != c.want {
			t.Fatalf("%q: exit %d", c.answer, got)
		}
		if put := len(b.relay.Stored(3)[0].Tags) == 40 && b.relay.Stored(3)[0].CreatedAt > time.Now().Add(-time.Minute).Unix(); put != (c.want == exitDone) {
			t.Fatalf("%q: put back: %v", c.answer, put)
		}
	}
}

// TestConsoleLink: at a terminal the link is printed, with what it does.
func TestConsoleLink(t *testing.T) {
	t.Parallel()
	s := running(t)
	p := ptytest.Open(t, 100, 24)
	code, _ := atTerminal(t, p, s.dir, "console")
	p.Expect("http://localhost:")
	p.Expect("It works once, until ")
	if got := <-code; got != exitDone {
		t.Fatalf("exit %d", got)
	}
}
