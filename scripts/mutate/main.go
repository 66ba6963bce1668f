// Command mutate checks the tests of the parts that decide: it makes small
// faults in their source, one at a time, and runs the tests against each. All
// faults wait in one binary, in copies of their functions, until the environment
// wakes one; a few need a build of their own. The checkout is never touched: what
// is built is an overlay. It writes the
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
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed survivors.txt
var explained string

// A mutant that takes so much longer than the unchanged package counts as killed:
// in time of the processor, so that a busy machine kills none, and, where it only
// waits, by the clock, of which the unchanged package may take an hour.
const (
	tooLong = 5
	atLeast = 5 * time.Second
	waiting = 5 * time.Minute
)

// target is a part of the source, with the tests that must notice its faults.
type target struct {
	name  string
	dir   string
	tests [][]string      // packages, with arguments whose tests must notice; one after the other, until one does
	steps map[string]bool // functions whose steps are dropped, swapped and turned; nil: every fault everywhere
}

// Tests of the keeper that take long, and those of them that no step of a request
// can fail.
const (
	slow  = "^(TestHostileFront|TestCrashesAtAnyMoment|FuzzHostileFront|TestALateYe.*|TestOpenWork.*|TestSilence.*|TestAVeto.*|TestTwoPeople.*|TestTheSecondOfTwo.*|TestQuestionsAcross.*|TestRequestsWait.*|TestNothingIsSignedWhile.*|" + apart + ")$"
	apart = "(TestNarrowingActs.*|TestADeafRelay.*|TestARelayThat.*|TestBackupStream|TestTheCanary.*|TestSlowSink|TestAClockThat.*|TestAllocations.*|TestUnusedRelays.*|TestExportAndImport|TestVerifyFinds.*)"
)

var targets = []target{
	{name: "policy", dir: "internal/policy", tests: [][]string{
		quick("./internal/policy", "-test.skip=^TestLearntIsWhatWasApproved$"),
		quick("./internal/words"),
		quick("./internal/policy", "-test.run=^TestLearntIsWhatWasApproved$"),
	}},
	{name: "effect", dir: "internal/effect", tests: [][]string{
		quick("./internal/effect", "-test.skip=^TestEveryEffectOfEveryKind$"),
		quick("./internal/words"),
		{"./internal/promptbook"},
		quick("./internal/effect", "-test.run=^TestEveryEffectOfEveryKind$"),
	}},
	{name: "steps", dir: "internal/keeper", steps: names(`handle fromApp operate process answered record spend
		joinQuestion conclude unrecorded use stopped apply finish repeat known resume refusedAgain
		decideAgain resumeDecided settleAt inForce serveQuestion oweAgain`),
		tests: [][]string{
			{"./internal/keeper", hasty, "-test.run=" + testsOf("internal/keeper", "steps", "steps_order")},
			{"./internal/keeper", hasty, "-test.run=" + testsOf("internal/keeper", "pipeline", "delivery", "repeats", "quirks_answer", "quirks_connect", "pairing", "questions", "lock", "serious", "join", "refusal_stop")},
			{"./internal/keeper", hasty, "-test.skip=" + slow},
			{"./internal/keeper", hasty, "-test.run=" + slow, "-test.skip=" + apart},
		}},
}

// hasty has the keeper's tests wait not a minute but so long for what never comes.
const hasty = "-patience=12s"

// quick has a property test stop at its first counterexample.
func quick(pkg string, more ...string) []string {
	return append([]string{pkg, "-rapid.shrinktime=1ms", "-rapid.nofailfile"}, more...)
}

// testsOf are the tests of some files, as a regular expression: those that know a
// step best come first.
func testsOf(dir string, files ...string) string {
	var all []string
	for _, file := range files {
		src, err := os.ReadFile(filepath.Join(dir, file+"_test.go"))
		if err != nil {
			fmt.Fprintln(os.Stderr, "mutate: run this in the checkout's root:", err)
			os.Exit(2)
		}
		for _, m := range testNames.FindAllSubmatch(src, -1) {
			all = append(all, string(m[1]))
		}
	}
	return "^(" + strings.Join(all, "|") + ")$"
}

var testNames = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

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
	named := flag.String("named", "", "only mutants whose name this regular expression fits, and no report")
	flag.Parse()
	if *named != "" {
		*out = os.DevNull
	}
	if err := run(*only, *out, *named, *jobs, *span, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run tests the mutants and writes the report; an error when an unchanged
// package fails, when too few are killed, or when a survivor is not explained.
func run(only, out, named string, jobs int, span time.Duration, seed uint64) error {
	var faults []error
	for _, t := range targets {
		if only != "" && only != t.name {
			continue
		}
		mutants, took, err := t.test(named, jobs, span, seed)
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

const head = "# Mutation tests\n\nWritten by `go run ./scripts/mutate`, a part for each target. `policy` and `effect`: every fault of the list in `scripts/mutate/mutant.go`, everywhere. `steps`: in the functions of the keeper that take a request through the pipeline, each step dropped, swapped with the next, and each condition turned around. A part that was not tried whole is a sample, and says so. The score is of those faults that change what the program does: one that is explained as equal is listed and not counted.\n"

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
func (t target) test(named string, jobs int, span time.Duration, seed uint64) ([]mutant, time.Duration, error) {
	start := time.Now()
	fits, err := regexp.Compile(named)
	if err != nil {
		return nil, 0, err
	}
	p, err := load(t.dir)
	if err != nil {
		return nil, 0, err
	}
	mutants, err := t.mutants(p)
	if err != nil {
		return nil, 0, err
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !fits.MatchString(m.name()) })
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	if err := t.build(p, mutants, dir); err != nil {
		return nil, 0, err
	}
	stages, err := t.stages(dir)
	if err != nil {
		return nil, 0, err
	}
	var wg sync.WaitGroup
	queue := make(chan int)
	for range max(1, jobs) {
		wg.Go(func() {
			for i := range queue {
				m := &mutants[i]
				m.outcome = t.try(i, m, stages)
				if m.outcome == survived {
					fmt.Fprintf(os.Stderr, "%s: survived: %s (line %d)\n", t.name, m.name(), m.line)
				}
			}
		})
	}
	order := rand.New(rand.NewPCG(seed, 2)).Perm(len(mutants))
	why := reasons()
	late := func(i int) int { // what needs a build of its own comes late, and what is known to live, and runs every test, last
		switch m := &mutants[i]; {
		case why[t.name+"/"+m.name()] != "":
			return 2
		case m.asleep == nil:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b int) int { return late(a) - late(b) })
	for n, i := range order {
		if time.Since(start) < span && mutants[i].outcome == untried {
			queue <- i
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

// stage is a part of the tests, with what it may take.
type stage struct {
	tests  []string
	binary string
	limit  time.Duration // of the processor's time
	clock  time.Duration
}

// stages runs the tests with all mutants asleep, and times them.
func (t target) stages(dir string) ([]stage, error) {
	var all []stage
	for _, tests := range t.tests {
		s := stage{tests: tests, binary: binary(dir, tests[0]), limit: time.Hour, clock: time.Hour}
		began := time.Now()
		ok, took, out := s.run(-1)
		if !ok {
			return nil, fmt.Errorf("%s fails without any fault: %s", tests[0], out)
		}
		s.limit, s.clock = max(atLeast, tooLong*took), max(waiting, tooLong*time.Since(began))
		all = append(all, s)
	}
	return all, nil
}

// run runs a stage with one mutant awake, and says how much of the processor's
// time it took.
func (s stage) run(n int) (ok bool, took time.Duration, out []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), s.clock)
	defer cancel()
	limited := []string{"-c", `ulimit -t "$1"; shift; exec "$@"`, "sh", strconv.Itoa(int(s.limit.Seconds())), s.binary, "-test.failfast"}
	cmd := exec.CommandContext(ctx, "sh", slices.Concat(limited, s.tests[1:])...)
	cmd.Dir, cmd.WaitDelay = s.tests[0], time.Second
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(n))
	out, err := cmd.CombinedOutput()
	return err == nil, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), out
}

// try runs the tests with one fault.
func (t target) try(i int, m *mutant, stages []stage) outcome {
	if m.asleep == nil {
		return t.tryAlone(m, stages)
	}
	for _, s := range stages {
		if ok, _, _ := s.run(i); !ok {
			return killed
		}
	}
	return survived
}

// tryAlone builds a mutant that cannot wait in the common binary.
func (t target) tryAlone(m *mutant, stages []stage) outcome {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return untried
	}
	defer os.RemoveAll(dir)
	overlay, err := overlay(dir, map[string][]byte{m.file: m.source})
	if err != nil {
		return untried
	}
	for _, s := range stages {
		s.binary = binary(dir, s.tests[0])
		if _, err := os.Stat(s.binary); err != nil {
			if _, err := compile(s.tests[0], overlay, s.binary); err != nil {
				return invalid
			}
		}
		if ok, _, _ := s.run(-1); !ok {
			return killed
		}
	}
	return survived
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

// since marks a survivor for which a test was written after it was found.
const since = "†"

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
	why, open, equal := reasons(), 0, 0
	for _, m := range left {
		if strings.HasPrefix(why[t.name+"/"+m.name()], "equal:") {
			equal++
		}
	}
	total := count[killed] + len(left)
	score := float64(count[killed]) / float64(max(1, total-equal))
	var text strings.Builder
	fmt.Fprintf(&text, "| mutants | killed | survived | of them equal | score | not compiling | not tried | seed | day | time |\n|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|\n| %d | %d | %d | %d | %.1f %% | %d | %d | %d | %s | %s |\n\n",
		total, count[killed], len(left), equal, 100*score, count[invalid], count[untried], seed, time.Now().UTC().Format("2006-01-02"), took.Round(time.Second))
	if count[untried] > 0 {
		low, high := interval(count[killed], total-equal)
		fmt.Fprintf(&text, "A sample of what there is: all of it would be between %.1f and %.1f %% (95 %% of samples, Wilson).\n\n", 100*low, 100*high)
	}
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
	if slices.ContainsFunc(left, func(m mutant) bool { return why[t.name+"/"+m.name()] == since }) {
		text.WriteString("\n" + since + ": a test was written since, and it fails with this fault.\n")
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
