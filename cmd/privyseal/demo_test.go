package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// wholeDemo starts the real program, and answers its ready line and how to end it.
func wholeDemo(t *testing.T, args ...string) (demoReady, func()) {
	t.Helper()
	program, err := shared.build()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.Command(program, append([]string{"--json"}, append(args, "--listen", "127.0.0.1:0", "--board", "127.0.0.1:0", "--desk", "127.0.0.1:0")...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	var ready demoReady
	if err != nil || json.Unmarshal(line, &ready) != nil || ready.Event != "ready" {
		t.Fatalf("no ready line: %v %s %s", err, line, &errs)
	}
	return ready, func() {
		t.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(lines)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil || len(rest) > 0 {
				t.Errorf("it ended with %v, and said %q and %q", err, rest, errs.String())
			}
		case <-time.After(patience):
			t.Fatal("it did not end")
		}
	}
}

func answers(t *testing.T, url, want string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(page), want) {
		t.Errorf("%s: %d, %v, and no %q", url, res.StatusCode, err, want)
	}
}

// TestDemo: one command brings signer, board and second app, and Ctrl-C takes
// them away again, with all they wrote.
func TestDemo(t *testing.T) {
	t.Parallel()
	ready, end := wholeDemo(t, "demo")
	answers(t, ready.Page, "<nostr-login")
	answers(t, ready.Desk, "<nostr-login")
	answers(t, ready.Signer, "Privy Seal")
	if len(ready.Passphrase) < 16 {
		t.Error("no passphrase is shown")
	}
	end()
	for _, url := range []string{ready.Page, ready.Desk, ready.Signer} {
		if res, err := http.Get(url); err == nil {
			res.Body.Close()
			t.Errorf("%s still answers", url)
		}
	}
	if _, err := os.Stat(ready.Data); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", ready.Data, err)
	}
}

// TestDemoKept: with a directory, vault and board are there again the next time,
// and no passphrase is shown but at the first.
func TestDemoKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "kept")
	for range 2 {
		ready, end := wholeDemo(t, "--data", dir, "demo", "--key-file", shared.key)
		if ready.Passphrase != "" || !ready.Kept {
			t.Errorf("%+v", ready)
		}
		answers(t, ready.Page, "Fresh bread")
		end()
	}
	raw, err := os.ReadFile(filepath.Join(dir, "demo-events"))
	if n := strings.Count(string(raw), "Fresh bread"); err != nil || n != 1 {
		t.Errorf("Bea posted %d times, %v", n, err)
	}
	if code, _, errs := runIn(dir, "demo", "--board", "0.0.0.0:0", "--key-file", shared.key); code != exitUsage || !strings.Contains(errs, "this computer only") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
