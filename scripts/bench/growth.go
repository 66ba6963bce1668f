package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Growth of memory over many requests, once the signer drops as many as it takes
// in: an answer is kept for ten minutes, and what ended is dropped each minute.
const (
	growthTable = "memory over many requests"
	heldMB      = "MB before"
	growthMB    = "MB grown"
	overColumn  = "requests"
	steps       = 50 // memory is read so often
	readings    = 9
)

func (b *bench) growths(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if b.quick || s.name != oursPure { // of few requests it says nothing
			continue
		}
		grow := func(p *process, a *app) error { return b.grow(ctx, s, p, a) }
		if err := b.behind(ctx, s, grow); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (b *bench) grow(ctx context.Context, s signer, p *process, a *app) error {
	began := time.Now()
	before, err := b.held(ctx, p, a, func(done int) bool { return done >= steps/5 && time.Since(began) >= b.warm })
	if err != nil {
		return err
	}
	after, err := b.held(ctx, p, a, func(done int) bool { return done >= steps })
	if err != nil {
		return err
	}
	b.set(growthTable, s.name, overColumn, float64(b.growth))
	b.set(growthTable, s.name, heldMB, before)
	b.set(growthTable, s.name, growthMB, after-before)
	return nil
}

// held asks, step by step until it is enough, and answers what memory the signer
// held in the end: the median of the last readings, since the collector lets it
// come and go by megabytes.
func (b *bench) held(ctx context.Context, p *process, a *app, enough func(done int) bool) (float64, error) {
	var all []float64
	for !enough(len(all)) {
		if _, _, _, err := a.drive(ctx, p, "sign_event", max(b.growth/steps, 1), 64); err != nil {
			return 0, err
		}
		mb, err := p.memory()
		if err != nil {
			return 0, err
		}
		all = append(all, mb)
	}
	last := slices.Sorted(slices.Values(all[max(0, len(all)-readings):]))
	return last[len(last)/2], nil
}
