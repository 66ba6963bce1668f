package main

import (
	"context"
	"fmt"
)

// Growth of memory over many requests, after as many of them as the memory of
// what was answered holds.
const (
	growthTable = "memory over many requests"
	growthMB    = "MB grown"
	overColumn  = "requests"
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
	if _, _, _, err := a.drive(ctx, p, "sign_event", b.growth/5, 64); err != nil { // warm
		return err
	}
	before, err := p.memory()
	if err != nil {
		return err
	}
	if _, _, _, err := a.drive(ctx, p, "sign_event", b.growth, 64); err != nil {
		return err
	}
	after, err := p.memory()
	if err != nil {
		return err
	}
	b.set(growthTable, s.name, overColumn, float64(b.growth))
	b.set(growthTable, s.name, growthMB, after-before)
	return nil
}
