package faults

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The bounds of issue B.
const (
	recovery = 2 * time.Second        // an honest request, once a cause has ended
	flooded  = 250 * time.Millisecond // and during a stranger's flood (p99)
)

var (
	update = flag.Bool("update", false, "write docs/faults.md")
	other  = flag.String("program", "", "test this program instead of building one")
)

// shared is made once: the program, and a vault that is copied.
var shared struct{ program, key, vault string }

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "privyseal-faults-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	shared.program, shared.key, shared.vault = filepath.Join(dir, "privyseal"), filepath.Join(dir, "key"), filepath.Join(dir, "vault")
	if *other != "" {
		shared.program = *other
	} else {
		build := exec.Command("go", "build", "-o", shared.program, "../../cmd/privyseal")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
	if err := os.WriteFile(shared.key, []byte("a key file that opens the vault of these tests"), 0o600); err != nil {
		return 1, err
	}
	if out, err := program(shared.vault, "init", "--name", "ana", "--key-file", shared.key).CombinedOutput(); err != nil {
		return 1, fmt.Errorf("init: %w\n%s", err, out)
	}
	// They wait more than they work.
	if err := flag.Set("test.parallel", "12"); err != nil {
		return 1, err
	}
	code := m.Run()
	return code, report(code)
}

// row is one line of the report.
type row struct {
	fault, seen string
	took, bound time.Duration
}

var table struct {
	sync.Mutex
	rows []row
}

// figure notes how long an honest request took, and holds it to its bound.
func figure(t *testing.T, fault, seen string, took, bound time.Duration) {
	t.Helper()
	t.Logf("%s: %s; %v, bound %v", fault, seen, took.Round(time.Millisecond), bound)
	if took > bound {
		t.Errorf("%s: an honest request took %v, the bound is %v", fault, took.Round(time.Millisecond), bound)
	}
	table.Lock()
	defer table.Unlock()
	table.rows = append(table.rows, row{fault, seen, took, bound})
}

// report prints the table, and keeps it when asked to and all went well.
func report(code int) error {
	rows := table.rows
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.fault, b.fault) })
	var b strings.Builder
	b.WriteString("| fault | what was seen | honest request | bound |\n|---|---|---:|---:|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %d ms | %d ms |\n", r.fault, r.seen, r.took.Milliseconds(), r.bound.Milliseconds())
	}
	if testing.Verbose() || *update {
		fmt.Print("\n", b.String())
	}
	if !*update || code != 0 {
		return nil
	}
	head := fmt.Sprintf(`# Faults, and what the signer does

Written by `+"`go test ./tests/faults -update`"+` on %s (%s, %d cores): the real program, real sockets.
After every fault it was checked that nothing was signed twice or wrongly, that each signature has its
decision on record before it, that the record verifies, that the program still runs, and that everything
readable from a connected app was answered. The figure is how long an honest request took: from the end of
the cause (bound 2 s), or the 99th percentile while a stranger floods (bound 250 ms). The second counts only
time that the machine had for the test: what other programs took meanwhile, by the kernel's accounts, is left
out, so on a machine of its own it is the time at the clock. A flood is tried three times at most.

A second signature of one event is seen only after `+"`kill -9`"+`: an answer that left before its end was on
record is made again by the next start. It is the same event, with the same id.

`, time.Now().UTC().Format("2006-01-02"), runtime.Version(), runtime.NumCPU())
	return os.WriteFile("../../docs/faults.md", []byte(head+b.String()), 0o644)
}
