//go:build !libsecp256k1

package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/url"

	"modernc.org/sqlite"
)

// Driver implements [driver.Connector].
func (connector) Driver() driver.Driver { return &sqlite.Driver{} }

// engine opens a connection that takes no text in double quotes for a value, and
// lets no statement break the file on purpose.
func engine(path string, q url.Values) (driver.Conn, error) {
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	q.Set("_error_rc", "1")
	c, err := sqlite.NewConnector(dsn(path, q))
	if err != nil {
		return nil, err
	}
	return c.Connect(context.Background())
}

// code is SQLite's extended result code of an error.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return resultOK
}

// pagesWritten needs to remember nothing: the engine counts.
type pagesWritten struct{}

// since answers how many pages were written since it was last asked.
func (pagesWritten) since(c *conn) (int, error) {
	n, _, err := c.c.(sqlite.DBStatus).Status(sqlite.DBStatusCacheWrite, true)
	return n, err
}
