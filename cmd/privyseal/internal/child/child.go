// Package child runs parts of the program as processes of their own: children of
// one parent, which answers their calls, opens doors for them (listeners),
// connects them with each other and sees them end. A child ends with its parent,
// however that ends. The package refuses to know what the children do, and to
// let one inherit anything but what it is handed.
package child

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

// Spec says what to start.
type Spec struct {
	Args   []string // of this same program
	Stderr io.Writer
	Doors  []*Door
	Answer control.Handler // answers the child's calls
}

// Process is a running child.
type Process struct {
	cmd   *exec.Cmd
	line  *line
	ended chan struct{}
	why   string
}

// Launcher starts children. They end when the launcher's process does, at the
// latest when its [Launcher.Close] is called.
type Launcher struct {
	do   chan func()
	done chan struct{}
}

// NewLauncher makes one.
func NewLauncher() *Launcher {
	l := &Launcher{do: make(chan func()), done: make(chan struct{})}
	go func() {
		// On Linux a child ends with the thread that started it. This one lasts.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		easeTimers()
		for {
			select {
			case fn := <-l.do:
				fn()
			case <-l.done:
				return
			}
		}
	}()
	return l
}

// Close lets go of the launcher; its children have ended before.
func (l *Launcher) Close() { close(l.done) }

// Start starts a child.
func (l *Launcher) Start(s Spec) (p *Process, err error) {
	started := make(chan struct{})
	l.do <- func() {
		defer close(started)
		p, err = start(s)
	}
	<-started
	return p, err
}

func start(s Spec) (*Process, error) {
	cmd := exec.Command(self(), s.Args...)
	cmd.Args[0] = "privyseal"
	cmd.Env = environment(os.Environ())
	cmd.Stderr = stderrOf(s.Stderr)
	endWithParent(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	var after func()
	if p.line, after, err = hand(cmd, s.Doors); err == nil {
		err = cmd.Start()
		after()
	}
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	go func() {
		defer close(p.ended)
		// Its end of the calls closes when it ends; what it said last is heard.
		_ = control.ServeCalls(context.Background(), control.NewConn(duplex{out, in}), control.CommandLine, s.Answer)
		p.why = ended(cmd.Wait())
		p.line.close()
	}()
	return p, nil
}

// Ended is closed once the child has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Why says how it ended, in words, once it has.
func (p *Process) Why() string { return p.why }

// PID is its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends it at once, and waits for that.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// Signal passes a signal on.
func (p *Process) Signal(sig os.Signal) { _ = p.cmd.Process.Signal(sig) }

func ended(err error) string {
	if err == nil {
		return "it left"
	}
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return strings.TrimPrefix(e.Error(), "signal: ")
	}
	return err.Error()
}

// self is this program's file, also when another one took its name since.
func self() string {
	const running = "/proc/self/exe"
	if runtime.GOOS == "linux" {
		if _, err := os.Stat(running); err == nil {
			return running
		}
	}
	path, err := os.Executable()
	if err != nil {
		path, _ = filepath.Abs(os.Args[0])
	}
	return path
}

// inherited are the variables that a child gets: how Go and the system behave,
// and nothing of ours.
var inherited = []string{
	"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "GOTRACEBACK", "GOCOVERDIR", "TZ", "SSL_CERT_DIR", "SSL_CERT_FILE",
	"SYSTEMROOT", "TEMP", "TMP",
}

func environment(all []string) []string {
	kept := []string{}
	for _, kv := range all {
		name, _, _ := strings.Cut(kv, "=")
		for _, x := range inherited {
			if strings.EqualFold(name, x) {
				kept = append(kept, kv)
			}
		}
	}
	return kept
}

// duplex is two one-way streams as one.
type duplex struct {
	io.ReadCloser
	w io.WriteCloser
}

func (d duplex) Write(b []byte) (int, error) { return d.w.Write(b) }
func (d duplex) Close() error                { return errors.Join(d.ReadCloser.Close(), d.w.Close()) }
