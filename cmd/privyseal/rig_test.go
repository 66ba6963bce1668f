package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
)

const (
	testPassphrase = "correct horse battery"
	testKey        = "this key file opens the test vault, it is long enough"
	patience       = 5 * time.Minute // for what a busy machine may take its time over
)

// shared is what all tests use: made once, never changed.
var shared struct {
	dir                           string
	vault, passphrase, key, wrong string // paths
	build                         func() (string, error)
}

func TestMain(m *testing.M) {
	if isHalf(os.Args[1:]) { // a signer in this process starts its halves from the test's program
		main()
	}
	dir, err := os.MkdirTemp("", "privyseal-test-")
	if err != nil {
		panic(err)
	}
	shared.dir = dir
	shared.passphrase = secretAt(dir, "passphrase", testPassphrase+"\n")
	shared.key = secretAt(dir, "key", testKey)
	shared.wrong = secretAt(dir, "wrong", "not the right passphrase\n")
	shared.vault = filepath.Join(dir, "vault")
	shared.build = sync.OnceValues(func() (string, error) {
		path := filepath.Join(dir, "privyseal")
		out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
		if err != nil {
			return "", &exec.Error{Name: "go build: " + string(out), Err: err}
		}
		return path, nil
	})
	code, _, errs := runIn(shared.vault, "init", "--name", "ana", "--passphrase-file", shared.passphrase, "--key-file", shared.key)
	if code != exitDone {
		panic("init: " + errs)
	}
	code = m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func secretAt(dir, name, text string) string {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return path
}

// environment is what tests have set of it, by data directory; else it is empty.
var environment sync.Map // [2]string → string

// setenv sets a variable of the program on a data directory.
func setenv(dir, key, value string) { environment.Store([2]string{dir, key}, value) }

// newMain is the program with streams of its own and the environment of a data
// directory; with "" it is empty.
func newMain(dir string, out, errs io.Writer) *Main {
	return &Main{Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Getenv: func(key string) string {
		v, _ := environment.Load([2]string{dir, key})
		s, _ := v.(string)
		return s
	}}
}

// runIn runs one command on a data directory.
func runIn(dir string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	m := newMain(dir, &out, &errs)
	defer m.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	code = m.Main(ctx, append([]string{"--data", dir}, args...))
	return code, out.String(), errs.String()
}

// mustRun runs a command that has to succeed.
func mustRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	code, out, errs := runIn(dir, args...)
	if code != exitDone {
		t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out
}

// mustJSON runs a command with --json and reads what it prints.
func mustJSON[T any](t *testing.T, dir string, args ...string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(mustRun(t, dir, append(args, "--json")...)), &v); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return v
}

// aVault is a copy of the shared vault.
func aVault(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.CopyFS(dir, os.DirFS(shared.vault)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// signer is a signer that runs in this process.
type signer struct {
	t     *testing.T
	dir   string
	ready readyLine
	log   *buffer
	stop  context.CancelFunc
	code  chan int
}

// start runs `up` on a directory until the test ends.
func start(t *testing.T, dir string, args ...string) *signer {
	t.Helper()
	s := &signer{t: t, dir: dir, log: new(buffer), code: make(chan int, 1)}
	out, in := io.Pipe()
	m := newMain(dir, in, s.log)
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	args = append([]string{"--data", dir, "--json", "up", "--listen", "127.0.0.1:0"}, args...)
	go func() {
		code := m.Main(ctx, args)
		m.Close()
		in.Close()
		s.code <- code
	}()
	t.Cleanup(func() { s.end() })
	if err := json.NewDecoder(out).Decode(&s.ready); err != nil || s.ready.Event != "ready" {
		t.Fatalf("no ready line: %v; %s", err, s.log)
	}
	go io.Copy(io.Discard, out)
	return s
}

// running is a signer on a fresh copy of the vault, unlocked.
func running(t *testing.T, args ...string) *signer {
	t.Helper()
	return start(t, aVault(t), append([]string{"--key-file", shared.key}, args...)...)
}

// end stops the signer and answers its exit code; again it answers -1.
func (s *signer) end() int {
	s.stop()
	select {
	case code, ok := <-s.code:
		if !ok {
			return -1
		}
		close(s.code)
		return code
	case <-time.After(patience):
		s.t.Fatal("the signer did not stop")
		return -1
	}
}

// app pairs an app, by the SDK.
func (s *signer) app(flags ...string) *client.Session {
	s.t.Helper()
	inv := mustJSON[control.Invite](s.t, s.dir, append([]string{"invite"}, flags...)...)
	return pair(s.t, inv.URI)
}

func pair(t *testing.T, uri string) *client.Session {
	t.Helper()
	session, err := client.Connect(t.Context(), uri, client.Options{Name: "Notes", PrivateRelays: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}
