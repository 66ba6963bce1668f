package main

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestBadInput: every wrong input gives one clear sentence, what to do next,
// the exit code of the contract, and the same as JSON; nothing is made.
func TestBadInput(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	file := secretAt(tmp, "file", "x")
	weak := secretAt(tmp, "weak", "short\n")
	empty := secretAt(tmp, "empty", "")
	garbage := secretAt(tmp, "garbage", "not a key at all")
	pass, key := shared.passphrase, shared.key
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no such verb", []string{"frobnicate"}, exitUsage, "frobnicate"},
		{"no such flag", []string{"up", "--frobnicate"}, exitUsage, "--frobnicate"},
		{"no verb at all", nil, exitUsage, "say what to do: up, init, "},
		{"a verb is missing", []string{"apps"}, exitUsage, "say what to do: list, show, pause, resume, revoke, allow, ask, refuse, auth-url."},
		{"a verb is misspelt", []string{"apps", "shw"}, exitUsage, "did you mean \"show\"?\n"},
		{"no directory", []string{"version", "--data", ""}, exitUsage, "--data names no directory"},
		{"an argument is missing", []string{"accept"}, exitUsage, "uri"},
		{"one argument too many", []string{"version", "x"}, exitUsage, "x"},
		{"a bad number", []string{"activity", "list", "--limit", "many"}, exitUsage, "limit"},
		{"a negative number", []string{"activity", "list", "--limit", "-1"}, exitUsage, "--limit"},
		{"a bad choice", []string{"up", "--log-format", "xml"}, exitUsage, "log-format"},
		{"a bad relay", []string{"up", "--relay", "https://x"}, exitUsage, "https://x"},
		{"a bad listen address", []string{"up", "--listen", "nowhere"}, exitUsage, "nowhere"},
		{"no relay at all", []string{"up", "--own-relay=false"}, exitUsage, "relay"},
		{"only none", []string{"up", "--no-own-relay", "--relay", "none"}, exitUsage, "relay"},
		{"half a certificate", []string{"up", "--tls-cert", file}, exitUsage, "--tls-key"},
		{"auto without an address", []string{"up", "--tls", "auto"}, exitUsage, "public address"},
		{"a bad public address", []string{"up", "--public-url", "ftp://x"}, exitUsage, "--public-url"},
		{"two keys", []string{"up", "--passphrase-file", pass, "--key-file", key}, exitUsage, "one of them"},
		{"up without a vault, with a key", []string{"up", "--key-file", key}, exitFailed, "privyseal init"},
		{"init with nothing", []string{"init"}, exitUsage, "--passphrase-file"},
		{"a passphrase file that is not there", []string{"init", "--passphrase-file", filepath.Join(tmp, "none")}, exitFailed, "does not exist"},
		{"a directory as passphrase file", []string{"init", "--passphrase-file", tmp}, exitFailed, "is a directory"},
		{"an empty passphrase", []string{"init", "--passphrase-file", empty}, exitFailed, "is empty"},
		{"a weak passphrase", []string{"init", "--passphrase-file", weak}, -1, ""},
		{"a short key file", []string{"init", "--key-file", file}, exitFailed, "32 bytes"},
		{"a key file that is not there", []string{"init", "--key-file", filepath.Join(tmp, "none")}, exitFailed, "urandom"},
		{"a bad key to import", []string{"init", "--key-file", key, "--import-file", garbage}, -1, ""},
		{"a password without a key", []string{"init", "--key-file", key, "--import-password-file", pass}, exitUsage, "--import-file"},
		{"an empty name", []string{"init", "--key-file", key, "--name", " "}, exitUsage, "name"},
		{"a name with a line end", []string{"init", "--key-file", key, "--name", "a\nb"}, exitUsage, "name"},
		{"not running", []string{"apps", "list"}, exitFailed, "privyseal up"},
		{"not running, a stream", []string{"requests", "watch"}, exitFailed, "privyseal up"},
		{"verify nothing", []string{"activity", "verify"}, exitFailed, "--data"},
		{"back up nothing", []string{"backup", filepath.Join(tmp, "b"), "--passphrase-file", pass}, exitFailed, "--data"},
		{"restore what is not there", []string{"restore", filepath.Join(tmp, "none"), "--passphrase-file", pass}, exitFailed, "does not exist"},
		{"restore what is no backup", []string{"restore", garbage, "--passphrase-file", pass}, exitUsage, "a file that privyseal backup wrote"},
		{"a call that nobody hears", []string{"call", "bunker://" + bea + "?relay=ws://127.0.0.1:1&secret=abcdefgh12345678", "ping", "--timeout", "1s"}, exitNoReply, "no answer came within 1s"},
		{"a bad link to call", []string{"call", "bunker://x", "ping"}, exitUsage, ""},
		{"a call without patience", []string{"call", "bunker://x", "ping", "--timeout", "0s"}, exitUsage, "--timeout"},
		{"no link on standard input", []string{"accept", "-"}, exitUsage, "standard input"},
		{"a relay for nobody", []string{"relay"}, exitUsage, "--open"},
		{"a relay for a bad key", []string{"relay", "--key", "x"}, exitUsage, "public key"},
		{"a taken port for a relay", []string{"relay", "--open", "--listen", taken.Addr().String()}, exitFailed, "--listen"},
		{"no such shell", []string{"completion", "tcsh"}, exitUsage, "tcsh"},
		{"uninstall without a person", []string{"uninstall"}, exitUsage, "--dry-run"},
		{"a passphrase without a person", []string{"unlock"}, exitUsage, "--passphrase-file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d")
			code, out, errs := runIn(dir, c.args...)
			if c.code >= 0 && code != c.code || code == exitDone {
				t.Errorf("exit %d, not %d: %s", code, c.code, errs)
			}
			if out != "" {
				t.Errorf("standard output: %q", out)
			}
			lines := strings.Split(strings.TrimRight(errs, "\n"), "\n")
			if !strings.HasPrefix(lines[0], "privyseal: ") || !strings.HasSuffix(lines[0], ".") && !strings.HasSuffix(lines[0], "?") || !strings.Contains(errs, c.says) {
				t.Errorf("says %q, not %q", errs, c.says)
			}
			if len(lines) > 2 || len(lines) == 2 && !strings.HasPrefix(lines[1], "  ") {
				t.Errorf("more than a sentence and a hint: %q", errs)
			}
			if files, _ := filepath.Glob(filepath.Join(dir, "*.db*")); len(files) > 0 {
				t.Errorf("left behind: %v", files)
			}
			jcode, jout, _ := runIn(dir, append([]string{"--json"}, c.args...)...)
			var doc struct {
				Error struct{ Kind, Message, Hint string }
			}
			if err := json.Unmarshal([]byte(jout), &doc); err != nil || doc.Error.Kind == "" || doc.Error.Message == "" || jcode != code {
				t.Errorf("as JSON: exit %d, %v: %s", jcode, err, jout)
			}
		})
	}
}

// TestBadPlaces: what a data directory can be instead of one.
func TestBadPlaces(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	file := secretAt(tmp, "file", "x")
	long := filepath.Join(tmp, strings.Repeat("long", 30))
	damaged := aVault(t)
	if err := os.WriteFile(filepath.Join(damaged, "privyseal.db"), []byte(strings.Repeat("garbage ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	key := []string{"--key-file", shared.key}
	for _, c := range []struct {
		name, dir string
		args      []string
		says      string
	}{
		{"a file", file, append([]string{"init"}, key...), "a file in its place"},
		{"below a file", filepath.Join(file, "d"), append([]string{"init"}, key...), "a file in its place"},
		{"too long a path", long, append([]string{"init"}, key...), "too long"},
		{"too long a path to call", long, []string{"apps", "list"}, "too long"},
		{"a damaged database", damaged, append([]string{"up", "--listen", "127.0.0.1:0"}, key...), "damaged"},
		{"a damaged database to verify", damaged, []string{"activity", "verify"}, "damaged"},
		{"a wrong passphrase", aVault(t), []string{"up", "--listen", "127.0.0.1:0", "--passphrase-file", shared.wrong}, ""},
		{"a wrong key file", aVault(t), []string{"up", "--listen", "127.0.0.1:0", "--key-file", secretAt(tmp, "k", strings.Repeat("k", 32))}, ""},
		{"a vault already", aVault(t), append([]string{"init"}, key...), "already"},
		{"a taken port", aVault(t), append([]string{"up", "--listen", taken.Addr().String()}, key...), taken.Addr().String()},
		{"an address elsewhere", aVault(t), append([]string{"up", "--listen", "192.0.2.1:1"}, key...), "--listen"},
		{"a certificate that is none", aVault(t), append([]string{"up", "--listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", file}, key...), "PEM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := snapshot(t, c.dir)
			code, _, errs := runIn(c.dir, c.args...)
			if code == exitDone || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") > 2 {
				t.Errorf("exit %d: %s", code, errs)
			}
			if after := snapshot(t, c.dir); after != before {
				t.Errorf("the directory changed:\n%s\n%s", before, after)
			}
		})
	}
}

// snapshot is the database's facts as they are on disk, "" without one.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "privyseal.db"))
	if err != nil {
		return ""
	}
	code, out, _ := runIn(dir, "activity", "verify", "--json")
	if code != exitDone {
		return string(b)
	}
	return out
}

// TestSecondUp: the second names the first, also on the same port.
func TestSecondUp(t *testing.T) {
	t.Parallel()
	s := running(t)
	for _, listen := range []string{"127.0.0.1:0", s.ready.Listen} {
		code, _, errs := runIn(s.dir, "up", "--listen", listen, "--key-file", shared.key)
		if code != exitFailed || !strings.Contains(errs, "process "+strconv.Itoa(s.ready.PID)) {
			t.Errorf("exit %d: %s", code, errs)
		}
	}
	mustRun(t, s.dir, "apps", "list") // the first still answers
}

// TestFailedRestoreLeavesNothing: a directory that was made for it goes again.
func TestFailedRestoreLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	if code, _, errs := runIn(dir, "restore", secretAt(t.TempDir(), "garbage", "not a backup"), "--passphrase-file", shared.passphrase); code != exitUsage {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is there: %v", dir, err)
	}
}

// TestOneDocument: with --json there is one document, also when it tells of
// problems and the exit code says so.
func TestOneDocument(t *testing.T) {
	t.Parallel()
	code, out, errs := runIn(filepath.Join(t.TempDir(), "d"), "doctor", "--json")
	var doc struct {
		OK       bool
		Findings []struct{ State string }
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != exitFailed || doc.OK || len(doc.Findings) == 0 || !strings.Contains(errs, "found") {
		t.Errorf("exit %d, %v: %s%s", code, err, out, errs)
	}
}

// TestHelp: every verb, and every group of verbs, has a help with an example.
func TestHelp(t *testing.T) {
	t.Parallel()
	var errs, out strings.Builder
	m := newMain("", &out, &errs)
	if _, err := m.ParseFlags([]string{"version"}); err != nil {
		t.Fatal(err)
	}
	nodes := m.parsed.Model.Leaves(true)
	for _, group := range m.parsed.Model.Children {
		if len(group.Children) > 0 {
			nodes = append(nodes, group)
		}
	}
	for _, node := range nodes {
		args := append(strings.Fields(node.Path()), "--help")
		for i, a := range args {
			if strings.HasPrefix(a, "<") || strings.HasPrefix(a, "[") || strings.HasPrefix(a, "(") {
				args = append(args[:i:i], "--help")
				break
			}
		}
		code, out, errs := runIn(t.TempDir(), args...)
		if code != exitDone || !strings.Contains(out, "Example") || !strings.Contains(out, "privyseal "+strings.Join(args[:len(args)-1], " ")) || errs != "" {
			t.Errorf("%v: exit %d: %s%s", args, code, out, errs)
		}
	}
}
