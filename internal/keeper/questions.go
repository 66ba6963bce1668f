package keeper

import (
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// How long a question waits, and how long a late yes still counts (design
// decision 8).
const (
	questionFor = 2 * time.Minute
	lateYesFor  = 10 * time.Minute
	deniedFor   = time.Minute
	maxOpen     = 20 // questions of one app at the same time (T30)
)

// asked is the questions that matter now, in memory; their words are sealed in
// the store.
type asked struct {
	mu       sync.Mutex
	open     map[string]privyseal.Question
	approved map[flight]privyseal.Question
	denied   map[flight]denial
	making   map[string]int // questions being made, by app
	watchers map[chan string]struct{}
}

// denial is a person's no, which holds for a while.
type denial struct {
	question privyseal.Question
	until    time.Time
}

func newAsked() *asked {
	return &asked{
		open: map[string]privyseal.Question{}, approved: map[flight]privyseal.Question{},
		denied: map[flight]denial{}, making: map[string]int{}, watchers: map[chan string]struct{}{},
	}
}

func (a *asked) load(r store.Reader, now time.Time) error {
	all, err := r.Questions(privyseal.QuestionUnknown)
	if err != nil {
		return err
	}
	for _, q := range all {
		switch {
		case q.State == privyseal.QuestionOpen:
			a.open[q.ID] = q
		case q.State == privyseal.QuestionApproved && now.Sub(q.Answered) < lateYesFor:
			a.approved[flight{q.App, q.OpHash}] = q
		case q.State == privyseal.QuestionDenied && now.Sub(q.Answered) < deniedFor:
			a.denied[flight{q.App, q.OpHash}] = denial{q, q.Answered.Add(deniedFor)}
		}
	}
	return nil
}

// opened puts a new question before the person, unless it is answered already.
func (a *asked) opened(q privyseal.Question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := flight{q.App, q.OpHash}
	if a.approved[f].ID == q.ID || a.denied[f].question.ID == q.ID {
		return
	}
	a.open[q.ID] = q
	a.tell(q.ID)
}

// closed takes an answered question away.
func (a *asked) closed(q privyseal.Question, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, q.ID)
	switch q.State {
	case privyseal.QuestionApproved:
		a.approved[flight{q.App, q.OpHash}] = q
	case privyseal.QuestionDenied:
		a.denied[flight{q.App, q.OpHash}] = denial{q, now.Add(deniedFor)}
	case privyseal.QuestionOpen, privyseal.QuestionExpired, privyseal.QuestionUnknown:
	}
	a.tell(q.ID)
}

// moved tells watchers that an open question shows something else now.
func (a *asked) moved(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tell(id)
}

func (a *asked) tell(id string) {
	for ch := range a.watchers {
		select {
		case ch <- id:
		default: // a watcher that does not keep up lists them again
		}
	}
}

func (a *asked) watch() (ch chan string, stop func()) {
	ch = make(chan string, 256)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watchers[ch] = struct{}{}
	return ch, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, ch)
	}
}

func (a *asked) approvedFor(app string, op [32]byte, now time.Time) (privyseal.Question, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, ok := a.approved[flight{app, op}]
	return q, ok && now.Sub(q.Answered) < lateYesFor
}

// deniedFor is the person's no to this operation, while it holds.
func (a *asked) deniedFor(app string, op [32]byte, now time.Time) (privyseal.Question, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d, ok := a.denied[flight{app, op}]
	return d.question, ok && now.Before(d.until)
}

// reserve keeps a place for one more question of an app, until done; it reports
// whether there is one.
func (a *asked) reserve(app string) (ok bool, done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.making[app]
	for _, q := range a.open {
		if q.App == app {
			n++
		}
	}
	if n >= maxOpen {
		return false, func() {}
	}
	a.making[app]++
	return true, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.making[app]--; a.making[app] == 0 {
			delete(a.making, app)
		}
	}
}

func (a *asked) list() []privyseal.Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]privyseal.Question, 0, len(a.open))
	for _, q := range a.open {
		out = append(out, q)
	}
	slices.SortFunc(out, func(x, y privyseal.Question) int { return x.Asked.Compare(y.Asked) })
	return out
}

// shown is what a person is shown: what is asked one by one gives way to the
// one question about reading in bulk.
func (a *asked) shown() []privyseal.Question {
	all := a.list()
	bulk := map[string]bool{}
	for _, q := range all {
		bulk[readingKey(q.App, q.Op)] = bulk[readingKey(q.App, q.Op)] || q.Reason == words.BulkRead
	}
	return slices.DeleteFunc(all, func(q privyseal.Question) bool {
		return q.Reason != words.BulkRead && bulk[readingKey(q.App, q.Op)]
	})
}

// prune forgets what no longer counts and says which open questions are over.
func (a *asked) prune(now time.Time) (over []privyseal.Question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.open {
		if now.After(q.Deadline) {
			over = append(over, q)
		}
	}
	for f, q := range a.approved {
		if now.Sub(q.Answered) >= lateYesFor {
			delete(a.approved, f)
		}
	}
	for f, d := range a.denied {
		if !now.Before(d.until) {
			delete(a.denied, f)
		}
	}
	return over
}
