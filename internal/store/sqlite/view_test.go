package sqlite

import (
	"fmt"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// TestActivityView reads records as people with a SQL prompt see them.
func TestActivityView(t *testing.T) {
	_, file := closedDir(t)
	c, err := readOnly(file)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	seen, err := list(c, func(r *row) (line string) {
		for _, v := range r.vals {
			line += fmt.Sprint(v)
		}
		return line
	}, `SELECT seq, ' ', time, ' ', phase, ' ', trace, ' ',
		identity, ' ', app, ' ', client, ' ', event, ' ', op, ' ', kind, ' ', what, ' ', verdict, ' ', level, ' ', rule, ' ',
		question, ' ', outcome, ' ', result, ' ', detail, ' ', hash FROM activity ORDER BY seq DESC`)
	if err != nil {
		t.Fatal(err)
	}
	err = c.view(nil, func(r store.Reader) error {
		records, err := r.Records(store.RecordQuery{})
		if len(seen) != len(records) || len(seen) < 5 {
			t.Fatalf("%d of %d", len(seen), len(records))
		}
		for i, r := range records {
			if want := plain(r); seen[i] != want {
				t.Errorf("\n got %s\nwant %s", seen[i], want)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func plain(r privyseal.Record) string {
	return fmt.Sprintf("%d %s %d %s %s %s %x %x %d %d %x %d %d %s %s %d %x %s %x", r.Seq, r.Time.Format("2006-01-02T15:04:05.000Z"),
		uint8(r.Phase), r.Trace, r.Identity, r.App, r.Client[:], r.Event[:], uint8(r.Op), r.Kind, r.What, uint8(r.Verdict),
		uint8(r.Level), r.Rule, r.Question, uint8(r.Outcome), r.Result, r.Detail, r.Hash)
}
