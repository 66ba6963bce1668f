// Command mutate checks the tests of the parts that decide: it makes small
// faults in their source, one at a time, and runs the tests against each
// through an overlay, so that the checkout is never touched. It writes the
// score and the survivors of each target to its part of docs/mutation.md, and
// leaves the other parts. It explains nothing: why a survivor may live stands in
// survivors.txt beside it. A target stops when its time is over, and the report
// says how many faults it did not come to; a seed mixes their order, so that
// what was tried is a fair sample that can be drawn again.
//
//	go run ./scripts/mutate
//	go run ./scripts/mutate -only effect -for 8m -seed 7
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

//go:embed survivors.txt
var explained string

// A mutant that takes so much longer than the unchanged package counts as killed.
const (
	tooLong = 10
	atLeast = time.Minute
)

// target is a part of the source, with the tests that must notice its faults.
type target struct {
	name  string
	dir   string
	tests [][]string      // packages, with arguments whose tests must notice; one after the other, until one does
	steps map[string]bool // functions whose steps are dropped, swapped and turned; nil: every fault everywhere
}

var targets = []target{
	{name: "policy", dir: "internal/policy", tests: [][]string{quick("./internal/policy"), quick("./internal/words")}},
	{name: "effect", dir: "internal/effect", tests: [][]string{quick("./internal/effect"), quick("./internal/words"), {"./internal/promptbook"}}},
	{name: "steps", dir: "internal/keeper", steps: names(`handle fromApp operate process answered record spend
		joinQuestion conclude unrecorded use stopped apply finish repeat known resume refusedAgain
		decideAgain resumeDecided settle serveQuestion oweAgain`),
		tests: [][]string{{"./internal/keeper", "-skip", "^(TestBackupStream|TestExportAndImport|TestAllocations.*|TestNarrowing.*|TestIdentities|TestVerifyFinds.*|TestSlowSink|TestADeaf.*|TestARelayThat.*)$"}}},
}

// quick has a property test stop at its first counterexample.
func quick(pkg string) []string { return []string{pkg, "-rapid.shrinktime=1ms", "-rapid.nofailfile"} }

func names(list string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(list) {
		m[name] = true
	}
	return m
}

func main() {
	only := flag.String("only", "", "one target: policy, effect or steps")
	out := flag.String("out", "docs/mutation.md", "the report")
	jobs := flag.Int("jobs", runtime.NumCPU(), "mutants at a time")
	span := flag.Duration("for", 2*time.Hour, "how long each target may take")
	seed := flag.Uint64("seed", 1, "mixes the order of the mutants")
	flag.Parse()
	if err := run(*only, *out, *jobs, *span, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run tests the mutants and writes the report; an error when an unchanged
// package fails, when too few are killed, or when a survivor is not explained.
func run(only, out string, jobs int, span time.Duration, seed uint64) error {
	var faults []error
	for _, t := range targets {
		if only != "" && only != t.name {
			continue
		}
		mutants, took, err := t.test(jobs, span, seed)
		if err != nil {
			return err
		}
		text, err := t.report(mutants, took, seed)
		faults = append(faults, err)
		if err := writePart(out, t.name, text); err != nil {
			return err
		}
	}
	return errors.Join(faults...)
}

const head = "# Mutation tests\n\nWritten by `go run ./scripts/mutate`, a part for each target. `policy` and `effect`: every fault of the list in `scripts/mutate/mutant.go`, everywhere. `steps`: in the functions of the keeper that take a request through the pipeline, each step dropped, swapped with the next, and each condition turned around. A part that was not tried whole is a sample, and says so.\n"

// writePart puts a target's part into the report.
func writePart(file, name, text string) error {
	raw, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	parts := map[string]string{}
	for _, part := range strings.Split(string(raw), "\n## ")[1:] {
		title, _, _ := strings.Cut(part, "\n")
		parts[title] = "## " + strings.TrimRight(part, "\n") + "\n"
	}
	parts[name] = "## " + name + "\n\n" + text
	all := head
	for _, t := range targets {
		if parts[t.name] != "" {
			all += "\n" + parts[t.name]
		}
	}
	return os.WriteFile(file, []byte(all), 0o644)
}

// test runs every mutant of a target.
func (t target) test(jobs int, span time.Duration, seed uint64) ([]mutant, time.Duration, error) {
	began := time.Now()
	if outcome := t.try(nil, time.Hour); outcome != survived {
		return nil, 0, fmt.Errorf("the tests of %s fail without any fault", t.dir)
	}
	limit := max(atLeast, tooLong*time.Since(began))
	mutants, err := t.mutants()
	if err != nil {
		return nil, 0, err
	}
	start := time.Now()
	var wg sync.WaitGroup
	queue := make(chan *mutant)
	for range max(1, jobs) {
		wg.Go(func() {
			for m := range queue {
				m.outcome = t.try(m, limit)
				if m.outcome == survived {
					fmt.Fprintf(os.Stderr, "%s: survived: %s (line %d)\n", t.name, m.name(), m.line)
				}
			}
		})
	}
	for n, i := range rand.New(rand.NewPCG(seed, 2)).Perm(len(mutants)) {
		if time.Since(start) < span {
			queue <- &mutants[i]
		}
		if n%50 == 49 {
			fmt.Fprintf(os.Stderr, "%s: %d of %d after %v\n", t.name, n+1, len(mutants), time.Since(start).Round(time.Second))
		}
	}
	close(queue)
	wg.Wait()
	return mutants, time.Since(start), nil
}

type outcome int

const (
	untried outcome = iota
	killed
	survived
	invalid // does not compile
)

// try runs the tests with one file replaced.
func (t target) try(m *mutant, limit time.Duration) outcome {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-ldflags=-s -w"}
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
	for _, tests := range t.tests {
		cmd := exec.CommandContext(ctx, "go", slices.Concat(args, tests)...)
		cmd.WaitDelay = time.Second
		b, err := cmd.CombinedOutput()
		switch {
		case err == nil:
		case bytes.Contains(b, []byte("[build failed]")) || bytes.Contains(b, []byte("[setup failed]")):
			return invalid
		default:
			return killed
		}
	}
	return survived
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

// enough is the share of mutants that must be killed.
const enough = 0.95

// report is a target's part of the report.
func (t target) report(mutants []mutant, took time.Duration, seed uint64) (string, error) {
	count := map[outcome]int{}
	var left []mutant
	for _, m := range mutants {
		count[m.outcome]++
		if m.outcome == survived {
			left = append(left, m)
		}
	}
	sort.Slice(left, func(i, j int) bool { return left[i].name() < left[j].name() })
	total := count[killed] + len(left)
	score := float64(count[killed]) / float64(max(1, total))
	var text strings.Builder
	fmt.Fprintf(&text, "| mutants | killed | survived | score | not compiling | not tried | seed | day | time |\n|---:|---:|---:|---:|---:|---:|---:|---|---:|\n| %d | %d | %d | %.1f %% | %d | %d | %d | %s | %s |\n\n",
		total, count[killed], len(left), 100*score, count[invalid], count[untried], seed, time.Now().UTC().Format("2006-01-02"), took.Round(time.Second))
	if count[untried] > 0 {
		low, high := interval(count[killed], total)
		fmt.Fprintf(&text, "A sample of what there is: all of it would be between %.1f and %.1f %% (95 %% of samples, Wilson).\n\n", 100*low, 100*high)
	}
	why, open := reasons(), 0
	text.WriteString("Survivors:\n\n")
	for _, m := range left {
		reason := why[t.name+"/"+m.name()]
		if reason == "" {
			reason, open = "**not explained**", open+1
		}
		fmt.Fprintf(&text, "- `%s` (line %d): %s\n", m.name(), m.line, reason)
	}
	if len(left) == 0 {
		text.WriteString("None.\n")
	}
	fmt.Fprintf(os.Stderr, "%s: %d of %d killed, %d survivors not explained\n", t.name, count[killed], total, open)
	if score < enough || open > 0 {
		return text.String(), fmt.Errorf("%s: %.1f %% killed, %d survivors are not explained", t.name, 100*score, open)
	}
	return text.String(), nil
}

// interval is Wilson's: where the share of all lies, by that of a sample.
func interval(hits, of int) (low, high float64) {
	const z = 1.96
	n, p := float64(max(1, of)), float64(hits)/float64(max(1, of))
	mid, wide := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (mid - wide) / (1 + z*z/n), (mid + wide) / (1 + z*z/n)
}
