package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// figures reads the figures over TCP, or with a path over a socket.
func figures(t *testing.T, addr, socket string) string {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		if socket != "" {
			network, to = "unix", socket
		}
		return new(net.Dialer).DialContext(ctx, network, to)
	}}}
	resp, err := c.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	return string(b)
}

// TestMetrics: figures on a private socket always, and on an address if one is
// set; they count what happened and name nobody.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := running(t)
	socket := filepath.Join(s.dir, metricsSocket)
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if s.ready.Metrics != "" {
		t.Fatalf("served on %s unasked", s.ready.Metrics)
	}
	app := s.app("--app-name", "Canary Notes")
	ev, err := app.SignEvent(t.Context(), note("canary-content"))
	if err != nil {
		t.Fatal(err)
	}
	text := figures(t, "signer", socket)
	for _, want := range []string{
		`privyseal_up 1`, `privyseal_vault_locked 0`, `privyseal_apps 1`, `privyseal_identities 1`, `privyseal_store_healthy 1`,
		`privyseal_events_total{event="pairings"} 1`, `privyseal_relay_state{relay="` + s.ready.Relay + `",state="up"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, `outcome="allowed"} 0`) || strings.Contains(text, "privyseal_own_relay_accepted_total 0") {
		t.Error("the signature was not counted")
	}
	for _, name := range []string{"anary", ev.PubKey.String(), "ana\"", testPassphrase} {
		if strings.Contains(text, name) {
			t.Errorf("the figures hold %q", name)
		}
	}
	if code, _, errs := runIn(s.dir, "settings", "set", "metrics", "nonsense"); code != exitUsage {
		t.Errorf("exit %d: %s", code, errs)
	}
	mustRun(t, s.dir, "settings", "set", "metrics", "127.0.0.1:0")
	s.end()
	if _, err := os.Stat(socket); err == nil {
		if _, err := net.Dial("unix", socket); err == nil {
			t.Error("figures of a signer that has stopped")
		}
	}

	s = start(t, s.dir, "--key-file", shared.key)
	if text := figures(t, s.ready.Metrics, ""); !strings.Contains(text, "privyseal_up 1") {
		t.Error(text)
	}
	if strings.Contains(s.ready.Note, "network can read") {
		t.Errorf("of loopback: %s", s.ready.Note)
	}
	addr := s.ready.Metrics
	s.end()
	taken, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	code, _, errs := runIn(s.dir, "up", "--listen", "127.0.0.1:0", "--key-file", shared.key, "--metrics", addr)
	if code != exitFailed || !strings.Contains(errs, "--metrics") {
		t.Errorf("an address that is taken: exit %d: %s", code, errs)
	}
	open := start(t, s.dir, "--key-file", shared.key, "--metrics", "0.0.0.0:0")
	if !strings.Contains(open.ready.Note, "the network can read the figures") {
		t.Errorf("ready line %+v", open.ready)
	}
}
