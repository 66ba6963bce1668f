package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// manager is a service manager's end of the notification socket.
func manager(t *testing.T) (path string, heard chan string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	heard = make(chan string, 1000)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				close(heard)
				return
			}
			heard <- string(buf[:n])
		}
	}()
	return path, heard
}

// hears waits for a message that says all of it.
func hears(t *testing.T, heard chan string, all ...string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case m := <-heard:
			fits := true
			for _, x := range all {
				fits = fits && strings.Contains(m, x)
			}
			if fits {
				return
			}
		case <-deadline:
			t.Fatalf("the service manager did not hear %v", all)
		}
	}
}

// watched is a signer under a service manager that expects a word in so many µs.
func watched(t *testing.T, usec string) (*signer, chan string) {
	t.Helper()
	path, heard := manager(t)
	dir := aVault(t)
	setenv(dir, "NOTIFY_SOCKET", path)
	setenv(dir, "WATCHDOG_USEC", usec)
	return start(t, dir, "--key-file", shared.key), heard
}

// TestWatchdog: the service manager hears that the signer lives, in plain words,
// and nothing of it once the signer does not answer over its own socket.
func TestWatchdog(t *testing.T) {
	t.Parallel()
	s, heard := watched(t, "1000000")
	hears(t, heard, "READY=1")
	hears(t, heard, "WATCHDOG=1", "STATUS=", "1 relay brings messages back, 0 questions open")
	hears(t, heard, "WATCHDOG=1")
	mustRun(t, s.dir, "lock")
	hears(t, heard, "WATCHDOG=1", "STATUS=locked, ")
	s.stop()
	hears(t, heard, "STOPPING=1")
	if s.end() != exitDone {
		t.Error(s.log)
	}
}

// TestWatchdogIsNotABareTimer: with the control socket gone, the signer is not
// reported alive, though its process runs.
func TestWatchdogIsNotABareTimer(t *testing.T) {
	t.Parallel()
	s, heard := watched(t, "400000")
	hears(t, heard, "WATCHDOG=1")
	if err := os.Remove(filepath.Join(s.dir, socketName)); err != nil {
		t.Fatal(err)
	}
	hears(t, heard, "STATUS=not well: ")
	for quiet := time.After(time.Second); ; {
		select {
		case m := <-heard:
			if strings.Contains(m, "WATCHDOG=1") {
				t.Fatalf("reported alive: %s", m)
			}
			continue
		case <-quiet:
		}
		break
	}
}

func TestWatchdogEvery(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"", "", 0}, {"60000000", "", 30 * time.Second}, {"60000000", "42", 30 * time.Second}, {"60000000", "41", 0},
		{"-1", "", 0}, {"0", "", 0}, {"x", "", 0}, {strconv.FormatInt(1<<62, 10), "", 0},
	} {
		env := map[string]string{"WATCHDOG_USEC": x.usec, "WATCHDOG_PID": x.pid}
		if got := watchdogEvery(func(k string) string { return env[k] }, 42); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

func TestStatusLine(t *testing.T) {
	t.Parallel()
	relays := func(health ...string) (out []control.RelayInfo) {
		for _, h := range health {
			out = append(out, control.RelayInfo{Health: h})
		}
		return out
	}
	for want, s := range map[string]control.Status{
		"2 of 3 relays bring messages back, 1 question open":                                                 {Store: "ok", Relays: relays("good", "deaf", "good"), Questions: 1},
		"1 of 2 relays brings messages back, 2 questions open":                                               {Store: "ok", Relays: relays("good", "missing"), Questions: 2},
		"2 relays not measured yet, 0 questions open":                                                        {Store: "ok", Relays: relays("unmeasured", "")},
		"not set up yet, 0 relays not measured yet, 0 questions open":                                        {Store: "ok", Locked: true},
		"locked, the relay brings no messages back, 0 questions open":                                        {Store: "ok", Locked: true, Relays: relays("deaf")},
		"locked, the data is an older copy, 0 relays not measured yet, 0 questions open":                     {Store: "ok", Locked: true, OlderCopy: "yes"},
		"cannot write to its disk and signs nothing, 1 relay brings messages back, 0 questions open":         {Store: "full", Relays: relays("good")},
		"signs nothing, the record is not confirmed outside, 1 relay brings messages back, 0 questions open": {Store: "ok", Relays: relays("good"), Sink: &control.SinkInfo{Failing: "x"}},
	} {
		s.HasVault = s.Relays != nil || s.OlderCopy != ""
		if got := statusLine(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
