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
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
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

func main() {
	n := flag.Int("n", 5000, "requests of the loaded run")
	alone := flag.Int("alone", 300, "requests of the run with one outstanding")
	only := flag.String("only", "", "measure only signers whose name contains this")
	method := flag.String("method", "", "measure only methods whose name contains this")
	asJSON := flag.Bool("json", false, "print JSON")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *n, *alone, *only, *method, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n, alone int, only, method string, asJSON bool) error {
	dir, err := os.MkdirTemp("", "privyseal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("PRIVYSEAL_STATE", filepath.Join(dir, "state")); err != nil {
		return err
	}
	signers, err := build(ctx, dir)
	if err != nil {
		return err
	}
	var results []result
	for _, s := range signers {
		if !strings.Contains(s.name, only) {
			continue
		}
		rs, err := measure(ctx, dir, s, n, alone, method)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		results = append(results, rs...)
	}
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"machine": machine(), "at": time.Now().UTC(), "results": results})
	}
	fmt.Printf("%s, %d requests at 64 outstanding, %d at 1; CPU of every process of the signer, its relay not counted\n\n", machine(), n, alone)
	fmt.Printf("%-28s %-14s %12s %9s %9s %9s %9s %9s %8s %10s\n", "signer", "method", "CPU s/1000", "req/s", "p50@64", "p99@64", "p50@1", "p99@1", "RSS MiB", "KiB/1000")
	for _, r := range results {
		fmt.Printf("%-28s %-14s %12.3f %9.0f %7.1fms %7.1fms %7.2fms %7.2fms %8.1f %10.0f\n",
			r.Signer, r.Method, r.CPU, r.PerSecond, r.P50, r.P99, r.P50Alone, r.P99Alone, r.RSS, r.RSSGrowthKB)
	}
	return nil
}

// signer is one program to measure: start runs it on a relay and answers its
// process and a bunker link.
type signer struct {
	name    string
	records bool
	relay   string // the program whose relay stands between
	start   func(ctx context.Context, dir, relay string) (*process, string, error)
}

// build makes both builds of the signer and, as a peer, go-nostr's.
func build(ctx context.Context, dir string) ([]signer, error) {
	pure := filepath.Join(dir, "privyseal")
	if err := goBuild(ctx, ".", pure, "./cmd/privyseal", "CGO_ENABLED=0"); err != nil {
		return nil, err
	}
	signers := []signer{{"privyseal (pure Go)", true, pure, ours(pure)}}
	if exec.CommandContext(ctx, "pkg-config", "--atleast-version=0.2.0", "libsecp256k1").Run() == nil {
		fast := filepath.Join(dir, "privyseal-libsecp256k1")
		if err := goBuild(ctx, ".", fast, "./cmd/privyseal", "CGO_ENABLED=1", "-tags", "libsecp256k1"); err != nil {
			return nil, err
		}
		signers = append(signers, signer{"privyseal (libsecp256k1)", true, pure, ours(fast)})
	} else {
		fmt.Fprintln(os.Stderr, "bench: libsecp256k1 is not installed; its build is not measured")
	}
	for _, v := range []struct{ name, tags, cgo string }{{"go-nostr (pure Go)", "", "0"}, {"go-nostr (libsecp256k1)", "libsecp256k1", "1"}} {
		peer := filepath.Join(dir, strings.ReplaceAll(v.name, " ", "-"))
		args := []string{"CGO_ENABLED=" + v.cgo}
		if v.tags != "" {
			args = append(args, "-tags", v.tags)
		}
		if err := goBuild(ctx, "scripts/bench/peer", peer, ".", args...); err != nil {
			return nil, err
		}
		signers = append(signers, signer{v.name, false, pure, peerSigner(peer)})
	}
	return signers, nil
}

// goBuild builds a package in dir; the first of args is an environment setting.
func goBuild(ctx context.Context, dir, out, pkg string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-trimpath", "-o", out}, args[1:]...), pkg)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), args[0])
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
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
	return fmt.Sprintf("%s, %d cores, %s", model, runtime.NumCPU(), runtime.Version())
}
