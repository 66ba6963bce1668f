package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

type backupCmd struct {
	File           string `arg:"" help:"Where to write it."`
	PassphraseFile string `placeholder:"FILE" help:"A file with the passphrase that will seal the backup."`
	Force          bool   `help:"Replace the file if it is there."`
}

func (backupCmd) Help() string {
	return "Works without a running signer too.\n\nExamples:\n  privyseal backup seal.age\n  privyseal backup seal.age --passphrase-file pass.txt --force"
}

func (c *backupCmd) Run(ctx context.Context, m *Main) error {
	_ = vault.HardenProcess()
	if _, err := os.Lstat(c.File); err == nil && !c.Force {
		return fail(privyseal.KindConflict, c.File+" is there already", "choose another name, or replace it with --force")
	}
	pass, err := m.newPassphrase(ctx, c.PassphraseFile, "--passphrase-file", "passphrase for the backup")
	if err != nil {
		return err
	}
	defer pass.Wipe()
	if err := vault.CheckStrength(pass); err != nil {
		return err
	}
	size, err := writeWhole(c.File, func(w io.Writer) error { return m.backUp(ctx, pass, w) })
	if err != nil {
		return err
	}
	done := struct {
		File  string `json:"file"`
		Bytes int64  `json:"bytes"`
	}{c.File, size}
	return m.show(done, func(w io.Writer) {
		fmt.Fprintf(w, "Wrote %s, %d bytes, sealed. Try it with: privyseal --data NEW restore %s\n", c.File, size, c.File)
	})
}

// backUp writes a backup, by the running signer or without one.
func (m *Main) backUp(ctx context.Context, pass []byte, w io.Writer) error {
	err := follow(ctx, m, control.VerbBackup, control.BackupArgs{Passphrase: pass}, func(p control.BackupPart) error {
		_, err := w.Write(p.Data)
		return err
	})
	if !errors.Is(err, errNotRunning) {
		return err
	}
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	if !hasStore(dir, sqlite.File) {
		return noData(dir)
	}
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	return errors.Join(keeper.WriteBackup(ctx, s, dir, pass, w), s.Close())
}

func noData(dir string) error {
	return fail(privyseal.KindNotFound, "there is no signer's data in "+dir, "name its directory with --data DIR")
}

// writeWhole writes a private file that appears whole or not at all.
func writeWhole(path string, write func(io.Writer) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".privyseal-*") // 0600
	if err != nil {
		return 0, fail(privyseal.KindInvalid, path+" cannot be written", "is its directory there, and yours?")
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), errors.Join(f.Close(), os.Rename(f.Name(), path))
}
