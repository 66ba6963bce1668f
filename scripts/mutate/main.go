// Command mutate checks the tests of internal/policy: it makes small faults in
// the package's source, one at a time, and runs the tests against each through
// an overlay, so that the checkout is never touched. It writes the score and
// the survivors to docs/mutation.md. It explains nothing: why a survivor may
// live stands in survivors.txt beside it. It stops when its time is over, and
// says how many faults it did not come to; their order is mixed, so that what
// was tried is a fair sample.
//
//	go run ./scripts/mutate
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

//go:embed survivors.txt
var explained string

const limit = 60 * time.Second // for one mutant; longer counts as killed

func main() {
	pkg := flag.String("pkg", "internal/policy", "the package's directory")
	out := flag.String("out", "docs/mutation.md", "the report")
	jobs := flag.Int("jobs", runtime.NumCPU(), "mutants at a time")
	span := flag.Duration("for", 8*time.Minute, "how long it may take")
	flag.Parse()
	if err := run(*pkg, *out, *jobs, *span); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run tests every mutant and writes the report; an error when the unchanged
// package fails, or when a survivor is not explained.
func run(pkg, out string, jobs int, span time.Duration) error {
	if outcome := try(pkg, nil); outcome != survived {
		return fmt.Errorf("the tests of %s fail without any fault", pkg)
	}
	mutants, err := mutantsOf(pkg)
	if err != nil {
		return err
	}
	start := time.Now()
	var wg sync.WaitGroup
	queue := make(chan *mutant)
	for range max(1, jobs) {
		wg.Go(func() {
			for m := range queue {
				m.outcome = try(pkg, m)
			}
		})
	}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(mutants)) {
		if time.Since(start) < span {
			queue <- &mutants[i]
		}
	}
	close(queue)
	wg.Wait()
	return report(pkg, out, mutants, time.Since(start))
}

type outcome int

const (
	untried outcome = iota
	killed
	survived
	invalid // does not compile
)

// try runs the tests with one file replaced.
func try(pkg string, m *mutant) outcome {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-ldflags=-s -w"}
	fast := []string{"./" + pkg, "-rapid.shrinktime=1ms", "-rapid.nofailfile"} // a counterexample is enough
	if m != nil {
		dir, err := os.MkdirTemp("", "mutate")
		if err != nil {
			return invalid
		}
		defer os.RemoveAll(dir)
		overlay, err := m.overlay(dir)
		if err != nil {
			return invalid
		}
		args = append(args, "-overlay", overlay)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append(args, fast...)...)
	b, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return survived
	case bytes.Contains(b, []byte("[build failed]")) || bytes.Contains(b, []byte("[setup failed]")):
		return invalid
	}
	return killed
}

func (m *mutant) overlay(dir string) (string, error) {
	changed := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(changed, m.source, 0o600); err != nil {
		return "", err
	}
	path, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, b, 0o600)
}

// reasons maps a mutant's name to why it may live.
func reasons() map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(explained, "\n") {
		if name, why, ok := strings.Cut(line, " :: "); ok && !strings.HasPrefix(line, "#") {
			m[name] = why
		}
	}
	return m
}

func report(pkg, out string, mutants []mutant, took time.Duration) error {
	var dead, bad, left int
	var alive []mutant
	for _, m := range mutants {
		switch m.outcome {
		case untried:
			left++
		case killed:
			dead++
		case invalid:
			bad++
		case survived:
			alive = append(alive, m)
		}
	}
	sort.Slice(alive, func(i, j int) bool { return alive[i].name() < alive[j].name() })
	total := dead + len(alive)
	var b strings.Builder
	fmt.Fprintf(&b, "# Mutation test of %s\n\nWritten by `go run ./scripts/mutate`.\n\n", pkg)
	fmt.Fprintf(&b, "| mutants | killed | survived | score | not compiling | not tried | time |\n|---|---|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| %d | %d | %d | %.1f %% | %d | %d | %s |\n\n## Survivors\n\n", total, dead, len(alive),
		100*float64(dead)/float64(max(1, total)), bad, left, took.Round(time.Second))
	why, open := reasons(), 0
	for _, m := range alive {
		reason := why[m.name()]
		if reason == "" {
			reason, open = "**not explained**", open+1
		}
		fmt.Fprintf(&b, "- `%s` (line %d): %s\n", m.name(), m.line, reason)
	}
	if len(alive) == 0 {
		b.WriteString("None.\n")
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d of %d killed, report in %s\n", dead, total, out)
	if open > 0 {
		return fmt.Errorf("%d survivors are not explained", open)
	}
	return nil
}
