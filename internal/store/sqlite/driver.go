package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
)

// connector opens connections to a file, each set up before anything else is
// done on it. The engine is SQLite as translated to Go (driver_go.go), or in the
// build with C SQLite itself (driver_c.go): both write the same files, in the
// same steps, and pass the same tests.
type connector struct {
	path    string
	pragmas []string
	mode    string
}

// writing is how a connection is opened that may write.
func writing(path string) connector {
	return connector{path, []string{
		"journal_mode(WAL)", syncing, "secure_delete(1)", "temp_store(MEMORY)",
		"wal_autocheckpoint(0)", fmt.Sprintf("journal_size_limit(%d)", walKeep), "cache_size(-2048)",
	}, "rwc"}
}

// reading is how a connection is opened that only reads: there are four, which a
// walk over all apps fills with pages that are in the system's cache as well.
func reading(path string) connector {
	return connector{path, []string{"temp_store(MEMORY)", "cache_size(-512)"}, "ro"}
}

// Connect implements [driver.Connector].
func (k connector) Connect(ctx context.Context) (driver.Conn, error) {
	q := url.Values{"_busy_timeout": {"10000"}, "mode": {k.mode}}
	c, err := engine(k.path, q)
	if err != nil {
		return nil, err
	}
	for _, pragma := range k.pragmas {
		if _, err := c.(driver.ExecerContext).ExecContext(ctx, `PRAGMA `+pragma, nil); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

func dsn(path string, q url.Values) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}
