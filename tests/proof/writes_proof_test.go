//go:build proof

package proof

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// TestEveryWriteFails has the disk fail under the real program: the n-th write,
// and the n-th sync, of each of its threads to the database or its log, for
// every n, with "I/O error" and with "disk full" (T62). Whatever happens, no
// signature leaves without a record, the next start goes on, and a program that
// cannot start says why in words.
func TestEveryWriteFails(t *testing.T) {
	step := amount(t, "PROOF_WRITES_STEP", 1, 1)
	most := amount(t, "PROOF_WRITES", 5, 1000)
	relay := startRelay(t, "")
	first := newSigner(t, []string{relay.ready.Relay}).up()
	wire := newTap(t, relay.ready.Relay)
	a := newApp(t, "app", first.invite("--preset", "ask", "--allow", "sign_event:1,nip44_encrypt"))
	known := &checker{} // the relay's mailbox brings each life what was asked before
	known.add(wire.join(a))
	first.stop()

	runs, failed, starts, busy, signatures := 0, 0, 0, 0, 0
	for _, fault := range []struct{ call, errno string }{{"pwrite64", "EIO"}, {"pwrite64", "ENOSPC"}, {"fsync", "EIO"}, {"fdatasync", "EIO"}} {
		quiet := 0 // runs in a row in which nothing failed
		for n := 1; n <= most && quiet < 3; n += step {
			s := &signer{path: first.path, dir: filepath.Join(t.TempDir(), "d"), relays: first.relays, process: &process{t: t}}
			must(t, os.CopyFS(s.dir, os.DirFS(first.dir)))
			must(t, os.CopyFS(s.dir+"-state", os.DirFS(first.dir+"-state")))
			must(t, os.WriteFile(s.key(), []byte(keyText), 0o600))
			what := fmt.Sprintf("%s %d with %s", fault.call, n, fault.errno)
			r := s.underFault(t, wire, a, known, fault.call, fault.errno, n, what)
			if runs++; r.injected == 0 {
				quiet++
				continue
			}
			quiet, failed = 0, failed+1
			signatures += r.signatures
			busy += r.busy
			if r.started {
				starts++
			}
			progress("failing disk: %s", what)
		}
	}
	if failed == 0 || busy == 0 || signatures == 0 {
		t.Errorf("%d runs, %d with a failure, %d requests told busy, %d signatures: this shows nothing", runs, failed, busy, signatures)
	}
	figure(t, "failing disk", "in %d runs the n-th write or sync of a thread failed, with EIO or ENOSPC: %d times the program started all the same, else it said why; %d requests were told “busy”, %d signatures, each on record; every next start went on",
		failed, starts, busy, signatures)
}

type faultRun struct {
	started                    bool
	injected, busy, signatures int
}

// underFault runs one life with a failing disk, kills it, and one without.
func (s *signer) underFault(t *testing.T, wire *tap, a *app, known *checker, call, errno string, n int, what string) (r faultRun) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("this proof needs strace: apt-get install strace")
	}
	trace := filepath.Join(filepath.Dir(s.dir), "trace")
	db := filepath.Join(s.dir, sqlite.File)
	s.wrap = []string{strace, "-D", "-f", "--seccomp-bpf", "-o", trace, "-P", db, "-P", db + "-wal",
		"-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", call, errno, n)}
	list := []*request{a.sign(1, what+", one"), a.sign(1, what+", two"), a.request("nip44_encrypt", a.pub.String(), what), a.sign(1, what+", three")}
	known.add(list...)
	c := &checker{requests: known.requests}
	before := len(wire.heard())
	var started *process
	started, r.started = tryLaunch(t, s.upCommand())
	if r.started {
		s.process = started
		for _, q := range list {
			wire.send(q.seal(t, time.Now()))
			wire.within(2*time.Second, q)
		}
		s.kill()
	} else if text := started.log.String(); !strings.Contains(text, "privyseal:") || strings.Contains(text, "goroutine ") {
		t.Errorf("%s: it did not start and said: %s", what, text)
	}
	r.injected = countInjected(t, trace)
	heard := len(wire.heard())
	lives := [][]answer{wire.heard()[before:heard]}
	for _, got := range lives[0] {
		if strings.HasPrefix(got.error, "busy:") {
			r.busy++
		} else if got.error != "" {
			t.Errorf("%s: refused: %s", what, got.error)
		}
	}
	s.wrap = nil
	s.up()
	for _, q := range list {
		again := q.again()
		c.add(again)
		wire.all(again)
	}
	lives = append(lives, wire.heard()[heard:])
	f, bad := c.check(s.records(), lives...)
	for _, b := range bad {
		t.Errorf("%s: %s", what, b)
	}
	r.signatures = f.signatures
	s.stop()
	return r
}

func countInjected(t testing.TB, path string) (n int) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.Contains(lines.Text(), "(INJECTED)") {
			n++
		}
	}
	return n
}
