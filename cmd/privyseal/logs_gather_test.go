package main

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// counted counts how often it is written to.
type counted struct {
	mu     sync.Mutex
	text   strings.Builder
	writes int
}

func (c *counted) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes++
	return c.text.Write(b)
}

func (c *counted) said() (text string, writes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String(), c.writes
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
		if _, writes := out.said(); writes != 0 {
			t.Fatalf("%d writes before any line had waited", writes)
		}
		time.Sleep(gatherFor)
		synctest.Wait()
		text, writes := out.said()
		if got := strings.Count(text, "part=one g.a=1"); got != 100 || writes != 1 {
			t.Fatalf("%d lines in %d writes, want 100 in 1", got, writes)
		}
		log.Info("before")
		log.Warn("now")
		if text, _ := out.said(); !strings.Contains(text, "msg=before\n") || !strings.HasSuffix(text, "msg=now\n") {
			t.Fatalf("a warning waits, or came before what was said first: %q", text)
		}
		log.Info("last")
		m.Close()
		if text, _ := out.said(); !strings.HasSuffix(text, "msg=last\n") {
			t.Fatal("the last line was lost")
		}
		synctest.Wait()
	})
}
