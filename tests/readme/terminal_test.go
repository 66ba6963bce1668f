//go:build linux

package readme

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a command may take; go run has to compile the program.
const patience = 3 * time.Minute

// shell is a command line that runs at a terminal of its own.
type shell struct {
	t      *testing.T
	line   string
	cmd    *exec.Cmd
	master *os.File
	exited chan struct{}
	err    error // once exited
	more   chan struct{}

	mu   sync.Mutex
	seen strings.Builder
	read int // what expect has passed
}

// start runs a line as a person's shell would.
func start(t *testing.T, dir string, env []string, line string) *shell {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{t: t, line: line, master: os.NewFile(uintptr(fd), "ptmx"), exited: make(chan struct{}), more: make(chan struct{}, 1)}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 200})
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command("sh", "-c", line)
	s.cmd.Dir, s.cmd.Env = dir, env
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	drained := make(chan struct{})
	go func() { defer close(drained); s.collect() }()
	go func() {
		s.err = s.cmd.Wait()
		<-drained
		close(s.exited)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		_ = s.master.Close()
		<-s.exited
	})
	return s
}

// collect reads until nobody holds the other end any more.
func (s *shell) collect() {
	buf := make([]byte, 4096)
	for {
		n, err := s.master.Read(buf)
		s.mu.Lock()
		s.seen.Write(buf[:n])
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *shell) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// expect waits until text is shown, after what was expected before.
func (s *shell) expect(text string) {
	s.t.Helper()
	deadline := time.After(patience)
	for exited := s.exited; ; {
		s.mu.Lock()
		i := strings.Index(s.seen.String()[s.read:], text)
		if i >= 0 {
			s.read += i + len(text)
		}
		s.mu.Unlock()
		if i >= 0 {
			return
		}
		if exited == nil {
			s.t.Fatalf("%s: ended without showing %q, but:\n%s", s.line, text, s.shown())
		}
		select {
		case <-s.more:
		case <-exited:
			exited = nil // look once more at what it left
		case <-deadline:
			s.t.Fatalf("%s: never showed %q, but:\n%s", s.line, text, s.shown())
		}
	}
}

func (s *shell) types(text string) {
	s.t.Helper()
	if _, err := s.master.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// succeeds waits for the end, which must be a good one.
func (s *shell) succeeds() {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatalf("%s: does not end; it showed:\n%s", s.line, s.shown())
	}
	if s.err != nil {
		s.t.Fatalf("%s: %v; it showed:\n%s", s.line, s.err, s.shown())
	}
}

// interrupt is Ctrl-C, after which a program that runs on ends well.
func (s *shell) interrupt() {
	s.t.Helper()
	s.types("\x03")
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatalf("%s: does not end at Ctrl-C", s.line)
	}
}
