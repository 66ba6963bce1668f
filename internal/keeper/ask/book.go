package ask

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
)

// Op is one operation of one app, whatever the id of the request.
type Op struct {
	App  string
	Hash [32]byte
}

// Book is the questions that matter now.
type Book struct {
	mu       sync.Mutex
	open     map[string]privyseal.Question // open or waiting, by id
	cards    []*card                       // with an open question or a place, in order
	approved map[Op]privyseal.Question
	denied   map[Op]denial
	shown    map[string]time.Time // since when, by id
	watchers map[chan string]struct{}
}

// denial is a person's no, which holds for a while.
type denial struct {
	question privyseal.Question
	until    time.Time
}

// NewBook is an empty one.
func NewBook() *Book {
	return &Book{
		open: map[string]privyseal.Question{}, approved: map[Op]privyseal.Question{},
		denied: map[Op]denial{}, shown: map[string]time.Time{}, watchers: map[chan string]struct{}{},
	}
}

// Load takes up what the store kept, in the order of asking. It puts on one
// card what stood on one before.
func (b *Book) Load(all []privyseal.Question, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(x, y privyseal.Question) int { return x.Asked.Compare(y.Asked) })
	answered := map[string]time.Time{}
	for _, q := range all {
		b.cards = slices.DeleteFunc(b.cards, func(c *card) bool { // as they were when it was asked
			return !slices.ContainsFunc(c.ids, func(id string) bool { at := answered[id]; return at.IsZero() || at.After(q.Asked) })
		})
		answered[q.ID] = q.Answered
		switch q.State {
		case privyseal.QuestionOpen, privyseal.QuestionWaiting:
			b.open[q.ID] = q
		case privyseal.QuestionApproved:
			if now.Sub(q.Answered) < LateFor {
				b.approved[Op{q.App, q.OpHash}] = q
			}
		case privyseal.QuestionDenied:
			if now.Sub(q.Answered) < NoFor {
				b.denied[Op{q.App, q.OpHash}] = denial{q, q.Answered.Add(NoFor)}
			}
		case privyseal.QuestionExpired, privyseal.QuestionUnknown:
		}
		c := b.joins(q.App, SortOf(q.Op, q.Kind, q.Level), q.Asked)
		if c == nil {
			c = b.begin(q.App, SortOf(q.Op, q.Kind, q.Level), q.Asked)
		}
		c.ids = append(c.ids, q.ID)
	}
	b.sweep()
}

// Open puts a question before the person, at the place kept for it, unless it
// is there or answered already.
func (b *Book) Open(q privyseal.Question, p *Place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	op := Op{q.App, q.OpHash}
	_, known := b.open[q.ID]
	if known || q.State != privyseal.QuestionOpen || b.approved[op].ID == q.ID || b.denied[op].question.ID == q.ID {
		return
	}
	b.open[q.ID] = q
	c := p.card()
	if c == nil {
		c = b.begin(q.App, Alone, q.Asked)
	}
	c.ids = append(c.ids, q.ID)
	p.end() // the question counts from now on
	b.tell(q.ID)
}

// Hold notes that somebody said yes to a question, and that it does not count
// yet. One that was over and waits now is shown again.
func (b *Book) Hold(q privyseal.Question) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.open[q.ID]; !known {
		if q.State != privyseal.QuestionWaiting {
			return
		}
		c := b.begin(q.App, Alone, q.Asked)
		c.ids = append(c.ids, q.ID)
	}
	b.open[q.ID] = q
	b.tell(q.ID)
}

// Waiting is the question about an operation that has a yes and may still be
// stopped; nil when there is none.
func (b *Book) Waiting(app string, op [32]byte) *privyseal.Question {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range b.open {
		if q.App == app && q.OpHash == op && q.State == privyseal.QuestionWaiting {
			return &q
		}
	}
	return nil
}

// Close takes an answered question away.
func (b *Book) Close(q privyseal.Question, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, q.ID)
	q.Words = nil
	switch q.State {
	case privyseal.QuestionApproved:
		b.approved[Op{q.App, q.OpHash}] = q
	case privyseal.QuestionDenied:
		b.denied[Op{q.App, q.OpHash}] = denial{q, now.Add(NoFor)}
	case privyseal.QuestionOpen, privyseal.QuestionWaiting, privyseal.QuestionExpired, privyseal.QuestionUnknown:
	}
	b.sweep()
	b.tell(q.ID)
}

// Also has a yes count for one more operation, that of q.
func (b *Book) Also(q privyseal.Question) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.approved[Op{q.App, q.OpHash}] = q
}

// Approved is the person's yes to an operation, while it counts.
func (b *Book) Approved(app string, op [32]byte, now time.Time) (privyseal.Question, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	q, ok := b.approved[Op{app, op}]
	return q, ok && now.Sub(q.Answered) < LateFor
}

// Denied is the person's no to an operation, while it holds.
func (b *Book) Denied(app string, op [32]byte, now time.Time) (privyseal.Question, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.denied[Op{app, op}]
	return d.question, ok && now.Before(d.until)
}

// All is every question that is open or waiting, in the order of asking.
func (b *Book) All() []privyseal.Question {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all()
}

func (b *Book) all() []privyseal.Question {
	out := make([]privyseal.Question, 0, len(b.open))
	for _, q := range b.open {
		out = append(out, q)
	}
	slices.SortFunc(out, func(x, y privyseal.Question) int {
		return cmp.Or(x.Asked.Compare(y.Asked), strings.Compare(x.ID, y.ID))
	})
	return out
}

// Over forgets what no longer counts and answers the questions whose time is
// over: open ones that nobody answered, waiting ones that nobody stopped.
func (b *Book) Over(now time.Time) []privyseal.Question {
	b.mu.Lock()
	defer b.mu.Unlock()
	for op, q := range b.approved {
		if now.Sub(q.Answered) >= LateFor {
			delete(b.approved, op)
		}
	}
	for op, d := range b.denied {
		if !now.Before(d.until) {
			delete(b.denied, op)
		}
	}
	for id, at := range b.shown {
		if _, open := b.open[id]; !open && now.Sub(at) >= OpenFor+LateFor {
			delete(b.shown, id)
		}
	}
	return slices.DeleteFunc(b.all(), func(q privyseal.Question) bool { return !now.After(q.Deadline) })
}
