// Package powers seals what apps and people may do, so that whoever writes to the database
// past the signer cannot give anybody more than the person did (T57): the seal is
// made in the commit of each change, and only the open vault can make one. It
// refuses a change to what does not fit its seal. It decides about no request.
package powers

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
)

// Followed by an id, the settings that hold the seals: of what an app may do,
// of its being active, and of what an open link will let an app do.
const (
	settingApp    = "powers/app/"
	settingActive = "powers/active/"
	settingLink   = "powers/link/"
)

// changed stands in the place of an app's seal once its change was told.
const changed = "changed"

// Store is a store in which what apps may do is sealed.
type Store struct {
	store.Store
	vault   *vault.Vault
	checked atomic.Bool
	changed sync.Map // apps that wait for a person's word, by id
	links   atomic.Bool
	people  atomic.Bool
}

// Over puts the seals over a store.
func Over(s store.Store, v *vault.Vault) *Store { return &Store{Store: s, vault: v} }

// Checked reports whether everything was held against its seal: before that
// nothing may be believed.
func (s *Store) Checked() bool { return s.checked.Load() }

// Changed are the apps that were changed past the signer and wait for a person.
func (s *Store) Changed() (ids []string) {
	s.changed.Range(func(id, _ any) bool { ids = append(ids, id.(string)); return true })
	return ids
}

// Links reports whether a link was made or changed past the signer.
func (s *Store) Links() bool { return s.links.Load() }

// Strangers reports whether people or passkeys were made or changed past the
// signer.
func (s *Store) Strangers() bool { return s.people.Load() }

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.Store.View(ctx, func(r store.Reader) error { return fn(&reader{r, s}) })
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	w := &watched{s: s, change: fn}
	err := s.Store.Update(ctx, w.run)
	if err == nil {
		for _, app := range w.resumed {
			s.changed.Delete(app)
		}
	}
	return err
}

// Later implements [store.Store].
func (s *Store) Later(fn func(store.Tx) error) {
	s.Store.Later((&watched{s: s, change: fn}).run)
}
