package keeper_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // whatever engine this build's store is on

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// open opens a store's file behind the signer's back.
func (r *rig) open(dir string) *sql.DB {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	must(r.t, err)
	if len(files) != 1 {
		r.t.Fatalf("%d databases in %s", len(files), dir)
	}
	db, err := sql.Open("sqlite", files[0])
	must(r.t, err)
	return db
}

// flip turns one bit of a record.
func (r *rig) flip(dir string, seq uint64, at float64) {
	r.t.Helper()
	db := r.open(dir)
	defer db.Close()
	var body []byte
	must(r.t, db.QueryRow(`SELECT body FROM record WHERE seq = ?`, seq).Scan(&body))
	body[int(at*float64(len(body)-1))] ^= 1
	_, err := db.Exec(`UPDATE record SET body = ? WHERE seq = ?`, body, seq)
	must(r.t, err)
}

func (r *rig) sql(dir string, statements ...string) {
	r.t.Helper()
	db := r.open(dir)
	defer db.Close()
	for _, s := range statements {
		_, err := db.Exec(s)
		must(r.t, err)
	}
}

func TestVerifyFindsEveryKindOfTampering(t *testing.T) {
	r := newRig(t)
	mustCall[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "rate-app-refused", Value: "10000,10000"})
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
	at1200 := mustCall[[]control.RecordInfo](r, control.VerbActivityShow, control.Name{Name: "1200"})
	r.stop()
	for name, test := range map[string]struct {
		change string
		seq    uint64  // where it must be found; 0: anywhere
		at     float64 // without a change: how far into the record one bit is turned
	}{
		"edited at once":   {seq: 700, at: 0},
		"edited early":     {seq: 701, at: 0.3},
		"edited late":      {seq: 702, at: 0.7},
		"edited at last":   {seq: 706, at: 1},
		"removed":          {change: `DELETE FROM record WHERE seq = 703`, seq: 703},
		"reordered":        {change: `UPDATE record SET seq = CASE seq WHEN 704 THEN -705 ELSE -704 END WHERE seq IN (704, 705); UPDATE record SET seq = -seq WHERE seq < 0`, seq: 704},
		"cut":              {change: `DELETE FROM record WHERE seq > 1200`, seq: 0},
		"cut with head":    {change: `DELETE FROM record WHERE seq > 1200; UPDATE head SET seq = 1200, hash = x'` + at1200[0].Hash + `'`},
		"everything":       {change: `DELETE FROM record`, seq: 0},
		"forged mark":      {change: `UPDATE checkpoint SET event = CAST(replace(CAST(event AS TEXT), '"content":"', '"content":"x') AS BLOB)`, seq: 0},
		"mark of another":  {change: `UPDATE setting SET value = '` + r.author + `' WHERE key = 'announce-pubkey'`, seq: 0},
		"beginning is cut": {change: `DELETE FROM record WHERE seq < 10`, seq: 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(r.dir)))
			if test.change == "" {
				r.flip(dir, test.seq, test.at)
			} else {
				r.sql(dir, test.change)
			}
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
