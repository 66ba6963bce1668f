// Command bench measures whole signers on loopback, each behind a relay of its
// own: CPU seconds per 1000 sign_event at 64 outstanding, latency at one
// outstanding, memory. Our two builds run with records on, over a disk; beside
// them runs go-nostr's signer, which keeps none. It refuses to call a wrong or
// missing answer a result.
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
	"slices"
	"strings"
	"time"
)

type result struct {
	Signer      string  `json:"signer"`
	Records     bool    `json:"records"`
	Method      string  `json:"method"`
	CPU         float64 `json:"cpu_s_per_1000"`
	PerSecond   float64 `json:"per_second"`
	P50         float64 `json:"p50_ms_64"`
	P99         float64 `json:"p99_ms_64"`
	P50Alone    float64 `json:"p50_ms_1"`
	P99Alone    float64 `json:"p99_ms_1"`
	RSS         float64 `json:"rss_mib"`
	RSSGrowthKB float64 `json:"rss_growth_kib_per_1000"`
}

// options are the flags.
type options struct {
	n, alone, rounds           int
	only, method, bin, profile string
	also                       []string
}

func main() {
	asJSON := flag.Bool("json", false, "print JSON")
	var o options
	flag.IntVar(&o.n, "n", 5000, "requests of the loaded run")
	flag.IntVar(&o.alone, "alone", 300, "requests of the run with one outstanding")
	flag.IntVar(&o.rounds, "rounds", 1, "measure every signer so often, in turn, and print medians")
	flag.StringVar(&o.only, "only", "", "measure only signers whose name contains this")
	flag.StringVar(&o.method, "method", "", "measure only methods whose name contains this")
	flag.StringVar(&o.bin, "bin", "", "keep the built signers in this directory and use those that are there")
	flag.StringVar(&o.profile, "profile", "", "record the loaded run with perf(1) into this directory")
	flag.Func("also", "measure this build of privyseal too; may be repeated", func(path string) error {
		o.also = append(o.also, path)
		return nil
	})
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, asJSON bool) error {
	dir, err := os.MkdirTemp("", "privyseal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("PRIVYSEAL_STATE", filepath.Join(dir, "state")); err != nil {
		return err
	}
	signers, err := build(ctx, dir, o)
	if err != nil {
		return err
	}
	var rounds [][]result
	for range o.rounds {
		var results []result
		for _, s := range signers {
			rs, err := measure(ctx, dir, s, o)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			results = append(results, rs...)
		}
		rounds = append(rounds, results)
	}
	results := medians(rounds)
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"machine": machine(), "at": time.Now().UTC(), "results": results})
	}
	fmt.Printf("%s, %d requests at 64 outstanding, %d at 1, medians of %d rounds; CPU of every process of the signer, its relay not counted\n\n", machine(), o.n, o.alone, o.rounds)
	fmt.Printf("%-28s %-14s %12s %9s %9s %9s %9s %9s %8s %10s\n", "signer", "method", "CPU s/1000", "req/s", "p50@64", "p99@64", "p50@1", "p99@1", "RSS MiB", "KiB/1000")
	for _, r := range results {
		fmt.Printf("%-28s %-14s %12.3f %9.0f %7.1fms %7.1fms %7.2fms %7.2fms %8.1f %10.0f\n",
			r.Signer, r.Method, r.CPU, r.PerSecond, r.P50, r.P99, r.P50Alone, r.P99Alone, r.RSS, r.RSSGrowthKB)
	}
	return nil
}

// medians answers the median of every figure over the rounds, which measured
// the same things in the same order.
func medians(rounds [][]result) []result {
	out := slices.Clone(rounds[0])
	for i := range out {
		of := func(figure func(*result) *float64) {
			all := make([]float64, len(rounds))
			for j := range rounds {
				all[j] = *figure(&rounds[j][i])
			}
			slices.Sort(all)
			*figure(&out[i]) = (all[(len(all)-1)/2] + all[len(all)/2]) / 2
		}
		of(func(r *result) *float64 { return &r.CPU })
		of(func(r *result) *float64 { return &r.PerSecond })
		of(func(r *result) *float64 { return &r.P50 })
		of(func(r *result) *float64 { return &r.P99 })
		of(func(r *result) *float64 { return &r.P50Alone })
		of(func(r *result) *float64 { return &r.P99Alone })
		of(func(r *result) *float64 { return &r.RSS })
		of(func(r *result) *float64 { return &r.RSSGrowthKB })
	}
	return out
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
	return fmt.Sprintf("%s, %d cores, %s", model, runtime.NumCPU(), runtime.Version())
}
