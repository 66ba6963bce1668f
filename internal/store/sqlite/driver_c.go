//go:build libsecp256k1

package sqlite

/*
// Two functions of the SQLite that go-sqlite3 brings, and three numbers of its
// sqlite3.h: the driver has no words for these settings.
typedef struct sqlite3 sqlite3;
extern int sqlite3_db_config(sqlite3*, int op, ...);
extern int sqlite3_auto_extension(void (*)(void));
extern int sqlite3_config(int op, ...);

// ps_strict is run on each connection as it opens: no statement breaks the file
// on purpose, and no text in double quotes is a value.
static int ps_strict(sqlite3 *db, char **message, const void *routines) {
	enum { DEFENSIVE = 1010, DQS_DML = 1013, DQS_DDL = 1014 };
	int rc = sqlite3_db_config(db, DEFENSIVE, 1, (int*)0);
	(void)message;
	(void)routines;
	if (rc == 0) rc = sqlite3_db_config(db, DQS_DML, 0, (int*)0);
	if (rc == 0) rc = sqlite3_db_config(db, DQS_DDL, 0, (int*)0);
	return rc;
}

static int ps_strict_all(void) {
	enum { MEMSTATUS = 9 };
	int rc = sqlite3_config(MEMSTATUS, 0);
	return rc != 0 ? rc : sqlite3_auto_extension((void (*)(void))ps_strict);
}
*/
import "C"

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

// What the other engine is told as each connection opens, this one is told once.
func init() {
	if rc := C.ps_strict_all(); rc != resultOK {
		panic(fmt.Sprint("sqlite: result code ", rc))
	}
}

// Driver implements [driver.Connector].
func (connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// engine opens a connection without a lock of its own: it is for one goroutine
// at a time.
func engine(path string, q url.Values) (driver.Conn, error) {
	q.Set("_mutex", "no")
	return (&sqlite3.SQLiteDriver{}).Open(dsn(path, q))
}

// code is SQLite's extended result code of an error.
func code(err error) int {
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return int(e.ExtendedCode)
	}
	return resultOK
}

// pagesWritten counts by the length of the log, as the driver does not ask the
// engine for its own count.
type pagesWritten struct{ log int }

// since answers how many pages were written since it was last asked; of a log
// that began anew, how many are in it.
func (p *pagesWritten) since(c *conn) (int, error) {
	log, _, err := c.checkpoint("NOOP")
	n := log - p.log
	if n < 0 {
		n = log
	}
	p.log = log
	return n, err
}
