package keeper_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// cards is what a person is shown.
func (r *rig) cards() []control.QuestionInfo {
	r.t.Helper()
	return mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)
}

// six asks for six notes at once and gives their card and their ids.
func (c *client) six() (card control.QuestionInfo, n int, ids []string) {
	c.r.t.Helper()
	n = c.r.outbound()
	for i := range 6 {
		c.send(c.seal(c.request("sign_event", c.note(fmt.Sprint("thing ", i, c.r.now()))), c.r.now()))
		ids = append(ids, fmt.Sprintf("id-%d", c.n))
	}
	c.r.until("one card with six things", func() bool {
		cards := c.r.cards()
		if len(cards) == 1 {
			card = cards[0]
		}
		return len(card.Items) == 6
	})
	return card, n, ids
}

func deletionOf(r *rig) string {
	return fmt.Sprintf(`{"kind":5,"created_at":%d,"tags":[["a","0:%s:"]],"content":""}`, r.now().Unix(), r.author)
}

// Six things at once are one card, answered at once; what is serious stands
// apart and is in no yes but its own (words.md rule 11).
func TestAGroupIsAnsweredAtOnce(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", AppName: "Coracle"})
	card, n, ids := c.six()
	serious, _ := c.asks(deletionOf(r))
	if card.Title != "Coracle wants to do 6 things." || card.Yes != "Allow these 6" || card.State != "open" || card.Items[3].Quote == "" {
		t.Fatalf("%+v", card)
	}
	if cards := r.cards(); len(cards) != 2 || cards[1].ID != serious.ID {
		t.Fatalf("%+v", cards)
	}
	if got := mustCall[control.QuestionInfo](r, control.VerbRequestsShow, control.Name{Name: card.ID[:6]}); len(got.Items) != 6 {
		t.Fatalf("%+v", got)
	}
	r.approve(control.AnswerArgs{ID: card.ID, Words: card.Words})
	for id, a := range c.got(n, ids) {
		if a.Error != "" {
			t.Fatalf("%s: %s", id, a.Error)
		}
	}
	if cards := r.cards(); len(cards) != 1 || cards[0].ID != serious.ID {
		t.Fatalf("what is serious was answered too: %+v", cards)
	}
}

// A group may be answered one by one, and its rest at once; a no to a group is
// one refusal, not six, also after a restart.
func TestAGroupIsAnsweredOneByOne(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	card, n, ids := c.six()
	r.approve(control.AnswerArgs{ID: card.Items[0].ID})
	first := c.await(n)
	c.signed(first, r.author)
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == first.ID })
	rest := r.cards()
	if len(rest) != 1 || len(rest[0].Items) != 5 || rest[0].ID != card.ID || rest[0].Words == card.Words {
		t.Fatalf("%+v", rest)
	}
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: card.ID, Words: card.Words}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("what was not shown was approved: %v", err)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: card.ID})
	for _, a := range c.got(n, ids) {
		wantPrefix(t, a, privyseal.KindDenied)
	}
	r.restart()
	if _, _, ids := c.six(); len(ids) != 6 {
		t.Fatal("one no keeps it quiet")
	}
}

// A yes to a group never holds what joined it afterwards.
func TestAGroupThatGrewIsAnother(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	card, _, _ := c.six()
	c.asks(c.note("one more"))
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: card.ID}); privyseal.KindOf(err) != privyseal.KindNotFound {
		t.Fatalf("approved: %v", err)
	}
	if n := r.uses(); n != 0 {
		t.Fatalf("%d uses", n)
	}
}

// At most three cards of an app are open, however many things they hold.
func TestAtMostThreeCards(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	for range 3 {
		c.asks(c.note("a"))
		r.sleep(4 * time.Second)
	}
	a := c.ask("sign_event", c.note("fourth"))
	wantPrefix(t, a, privyseal.KindLimit)
	q, n := r.cards()[0], r.outbound()
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.author)
	c.asks(c.note("there is room again"))
}

// An answer to a group is remembered for each of its things.
func TestRememberAGroup(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	card, n, ids := c.six()
	r.approve(control.AnswerArgs{ID: card.ID, Remember: "1h", Count: 2})
	c.got(n, ids)
	if grants := r.app(c).Grants; len(grants) != 1 {
		t.Fatalf("%+v", grants)
	}
	for i := range 2 {
		c.signed(c.ask("sign_event", c.note(fmt.Sprint("remembered ", i))), r.author)
	}
	c.asks(c.note("used up"))
}

// A no may be remembered too, and ends like a yes; nothing serious is.
func TestRememberANo(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, _ := c.asks(c.note("first"))
	deny := func(a control.AnswerArgs) error {
		_, err := call[control.QuestionInfo](r, control.VerbRequestsDeny, a)
		return err
	}
	for _, bad := range []control.AnswerArgs{{Remember: "31d"}, {Remember: "x"}, {Remember: "1h", Count: 3}} {
		bad.ID = q.ID
		if deny(bad) == nil {
			t.Fatalf("%+v was taken", bad)
		}
	}
	must(t, deny(control.AnswerArgs{ID: q.ID, Remember: "1h"}))
	wantPrefix(t, c.ask("sign_event", c.note("second")), privyseal.KindDenied)
	r.restart()
	wantPrefix(t, c.ask("sign_event", c.note("third")), privyseal.KindDenied)
	r.noQuestion()
	r.sleep(61 * time.Minute)
	c.asks(c.note("asked again"))
	q, _ = c.asks(deletionOf(r))
	if err := deny(control.AnswerArgs{ID: q.ID, Remember: "1h"}); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("a serious one was remembered: %v", err)
	}
}

// Watchers see a question, the group it becomes part of, the group as it grows
// and shrinks, and how each of them ends.
func TestWatchShowsGroups(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	seen := r.watch()
	next := func(what string, ok func(control.QuestionInfo) bool) control.QuestionInfo {
		t.Helper()
		for {
			select {
			case q := <-seen:
				if ok(q) {
					return q
				}
			case <-time.After(patience):
				t.Fatal("not seen: ", what)
			}
		}
	}
	state := func(id, s string) func(control.QuestionInfo) bool {
		return func(q control.QuestionInfo) bool { return q.ID == id && q.State == s }
	}
	first, _ := c.asks(c.note("one"))
	next("the first", state(first.ID, "open"))
	second, _ := c.asks(c.note("two"))
	next("the first is part of a group", state(first.ID, "grouped"))
	group := next("the group", func(q control.QuestionInfo) bool { return q.State == "open" && len(q.Items) == 2 })
	c.asks(c.note("three"))
	next("the group as it was", state(group.ID, "changed"))
	group = next("the group of three", func(q control.QuestionInfo) bool { return q.State == "open" && len(q.Items) == 3 })
	r.approve(control.AnswerArgs{ID: second.ID})
	if done := next("the answer to one", state(second.ID, "approved")); done.Title != second.Title {
		t.Fatalf("%+v", done)
	}
	next("the rest", func(q control.QuestionInfo) bool { return q.ID == group.ID && len(q.Items) == 2 })
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: group.ID})
	next("the end of the group", state(group.ID, "changed"))
}

// What a question showed is kept no longer than the question is open.
func TestWordsAreDropped(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	q, n := c.asks(c.note("secret words"))
	r.approve(control.AnswerArgs{ID: q.ID})
	c.await(n)
	late, n := c.asks(c.note("late words"))
	r.sleep(121 * time.Second)
	wantPrefix(t, c.await(n), privyseal.KindExpired)
	words := func(id string) string {
		return mustCall[control.QuestionInfo](r, control.VerbRequestsShow, control.Name{Name: id}).Quote
	}
	if words(q.ID) != "" || words(late.ID) != "late words" {
		t.Fatalf("%q and %q", words(q.ID), words(late.ID))
	}
	r.sleep(20 * time.Minute)
	r.until("they are dropped", func() bool { return words(late.ID) == "" })
}
