package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/privyseal/privyseal/internal/store"
)

//go:embed migrations/*.sql
var embedded embed.FS

// schema is a set of migrations and the version they lead to.
type schema struct {
	version int64
	files   fs.FS
}

// release is the schema of this release.
var release = schema{version: 5, files: sub(embedded, "migrations")}

func sub(f fs.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil { // dir is a valid name
		panic(err)
	}
	return s
}

// prepare makes sure that the file at path exists, is sound and has this
// schema. Nothing is written to a file that is refused.
func (s schema) prepare(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	size, err1 := f.Seek(0, 2)
	err2 := f.Chmod(0o600)
	if err := errors.Join(err1, err2, f.Close()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	var version int64
	if size > 0 {
		if version, err = s.inspect(path); err != nil {
			return err
		}
	}
	if version == s.version {
		return nil
	}
	if version > 0 {
		if err := keepCopy(path, fmt.Sprintf("%s.before-v%d", path, s.version)); err != nil {
			return err
		}
	}
	return s.migrate(ctx, path)
}

// inspect answers a file's version. After an unclean end, which leaves a log
// behind, it checks the whole file.
func (s schema) inspect(path string) (int64, error) {
	c, err := readOnly(path)
	if err != nil {
		return 0, err
	}
	defer c.close()
	version, err := c.version()
	if err != nil {
		return 0, err
	}
	if version > s.version {
		return 0, fmt.Errorf("%w: its schema is %d and this Privy Seal knows %d; use that version or restore a backup",
			store.ErrNewer, version, s.version)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		if err := c.check("quick_check"); err != nil {
			return 0, err
		}
	}
	return version, nil
}

// version is 0 for a file in which nothing was made yet.
func (c *conn) version() (int64, error) {
	names, err := list(c, (*row).text, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('goose_db_version', 'record')`)
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		others, err := one(c, (*row).int, `SELECT count(*) FROM sqlite_schema`)
		if err == nil && others > 0 {
			err = errors.New("store: the database is not Privy Seal's; it was left as it is")
		}
		return 0, err
	}
	return one(c, (*row).int, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
}

// check runs PRAGMA quick_check or integrity_check.
func (c *conn) check(pragma string) error {
	found, err := list(c, (*row).text, `PRAGMA `+pragma+`(3)`)
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w; restore a backup, the file was left as it is: %q", ErrDamaged, found)
	}
	return nil
}

func (s schema) migrate(ctx context.Context, path string) (err error) {
	db := sql.OpenDB(writing(path))
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, s.files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: making or migrating the database: %w", explain(err))
	}
	return nil
}
