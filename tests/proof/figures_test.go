package proof

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/proof.md")

// amount is how much of something a proof does: the short number, the long one
// with PROOF=long, or what the environment variable says.
func amount(t testing.TB, variable string, short, long int) int {
	t.Helper()
	n := short
	if isLong() {
		n = long
	}
	if text := os.Getenv(variable); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			t.Fatalf("%s=%q is not a number", variable, text)
		}
	}
	return n
}

func isLong() bool { return os.Getenv("PROOF") == "long" }

// reported is what the proofs of this run found, by name.
var reported struct {
	sync.Mutex
	lines map[string]string
}

// figure notes what a proof found, in one line.
func figure(t testing.TB, proof, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	reported.Lock()
	defer reported.Unlock()
	if reported.lines == nil {
		reported.lines = map[string]string{}
	}
	reported.lines[proof] = text
	fmt.Printf("| %s | %s |\n", proof, text)
}

// progress says how far a long proof is.
func progress(format string, args ...any) {
	if isLong() {
		fmt.Printf(time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
	}
}

// program is built once, when a proof needs it.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "privyseal")
	build := exec.Command("go", "build", "-o", path, "../../cmd/privyseal")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// scratch is a directory of the run, and memory one that is not on a disk where
// there is such a thing.
var scratch, memory string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if scratch, err = os.MkdirTemp("", "privyseal-proof-"); err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
	memory = scratch
	if dir, err := os.MkdirTemp("/dev/shm", "privyseal-proof-"); err == nil {
		memory = dir
	}
	code := m.Run()
	_ = os.RemoveAll(memory)
	_ = os.RemoveAll(scratch)
	if *update && code == 0 {
		if err := report(); err != nil {
			fmt.Fprintln(os.Stderr, "proof:", err)
			code = 1
		}
	}
	os.Exit(code)
}

const proofFile = "../../docs/proof.md"

// report writes what was found to docs/proof.md, in the place of what an
// earlier run found of the same.
func report() error {
	rows := map[string]string{}
	old, err := os.ReadFile(proofFile)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for line := range strings.Lines(string(old)) {
		if cells := strings.SplitN(line, "|", 3); len(cells) == 3 && !strings.HasPrefix(cells[1], "--") && cells[1] != " proof " {
			rows[strings.TrimSpace(cells[1])] = strings.TrimRight(line, "\n")
		}
	}
	on := fmt.Sprintf("%s, %s, %d cores, %s", time.Now().UTC().Format("2006-01-02"), machine(), runtime.NumCPU(), runtime.Version())
	for proof, text := range reported.lines {
		rows[proof] = fmt.Sprintf("| %s | %s | %s |", proof, text, on)
	}
	text := "# Proof\n\nWritten by `scripts/soak proof`: the long form of each proof in `tests/proof`, run alone. What the promises rest on is in [promises.md](promises.md).\n\n| proof | found | when and where |\n|---|---|---|\n"
	for _, proof := range slices.Sorted(maps.Keys(rows)) {
		text += rows[proof] + "\n"
	}
	return os.WriteFile(proofFile, []byte(text), 0o644)
}

func machine() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimLeft(strings.TrimSpace(name), ": ")
		}
	}
	return runtime.GOARCH
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a directory in memory where there is such a thing: what is proved
// here is order, and the trace proves the syncs.
func place(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory, "stop-")
	must(t, err)
	return dir
}
