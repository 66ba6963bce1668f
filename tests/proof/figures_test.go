package proof

import (
	"flag"
	"fmt"
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

var figures struct {
	sync.Mutex
	lines []string
}

// figure notes what a proof found, in one line.
func figure(t testing.TB, proof, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf("| %s | %s |", proof, fmt.Sprintf(format, args...))
	figures.Lock()
	defer figures.Unlock()
	figures.lines = append(figures.lines, line)
	fmt.Println(line)
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

func report() error {
	slices.Sort(figures.lines)
	text := fmt.Sprintf("# Proof\n\nWritten by `PROOF=long go test ./tests/proof -update` on %s: %s, %d cores, %s.\n\n| proof | found |\n|---|---|\n%s\n",
		time.Now().UTC().Format("2006-01-02"), machine(), runtime.NumCPU(), runtime.Version(), strings.Join(figures.lines, "\n"))
	return os.WriteFile("../../docs/proof.md", []byte(text), 0o644)
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
