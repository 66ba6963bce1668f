package faults

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// process is the program, running.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	ready struct{ Event, Listen, Relay string }
	log   bytes.Buffer // read only once it has ended
	ended chan struct{}
}

// launch starts the program and waits until it is ready. Whoever launches it
// ends it.
func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, ended: make(chan struct{})}
	p.cmd.Stderr = &p.log
	dieWithUs(p.cmd)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	first := slices.Clone(lines.Bytes())
	go func() {
		for lines.Scan() {
		}
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	if json.Unmarshal(first, &p.ready) != nil || p.ready.Event != "ready" {
		p.kill()
		t.Fatalf("not ready: %s\n%s", first, p.log.String())
	}
	return p
}

// kill ends the process as a power cut does. Killing twice is harmless.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop ends the process as a service manager does.
func (p *process) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatal("the process did not stop")
	}
}

// mustRun reports a process that ended by itself.
func (p *process) mustRun() {
	p.t.Helper()
	select {
	case <-p.ended:
		p.t.Fatalf("the program ended: %v\n%s", p.cmd.ProcessState, p.log.String())
	default:
	}
}

// relayProcess is `privyseal relay --open`.
type relayProcess struct {
	*process
	url string
}

func launchRelay(t *testing.T) *relayProcess {
	t.Helper()
	p := launch(t, exec.Command(shared.program, "relay", "--open", "--json", "--listen", "127.0.0.1:0"))
	r := &relayProcess{p, p.ready.Relay}
	t.Cleanup(func() { r.kill() })
	return r
}

// again starts the relay anew on its port, empty.
func (r *relayProcess) again() {
	r.t.Helper()
	r.process = launch(r.t, exec.Command(shared.program, "relay", "--open", "--json", "--listen", r.ready.Listen))
}

// signer is `privyseal up` on a data directory of its own.
type signer struct {
	*process
	dir    string
	relays []string

	mu   sync.Mutex
	apps []*app
}

// launchSigner starts a signer that listens on these relays only, or on its own
// one if none are named. When the test ends it is judged.
func launchSigner(t *testing.T, relays ...string) *signer {
	t.Helper()
	s := &signer{dir: filepath.Join(t.TempDir(), "d"), relays: relays}
	if err := os.CopyFS(s.dir, os.DirFS(shared.vault)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.process = &process{t: t}
	s.again()
	t.Cleanup(func() {
		s.judge(t)
		s.kill()
	})
	return s
}

// again starts the signer anew on its data.
func (s *signer) again() {
	s.t.Helper()
	args := []string{"up", "--json", "--listen", cmp.Or(s.ready.Listen, "127.0.0.1:0"), "--key-file", shared.key}
	if len(s.relays) > 0 {
		args = append(args, "--own-relay=false")
	}
	for _, r := range s.relays {
		args = append(args, "--relay", r)
	}
	s.process = launch(s.t, program(s.dir, args...))
}

// program is the program on some data, and on a state directory of its own, as
// copies of one vault look like a rollback to each other.
func program(data string, args ...string) *exec.Cmd {
	cmd := exec.Command(shared.program, append([]string{"--data", data}, args...)...)
	cmd.Env = append(os.Environ(), "PRIVYSEAL_STATE="+data+"-state")
	return cmd
}

// command runs a verb against the signer and reads what it prints.
func (s *signer) command(args ...string) []byte {
	s.t.Helper()
	cmd := program(s.dir, append([]string{"--json"}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return out
}

func decode[T any](t *testing.T, raw []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// invite makes a link for an app that may sign notes.
func (s *signer) invite() control.Invite {
	s.t.Helper()
	return decode[control.Invite](s.t, s.command("invite", "--preset", "ask", "--allow", "sign_event:1,nip44_encrypt,nip44_decrypt"))
}

// records are the whole record of activity.
func (s *signer) records() (list []control.RecordInfo) {
	s.t.Helper()
	for line := range bytes.Lines(s.command("activity", "export")) {
		list = append(list, decode[control.RecordInfo](s.t, line))
	}
	if len(list) == 0 {
		s.t.Fatal("no record of activity")
	}
	return list
}
