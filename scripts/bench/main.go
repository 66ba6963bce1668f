// Command bench measures whole signers on loopback, ours in both builds beside
// published Go ones, each behind a relay of its own, and in the same run what
// they stand on: a bare relay's echo, one commit, the curve's operations. It
// refuses to call a wrong or missing answer a result, and holds what it measures
// against the goals (goals.go).
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// options are the flags, and how much is asked.
type options struct {
	n, alone, growth, rounds         int
	apps, spread                     []int
	idle                             time.Duration // over which idle CPU is measured
	warm                             time.Duration // before growth is
	only, method, part, bin, profile string
	also                             []string
	quick                            bool
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "curve" {
		for _, times := range curves {
			fmt.Println(times())
		}
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "relay" {
		fmt.Fprintln(os.Stderr, "bench:", bareRelay())
		os.Exit(1)
	}
	var o options
	asJSON := flag.Bool("json", false, "print only JSON")
	flag.BoolVar(&o.quick, "quick", false, "measure little of each: within about three minutes")
	flag.IntVar(&o.n, "n", 10_000, "requests of each loaded run")
	flag.IntVar(&o.alone, "alone", 1000, "requests of each run with one outstanding")
	flag.IntVar(&o.growth, "growth", 1_000_000, "requests over which growth of memory is measured")
	flag.DurationVar(&o.warm, "warm", 12*time.Minute, "how long a signer is asked before its growth is measured")
	flag.IntVar(&o.rounds, "rounds", 3, "measure so often, and print medians")
	flag.StringVar(&o.only, "only", "", "measure only signers whose name contains this")
	flag.StringVar(&o.method, "method", "", "measure only methods whose name contains this")
	flag.StringVar(&o.part, "part", "", "measure only parts whose name contains this: floor, load, start, accounts, inbox, relay, growth")
	flag.StringVar(&o.bin, "bin", "", "keep the built signers in this directory and use those that are there")
	flag.StringVar(&o.profile, "profile", "", "record the loaded runs with perf(1) into this directory")
	flag.Func("also", "measure this build of privyseal too; may be repeated", func(path string) error {
		o.also = append(o.also, path)
		return nil
	})
	flag.Parse()
	o.apps, o.spread, o.idle = []int{1, 1000, 10_000, 100_000}, []int{1, 100, 1000}, time.Minute
	if o.quick {
		o.n, o.rounds, o.apps, o.spread, o.idle = 4000, 1, []int{1, 100_000}, []int{1, 1000}, 10*time.Second
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	f, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	verdicts := goals(f, o)
	if !*asJSON {
		fmt.Printf("%s, medians of %d rounds; CPU and memory are of every process of a signer, its relay not counted\n", machine(), o.rounds)
		fmt.Print(f.tables(), verdictTable(verdicts), "\n")
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"machine": machine(), "at": time.Now().UTC(), "command": os.Args[1:], "figures": f.nested(), "goals": verdicts,
	})
}

// bench is one run.
type bench struct {
	options
	dir  string
	self string // this program
	pure string // our default build, whose relay stands between
	*figures
}

func run(ctx context.Context, o options) (*figures, error) {
	dir, err := os.MkdirTemp("", "privyseal-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("PRIVYSEAL_STATE", filepath.Join(dir, "state")); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, dir: dir, self: self}
	signers, err := b.build(ctx)
	if err != nil {
		return nil, err
	}
	var rounds []*figures
	for range o.rounds {
		b.figures = newFigures()
		if err := b.round(ctx, signers); err != nil {
			return nil, err
		}
		rounds = append(rounds, b.figures)
	}
	return medians(rounds), nil
}

// round measures everything once; growth, which takes long, is apart.
func (b *bench) round(ctx context.Context, signers []signer) error {
	for _, part := range []struct {
		name string
		do   func(context.Context, []signer) error
	}{
		{"floor", b.floors}, {"load", b.loads}, {"start", b.starts}, {"accounts", b.accounts}, {"inbox", b.inboxes}, {"relay", b.relays}, {"growth", b.growths},
	} {
		if !strings.Contains(part.name, b.part) {
			continue
		}
		began := time.Now()
		if err := part.do(ctx, signers); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, "bench: %s took %s\n", part.name, time.Since(began).Round(time.Second))
	}
	return nil
}

func machine() string {
	model := runtime.GOARCH
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				model = strings.TrimLeft(strings.TrimSpace(name), ": ")
				break
			}
		}
	}
	load := ""
	if raw, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = ", load " + strings.Fields(string(raw))[0]
	}
	return fmt.Sprintf("%s, %d cores, %s%s", model, runtime.NumCPU(), runtime.Version(), load)
}
