package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// counted counts how often it is written to.
type counted struct {
	strings.Builder
	writes int
}

func (c *counted) Write(b []byte) (int, error) {
	c.writes++
	return c.Builder.Write(b)
}

// Lines wait for others, but no warning does, and nothing is lost at the end.
func TestLinesAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out counted
		m := &Main{Stderr: &out}
		log, _ := logFlags{LogFormat: "text"}.gathered(m)
		with := log.With("part", "one").WithGroup("g")
		for range 100 {
			with.Info("answered", "a", 1)
		}
		if out.writes != 0 {
			t.Fatalf("%d writes before any line had waited", out.writes)
		}
		time.Sleep(gatherFor)
		synctest.Wait()
		if got := strings.Count(out.String(), "part=one g.a=1"); got != 100 || out.writes != 1 {
			t.Fatalf("%d lines in %d writes, want 100 in 1", got, out.writes)
		}
		log.Info("before")
		log.Warn("now")
		if !strings.Contains(out.String(), "msg=before\n") || !strings.HasSuffix(out.String(), "msg=now\n") {
			t.Fatalf("a warning waits, or came before what was said first: %q", out.String())
		}
		log.Info("last")
		m.Close()
		if !strings.HasSuffix(out.String(), "msg=last\n") {
			t.Fatal("the last line was lost")
		}
		synctest.Wait()
	})
}
