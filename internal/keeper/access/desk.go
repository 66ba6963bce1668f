package access

import (
	"context"
	"fmt"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/internal/store"
)

// Options are what the desk stands on.
type Options struct {
	Store store.Store
	Now   func() time.Time
	// Site is who passkeys are for.
	Site func() passkey.Site
	// Closed says why nobody can sign in, "" when people can.
	Closed func() string
	// Known reports whether people and passkeys are held against their seals.
	Known func() bool
	// Passphrase checks the vault's; a wrong one is [privyseal.KindDenied].
	Passphrase func([]byte) error
	// Name checks a name that is given to somebody.
	Name func(string) (string, error)
	// Identity finds one by whatever names it.
	Identity func(string) (privyseal.Identity, error)
	// Narrowed hears that something was taken from somebody.
	Narrowed func()
}

// Desk is where people sign in and prove what they want.
type Desk struct {
	Options
	*Book
	open     challenges
	attempts attempts
	founding founding
	typed    typed
}

// NewDesk makes one, without people: [Desk.Load] reads them.
func NewDesk(o Options) *Desk { return &Desk{Options: o, Book: NewBook()} }

// settingTries holds how often the passphrase was wrong.
const settingTries = "console-tries"

// Load reads people, and how often the passphrase was wrong, at the start.
func (d *Desk) Load(r store.Reader) error {
	tries, err := r.Setting(settingTries)
	if err != nil && err != store.ErrNotFound {
		return err
	}
	d.attempts.recall(tries)
	return d.Book.Load(r, d.Now())
}

// ErrNoSession is the answer to everything without a living session.
var ErrNoSession = privyseal.E(privyseal.KindDenied, "nobody is signed in here", "sign in again")

// change changes people in one commit with its record, if that says anything,
// and reads them anew.
func (d *Desk) change(ctx context.Context, detail string, do func(store.Tx) error) error {
	err := d.Store.Update(ctx, func(tx store.Tx) error {
		if err := do(tx); err != nil || detail == "" {
			return err
		}
		_, err := tx.AppendRecord(privyseal.Record{Time: d.Now(), Phase: privyseal.PhaseNote, Kind: -1, Detail: detail})
		return err
	})
	if err != nil {
		return told(err)
	}
	return d.Reload(ctx)
}

// Reload reads people anew.
func (d *Desk) Reload(ctx context.Context) error {
	return d.Store.View(context.WithoutCancel(ctx), func(r store.Reader) error { return d.Book.Load(r, d.Now()) })
}

// told says what the store found wrong with a proof.
func told(err error) error {
	switch err {
	case store.ErrConflict:
		return privyseal.E(privyseal.KindDenied, "this passkey seems to have been copied: its count went back", "remove it: privyseal people remove")
	case store.ErrSpent:
		return privyseal.E(privyseal.KindDenied, "this code was used already, or is over", "ask for a new one")
	case store.ErrDuplicate:
		return privyseal.E(privyseal.KindConflict, "this passkey is known here already", "sign in with it")
	}
	return err
}

// Guess runs what fails with a wrong passphrase, unless there were too many.
func (d *Desk) Guess(try func() error) (err error) {
	before := d.attempts.String()
	wait := d.attempts.try(d.Now, func() bool {
		err = try()
		return privyseal.KindOf(err) != privyseal.KindDenied
	})
	if now := d.attempts.String(); now != before {
		d.Store.Later(func(tx store.Tx) error { return tx.SetSetting(settingTries, now) })
	}
	if wait > 0 {
		return privyseal.E(privyseal.KindLimit, fmt.Sprintf("the passphrase was wrong too often; it may be tried again in %s", wait.Round(time.Second)), "or use the command line")
	}
	return err
}

func (d *Desk) checkPassphrase(pass []byte) error {
	return d.Guess(func() error { return d.Passphrase(pass) })
}

// CommandLine is who acts over the owner's socket.
const CommandLine = "command line"
