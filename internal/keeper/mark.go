package keeper

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
)

// marker keeps the mark outside the data directory (design decision 14, T58).
type marker struct {
	place anchor.Place                   // nil: none
	older atomic.Pointer[anchor.Verdict] // set while the store is an older copy
	nudge chan struct{}

	turn  sync.Mutex // whoever writes the mark
	mu    sync.Mutex
	epoch uint64
	first string // what was wrong with the mark at the start
	fails string // why it cannot be written now
}

// coalesceMarks is how long narrowing acts share a mark.
const coalesceMarks = time.Second

func newMarker(place anchor.Place) *marker {
	return &marker{place: place, nudge: make(chan struct{}, 1), epoch: 1}
}

func (m *marker) set(field *string, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*field = text
}

// warning is what is wrong with the mark, "" for nothing.
func (m *marker) warning() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cmp.Or(m.fails, m.first)
}

// MarkOf is the mark of a store as it is; without a vault it names none.
func MarkOf(ctx context.Context, s store.Store, now time.Time) (anchor.Mark, error) {
	mark := anchor.Mark{Time: now.UTC().Truncate(time.Second)}
	err := s.View(ctx, func(r store.Reader) (err error) {
		if mark.Vault, err = VaultID(r); err != nil {
			return err
		}
		if mark.Epoch, err = Epoch(r); err != nil {
			return err
		}
		mark.Head, err = r.Head()
		return err
	})
	return mark, err
}

// signMark proves a mark by the announcement key. Before the vault was opened
// for the first time in this run there is none: [vault.ErrLocked].
func (k *Keeper) signMark(ctx context.Context, m *anchor.Mark) error {
	key, err := k.announcement(ctx)
	if err != nil {
		return err
	}
	t := m.Template()
	ev, err := key.Sign(&t)
	if err == nil {
		m.Proof = string(ev.AppendJSON(nil))
	}
	return err
}

// narrowed writes the mark soon: something was taken from an app or a person,
// and an older copy would give it back.
func (k *Keeper) narrowed() {
	select {
	case k.mark.nudge <- struct{}{}:
	default:
	}
}

// keepMark writes the mark at the start and whenever it is wanted, until ctx ends.
func (k *Keeper) keepMark(ctx context.Context) {
	k.narrowed()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.mark.nudge:
		}
		if k.writeMark(ctx) {
			k.noteMarked(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(coalesceMarks):
		}
	}
}

// noteMarked has the store know where its mark is kept, so that it is missed
// when it is not there.
func (k *Keeper) noteMarked(ctx context.Context) {
	where := k.mark.place.String()
	var before string
	err := k.store.View(ctx, func(r store.Reader) (err error) {
		before, err = r.Setting(settingMarked)
		return err
	})
	if (err == nil || errors.Is(err, store.ErrNotFound)) && before != where {
		k.store.Later(func(tx store.Tx) error { return tx.SetSetting(settingMarked, where) })
	}
}

// writeMark notes outside the data directory how far the record has come. Of
// an older copy nothing is noted: the mark is what betrays it. Nor is it while
// there is no key to sign it with; what was signed stays.
func (k *Keeper) writeMark(ctx context.Context) (written bool) {
	m := k.mark
	if m.place == nil || m.older.Load() != nil {
		return false
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	mark, err := MarkOf(ctx, k.store, k.now())
	if err == nil && mark.Vault != "" {
		if err = k.signMark(ctx, &mark); err == nil {
			err = m.place.Save(mark)
			written = err == nil
		}
	}
	switch {
	case ctx.Err() != nil, errors.Is(err, vault.ErrLocked):
	case err != nil:
		k.log.Warn("the mark outside the data directory cannot be written", "err", err)
		m.set(&m.fails, "the mark outside the data directory cannot be written: "+err.Error())
	default:
		m.set(&m.fails, "")
	}
	return written
}

// currentEpoch is the epoch that checkpoints state.
func (k *Keeper) currentEpoch() uint64 {
	k.mark.mu.Lock()
	defer k.mark.mu.Unlock()
	return k.mark.epoch
}

// markFindings is what a check-up says of the mark.
func (k *Keeper) markFindings() []control.Finding {
	const check = "older copies"
	if text := k.Older(); text != "" {
		return []control.Finding{{Check: check, State: "problem", Text: text, Fix: "put the newer data in its place, or go on with this copy: privyseal unlock --accept-older"}}
	}
	if k.mark.place == nil {
		return []control.Finding{{Check: check, State: "warning", Text: "there is no place outside the data directory to notice them by", Fix: "name one: PRIVYSEAL_STATE=DIR"}}
	}
	if w := k.mark.warning(); w != "" {
		return []control.Finding{{Check: check, State: "warning", Text: w, Fix: "let the signer write to a state directory outside its data: PRIVYSEAL_STATE=DIR"}}
	}
	return []control.Finding{{Check: check, State: "ok", Text: "would be noticed"}}
}
