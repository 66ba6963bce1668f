package main

import (
	"context"
	"fmt"
	"slices"
)

// Growth of memory over many requests, after as many of them as the memory of
// what was answered holds.
const (
	growthTable = "memory over many requests"
	growthMB    = "MB grown"
	overColumn  = "requests"
	readings    = 9
)

func (b *bench) growths(ctx context.Context, signers []signer) error {
	for _, s := range signers {
		if s.name != oursPure {
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
	before, err := b.held(ctx, p, a, b.growth/5) // warm
	if err != nil {
		return err
	}
	after, err := b.held(ctx, p, a, b.growth)
	if err != nil {
		return err
	}
	b.set(growthTable, s.name, overColumn, float64(b.growth))
	b.set(growthTable, s.name, growthMB, after-before)
	return nil
}

// held asks n things, and answers what memory the signer held towards the end:
// the median of its last readings, since the collector lets it come and go by
// megabytes.
func (b *bench) held(ctx context.Context, p *process, a *app, n int) (float64, error) {
	step := max(b.growth/50, 1)
	var all []float64
	for done := 0; done < n; done += step {
		if _, _, _, err := a.drive(ctx, p, "sign_event", min(step, n-done), 64); err != nil {
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
