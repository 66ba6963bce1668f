//go:build proof

package proof

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// call is one system call of a trace, as it ended.
var (
	begun   = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)<(.*?)>(?:[,)].*?| )(?: += (-?\d+)|(<unfinished \.\.\.>))`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.* += (-?\d+)`)
)

// large is the size of a frame that carries a long note, and of nothing else.
const large = 3000

// judgeTrace counts the answers that were written to a socket, and those of them
// without a write and a completed sync of the write-ahead log since their
// request was read.
func judgeTrace(t testing.TB, path string) (answers, unsynced int) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	type open struct {
		name, file string
		synced     bool // as it began
	}
	pending := map[string]open{}
	wrote, synced, asked := false, false, false
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	ended := func(name, file string, n int) {
		socket, wal := strings.HasPrefix(file, "TCP"), strings.HasSuffix(file, ".db-wal")
		switch {
		case name == "read" && socket && n > large/2 && !asked: // once more, over a second subscription, it is no new one
			wrote, synced, asked = false, false, true
		case strings.HasPrefix(name, "pwrite") && wal, name == "write" && wal:
			wrote = true
		case (name == "fsync" || name == "fdatasync") && wal && n == 0:
			synced = synced || wrote
		}
	}
	left := func(name, file string, n int, before bool) { // judged as it began
		if name == "write" && strings.HasPrefix(file, "TCP") && asked && n > large {
			answers++
			if !before {
				unsynced++
			}
			asked = false
		}
	}
	for lines.Scan() {
		if m := begun.FindStringSubmatch(lines.Text()); m != nil {
			if m[6] != "" {
				pending[m[1]] = open{m[2], m[4], synced}
				continue
			}
			n, _ := strconv.Atoi(m[5])
			left(m[2], m[4], n, synced)
			ended(m[2], m[4], n)
		} else if m := resumed.FindStringSubmatch(lines.Text()); m != nil {
			n, _ := strconv.Atoi(m[3])
			p := pending[m[1]]
			delete(pending, m[1])
			left(p.name, p.file, n, p.synced)
			ended(p.name, p.file, n)
		}
	}
	must(t, lines.Err())
	return answers, unsynced
}

// withC is the tag of the build with libsecp256k1 and SQLite in C.
const withC = "libsecp256k1"

// trace runs a build of the program under strace while one app has notes
// signed, one after another.
func trace(t *testing.T, n int, tags string) (answers, unsynced int) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("this proof needs strace: apt-get install strace")
	}
	if out, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Fatalf("strace cannot trace here (ptrace is not allowed): %v %s", err, out)
	}
	relay := startRelay(t, "")
	s := newSigner(t, []string{relay.ready.Relay})
	if tags != "" {
		s.path = filepath.Join(t.TempDir(), "privyseal")
		build := exec.Command("go", "build", "-tags", tags, "-o", s.path, "../../cmd/privyseal")
		if tags == withC {
			build.Env = append(os.Environ(), "CGO_ENABLED=1")
		}
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	file := filepath.Join(t.TempDir(), "trace")
	s.wrap = []string{strace, "-D", "-f", "-yy", "-s", "8", "-e", "trace=read,write,pwrite64,fsync,fdatasync", "-o", file}
	s.up()
	wire := newTap(t, relay.ready.Relay)
	a := newApp(t, "app", s.invite("--preset", "ask", "--allow", "sign_event:1"))
	c := &checker{}
	c.add(wire.join(a))
	for i := range n {
		r := a.sign(1, fmt.Sprintf("%d %s", i, strings.Repeat("long ", large/5)))
		c.add(r)
		wire.send(r.seal(t, time.Now()))
		wire.wait(r)
	}
	f, bad := c.check(s.records(), wire.heard())
	if len(bad) > 0 || f.signatures != n {
		t.Fatalf("%d signatures, want %d: %v", f.signatures, n, bad)
	}
	s.stop()
	return judgeTrace(t, file)
}
