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

// start runs a program and waits for the JSON line of its start that has want.
func start(ctx context.Context, want string, path string, args ...string) (*process, map[string]any, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &process{cmd}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line map[string]any
		if json.Unmarshal(lines.Bytes(), &line) == nil && line[want] != nil {
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
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is sound
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

// rss is the resident memory in bytes.
func (p *process) rss() int64 {
	total := int64(0)
	for _, pid := range family(p.cmd.Process.Pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if f := strings.Fields(string(raw)); err == nil && len(f) > 1 {
			pages, _ := strconv.ParseInt(f[1], 10, 64)
			total += pages * int64(os.Getpagesize())
		}
	}
	return total
}

// ours starts our signer on a fresh data directory, without its own relay.
func ours(path string) func(context.Context, string, string) (*process, string, error) {
	return func(ctx context.Context, dir, relay string) (*process, string, error) {
		data, err := os.MkdirTemp(dir, "data-")
		if err != nil {
			return nil, "", err
		}
		pass := filepath.Join(data, "pass")
		if err := os.WriteFile(pass, []byte("correct horse battery"), 0o600); err != nil {
			return nil, "", err
		}
		data = filepath.Join(data, "signer")
		if out, err := exec.CommandContext(ctx, path, "init", "--data", data, "--name", "bench", "--passphrase-file", pass).CombinedOutput(); err != nil {
			return nil, "", fmt.Errorf("init: %w\n%s", err, out)
		}
		p, _, err := start(ctx, "event", path, "up", "--json", "--data", data, "--listen", "127.0.0.1:0", "--own-relay=false", "--relay", relay, "--passphrase-file", pass)
		if err != nil {
			return nil, "", err
		}
		if out, err := exec.CommandContext(ctx, path, "settings", "set", "rate-reading", "1000000000", "--data", data).CombinedOutput(); err != nil {
			p.stop()
			return nil, "", fmt.Errorf("settings: %w\n%s", err, out)
		}
		out, err := exec.CommandContext(ctx, path, "invite", "--json", "--data", data, "--preset", "ask", "--allow", "sign_event:1,nip44_encrypt,nip44_decrypt").Output()
		if err != nil {
			p.stop()
			return nil, "", fmt.Errorf("invite: %w", err)
		}
		var link struct{ URI string }
		if err := json.Unmarshal(out, &link); err != nil {
			p.stop()
			return nil, "", fmt.Errorf("invite: %w", err)
		}
		return p, link.URI, nil
	}
}

// peerSigner starts another library's signer.
func peerSigner(path string) func(context.Context, string, string) (*process, string, error) {
	return func(ctx context.Context, _, relay string) (*process, string, error) {
		p, line, err := start(ctx, "uri", path, relay)
		if err != nil {
			return nil, "", err
		}
		return p, line["uri"].(string), nil
	}
}
