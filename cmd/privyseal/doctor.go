package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

type doctorCmd struct{}

func (doctorCmd) Help() string {
	return "Works without a running signer too. Exit code 1 if there is a problem.\n\nExample:\n  privyseal doctor --json"
}

// The states of a finding.
const (
	fine    = "ok"
	warning = "warning"
	problem = "problem"
)

// checkup gathers findings.
type checkup struct {
	m        *Main
	dir      string
	findings []control.Finding
}

func (c *checkup) add(check, state, text, fix string) {
	c.findings = append(c.findings, control.Finding{Check: check, State: state, Text: text, Fix: fix})
}

func (doctorCmd) Run(ctx context.Context, m *Main) error {
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	c := &checkup{m: m, dir: dir}
	c.clock(time.Now())
	c.directory()
	c.together()
	c.data(ctx)
	if err := c.running(ctx); err != nil {
		return err
	}
	bad := 0
	for _, f := range c.findings {
		if f.State == problem {
			bad++
		}
	}
	out := struct {
		OK       bool              `json:"ok"`
		Findings []control.Finding `json:"findings"`
	}{bad == 0, c.findings}
	if err := m.show(out, c.human); err != nil || bad == 0 {
		return err
	}
	return &failure{Kind: "problem", Msg: plural(bad, "problem was found", "problems were found"), Hint: "each line above says what to do", code: exitFailed, told: true}
}

func (c *checkup) human(w io.Writer) {
	for _, f := range c.findings {
		fmt.Fprintf(w, "%-8s %s: %s\n", f.State, f.Check, printable(f.Text))
		if f.Fix != "" {
			fmt.Fprintf(w, "         → %s\n", printable(f.Fix))
		}
	}
}

// builtAfter is a time that every right clock has passed.
var builtAfter = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock looks at the time: requests more than two minutes off are refused.
func (c *checkup) clock(now time.Time) {
	const fix = "set the computer's clock, best by NTP"
	if now.Before(builtAfter) {
		c.add("clock", problem, "the clock says "+clock(now)+", which is in the past", fix)
		return
	}
	if info, err := os.Stat(filepath.Join(c.dir, "privyseal.db")); err == nil && info.ModTime().After(now.Add(2*time.Minute)) {
		c.add("clock", problem, "the signer's data was written later than the clock says it is", fix)
		return
	}
	c.add("clock", fine, "it is "+now.UTC().Format(time.RFC3339), "")
}

// directory looks at the data directory and its disk.
func (c *checkup) directory() {
	info, err := os.Stat(c.dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.add("data directory", problem, c.dir+" does not exist", "start the signer once: privyseal up (or name its directory with --data DIR)")
		return
	case err != nil || !info.IsDir():
		c.add("data directory", problem, c.dir+" is not a directory that can be read", "choose another one with --data DIR")
		return
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		c.add("data directory", warning, "other users of this computer can look into "+c.dir, "chmod 700 "+c.dir)
	}
	probe, err := os.CreateTemp(c.dir, ".probe-*")
	if err != nil {
		c.add("data directory", problem, c.dir+" cannot be written", "look at its owner and permissions, and for room on the disk")
		return
	}
	_ = errors.Join(probe.Close(), os.Remove(probe.Name()))
	c.add("data directory", fine, c.dir+" can be written", "")
	free, ok := freeSpace(c.dir)
	switch {
	case !ok:
	case free < 50<<20:
		c.add("disk", problem, fmt.Sprintf("only %d MiB are free", free>>20), "make room: without it nothing can be recorded, and nothing is signed")
	case free < 500<<20:
		c.add("disk", warning, fmt.Sprintf("only %d MiB are free", free>>20), "make room soon")
	default:
		c.add("disk", fine, fmt.Sprintf("%d MiB are free", free>>20), "")
	}
}
