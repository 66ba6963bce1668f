package faults

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// half is the process id of one half of the signer; 0 while there is none.
func (s *signer) half(name string) int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, path := range lists {
		raw, _ := os.ReadFile(path)
		for _, f := range strings.Fields(string(raw)) {
			pid, _ := strconv.Atoi(f)
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if bytes.HasPrefix(line, []byte("privyseal\x00"+name+"-half\x00")) {
				return pid
			}
		}
	}
	return 0
}

// killHalf ends one half as a power cut does.
func (s *signer) killHalf(name string) {
	s.t.Helper()
	pid := s.half(name)
	if pid == 0 {
		s.t.Fatalf("there is no %s", name)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
}

// Front, keeper and supervisor are killed in turn under load, each several
// times. What dies is there again by itself, the supervisor as a service manager
// starts it; nothing that was recorded is lost, and nothing is done twice. It
// runs alone: a start of three processes is measured, not the other tests.
func TestEachPartKilled(t *testing.T) {
	for _, c := range places {
		t.Run(c.name, func(t *testing.T) { // one after the other: each is busy enough
			url, s := c.start(t)
			a := s.pair(url)
			for _, part := range []string{"front", "keeper", "supervisor"} {
				var worst time.Duration
				for _, answered := range []int{0, 3, burst / 2} {
					worst = max(worst, s.killedPart(a, part, answered))
				}
				figure(t, fmt.Sprintf("kill -9 of the %s under load, %s", part, c.name),
					fmt.Sprintf("%d requests in work each time: all answered, each event once", burst), worst, recovery)
			}
		})
	}
}

// killedPart kills a part when so many of a burst are answered, and answers how
// long it then took until all were. The app asks again as apps do.
func (s *signer) killedPart(a *app, part string, answered int) time.Duration {
	a.t.Helper()
	var asks []*ask
	for range burst {
		asks = append(asks, a.note())
	}
	done := func() (n int) {
		for _, q := range asks {
			n += min(len(q.heard), 1)
		}
		return n
	}
	for _, q := range asks {
		a.send(q)
	}
	a.insistUntil(asks, func() bool { return done() >= answered })
	began := time.Now()
	if part == "supervisor" {
		keeper, front := s.half("keeper"), s.half("front")
		s.kill()
		s.orphansEnd(keeper, front)
		began = time.Now() // the time until it is started anew is not its own
		s.again()
	} else {
		s.killHalf(part)
	}
	a.insistUntil(asks, func() bool { return done() == burst })
	took := time.Since(began)
	for _, q := range asks {
		a.signed(q)
	}
	return took
}

// insistUntil asks again what was not answered, as apps do: a relay may still
// take requests for a part that has just died.
func (a *app) insistUntil(asks []*ask, ok func() bool) {
	a.t.Helper()
	for began := time.Now(); !a.await(100*time.Millisecond, ok); {
		if time.Since(began) > patience {
			a.t.Fatalf("waited in vain for answers to %d requests", len(asks))
		}
		for _, q := range asks {
			if len(a.replies(q)) == 0 {
				a.lines[a.relay].publish(a.wrap(q, time.Now()))
			}
		}
	}
}

// orphansEnd waits until the halves of a killed supervisor are gone.
func (s *signer) orphansEnd(pids ...int) {
	s.t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		left := 0
		for _, pid := range pids {
			if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !bytes.Contains(stat, []byte(") Z ")) {
				left++
			}
		}
		if left == 0 {
			return
		}
		if time.Since(began) > recovery {
			s.t.Fatalf("%d halves outlive their supervisor", left)
		}
	}
}

// With a passphrase only, a keeper that died comes back locked and says so: to
// apps, to the owner and in the log. Once it is opened again, what was asked
// meanwhile is served.
func TestKeeperKilledWithAPassphrase(t *testing.T) {
	r := launchRelay(t)
	dir := filepath.Join(t.TempDir(), "d")
	pass := dir + ".pass"
	if err := os.WriteFile(pass, []byte("correct horse battery"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := program(dir, "init", "--name", "ana", "--passphrase-file", pass).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := &signer{dir: dir, relays: []string{r.url}, process: &process{t: t}}
	up := func() {
		s.process = launch(t, program(dir, "up", "--json", "--listen", "127.0.0.1:0", "--own-relay=false", "--relay", r.url, "--passphrase-file", pass))
	}
	up()
	t.Cleanup(func() { s.judge(t); s.kill() })
	a := s.pair(r.url)
	a.sign(time.Now())
	s.killHalf("keeper")
	st := s.doctor("locked")
	if st.State != "warning" || !strings.Contains(st.Text, "locked") || st.Fix != "privyseal unlock" {
		t.Errorf("doctor says of the vault: %+v", st)
	}
	q := a.note()
	a.send(q)
	if a.await(time.Second/2, func() bool { return len(q.heard) > 0 }) {
		t.Errorf("answered while locked: %+v", a.replies(q)[0])
	}
	s.command("unlock", "--passphrase-file", pass)
	a.signed(q)
	began := time.Now()
	figure(t, "kill -9 of the keeper, with a passphrase only", "it comes back locked and says so; served once opened", a.sign(began), recovery)
	s.stop()
	if !strings.Contains(s.log.String(), "the keeper was started anew and is locked; open it with: privyseal unlock") {
		t.Errorf("the log: %s", s.log.String())
	}
	up()
}

// doctor is the finding that says a word.
func (s *signer) doctor(word string) control.Finding {
	s.t.Helper()
	cmd := program(s.dir, "doctor", "--json")
	out, _ := cmd.Output() // it may find a problem
	for _, f := range decode[struct{ Findings []control.Finding }](s.t, out).Findings {
		if strings.Contains(f.Text, word) {
			return f
		}
	}
	s.t.Fatalf("doctor does not say %q: %s", word, out)
	return control.Finding{}
}
