// Package ptytest gives tests a terminal: a program under test runs at the one
// end, the test types and reads at the other. It refuses to wait for ever.
package ptytest

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long Expect waits.
const patience = time.Minute

// Terminal is a terminal with a test at its other end.
type Terminal struct {
	TTY    *os.File // the program's end
	t      *testing.T
	master *os.File
	mu     sync.Mutex
	seen   strings.Builder
	read   int // what Expect has passed
	more   chan struct{}
}

// Open opens a terminal of this size; it ends with the test.
func Open(t *testing.T, columns, rows uint16) *Terminal {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	master := os.NewFile(uintptr(fd), "ptmx")
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &Terminal{TTY: tty, t: t, master: master, more: make(chan struct{}, 1)}
	go p.collect()
	t.Cleanup(func() { _ = tty.Close(); _ = master.Close() })
	return p
}

func (p *Terminal) collect() {
	buf := make([]byte, 4096)
	for {
		n, err := p.master.Read(buf)
		p.mu.Lock()
		p.seen.Write(buf[:n])
		p.mu.Unlock()
		select {
		case p.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// Expect waits until the program has shown text, after what was expected before.
func (p *Terminal) Expect(text string) {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		rest := p.seen.String()[p.read:]
		i := strings.Index(rest, text)
		if i >= 0 {
			p.read += i + len(text)
		}
		p.mu.Unlock()
		if i >= 0 {
			return
		}
		select {
		case <-p.more:
		case <-deadline:
			p.t.Fatalf("the terminal never showed %q, but %q", text, rest)
		}
	}
}

// Type types text.
func (p *Terminal) Type(text string) {
	p.t.Helper()
	if _, err := p.master.WriteString(text); err != nil {
		p.t.Fatal(err)
	}
}

// Shown is everything shown so far.
func (p *Terminal) Shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.String()
}
