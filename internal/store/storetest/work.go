package storetest

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

func question(id string) privyseal.Question {
	return privyseal.Question{
		ID: id, App: "app1", Identity: "i1", Event: hash(1), OpHash: hash(2), Op: privyseal.OpSignEvent, Kind: -1,
		Level: privyseal.L2, Reason: "no-grant", WordsHash: hash(3), Words: []byte("sealed words"),
		State: privyseal.QuestionOpen, Asked: at(0), Deadline: at(120), Replaces: hash(4),
	}
}

func questions(t *testing.T, s store.Store) {
	a, b := question("q2"), question("q1")
	ask := func(q privyseal.Question) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.AskQuestion(q) })
	}
	answer := func(id string, to privyseal.QuestionState, late bool) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.AnswerQuestion(id, to, "ann", at(5), late) })
	}
	wantErr(t, "ask", ask(a), nil)
	wantErr(t, "ask again", ask(a), store.ErrDuplicate)
	answered := b
	answered.State, answered.Answered, answered.By = privyseal.QuestionApproved, at(3), "nobody"
	wantErr(t, "ask what claims to be answered", ask(answered), nil)
	in := func(state privyseal.QuestionState) []privyseal.Question {
		return get(t, s, func(r store.Reader) ([]privyseal.Question, error) { return r.Questions(state) })
	}
	equal(t, "all are open", in(privyseal.QuestionOpen), []privyseal.Question{a, b})

	for _, to := range []privyseal.QuestionState{privyseal.QuestionUnknown, privyseal.QuestionOpen, privyseal.QuestionWaiting} {
		if answer("q2", to, true) == nil {
			t.Fatalf("%v was taken for an answer", to)
		}
	}
	wantErr(t, "deny", answer("q2", privyseal.QuestionDenied, false), nil)
	for _, late := range []bool{false, true} {
		wantErr(t, "approve what was denied", answer("q2", privyseal.QuestionApproved, late), store.ErrConflict)
	}
	wantErr(t, "expire", answer("q1", privyseal.QuestionExpired, false), nil)
	wantErr(t, "a late no", answer("q1", privyseal.QuestionDenied, true), store.ErrConflict)
	wantErr(t, "a yes, too late", answer("q1", privyseal.QuestionApproved, false), store.ErrConflict)
	wantErr(t, "a late yes", answer("q1", privyseal.QuestionApproved, true), nil)
	wantErr(t, "a late yes twice", answer("q1", privyseal.QuestionApproved, true), store.ErrConflict)
	wantErr(t, "unknown", answer("q3", privyseal.QuestionApproved, true), store.ErrNotFound)

	a.State, a.By, a.Answered, a.Words = privyseal.QuestionDenied, "ann", at(5), nil
	b.State, b.By, b.Answered, b.Words = privyseal.QuestionApproved, "ann", at(5), nil
	equal(t, "all", in(privyseal.QuestionUnknown), []privyseal.Question{a, b})
	equal(t, "approved", in(privyseal.QuestionApproved), []privyseal.Question{b})
	equal(t, "one", get(t, s, func(r store.Reader) (privyseal.Question, error) { return r.Question("q2") }), a)
}

// heldQuestions is a yes that does not count yet.
func heldQuestions(t *testing.T, s store.Store) {
	q := question("q")
	update(t, s, func(tx store.Tx) error { return tx.AskQuestion(q) })
	hold := func(by string, until time.Time, late bool) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.HoldQuestion("q", by, until, late) })
	}
	answer := func(to privyseal.QuestionState) error {
		return s.Update(t.Context(), func(tx store.Tx) error { return tx.AnswerQuestion("q", to, "ann, bob", at(700), false) })
	}
	is := func(what string) {
		t.Helper()
		equal(t, what, get(t, s, func(r store.Reader) (privyseal.Question, error) { return r.Question("q") }), q)
	}
	wantErr(t, "a first yes", hold("ann", time.Time{}, false), nil)
	q.By = "ann"
	is("open, with a first yes")
	wantErr(t, "expire", answer(privyseal.QuestionExpired), nil)
	wantErr(t, "too late", hold("bob", time.Time{}, false), store.ErrConflict)
	wantErr(t, "a late one", hold("bob", time.Time{}, true), nil)
	q.State, q.By, q.Answered = privyseal.QuestionExpired, "bob", at(700)
	is("a late yes, not enough")
	wantErr(t, "a late one that waits", hold("bob, ann", at(900), true), nil)
	q.State, q.By, q.Deadline = privyseal.QuestionWaiting, "bob, ann", at(900)
	is("waiting")
	wantErr(t, "held twice", hold("carl", at(901), true), store.ErrConflict)
	pruneAll(t, s, at(40*24*3600))
	is("waiting, and not forgotten")
	wantErr(t, "approved at its end", answer(privyseal.QuestionApproved), nil)
	wantErr(t, "stopped too late", answer(privyseal.QuestionDenied), store.ErrConflict)
	q.State, q.By, q.Answered, q.Words = privyseal.QuestionApproved, "ann, bob", at(700), nil
	is("approved")
	wantErr(t, "unknown", s.Update(t.Context(), func(tx store.Tx) error { return tx.HoldQuestion("x", "ann", at(1), true) }), store.ErrNotFound)
}

// droppedWords says how long the words of a question that expired are kept.
func droppedWords(t *testing.T, s store.Store) {
	q := question("q")
	update(t, s, func(tx store.Tx) error { return tx.AskQuestion(q) })
	update(t, s, func(tx store.Tx) error {
		return tx.AnswerQuestion("q", privyseal.QuestionExpired, "nobody", at(120), false)
	})
	words := func() []byte {
		return get(t, s, func(r store.Reader) (privyseal.Question, error) { return r.Question("q") }).Words
	}
	pruneAll(t, s, at(120+12*60))
	equal(t, "while a late yes counts", words(), q.Words)
	pruneAll(t, s, at(120+16*60))
	equal(t, "afterwards", words(), []byte(nil))
}

func someWork(n int) privyseal.Work {
	return privyseal.Work{
		App: "app1", Event: hash(n), OpHash: hash(n + 100), Op: privyseal.OpSignEvent, State: privyseal.WorkDecided,
		Relay: "wss://one.example", Trace: "trace", Rule: "grant:g1", Sealed: []byte(`{"kind":24133}`), Received: at(n),
	}
}

func addWork(t *testing.T, s store.Store, all ...privyseal.Work) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		for _, w := range all {
			if err := tx.AddWork(w); err != nil {
				return err
			}
		}
		return nil
	})
}

func finish(s store.Store, t *testing.T, w privyseal.Work, owed []string, expires time.Time) error {
	return s.Update(t.Context(), func(tx store.Tx) error {
		return tx.FinishWork(w.App, w.Event, privyseal.Allowed, []byte("answer"), owed, expires)
	})
}

func work(t *testing.T, s store.Store) {
	w, other := someWork(1), someWork(1)
	other.App = "app2"
	addWork(t, s, w, other)
	again := w
	again.Relay = "wss://two.example"
	wantErr(t, "same event", s.Update(t.Context(), func(tx store.Tx) error { return tx.AddWork(again) }), store.ErrDuplicate)
	read := func() privyseal.Work {
		return get(t, s, func(r store.Reader) (privyseal.Work, error) { return r.Work(w.App, w.Event) })
	}
	equal(t, "added", read(), w)

	update(t, s, func(tx store.Tx) error { return tx.AskWork(w.App, w.Event, "q1") })
	w.State, w.Question = privyseal.WorkAsking, "q1"
	equal(t, "asking", read(), w)

	owed := []string{"wss://one.example", "wss://two.example"}
	wantErr(t, "finish", finish(s, t, w, owed, at(600)), nil)
	wantErr(t, "finish twice", finish(s, t, w, nil, at(900)), store.ErrConflict)
	wantErr(t, "ask when finished", s.Update(t.Context(), func(tx store.Tx) error { return tx.AskWork(w.App, w.Event, "q2") }), store.ErrConflict)
	w.State, w.Outcome, w.Answer, w.Owed, w.Expires, w.Sealed =
		privyseal.WorkAnswered, privyseal.Allowed, []byte("answer"), owed, at(600), nil
	equal(t, "finished", read(), w)

	update(t, s, func(tx store.Tx) error { return tx.SetOwed(w.App, w.Event, owed[:1]) })
	w.Owed = owed[:1]
	equal(t, "owed to one", read(), w)
	equal(t, "the other app's", get(t, s, func(r store.Reader) (privyseal.Work, error) { return r.Work("app2", w.Event) }), other)
}

func openAndOwed(t *testing.T, s store.Store) {
	a, b, c, d := someWork(4), someWork(3), someWork(2), someWork(1)
	b.State, b.Question = privyseal.WorkAsking, "q1"
	addWork(t, s, a, b, c, d)
	wantErr(t, "finish", finish(s, t, c, []string{"wss://one.example"}, at(600)), nil)
	wantErr(t, "finish", finish(s, t, d, nil, at(600)), nil)
	equal(t, "open", get(t, s, store.Reader.OpenWork), []privyseal.Work{a, b})
	c.State, c.Outcome, c.Answer, c.Owed, c.Expires, c.Sealed =
		privyseal.WorkAnswered, privyseal.Allowed, []byte("answer"), []string{"wss://one.example"}, at(600), nil
	equal(t, "owed", get(t, s, store.Reader.OwedWork), []privyseal.Work{c})
	update(t, s, func(tx store.Tx) error { return tx.SetOwed(c.App, c.Event, nil) })
	equal(t, "owed no more", get(t, s, store.Reader.OwedWork), []privyseal.Work(nil))
}

func workByOp(t *testing.T, s store.Store) {
	a, b, c := someWork(1), someWork(2), someWork(3)
	b.OpHash, c.OpHash = a.OpHash, a.OpHash
	c.App = "app2"
	addWork(t, s, a, b, c)
	find := func(app string, now int) (privyseal.Work, error) {
		return try(t, s, func(r store.Reader) (privyseal.Work, error) { return r.WorkByOp(app, a.OpHash, at(now)) })
	}
	got, err := find("app1", 0)
	wantErr(t, "newest", err, nil)
	equal(t, "newest", got, b)
	wantErr(t, "finish the newest", finish(s, t, b, nil, at(600)), nil)
	got, err = find("app1", 599)
	wantErr(t, "answered", err, nil)
	equal(t, "answered", got.Event, b.Event)
	got, err = find("app1", 600)
	wantErr(t, "past its end, the one before is open", err, nil)
	equal(t, "past its end", got, a)
	wantErr(t, "finish the other", finish(s, t, a, nil, at(10)), nil)
	_, err = find("app1", 600)
	wantErr(t, "both past their end", err, store.ErrNotFound)
	_, err = find("app3", 0)
	wantErr(t, "another app", err, store.ErrNotFound)
}

func prune(t *testing.T, s store.Store) {
	const day = 24 * 3600
	now := 100 * day
	kept, ended, open := someWork(1), someWork(2), someWork(3)
	addWork(t, s, kept, ended, open)
	wantErr(t, "finish", finish(s, t, kept, nil, at(now+1)), nil)
	wantErr(t, "finish", finish(s, t, ended, nil, at(now)), nil)
	update(t, s, func(tx store.Tx) error {
		old, used, fresh := invitation("old"), invitation("used"), invitation("fresh")
		old.Expires, used.Expires = at(now-31*day), at(now+day)
		used.UsedBy, used.Used = hash(1), at(now-31*day)
		fresh.Expires = at(now - 29*day)
		for _, i := range []privyseal.Invitation{old, used, fresh} {
			if err := tx.PutInvitation(i); err != nil {
				return err
			}
		}
		for _, id := range []string{"answered", "lately", "open"} {
			if err := tx.AskQuestion(question(id)); err != nil {
				return err
			}
		}
		if err := tx.AnswerQuestion("answered", privyseal.QuestionDenied, "", at(now-31*day), false); err != nil {
			return err
		}
		if err := tx.AnswerQuestion("lately", privyseal.QuestionExpired, "", at(now-29*day), false); err != nil {
			return err
		}
		for _, window := range []int{now - 7200, now - 3600, now + 3600} {
			if err := tx.Spend("g1", at(window), 1); err != nil {
				return err
			}
		}
		more, err := tx.Prune(at(now))
		if more {
			t.Error("there is more")
		}
		return err
	})
	_, err := try(t, s, func(r store.Reader) (privyseal.Work, error) { return r.Work("app1", ended.Event) })
	wantErr(t, "ended work", err, store.ErrNotFound)
	for _, w := range []privyseal.Work{kept, open} {
		get(t, s, func(r store.Reader) (privyseal.Work, error) { return r.Work("app1", w.Event) })
	}
	inv := get(t, s, store.Reader.Invitations)
	if len(inv) != 1 || inv[0].ID != "fresh" {
		t.Fatalf("invitations left: %+v", inv)
	}
	qs := get(t, s, func(r store.Reader) ([]privyseal.Question, error) { return r.Questions(0) })
	if len(qs) != 2 || qs[0].ID != "lately" || qs[1].ID != "open" {
		t.Fatalf("questions left: %+v", qs)
	}
	for window, want := range map[int]error{now - 7200: nil, now - 3600: store.ErrSpent, now + 3600: store.ErrSpent} {
		err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Spend("g1", at(window), 1) })
		wantErr(t, "a window that is old is forgotten, no other", err, want)
	}
}

// pruneMany: after many requests some are dropped at a time, the first to end
// first.
func pruneMany(t *testing.T, s store.Store) {
	const all = store.MaxPruned + 3
	event := func(i int) nostr.ID { return nostr.ID(hash(all - i)) }
	update(t, s, func(tx store.Tx) error {
		for i := range all {
			w := someWork(1)
			w.Event, w.State, w.Expires = event(i), privyseal.WorkAnswered, at(i)
			if err := tx.AddWork(w); err != nil {
				return err
			}
		}
		return nil
	})
	is := func(i int, there bool) {
		t.Helper()
		if _, err := try(t, s, func(r store.Reader) (privyseal.Work, error) { return r.Work("app1", event(i)) }); (err == nil) != there {
			t.Errorf("the one that ends after %d s: %v", i, err)
		}
	}
	var more bool
	some := func(tx store.Tx) (err error) { more, err = tx.Prune(at(all)); return err }
	update(t, s, some)
	equal(t, "there is more", more, true)
	is(0, false)
	is(store.MaxPruned-1, false)
	is(store.MaxPruned, true)
	is(all-1, true)
	update(t, s, some)
	equal(t, "there is more", more, false)
	is(store.MaxPruned, false)
	is(all-1, false)
}
