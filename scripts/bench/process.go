package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a started program.
type process struct {
	cmd *exec.Cmd
}

// start runs a program and waits for the JSON line of its start that has want;
// a bunker link without JSON is taken for one.
func start(ctx context.Context, want string, path string, args ...string) (*process, map[string]any, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if _, err := cmd.StdinPipe(); err != nil { // open until the program was waited for
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &process{cmd}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line map[string]any
		if strings.HasPrefix(lines.Text(), "bunker://") {
			line = map[string]any{"uri": lines.Text()}
		}
		if (line != nil || json.Unmarshal(lines.Bytes(), &line) == nil) && line[want] != nil {
			go func() {
				for lines.Scan() { // keep the pipe empty
				}
			}()
			return p, line, nil
		}
	}
	p.stop()
	return nil, nil, fmt.Errorf("%s ended before it was ready", filepath.Base(path))
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// cpu is the CPU time used so far, of the process and its children.
func (p *process) cpu() (time.Duration, error) {
	total := time.Duration(0)
	for _, pid := range family(p.cmd.Process.Pid) {
		d, err := threads(pid)
		if err != nil {
			return 0, err
		}
		total += d
	}
	if total == 0 {
		return 0, errors.New("no schedstat: CPU time cannot be measured here")
	}
	return total, nil
}

// record profiles the process and its children with perf(1), until stop.
func (p *process) record(ctx context.Context, dir, name string) (stop func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var pids []string
	for _, pid := range family(p.cmd.Process.Pid) {
		pids = append(pids, strconv.Itoa(pid))
	}
	file := filepath.Join(dir, strings.NewReplacer(" ", "-", "/", "-", "(", "", ")", "").Replace(name)+".perf")
	cmd := exec.CommandContext(ctx, "perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-g", "-o", file, "-p", strings.Join(pids, ","))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}, nil
}

// threads adds up the run time of a process's threads, in nanoseconds.
func threads(pid int) (time.Duration, error) {
	dirs, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	total := time.Duration(0)
	for _, path := range dirs {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // the thread ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(raw))[0], 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(ns)
	}
	return total, nil
}

// family is a process and its descendants, whichever of its threads has them.
func family(pid int) []int {
	pids := []int{pid}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return pids
	}
	for _, path := range lists {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // the thread ended
		}
		for _, f := range strings.Fields(string(raw)) {
			if child, err := strconv.Atoi(f); err == nil {
				pids = append(pids, family(child)...)
			}
		}
	}
	return pids
}

// memory is what the process and its children hold, in MB: pages that several
// share are counted once.
func (p *process) memory() (float64, error) {
	total := 0.0
	for _, pid := range family(p.cmd.Process.Pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		_, rest, found := strings.Cut(string(raw), "\nPss:")
		if !found {
			return 0, errors.New("no Pss in smaps_rollup: memory cannot be measured here")
		}
		kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		if err != nil {
			return 0, err
		}
		total += kb * 1024 / 1e6
	}
	return total, nil
}
