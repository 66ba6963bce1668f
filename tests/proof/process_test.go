package proof

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
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
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
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

// tap is a connection to a relay that hears everything that is published for
// some apps.
type tap struct {
	t    testing.TB
	conn *link.Conn
	live chan struct{}
	ear
}

func newTap(t testing.TB, url string) *tap {
	t.Helper()
	conn, err := link.Dial(t.Context(), url, link.Options{Typed: true})
	must(t, err)
	p := &tap{t: t, conn: conn, live: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			m, err := conn.Read(context.Background())
			switch {
			case err != nil:
				return
			case m.Label == nostr.LabelEOSE:
				p.live <- struct{}{}
			case m.Label == nostr.LabelEvent:
				p.hear(m.Event)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return p
}

// join listens for an app and connects it to the signer.
func (p *tap) join(a *app) *request {
	p.t.Helper()
	p.follow(a)
	hello := a.connect()
	p.all(hello)
	return hello
}

// follow listens for an app.
func (p *tap) follow(a *app) {
	p.t.Helper()
	p.listenFor(a)
	must(p.t, p.conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: a.name, Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {a.pub.String()}},
	}}}))
	select {
	case <-p.live:
	case <-time.After(patience):
		p.t.Fatal("the tap was not let in")
	}
}

func (p *tap) send(ev *nostr.Event) {
	p.t.Helper()
	must(p.t, p.conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}))
}

// all sends requests until each is answered, every second anew. It counts tries,
// not time: a machine that slept has not waited.
func (p *tap) all(list ...*request) {
	p.t.Helper()
	open := map[string]*request{}
	for _, r := range list {
		open[r.id] = r
	}
	answered := func() bool {
		for _, a := range p.heard() {
			delete(open, a.id)
		}
		return len(open) == 0
	}
	for range 30 {
		for _, r := range open {
			p.send(r.seal(p.t, time.Now()))
		}
		for late := time.After(time.Second); ; {
			changed := p.next()
			if answered() {
				return
			}
			select {
			case <-changed:
				continue
			case <-late:
			}
			break
		}
	}
	p.t.Fatalf("%d requests were never answered", len(open))
}

// wait waits for the answer to one request, sent once.
func (p *tap) wait(r *request) {
	p.t.Helper()
	if !p.within(patience, r) {
		p.t.Fatalf("%s was not answered", r.id)
	}
}

// within reports whether a request is answered in time.
func (p *tap) within(limit time.Duration, r *request) bool {
	for late := time.After(limit); ; {
		changed := p.next()
		for _, a := range p.heard() {
			if a.id == r.id {
				return true
			}
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}
