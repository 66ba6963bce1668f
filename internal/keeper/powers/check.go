package powers

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// settingBegun says that the record has begun: from there on what has no seal
// was made past the signer.
const (
	settingBegun = "powers/begun"
	begun        = "what apps may do is sealed from here on"
)

// Facts are what was loaded, and what will be gone by. Until [Store.Check] is
// over nobody else may change it.
type Facts struct {
	Apps   []string // ids, sorted
	App    func(i int) privyseal.App
	Grants func(app string) []privyseal.Grant
	Links  []privyseal.Invitation // unused ones
}

// Found is what did not fit its seal, and no longer counts.
type Found struct {
	Apps  []string // paused
	Links []string // dropped
	// People says how many people and passkeys were removed.
	People int
}

// Check holds all facts against their seals, once, as soon as the vault is open.
// An app that was changed past the signer is paused until a person resumes it,
// a link so made or changed is dropped, both on record. Data of a version that
// did not seal is sealed as it is, once, on record.
func (s *Store) Check(ctx context.Context, now time.Time, f Facts) (found Found, err error) {
	sealed, err := s.begun(ctx)
	if err != nil {
		return found, err
	}
	if !sealed {
		err = s.begin(ctx, now, f)
		s.checked.Store(err == nil)
		return found, err
	}
	if found.Apps, err = s.misfits(ctx, f); err != nil {
		return found, err
	}
	if found.Links, err = s.misfitLinks(ctx, f.Links); err != nil {
		return found, err
	}
	if err := s.drop(ctx, now, &found); err != nil {
		return found, err
	}
	for _, id := range found.Apps {
		s.changed.Store(id, true)
	}
	s.links.Store(len(found.Links) > 0)
	s.people.Store(found.People > 0)
	s.checked.Store(true)
	return found, nil
}

// begun reports whether there must be seals.
func (s *Store) begun(ctx context.Context) (sealed bool, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		text, err := r.Setting(settingBegun)
		if sealed = text != ""; sealed || err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return r.EachRecord(0, func(rec privyseal.Record) error {
			sealed = sealed || rec.Phase == privyseal.PhaseNote && rec.Detail == begun
			return nil
		})
	})
	return sealed, err
}

// begin seals what is there.
func (s *Store) begin(ctx context.Context, now time.Time, f Facts) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		w := &watched{Tx: tx, s: s}
		for _, id := range f.Apps {
			if err := w.sealApp(id); err != nil {
				return err
			}
		}
		for _, inv := range f.Links {
			if err := w.seal(settingLink+inv.ID, ofLink(inv)); err != nil {
				return err
			}
		}
		if err := tx.SetSetting(settingBegun, "1"); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: now, Detail: begun})
	})
}

// drop pauses the apps, drops the links and removes the people that do not fit.
func (s *Store) drop(ctx context.Context, now time.Time, found *Found) error {
	return s.Store.Update(ctx, func(tx store.Tx) (err error) {
		if found.People, err = s.dropStrangers(tx, now); err != nil {
			return err
		}
		for _, id := range found.Apps {
			if err := dropApp(tx, id, now); err != nil {
				return err
			}
		}
		for _, id := range found.Links {
			if err := tx.DeleteInvitation(id); err != nil {
				return err
			}
			if err := tx.SetSetting(settingLink+id, ""); err != nil {
				return err
			}
			if err := note(tx, privyseal.Record{Time: now, App: id, Detail: "a link was made or changed past the signer: dropped"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func dropApp(tx store.Tx, id string, now time.Time) error {
	app, err := tx.App(id)
	if err != nil {
		return err
	}
	if app.State == privyseal.AppActive {
		app.State, app.StateSince = privyseal.AppPaused, now
	}
	if err := tx.PutApp(app); err != nil {
		return err
	}
	if err := tx.SetSetting(settingApp+id, changed); err != nil {
		return err
	}
	if err := Stop(tx, id); err != nil {
		return err
	}
	return note(tx, privyseal.Record{
		Time: now, Identity: app.Identity, App: id, Client: app.Client,
		Detail: "what it may do was changed past the signer: paused until you let it go on",
	})
}

func note(tx store.Tx, r privyseal.Record) error {
	r.Phase, r.Kind = privyseal.PhaseNote, -1
	_, err := tx.AppendRecord(r)
	return err
}
