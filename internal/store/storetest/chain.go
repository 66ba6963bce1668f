package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
)

func record(n int) privyseal.Record {
	return privyseal.Record{
		Time: at(n), Phase: privyseal.PhaseDecided, Trace: fmt.Sprint("trace", n/2), Identity: fmt.Sprint("i", n%2),
		App: fmt.Sprint("app", n%3), Client: hash(1), Event: hash(n), Op: privyseal.OpSignEvent, Kind: n - 1,
		What: hash(2), Verdict: privyseal.Allow, Level: privyseal.L1, Rule: "grant:g1", Given: at(-5), Question: "q",
		Outcome: privyseal.Allowed, Result: hash(3), Detail: "detail",
	}
}

// chain reads the whole chain and holds it against the kept head.
func chain(t *testing.T, s store.Store) (all []privyseal.Record) {
	t.Helper()
	v := audit.NewVerifier(audit.Head{}, nil)
	err := s.View(t.Context(), func(r store.Reader) error {
		if err := r.EachRecord(0, func(rec privyseal.Record) error {
			v.Add(rec)
			all = append(all, rec)
			return nil
		}); err != nil {
			return err
		}
		head, err := r.Head()
		if findings, _ := v.Finish(head); len(findings) > 0 {
			t.Fatalf("the chain is broken: %v", findings)
		}
		return err
	})
	wantErr(t, "EachRecord", err, nil)
	return all
}

func records(t *testing.T, s store.Store) {
	equal(t, "an empty chain", get(t, s, store.Reader.Head), store.Head{})
	var want []privyseal.Record
	update(t, s, func(tx store.Tx) error {
		want = nil
		for i := range 600 {
			before, err := tx.Head()
			if err != nil {
				return err
			}
			rec := record(i)
			if i == 0 {
				rec = privyseal.Record{Time: at(0)}
			}
			linked, err := tx.AppendRecord(rec)
			if err != nil {
				return err
			}
			after, err := tx.Head()
			if err != nil {
				return err
			}
			if linked != audit.Link(before, rec) || after != (store.Head{Seq: linked.Seq, Hash: linked.Hash}) {
				t.Errorf("record %d is not linked to its head", linked.Seq)
			}
			want = append(want, linked)
		}
		return nil
	})
	equal(t, "the chain", chain(t, s), want)

	query := func(q store.RecordQuery) (seqs []uint64) {
		for _, r := range get(t, s, func(r store.Reader) ([]privyseal.Record, error) { return r.Records(q) }) {
			equal(t, "record", r, want[r.Seq-1])
			seqs = append(seqs, r.Seq)
		}
		return seqs
	}
	if got := query(store.RecordQuery{}); len(got) != 100 || got[0] != 600 || got[99] != 501 {
		t.Fatalf("without limits: %v", got)
	}
	equal(t, "before and limit", query(store.RecordQuery{Before: 4, Limit: 2}), []uint64{3, 2})
	equal(t, "by app", query(store.RecordQuery{App: "app1", Limit: 2}), []uint64{599, 596})
	equal(t, "by identity", query(store.RecordQuery{Identity: "i0", Limit: 2}), []uint64{599, 597})
	equal(t, "by trace", query(store.RecordQuery{Trace: "trace3"}), []uint64{8, 7})
	equal(t, "by all", query(store.RecordQuery{Trace: "trace3", App: "app1", Identity: "i1", Before: 9}), []uint64{8})
	equal(t, "by a trace that only a detail has", query(store.RecordQuery{Trace: "detail"}), []uint64(nil))
	if got := query(store.RecordQuery{App: "app1", Limit: 150}); len(got) != 150 || got[0] != 599 || got[149] != 152 {
		t.Fatalf("many by app: %v", got)
	}
	equal(t, "the first by app", query(store.RecordQuery{App: "app1", Before: 6}), []uint64{5, 2})
	equal(t, "from a time", query(store.RecordQuery{Since: at(597), Limit: 9}), []uint64{600, 599, 598})
	equal(t, "up to a time", query(store.RecordQuery{Until: at(3)}), []uint64{3, 2, 1})
	equal(t, "between two times", query(store.RecordQuery{Since: at(2), Until: at(5).Add(1), Limit: 2}), []uint64{6, 5})
	equal(t, "by app, between two times", query(store.RecordQuery{App: "app1", Since: at(290), Until: at(297)}), []uint64{296, 293})
	equal(t, "after all", query(store.RecordQuery{Since: at(600)}), []uint64(nil))
	equal(t, "before all", query(store.RecordQuery{Until: at(0)}), []uint64(nil))
	equal(t, "none", query(store.RecordQuery{App: "nobody"}), []uint64(nil))

	var walked []uint64
	stop := errors.New("stop")
	err := s.View(t.Context(), func(r store.Reader) error {
		return r.EachRecord(300, func(rec privyseal.Record) error {
			if walked = append(walked, rec.Seq); len(walked) == 280 {
				return stop
			}
			return nil
		})
	})
	wantErr(t, "a walk that is stopped", err, stop)
	if walked[0] != 300 || walked[279] != 579 {
		t.Fatalf("walked from %d to %d", walked[0], walked[279])
	}
}

func chainUnderConcurrency(t *testing.T, s store.Store) {
	const n = 200
	won, errs := race(t, s, n, func(i int, tx store.Tx) error {
		s := rand.N(3) // some fail, before or after they appended
		if s == 0 {
			return errDeliberate
		}
		if _, err := tx.AppendRecord(record(i)); err != nil {
			return err
		}
		if s == 1 {
			return errDeliberate
		}
		return nil
	})
	for _, err := range errs {
		wantErr(t, "a failing update", err, errDeliberate)
	}
	for i := range n {
		s.Later(func(tx store.Tx) error { _, err := tx.AppendRecord(record(i)); return err })
	}
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	all := chain(t, s)
	if len(all) != won+n {
		t.Fatalf("%d records, want %d", len(all), won+n)
	}
	for i := range 3 {
		app := fmt.Sprint("app", i)
		want := slices.DeleteFunc(slices.Clone(all), func(r privyseal.Record) bool { return r.App != app })
		slices.Reverse(want)
		equal(t, "by app", get(t, s, func(r store.Reader) ([]privyseal.Record, error) {
			return r.Records(store.RecordQuery{App: app, Limit: len(all)})
		}), want)
	}
}

func chainAfterErrors(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { _, err := tx.AppendRecord(record(1)); return err })
	before := get(t, s, store.Reader.Head)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.AppendRecord(record(6)); err != nil { // of the same app as the next
			return err
		}
		return errDeliberate
	})
	wantErr(t, "a failing update", err, errDeliberate)
	equal(t, "the head stays", get(t, s, store.Reader.Head), before)
	update(t, s, func(tx store.Tx) error {
		r, err := tx.AppendRecord(record(3))
		if r.Prev != before.Hash {
			t.Errorf("the next record follows one that was undone")
		}
		return err
	})
	all := chain(t, s)
	if len(all) != 2 {
		t.Fatalf("%d records", len(all))
	}
	for _, want := range all {
		equal(t, "by app", get(t, s, func(r store.Reader) ([]privyseal.Record, error) {
			return r.Records(store.RecordQuery{App: want.App})
		}), []privyseal.Record{want})
	}
}

func zeroValues(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		_, err := tx.AppendRecord(privyseal.Record{})
		return errors.Join(err, tx.PutIdentity(privyseal.Identity{}), tx.PutApp(privyseal.App{}), tx.PutGrant(privyseal.Grant{}),
			tx.PutInvitation(privyseal.Invitation{}), tx.PutSeal(privyseal.Seal{}), tx.AskQuestion(privyseal.Question{}), tx.PutVersion(privyseal.Version{}))
	})
	chain(t, s)
	equal(t, "identity", get(t, s, store.Reader.Identities), []privyseal.Identity{{}})
	equal(t, "app", get(t, s, store.Reader.Apps), []privyseal.App{{}})
	equal(t, "grant", get(t, s, func(r store.Reader) ([]privyseal.Grant, error) { return r.Grants("") }), []privyseal.Grant{{}})
	equal(t, "invitation", get(t, s, store.Reader.Invitations), []privyseal.Invitation{{}})
	equal(t, "seal", get(t, s, store.Reader.Seals), []privyseal.Seal{{}})
	equal(t, "question", get(t, s, func(r store.Reader) (privyseal.Question, error) { return r.Question("") }),
		privyseal.Question{State: privyseal.QuestionOpen})
	equal(t, "version", get(t, s, func(r store.Reader) ([]privyseal.Version, error) { return r.Versions("", [32]byte{}) }), []privyseal.Version{{}})
	for what, fn := range map[string]func(tx store.Tx) error{
		"an invitation without an end": func(tx store.Tx) error { return tx.UseInvitation("", hash(1), time.Time{}) },
		"a budget of zero":             func(tx store.Tx) error { return tx.Spend("", time.Time{}, 0) },
		"work without a state":         func(tx store.Tx) error { return tx.AddWork(privyseal.Work{}) },
		"an answer that is none":       func(tx store.Tx) error { return tx.AnswerQuestion("", 0, "", time.Time{}, true) },
	} {
		if s.Update(t.Context(), fn) == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func notFound(t *testing.T, s store.Store) {
	for what, fn := range map[string]func(store.Tx) error{
		"App":              func(tx store.Tx) error { _, err := tx.App("x"); return err },
		"BudgetUse":        func(tx store.Tx) error { _, err := tx.BudgetUse("x"); return err },
		"Question":         func(tx store.Tx) error { _, err := tx.Question("x"); return err },
		"Work":             func(tx store.Tx) error { _, err := tx.Work("x", hash(1)); return err },
		"WorkByOp":         func(tx store.Tx) error { _, err := tx.WorkByOp("x", hash(1), at(0)); return err },
		"Setting":          func(tx store.Tx) error { _, err := tx.Setting("x"); return err },
		"DeleteIdentity":   func(tx store.Tx) error { return tx.DeleteIdentity("x") },
		"DeleteApp":        func(tx store.Tx) error { return tx.DeleteApp("x") },
		"SeenApp":          func(tx store.Tx) error { return tx.SeenApp("x", at(0), privyseal.CipherNip44) },
		"UseInvitation":    func(tx store.Tx) error { return tx.UseInvitation("x", hash(1), at(0)) },
		"DeleteInvitation": func(tx store.Tx) error { return tx.DeleteInvitation("x") },
		"DeleteGrant":      func(tx store.Tx) error { return tx.DeleteGrant("x", "x") },
		"HoldQuestion":     func(tx store.Tx) error { return tx.HoldQuestion("x", "", at(0), false) },
		"AnswerQuestion":   func(tx store.Tx) error { return tx.AnswerQuestion("x", privyseal.QuestionDenied, "", at(0), false) },
		"AskWork":          func(tx store.Tx) error { return tx.AskWork("x", hash(1), "q") },
		"FinishWork":       func(tx store.Tx) error { return tx.FinishWork("x", hash(1), privyseal.Failed, nil, nil, at(0)) },
		"SetOwed":          func(tx store.Tx) error { return tx.SetOwed("x", hash(1), nil) },
		"VersionByResult":  func(tx store.Tx) error { _, err := tx.VersionByResult("x", hash(1)); return err },
		"DeleteVersion":    func(tx store.Tx) error { return tx.DeleteVersion("x", hash(1), hash(2)) },
		"DeletePerson":     func(tx store.Tx) error { return tx.DeletePerson("x") },
		"DeletePasskey":    func(tx store.Tx) error { return tx.DeletePasskey([]byte("x")) },
		"EndLogin":         func(tx store.Tx) error { return tx.EndLogin(hash(1)) },
		"DeleteSeal":       func(tx store.Tx) error { return tx.DeleteSeal("x") },
	} {
		wantErr(t, what, s.Update(t.Context(), fn), store.ErrNotFound)
	}
}
