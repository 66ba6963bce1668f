package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// TestPeer: only this user and root may call.
func TestPeer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		peer, self int
		ok         bool
	}{{1000, 1000, true}, {0, 1000, true}, {1001, 1000, false}, {1000, 0, false}} {
		if (allowPeer(c.peer, c.self) == nil) != c.ok {
			t.Errorf("%+v", c)
		}
	}
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	there, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	if err := checkPeer(here); err != nil {
		t.Errorf("ourselves (%d): %v", os.Geteuid(), err)
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if checkPeer(a) == nil {
		t.Error("a pipe has no peer")
	}
}

// TestWildcard: links never name an address nobody can reach.
func TestWildcard(t *testing.T) {
	t.Parallel()
	s := running(t, "--listen", "0.0.0.0:0")
	if host := hostOf(s.ready.Relay); host[:10] != "127.0.0.1:" || s.ready.Note == "" {
		t.Errorf("%+v", s.ready)
	}
}
