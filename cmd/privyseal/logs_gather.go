package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// gatherFor is how long lines below a warning wait for others: each write costs
// as much as a few lines, and a busy signer writes one for every request.
const gatherFor = 20 * time.Millisecond

// gathered writes lines together. Its zero value is of no use: see gather.
type gathered struct {
	to io.Writer

	mu    sync.Mutex
	lines []byte
}

func (g *gathered) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines) == 0 {
		time.AfterFunc(gatherFor, g.flush)
	}
	g.lines = append(g.lines, line...)
	return len(line), nil
}

func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines) > 0 {
		_, _ = g.to.Write(g.lines) // a log that cannot be written stops nothing
		g.lines = g.lines[:0]
	}
}

// promptly is a handler whose warnings, with all that came before, are written
// before it answers.
type promptly struct {
	slog.Handler
	out *gathered
}

func (h promptly) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		h.out.flush()
	}
	return err
}

func (h promptly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return promptly{h.Handler.WithAttrs(attrs), h.out}
}

func (h promptly) WithGroup(name string) slog.Handler {
	return promptly{h.Handler.WithGroup(name), h.out}
}
