package keeper_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// sql changes a store's file behind the signer's back.
func (r *rig) sql(dir string, statements ...string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	must(r.t, err)
	if len(files) != 1 {
		r.t.Fatalf("%d databases in %s", len(files), dir)
	}
	db, err := sql.Open("sqlite", files[0])
	must(r.t, err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.Exec(s)
		must(r.t, err)
	}
}

func TestVerifyFindsEveryKindOfTampering(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted", Refuse: "sign_event:7"})
	n, sent := r.outbound(), 0
	for i := range 1000 {
		switch i % 4 {
		case 0:
			c.send(c.seal(c.request("sign_event", c.note(fmt.Sprint(i))), r.now()))
		case 1:
			c.send(c.seal(c.request("sign_event", fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[],"content":"%d"}`, r.now().Unix(), i)), r.now()))
		case 2:
			c.send(c.seal(c.request("nip44_encrypt", c.pub.String(), fmt.Sprint(i)), r.now()))
		case 3:
			c.send(c.seal(c.request("ping"), r.now()))
		}
		sent++
	}
	if got := len(c.since(n)); got != sent {
		t.Fatalf("%d of %d answered", got, sent)
	}
	v := mustCall[control.Verification](r, control.VerbActivityVerify, nil)
	if !v.OK || v.Records < 1500 || v.Checkpoints == 0 || v.Head == "" {
		t.Fatalf("verify: %+v", v)
	}
	r.stop()
	for name, test := range map[string]struct {
		change string
		seq    uint64 // where it must be found; 0: anywhere
	}{
		"edited":           {`UPDATE record SET verdict = (verdict + 1) % 3 WHERE seq = 700`, 700},
		"another result":   {`UPDATE record SET result = randomblob(32) WHERE seq = 701`, 701},
		"another time":     {`UPDATE record SET time = time + 1 WHERE seq = 702`, 702},
		"removed":          {`DELETE FROM record WHERE seq = 703`, 703},
		"reordered":        {`UPDATE record SET seq = CASE seq WHEN 704 THEN -705 ELSE -704 END WHERE seq IN (704, 705); UPDATE record SET seq = -seq WHERE seq < 0`, 704},
		"cut":              {`DELETE FROM record WHERE seq > 1200`, 0},
		"cut with head":    {`DELETE FROM record WHERE seq > 1200; UPDATE head SET seq = 1200, hash = (SELECT hash FROM record WHERE seq = 1200)`, 0},
		"everything":       {`DELETE FROM record`, 0},
		"forged mark":      {`UPDATE checkpoint SET event = CAST(replace(CAST(event AS TEXT), '"content":"', '"content":"x') AS BLOB)`, 0},
		"mark of another":  {`UPDATE setting SET value = '` + r.author + `' WHERE key = 'announce-pubkey'`, 0},
		"beginning is cut": {`DELETE FROM record WHERE seq < 10`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(r.dir)))
			r.sql(dir, test.change)
			s, err := sqlite.OpenReadOnly(dir)
			must(t, err)
			defer s.Close()
			v, err := keeper.Verify(t.Context(), s)
			must(t, err)
			if v.OK || len(v.Problems) == 0 {
				t.Fatalf("not found: %+v", v)
			}
			if p := v.Problems[0]; p.Text == "" || test.seq != 0 && (p.Seq < test.seq || p.Seq > test.seq+1) {
				t.Fatalf("found %+v, want record %d", v.Problems, test.seq)
			}
		})
	}
}
