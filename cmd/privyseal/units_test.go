package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// TestPrintable: an app's name cannot steer the terminal.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ana":              "Ana",
		"a\x1b[31mred":     "a·[31mred",
		"two\nlines":       "two·lines",
		"\u202egnp.exe":    "·gnp.exe",
		"日本語 ✓":            "日本語 ✓",
		"Cora\u200bcle":    "Cora·cle",
		"a\u200db\ufe0f":   "a·b·",
		"\U000e0041\u2800": "··",
		"👩\u200d👧 ❤\ufe0f": "👩\u200d👧 ❤\ufe0f",
		"bad\xffencoding":  "bad·encoding",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

// TestQR: the code is square, framed in light, and too long a text has none.
func TestQR(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSuffix(qrCode("bunker://x"), "\n"), "\n")
	width := len([]rune(lines[0]))
	if len(lines) != (width+1)/2 {
		t.Errorf("%d lines of %d columns", len(lines), width)
	}
	for _, l := range lines {
		if r := []rune(l); len(r) != width || r[0] != '█' && r[0] != '▀' || r[0] != r[width-1] {
			t.Errorf("not framed: %q", l)
		}
	}
	if lines[0] != strings.Repeat("█", width) {
		t.Errorf("not framed: %q", lines[0])
	}
	if qrCode(strings.Repeat("x", 5000)) != "" {
		t.Error("a code of 5000 bytes")
	}
}

func TestSplitKeys(t *testing.T) {
	t.Parallel()
	got := splitKeys("y\x1b[A\x1bOB3\x1b")
	if want := []string{"y", "\x1b[A", "\x1bOB", "3", "\x1b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestReachable: what other computers can reach.
func TestReachable(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"ws://127.0.0.1:4646": false, "ws://localhost:1": false, "ws://[::1]:4646": false, "ws://0.0.0.0:1": false,
		"wss://seal.example": true, "ws://192.168.1.7:4646": true, "wss://seal.example:444/path": true,
	} {
		if reachable(url) != want {
			t.Errorf("%s: %v", url, !want)
		}
	}
}

// TestComplete: what a person leaves out of an event is filled in, and nothing
// else is changed.
func TestComplete(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	got, err := nostr.ParseTemplate(complete([]byte(`{"kind":1}`), now))
	if err != nil || got.CreatedAt != 1700000000 || got.Content != "" || got.Tags == nil {
		t.Errorf("%+v, %v", got, err)
	}
	full := `{"kind":7,"created_at":5,"tags":[["e","x"]],"content":"+"}`
	got, err = nostr.ParseTemplate(complete([]byte(full), now))
	if err != nil || got.CreatedAt != 5 || got.Content != "+" || len(got.Tags) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if out := complete([]byte(`{"content":"x"}`), now); bytes.Contains(out, []byte("kind")) {
		t.Errorf("a kind was made up: %s", out)
	}
	if out := complete([]byte(`[1]`), now); string(out) != "[1]" {
		t.Errorf("not an object: %s", out)
	}
}

// TestTLSFlags: what goes together, and what not.
func TestTLSFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f  tlsFlags
		ok bool
	}{
		{tlsFlags{TLS: "off"}, true},
		{tlsFlags{TLS: "off", PublicURL: "https://seal.example/"}, true},
		{tlsFlags{TLS: "off", PublicURL: "http://10.0.0.1:4646"}, true},
		{tlsFlags{TLS: "auto", PublicURL: "https://seal.example"}, true},
		{tlsFlags{TLS: "auto", PublicURL: "http://seal.example"}, false},
		{tlsFlags{TLS: "auto", PublicURL: "https://seal.example", TLSCert: "c", TLSKey: "k"}, false},
		{tlsFlags{TLS: "off", TLSKey: "k"}, false},
		{tlsFlags{TLS: "off", PublicURL: "https://user@seal.example"}, false},
		{tlsFlags{TLS: "off", PublicURL: "https://seal.example/path"}, false},
		{tlsFlags{TLS: "off", PublicURL: "seal.example"}, false},
	} {
		if err := c.f.check(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.f, err)
		}
	}
}

// TestNotify: systemd hears READY and STOPPING.
func TestNotify(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	env := map[string]string{"NOTIFY_SOCKET": path}
	notify(func(k string) string { return env[k] }, "READY=1")
	buf := make([]byte, 64)
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := conn.Read(buf)
	if err != nil || string(buf[:n]) != "READY=1" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	notify(func(string) string { return "" }, "READY=1") // without systemd: nothing
}

// TestDataDir: the flag, then the variable, then XDG, then the home directory.
func TestDataDir(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HOME": "/home/ana"}
	m := &Main{Getenv: func(k string) string { return env[k] }}
	want := func(dir string) {
		t.Helper()
		if got, err := m.dataDir(); err != nil || got != dir {
			t.Errorf("%s, %v; not %s", got, err, dir)
		}
	}
	want("/home/ana/.local/share/privyseal")
	env["XDG_DATA_HOME"] = "relative is ignored"
	want("/home/ana/.local/share/privyseal")
	env["XDG_DATA_HOME"] = "/xdg"
	want("/xdg/privyseal")
	env["PRIVYSEAL_DATA"] = "/var/seal"
	want("/var/seal")
	m.cli.Data = "/flag"
	want("/flag")
	*m = Main{Getenv: func(string) string { return "" }}
	if _, err := m.dataDir(); err == nil {
		t.Error("a directory out of nothing")
	}
}

// TestReadableSecrets: a file that others can read is used, with a warning.
func TestReadableSecrets(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(path, []byte("a good passphrase\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	m := newMain("", new(bytes.Buffer), &errs)
	got, err := m.passphraseFile(path)
	if err != nil || string(got) != "a good passphrase" {
		t.Errorf("%v", err)
	}
	if !strings.Contains(errs.String(), "chmod 600 "+path) {
		t.Errorf("no warning: %s", &errs)
	}
	m.Stdin = strings.NewReader("by pipe\n")
	if got, err := m.passphraseFile("-"); err != nil || string(got) != "by pipe" {
		t.Errorf("from standard input: %v", err)
	}
}

// TestConnectHandler: installed for this user, and removed again.
func TestConnectHandler(t *testing.T) {
	data := t.TempDir()
	run := func(verb string) string {
		var out, errs bytes.Buffer
		m := newMain("", &out, &errs)
		m.Getenv = func(k string) string { return map[string]string{"XDG_DATA_HOME": data}[k] }
		t.Setenv("PATH", "") // without xdg-mime
		if code := m.Main(t.Context(), []string{"--data", "/a dir/with $", "--json", "connect-handler", verb}); code != exitDone {
			t.Fatalf("%s: exit %d: %s", verb, code, &errs)
		}
		var h handled
		if err := json.Unmarshal(out.Bytes(), &h); err != nil {
			t.Fatal(err)
		}
		return h.File
	}
	file := run("install")
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), "MimeType=x-scheme-handler/nostrconnect;") || !strings.Contains(string(b), `--data "/a dir/with \\$" accept %u`) {
		t.Errorf("%v: %s", err, b)
	}
	run("remove")
	if hasStore(filepath.Dir(file), filepath.Base(file)) {
		t.Error("not removed")
	}
	run("remove") // twice is fine
}

// TestCompletion: every shell gets every verb.
func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		out := mustRun(t, t.TempDir(), "completion", shell)
		for _, word := range []string{"requests", "approve", "connect-handler", "passphrase-file"} {
			if !strings.Contains(out, word) {
				t.Errorf("%s does not know %s", shell, word)
			}
		}
		if strings.Contains(out, "acme-directory") {
			t.Errorf("%s knows a hidden flag", shell)
		}
	}
}
