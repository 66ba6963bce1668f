package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
)

// TestTampering changes the chain behind the store's back (T60): the verifier
// finds it and names the record, whatever became of the row.
func TestTampering(t *testing.T) {
	dir, _ := closedDir(t)
	edited := func(change func(*privyseal.Record)) string {
		s := openDir(t, dir)
		defer s.Close()
		var statement string
		if err := s.View(t.Context(), func(r store.Reader) error {
			return r.EachRecord(3, func(rec privyseal.Record) error {
				if rec.Seq == 3 {
					change(&rec)
					statement = fmt.Sprintf(`UPDATE record SET body = x'%x' WHERE seq = 3`, audit.Encode(nil, &rec))
				}
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
		return statement
	}
	for name, c := range map[string]struct {
		statement string
		seq       uint64
		fault     audit.Fault
		more      bool // findings about the one after
	}{
		"edited":         {edited(func(r *privyseal.Record) { r.App = "app7" }), 3, audit.FaultEdited, false},
		"another hash":   {edited(func(r *privyseal.Record) { r.Hash[7]++ }), 3, audit.FaultEdited, false},
		"another prev":   {edited(func(r *privyseal.Record) { r.Prev[7]++ }), 3, audit.FaultEdited, false},
		"another number": {edited(func(r *privyseal.Record) { r.Seq = 4 }), 3, audit.FaultEdited, false},
		"forged": {edited(func(r *privyseal.Record) {
			r.App = "app7"
			r.Hash = audit.Sum(r)
		}), 4, audit.FaultUnlinked, false},
		"a byte more":   {`UPDATE record SET body = CAST(body || x'00' AS BLOB) WHERE seq = 3`, 3, audit.FaultEdited, false},
		"a byte less":   {`UPDATE record SET body = substr(body, 1, length(body) - 1) WHERE seq = 3`, 3, audit.FaultEdited, false},
		"noise":         {`UPDATE record SET body = randomblob(300) WHERE seq = 3`, 3, audit.FaultEdited, true},
		"empty":         {`UPDATE record SET body = x'' WHERE seq = 3`, 3, audit.FaultEdited, true},
		"a text":        {`UPDATE record SET body = CAST(body AS TEXT) WHERE seq = 3`, 3, audit.FaultEdited, true},
		"a number":      {`UPDATE record SET body = 7 WHERE seq = 3`, 3, audit.FaultEdited, true},
		"another's":     {`UPDATE record SET body = (SELECT body FROM record WHERE seq = 2) WHERE seq = 3`, 3, audit.FaultEdited, true},
		"removed":       {`DELETE FROM record WHERE seq = 3`, 3, audit.FaultRemoved, false},
		"moved":         {`UPDATE record SET seq = 9 WHERE seq = 3`, 3, audit.FaultRemoved, true},
		"moved forward": {`UPDATE record SET seq = -3 WHERE seq = 3`, 3, audit.FaultRemoved, true},
		"cut":           {`DELETE FROM record WHERE seq > 2`, 3, audit.FaultCut, false},
		"all gone":      {`DELETE FROM record`, 1, audit.FaultCut, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, file := closedDir(t)
			execIn(t, file, c.statement)
			r, err := OpenReadOnly(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			found := findings(t, r)
			i := 0
			for i < len(found) && (found[i].Seq != c.seq || found[i].Fault != c.fault) {
				i++
			}
			if i == len(found) || !strings.Contains(found[i].Text, fmt.Sprint(c.seq)) || !c.more && len(found) > 1 {
				t.Fatalf("found %v, want record %d %s", found, c.seq, c.fault)
			}
		})
	}
}

// TestTamperedIsNotListed edits a record: a list that would show it says which
// one is damaged.
func TestTamperedIsNotListed(t *testing.T) {
	dir, file := closedDir(t)
	execIn(t, file, `UPDATE record SET body = CAST(body || x'00' AS BLOB) WHERE seq = 3`)
	s := openDir(t, dir)
	defer s.Close()
	if err := s.View(t.Context(), func(r store.Reader) error {
		if _, err := r.Records(store.RecordQuery{Before: 3}); err != nil {
			return err
		}
		for _, q := range []store.RecordQuery{{}, {App: "app2"}, {Trace: "trace1"}} {
			if _, err := r.Records(q); err == nil || !strings.Contains(err.Error(), "record 3") {
				t.Errorf("%+v: %v", q, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
