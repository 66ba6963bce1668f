package powers

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// held is how an app stands to the seal of what it may do.
type held struct {
	state privyseal.AppState
	fits  bool
	told  bool // in the seal's place it says that a change was told
}

// walks is how many parts each kind of seals is walked in, so that no core is idle
// for long when another has more to do.
const walks = 8

// misfits holds all apps against their seals, and answers those that do not fit.
// Seals are most of what is kept in settings: each kind is walked once, in the
// order of the apps' ids.
func (s *Store) misfits(ctx context.Context, f Facts) (found []string, err error) {
	ids := f.Apps
	all, runs := make([]held, len(ids)), make([]bool, len(ids))
	err = store.Parts(2*walks, func(part int) error {
		from, to := len(ids)*(part/2)/walks, len(ids)*(part/2+1)/walks
		if part%2 == 0 {
			return s.along(ctx, settingActive, ids, from, to, func(i int, key, text string) (err error) {
				runs[i], err = s.fits(key, text, ofActive(ids[i]))
				return err
			})
		}
		return s.along(ctx, settingApp, ids, from, to, func(i int, key, text string) error {
			app := f.App(i)
			if !alive(app) {
				return nil
			}
			fits, err := s.fits(key, text, ofApp(app, f.Grants(app.ID)))
			all[i] = held{state: app.State, fits: fits, told: text == changed}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	for i, h := range all {
		switch {
		case h.state == privyseal.AppUnknown: // nothing to seal
		case h.fits && (runs[i] || h.state != privyseal.AppActive):
		case h.told && h.state == privyseal.AppPaused:
			s.changed.Store(ids[i], true)
		default:
			found = append(found, ids[i])
		}
	}
	return found, nil
}

// along walks one kind of seals and some of the ids beside it, which are sorted: fn
// gets each id with the text of its seal, or none.
func (s *Store) along(ctx context.Context, kind string, ids []string, i, end int, fn func(i int, key, text string) error) error {
	if i == end {
		return nil
	}
	_, after := store.Under(kind)
	if end < len(ids) {
		after = kind + ids[end]
	}
	first, ids := kind+ids[i], ids[:end]
	return s.View(ctx, func(r store.Reader) error {
		none := func() error { i++; return fn(i-1, kind+ids[i-1], "") }
		err := r.EachSetting(first, after, func(key, text string) error {
			id := key[len(kind):]
			for i < len(ids) && ids[i] < id {
				if err := none(); err != nil {
					return err
				}
			}
			if i == len(ids) || ids[i] != id {
				return nil // of an app that is gone
			}
			i++
			return fn(i-1, key, text)
		})
		for err == nil && i < len(ids) {
			err = none()
		}
		return err
	})
}

// misfitLinks are the ids of the links that do not fit their seals.
func (s *Store) misfitLinks(ctx context.Context, links []privyseal.Invitation) (found []string, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		for _, inv := range links {
			text, err := r.Setting(settingLink + inv.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			ok, err := s.fits(settingLink+inv.ID, text, ofLink(inv))
			if err != nil {
				return err
			}
			if !ok {
				found = append(found, inv.ID)
			}
		}
		return nil
	})
	return found, err
}
