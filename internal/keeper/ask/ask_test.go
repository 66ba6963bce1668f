package ask

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/words"
)

var t0 = time.Unix(1_700_000_000, 0)

func question(app string, n int, at time.Time, level privyseal.Level) privyseal.Question {
	return privyseal.Question{
		ID: fmt.Sprintf("%s-%03d", app, n), App: app, OpHash: [32]byte{byte(n), byte(n >> 8)}, Op: privyseal.OpSignEvent, Kind: 1,
		Level: level, State: privyseal.QuestionOpen, Asked: at, Deadline: at.Add(OpenFor),
	}
}

// asks puts a question on its card, if there is room.
func (b *Book) asks(q privyseal.Question) bool {
	p, ok := b.Reserve(q.App, SortOf(q.Op, q.Kind, q.Level), q.Asked)
	if ok {
		b.Open(q, p)
	}
	p.Done()
	return ok
}

func ids(c Card) (out []string) {
	for _, q := range c.Questions {
		out = append(out, q.ID)
	}
	return out
}

func TestSorts(t *testing.T) {
	for _, test := range []struct {
		op    privyseal.Operation
		kind  int
		level privyseal.Level
		want  Sort
	}{
		{privyseal.OpSignEvent, 1, privyseal.L1, Public},
		{privyseal.OpSignEvent, 7, privyseal.L2, Public},
		{privyseal.OpSignEvent, 1, privyseal.L3, Alone},
		{privyseal.OpSignEvent, 1, privyseal.LevelUnknown, Alone},
		{privyseal.OpSignEvent, 4, privyseal.L2, Write},
		{privyseal.OpSignEvent, 13, privyseal.L2, Write},
		{privyseal.OpSignEvent, 22242, privyseal.L2, Login},
		{privyseal.OpSignEvent, 24242, privyseal.L1, Login},
		{privyseal.OpSignEvent, 27235, privyseal.L2, Login},
		{privyseal.OpNip44Encrypt, -1, privyseal.L2, Write},
		{privyseal.OpNip04Decrypt, -1, privyseal.L2, Read},
		{privyseal.OpNip44Decrypt, -1, privyseal.L3, Alone},
		{privyseal.OpPing, -1, privyseal.L0, Alone},
	} {
		if got := SortOf(test.op, test.kind, test.level); got != test.want {
			t.Errorf("%v %d at %v: %v, want %v", test.op, test.kind, test.level, got, test.want)
		}
	}
}

func TestSixThingsAreOneCard(t *testing.T) {
	b := NewBook()
	for i := range 6 {
		if !b.asks(question("app", i, t0.Add(time.Duration(i)*500*time.Millisecond), privyseal.L1)) {
			t.Fatalf("no room for question %d", i)
		}
	}
	b.asks(question("app", 6, t0, privyseal.L3))
	b.asks(question("other", 7, t0, privyseal.L1))
	cards := b.Cards()
	if len(cards) != 3 || len(cards[0].Questions) != 6 || !cards[0].Group() || cards[1].Group() || cards[2].ID != "other-007" {
		t.Fatalf("%+v", cards)
	}
	if !b.asks(question("app", 8, t0.Add(GroupWithin+time.Millisecond), privyseal.L1)) || len(b.Cards()) != 4 {
		t.Fatal("what came later is no card of its own")
	}
	if b.asks(question("app", 9, t0.Add(time.Minute), privyseal.L1)) {
		t.Fatal("a fourth card")
	}
	if !b.asks(question("app", 10, t0.Add(GroupWithin+time.Second), privyseal.L1)) {
		t.Fatal("an open card takes no more")
	}
}

// The name of a group changes with each question that joins it, and with no
// answer: a yes is to what was shown.
func TestAGroupIsNamedAfterWhatItHolds(t *testing.T) {
	b := NewBook()
	qs := []privyseal.Question{}
	names := map[string]bool{}
	for i := range 4 {
		qs = append(qs, question("app", i, t0.Add(time.Duration(i)*time.Millisecond), privyseal.L1))
		b.asks(qs[i])
		names[b.Cards()[0].ID] = true
	}
	if len(names) != 4 {
		t.Fatalf("%d names for 4 states", len(names))
	}
	was := b.Cards()[0].ID
	qs[2].State, qs[2].Answered = privyseal.QuestionDenied, t0.Add(time.Second)
	b.Close(qs[2], qs[2].Answered)
	if got := b.Cards()[0]; got.ID != was || !slices.Equal(ids(got), []string{"app-000", "app-001", "app-003"}) {
		t.Fatalf("%+v was %s", got, was)
	}
	all := b.All()
	all = append(all, qs[2])
	again := NewBook()
	again.Load(all, t0.Add(time.Second))
	if got := again.Cards(); len(got) != 1 || got[0].ID != was {
		t.Fatalf("after a restart %+v, was %s", got, was)
	}
	for _, i := range []int{0, 1} {
		qs[i].State = privyseal.QuestionApproved
		b.Close(qs[i], t0)
	}
	if got := b.Cards(); len(got) != 1 || got[0].ID != "app-003" {
		t.Fatalf("the last one is %+v", got)
	}
}

// A question and the place that was kept for it are one.
func TestAQuestionTakesItsPlace(t *testing.T) {
	b := NewBook()
	var places []*Place
	for i := range MaxItems {
		q := question("app", i, t0, privyseal.L1)
		p, ok := b.Reserve(q.App, SortOf(q.Op, q.Kind, q.Level), q.Asked)
		if !ok {
			t.Fatalf("no place for question %d", i)
		}
		b.Open(q, p)
		places = append(places, p)
	}
	for _, p := range places {
		p.Done()
	}
	if b.asks(question("app", MaxItems, t0, privyseal.L1)) {
		t.Fatal("more questions than a card holds")
	}
}

func TestBulkHidesWhatIsAskedOneByOne(t *testing.T) {
	b := NewBook()
	read := question("app", 1, t0, privyseal.L2)
	read.Op, read.Kind = privyseal.OpNip44Decrypt, -1
	old := read
	old.ID, old.Op = "old", privyseal.OpNip04Decrypt
	bulk := read
	bulk.ID, bulk.Reason, bulk.Level = "bulk", words.BulkRead, privyseal.L3
	b.asks(read)
	b.asks(old)
	b.asks(question("app", 2, t0, privyseal.L1))
	b.Open(bulk, nil)
	var got []string
	for _, c := range b.Cards() {
		got = append(got, ids(c)...)
	}
	if !slices.Equal(got, []string{"old", "app-002", "bulk"}) {
		t.Fatalf("%q", got)
	}
}

func TestWhatStillCounts(t *testing.T) {
	b := NewBook()
	yes, no := question("app", 1, t0, privyseal.L1), question("app", 2, t0, privyseal.L1)
	yes.State, no.State, yes.Answered, no.Answered = privyseal.QuestionApproved, privyseal.QuestionDenied, t0, t0
	b.Close(yes, t0)
	b.Close(no, t0)
	for _, test := range []struct {
		after   time.Duration
		yes, no bool
	}{{0, true, true}, {NoFor - 1, true, true}, {NoFor, true, false}, {LateFor - 1, true, false}, {LateFor, false, false}} {
		now := t0.Add(test.after)
		_, y := b.Approved("app", yes.OpHash, now)
		_, n := b.Denied("app", no.OpHash, now)
		if y != test.yes || n != test.no {
			t.Errorf("after %v: yes %v, no %v", test.after, y, n)
		}
	}
	if _, ok := b.Approved("other", yes.OpHash, t0); ok {
		t.Error("a yes to another app counts")
	}
	b.Over(t0.Add(LateFor))
	if len(b.approved)+len(b.denied) != 0 {
		t.Error("what no longer counts is kept")
	}
}

// Whatever is asked and answered in whatever order: never more than three cards
// and twenty questions a card, nothing serious in a group, nothing of two apps
// or sorts on one, and a restart shows the same cards.
func TestCardsAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, now := NewBook(), t0
		all := map[string]privyseal.Question{}
		for i := range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond)
			if open := b.All(); len(open) > 0 && rapid.IntRange(0, 2).Draw(t, "answer") == 0 {
				q := rapid.SampledFrom(open).Draw(t, "which")
				q.State, q.Answered = privyseal.QuestionApproved, now
				b.Close(q, now)
				all[q.ID] = q
				continue
			}
			q := question(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "app"), i, now, rapid.SampledFrom([]privyseal.Level{privyseal.L1, privyseal.L2, privyseal.L3}).Draw(t, "level"))
			q.Kind = rapid.SampledFrom([]int{1, 7, 13, 22242}).Draw(t, "kind")
			if b.asks(q) {
				all[q.ID] = q
			}
		}
		count := map[string]int{}
		for _, c := range b.Cards() {
			first := c.Questions[0]
			count[first.App]++
			if len(c.Questions) > MaxItems {
				t.Fatalf("%d questions on a card", len(c.Questions))
			}
			for _, q := range c.Questions {
				if c.Group() && (q.Level.AtLeast(privyseal.L3) || q.App != first.App || SortOf(q.Op, q.Kind, q.Level) != SortOf(first.Op, first.Kind, first.Level)) {
					t.Fatalf("%+v stands with %+v", q, first)
				}
				if q.Asked.Sub(first.Asked) > 2*GroupWithin {
					t.Fatalf("%v and %v share a card", q.Asked, first.Asked)
				}
			}
		}
		for app, n := range count {
			if n > MaxCards {
				t.Fatalf("%s has %d cards", app, n)
			}
		}
		var kept []privyseal.Question
		for _, q := range all {
			kept = append(kept, q)
		}
		again := NewBook()
		again.Load(kept, now)
		var was, is [][]string
		for _, c := range b.Cards() {
			was = append(was, ids(c))
		}
		for _, c := range again.Cards() {
			is = append(is, ids(c))
		}
		if fmt.Sprint(was) != fmt.Sprint(is) {
			t.Fatalf("after a restart %v, was %v", is, was)
		}
	})
}

func TestWatchersHearOfChanges(t *testing.T) {
	b := NewBook()
	ch, stop := b.Watch()
	q := question("app", 1, t0, privyseal.L1)
	b.asks(q)
	q.By = "ana"
	b.Hold(q)
	b.Moved(q.ID)
	q.State = privyseal.QuestionApproved
	b.Close(q, t0)
	b.Hold(q) // is no longer open: nobody hears
	for range 4 {
		if id := <-ch; id != q.ID {
			t.Fatalf("%q", id)
		}
	}
	stop()
	b.Moved(q.ID)
	if len(ch) != 0 {
		t.Fatal("told after the end")
	}
}
