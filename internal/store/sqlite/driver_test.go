package sqlite

import (
	"strings"
	"testing"
)

// TestEngineIsStrict holds both engines to what the store asks of them.
func TestEngineIsStrict(t *testing.T) {
	_, file := closedDir(t)
	c, err := dial(writing(file))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for pragma, want := range map[string]int64{
		"synchronous": 2, "secure_delete": 1, "temp_store": 2, "wal_autocheckpoint": 0,
		"journal_size_limit": walKeep, "cache_size": -2048, "busy_timeout": 10000,
	} {
		if got, err := one(c, (*row).int, `PRAGMA `+pragma); err != nil || got != want {
			t.Errorf("%s is %d, want %d (%v)", pragma, got, want, err)
		}
	}
	if mode, err := one(c, (*row).text, `PRAGMA journal_mode`); err != nil || mode != "wal" {
		t.Errorf("journal_mode is %q (%v)", mode, err)
	}
	if _, err := list(c, (*row).text, `SELECT "no column"`); err == nil || !strings.Contains(err.Error(), "no column") {
		t.Errorf("a text in double quotes is a value: %v", err)
	}
	if _, err := c.exec(`PRAGMA writable_schema = ON`); err != nil {
		t.Fatal(err)
	}
	if _, err := c.exec(`UPDATE sqlite_schema SET sql = ''`); err == nil {
		t.Error("a statement can break the file on purpose")
	}
}
