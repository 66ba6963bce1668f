package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

type restoreCmd struct {
	File           string `arg:"" help:"A file that privyseal backup wrote."`
	PassphraseFile string `placeholder:"FILE" help:"A file with the passphrase that seals the backup."`
}

func (restoreCmd) Help() string {
	return "The signer must not run. What was there is kept beside it.\n\nExample:\n  privyseal restore seal.age"
}

// restored says what a restore did.
type restored struct {
	Data       string `json:"data"`
	Before     string `json:"before,omitempty"` // where the former data is
	Identities int    `json:"identities"`
	Records    uint64 `json:"records"`
	Epoch      uint64 `json:"epoch"`
	// Stopped counts the apps that are active in the backup and were revoked or
	// paused since; they stay so.
	Stopped int `json:"stopped,omitempty"`
	mark    anchor.Mark
}

func (c *restoreCmd) Run(ctx context.Context, m *Main) (err error) {
	_ = vault.HardenProcess()
	if info, err := os.Stat(c.File); err != nil {
		return fileError(c.File, "backup", err)
	} else if info.IsDir() {
		return fail(privyseal.KindInvalid, c.File+" is a directory", "name the backup's file")
	}
	pass, err := m.passphrase(ctx, c.PassphraseFile, "--passphrase-file", "The backup's passphrase: ")
	if err != nil {
		return err
	}
	defer pass.Wipe()
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	if _, there := os.Lstat(dir); there != nil { // made for this: nothing stays of it if that fails
		defer func() {
			if err != nil {
				for _, name := range []string{sqlite.LockFile, upLock, "."} {
					_ = os.Remove(filepath.Join(dir, name))
				}
			}
		}()
	}
	if dir, err = m.needDir(); err != nil {
		return err
	}
	lock, err := lockData(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	trial, err := os.MkdirTemp(dir, ".restore-*") // 0700
	if err != nil {
		return dirError(dir, err)
	}
	defer os.RemoveAll(trial)
	if err := unpack(c.File, pass, filepath.Join(trial, sqlite.File)); err != nil {
		return err
	}
	stopped, known := stoppedSince(ctx, dir)
	done, err := try(ctx, trial, m.anchor(), stopped)
	if err != nil {
		return err
	}
	done.Data = dir
	if done.Before, err = swap(dir, trial, time.Now()); err != nil {
		return err
	}
	if place := m.anchor(); place != nil {
		if err := place.Save(done.mark); err != nil {
			m.warn("the mark against older copies cannot be written to %s; if there is an old one, go on with: privyseal unlock --accept-older", m.stateDir())
		}
	}
	return m.show(done, func(w io.Writer) {
		fmt.Fprintf(w, "Restored %s and %s into %s.\n", plural(done.Identities, "identity", "identities"), plural(int(done.Records), "record", "records"), m.tilde(dir))
		if done.Before != "" {
			fmt.Fprintf(w, "What was there before is in %s.\n", m.tilde(done.Before))
		}
		if done.Stopped > 0 {
			fmt.Fprintf(w, "%s, revoked or paused since the backup, may still do nothing.\n", plural(done.Stopped, "app", "apps"))
		}
		if !known {
			fmt.Fprintln(w, "Apps that you revoked or paused after the backup was made are back: look at privyseal apps list.")
		}
	})
}

// stoppedSince are the apps that may do nothing in the present data; known says
// that it could be read.
func stoppedSince(ctx context.Context, dir string) (apps []privyseal.App, known bool) {
	s, err := sqlite.OpenReadOnly(dir)
	if err != nil {
		return nil, false
	}
	defer s.Close()
	apps, err = keeper.Stopped(ctx, s)
	return apps, err == nil
}

// unpack decrypts a backup.
func unpack(file string, pass []byte, to string) error {
	in, err := os.Open(file)
	if err != nil {
		return fileError(file, "backup", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := vault.OpenBackup(pass, in, out); err != nil {
		return err
	}
	return errors.Join(out.Sync(), out.Close())
}

// try opens a restored store, migrates it if it is older, and checks its
// record, before it replaces anything. A new epoch begins in it: it goes on from
// before, and says so; what was stopped since stays stopped.
func try(ctx context.Context, dir string, place anchor.Place, stopped []privyseal.App) (restored, error) {
	bad := func(why string) error {
		return fail(privyseal.KindInvalid, "the backup cannot be used: "+why, "nothing was changed; try another backup")
	}
	var out restored
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return out, bad(tidy(err))
	}
	defer s.Close()
	v, err := keeper.Verify(ctx, s)
	if err != nil {
		return out, bad(tidy(err))
	}
	if !v.OK {
		return out, bad("its record of activity was changed: " + v.Problems[0].Text)
	}
	seals := 0
	err = s.View(ctx, func(r store.Reader) error {
		ids, err := r.Identities()
		if err != nil {
			return err
		}
		all, err := r.Seals()
		out.Identities, seals = len(ids), len(all)
		return err
	})
	if err == nil && seals == 0 {
		err = errors.New("it holds no vault")
	}
	if err != nil {
		return out, bad(tidy(err))
	}
	out.Records = v.Records
	if out.Epoch, err = keeper.BeginEpoch(ctx, s, place, time.Now(), "restored from a backup", func(tx store.Tx) (err error) {
		out.Stopped, err = keeper.Stop(tx, stopped)
		return err
	}); err != nil {
		return out, bad(tidy(err))
	}
	if out.mark, err = keeper.MarkOf(ctx, s, time.Now()); err != nil {
		return out, bad(tidy(err))
	}
	return out, s.Close()
}

// swap puts the restored database in the place of the present one, which is
// kept in a directory of its own.
func swap(dir, trial string, now time.Time) (before string, err error) {
	present := filepath.Join(dir, sqlite.File)
	if hasStore(dir, sqlite.File) {
		before = present + ".before-restore-" + now.UTC().Format("20060102T150405.000Z")
		if err := os.Mkdir(before, 0o700); err != nil {
			return "", err
		}
		for _, tail := range []string{"", "-wal", "-shm"} {
			err := os.Link(present+tail, filepath.Join(before, sqlite.File+tail))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
	}
	for _, tail := range []string{"-wal", "-shm"} { // of the former database
		if err := os.Remove(present + tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return before, os.Rename(filepath.Join(trial, sqlite.File), present)
}
