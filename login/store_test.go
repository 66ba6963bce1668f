package login_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/login/logintest"
)

func TestMemory(t *testing.T) {
	logintest.Store(t, func(*testing.T) login.Store { return login.NewMemory() })
}

func TestSQL(t *testing.T) {
	logintest.Store(t, func(t *testing.T) login.Store {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "login.db")+"?_pragma=busy_timeout(5000)&_pragma=synchronous(off)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if _, err := login.NewSQL(t.Context(), db, false); err != nil {
			t.Fatal(err)
		}
		s, err := login.NewSQL(t.Context(), db, true) // a second start finds its tables; SQLite takes $1, too
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
