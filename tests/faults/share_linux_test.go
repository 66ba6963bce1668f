package faults

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// tick is how the kernel counts time in /proc (USER_HZ, 100 everywhere).
const tick = 10 * time.Millisecond

// busy is how long the processors worked until now: for anybody, and for us and
// the processes that we started.
func busy() (all, ours time.Duration) {
	raw, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	for i, n := range numbers(string(line)) {
		switch i {
		case 0, 1, 2, 5, 6, 7: // user, nice, system, irq, softirq, steal; guests are users
			all += time.Duration(n) * tick
		}
	}
	parents, times := map[int]int{}, map[int]time.Duration{}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range found {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		_, rest, _ := strings.Cut(string(raw), ") ") // a name may hold anything
		if f := numbers(rest); len(f) > 13 {
			parents[pid] = f[0]
			times[pid] = time.Duration(f[10]+f[11]+f[12]+f[13]) * tick // its own, and of children that ended
		}
	}
	for pid, took := range times {
		for p := pid; p > 1; p = parents[p] {
			if p == os.Getpid() {
				ours += took
				break
			}
		}
	}
	return all, ours
}

// numbers are the fields after the first.
func numbers(line string) (list []int) {
	fields := strings.Fields(line)
	for _, f := range fields[min(1, len(fields)):] {
		n, _ := strconv.Atoi(f)
		list = append(list, n)
	}
	return list
}

// share begins to measure which part of the machine nobody else worked on.
func share() (end func() float64) {
	began := time.Now()
	all, ours := busy()
	return func() float64 {
		a, o := busy()
		others := max(0, (a-all)-(o-ours))
		return min(1, max(0.01, 1-float64(others)/float64(time.Since(began)*time.Duration(runtime.NumCPU()))))
	}
}
