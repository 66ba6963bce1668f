package proof

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// process is a started program.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	ready struct{ Event, Listen, Relay string }
	log   bytes.Buffer // read only once it has ended
	ended chan struct{}
}

func launch(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p, ok := tryLaunch(t, cmd)
	if !ok {
		t.Fatalf("not ready:\n%s", p.log.String())
	}
	t.Cleanup(func() {
		if t.Failed() {
			p.kill()
			log := p.log.Bytes()
			t.Logf("the end of the log of %v:\n%s", cmd.Args, log[max(0, len(log)-4000):])
		}
	})
	return p
}

// tryLaunch also starts what may fail to start; it has ended then.
func tryLaunch(t testing.TB, cmd *exec.Cmd) (p *process, ok bool) {
	t.Helper()
	p = &process{t: t, cmd: cmd, ended: make(chan struct{})}
	cmd.Stderr = &p.log
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	lines.Scan()
	first := bytes.Clone(lines.Bytes())
	go func() {
		for lines.Scan() {
		}
		_ = cmd.Wait()
		close(p.ended)
	}()
	if json.Unmarshal(first, &p.ready) != nil || p.ready.Event != "ready" {
		p.kill()
		return p, false
	}
	return p, true
}

// family are a process and its children: the parts of a signer.
func family(pid int) []int {
	pids := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range tasks {
		if raw, err := os.ReadFile(path); err == nil {
			for _, f := range strings.Fields(string(raw)) {
				if child, err := strconv.Atoi(f); err == nil {
					pids = append(pids, child)
				}
			}
		}
	}
	return pids
}

// kill ends the process as a power cut does.
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
		p.t.Fatal("the program did not stop")
	}
}

func startRelay(t testing.TB, listen string) *process {
	t.Helper()
	path, err := program()
	must(t, err)
	p := launch(t, exec.Command(path, "relay", "--open", "--json", "--listen", cmp.Or(listen, "127.0.0.1:0")))
	t.Cleanup(p.kill)
	return p
}

// signer is the real program on a data directory of its own.
type signer struct {
	*process
	path   string
	dir    string
	relays []string
	wrap   []string // a command that runs it, such as strace
	more   []string
	work   string // its working directory; "": ours
}

const keyText = "a key file that opens the vault of these proofs"

// newSigner makes a vault; more are arguments of init.
func newSigner(t testing.TB, relays []string, more ...string) *signer {
	t.Helper()
	path, err := program()
	must(t, err)
	s := &signer{path: path, dir: filepath.Join(t.TempDir(), "d"), relays: relays, process: &process{t: t}}
	must(t, os.WriteFile(s.key(), []byte(keyText), 0o600))
	s.run(append([]string{"init", "--name", "ana", "--key-file", s.key()}, more...)...)
	t.Cleanup(func() {
		if s.cmd != nil {
			s.kill()
		}
	})
	return s
}

func (s *signer) key() string { return s.dir + ".key" }

func (s *signer) command(args ...string) *exec.Cmd {
	words := append(append(append([]string{}, s.wrap...), s.path, "--data", s.dir), args...)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = s.work
	cmd.Env = append(os.Environ(), "PRIVYSEAL_STATE="+s.dir+"-state")
	return cmd
}

// up starts the signer; again, after it ended.
func (s *signer) up() *signer {
	s.t.Helper()
	s.process = launch(s.t, s.upCommand())
	return s
}

func (s *signer) upCommand() *exec.Cmd {
	args := []string{"up", "--json", "--listen", cmp.Or(s.ready.Listen, "127.0.0.1:0"), "--key-file", s.key()}
	if len(s.relays) > 0 {
		args = append(args, "--own-relay=false")
	}
	for _, r := range s.relays {
		args = append(args, "--relay", r)
	}
	return s.command(append(args, s.more...)...)
}

// run runs a verb and answers what it prints.
func (s *signer) run(args ...string) []byte {
	s.t.Helper()
	wrap := s.wrap
	s.wrap = nil
	cmd := s.command(append([]string{"--json"}, args...)...)
	s.wrap = wrap
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return out
}

func (s *signer) invite(args ...string) string {
	s.t.Helper()
	var inv control.Invite
	must(s.t, json.Unmarshal(s.run(append([]string{"invite"}, args...)...), &inv))
	return inv.URI
}

// user is the public key of the person.
func (s *signer) user() string {
	s.t.Helper()
	var id control.IdentityInfo
	must(s.t, json.Unmarshal(s.run("identity", "show"), &id))
	return id.PubKey
}

// records are the whole chain, which must verify.
func (s *signer) records() (list []control.RecordInfo) {
	s.t.Helper()
	var v control.Verification
	must(s.t, json.Unmarshal(s.run("activity", "verify"), &v))
	if !v.OK {
		s.t.Errorf("the record does not verify: %+v", v.Problems)
	}
	for line := range bytes.Lines(s.run("activity", "export")) {
		var r control.RecordInfo
		must(s.t, json.Unmarshal(line, &r))
		list = append(list, r)
	}
	return list
}
