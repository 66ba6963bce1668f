package ask

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/words"
)

// Card is what a person is shown at once: one question, or a group of them.
type Card struct {
	// ID is the question's; of a group a name that changes whenever another
	// question joins it, so that a yes never holds what was not shown.
	ID        string
	Questions []privyseal.Question // not yet answered, in the order of asking
}

// Group reports whether it holds several questions.
func (c Card) Group() bool { return len(c.Questions) > 1 }

// card is where questions stand. It lives while one of them is open or made.
type card struct {
	app    string
	sort   Sort
	from   time.Time
	ids    []string // of every question it had
	places int      // questions being made for it
}

// Place is kept for one question that is being made. A nil one keeps nothing.
type Place struct {
	b    *Book
	c    *card
	over bool // given up, or taken by its question
}

func (p *Place) card() *card {
	if p == nil {
		return nil
	}
	return p.c
}

// Done gives the place up, unless its question took it.
func (p *Place) Done() {
	if p == nil {
		return
	}
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	p.end()
	p.b.sweep()
}

// end has the place count no more. The mutex is held.
func (p *Place) end() {
	if p != nil && !p.over {
		p.over = true
		p.c.places--
	}
}

// Reserve keeps a place for one more question of an app; it reports whether
// there is one.
func (b *Book) Reserve(app string, s Sort, at time.Time) (*Place, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.joins(app, s, at)
	if c == nil {
		n := 0
		for _, other := range b.cards {
			if other.app == app && (other.places > 0 || b.count(other, privyseal.QuestionOpen) > 0) {
				n++
			}
		}
		if n >= MaxCards {
			return nil, false
		}
		c = b.begin(app, s, at)
	}
	if c.places+b.count(c, privyseal.QuestionOpen) >= MaxItems {
		return nil, false
	}
	c.places++
	return &Place{b: b, c: c}, true
}

// joins is the card of the same app and sort that is not yet closed to others.
func (b *Book) joins(app string, s Sort, at time.Time) *card {
	if s == Alone {
		return nil
	}
	i := slices.IndexFunc(b.cards, func(c *card) bool {
		return c.app == app && c.sort == s && at.Sub(c.from).Abs() <= GroupWithin
	})
	if i < 0 {
		return nil
	}
	return b.cards[i]
}

func (b *Book) begin(app string, s Sort, at time.Time) *card {
	c := &card{app: app, sort: s, from: at}
	b.cards = append(b.cards, c)
	return c
}

// count is how many of a card's questions are in a state.
func (b *Book) count(c *card, s privyseal.QuestionState) int {
	n := 0
	for _, id := range c.ids {
		if q, ok := b.open[id]; ok && q.State == s {
			n++
		}
	}
	return n
}

// sweep drops the cards on which nothing is left.
func (b *Book) sweep() {
	b.cards = slices.DeleteFunc(b.cards, func(c *card) bool {
		return c.places == 0 && !slices.ContainsFunc(c.ids, func(id string) bool { _, open := b.open[id]; return open })
	})
}

// Cards is what a person is shown, the oldest first. What is asked one by one
// gives way to the one question about reading in bulk.
func (b *Book) Cards() []Card {
	b.mu.Lock()
	defer b.mu.Unlock()
	bulk := map[string]map[privyseal.Operation]bool{}
	for _, q := range b.open {
		if q.Reason == words.BulkRead {
			if bulk[q.App] == nil {
				bulk[q.App] = map[privyseal.Operation]bool{}
			}
			bulk[q.App][q.Op] = true
		}
	}
	var out []Card
	for _, c := range b.cards {
		var qs []privyseal.Question
		for _, id := range c.ids {
			if q, ok := b.open[id]; ok && (q.Reason == words.BulkRead || !bulk[q.App][q.Op]) {
				qs = append(qs, q)
			}
		}
		switch len(qs) {
		case 0:
		case 1:
			out = append(out, Card{ID: qs[0].ID, Questions: qs})
		default:
			out = append(out, Card{ID: c.name(), Questions: qs})
		}
	}
	return out
}

// name is a group's: of all questions that joined it, in the order of joining.
func (c *card) name() string {
	h := sha256.New()
	for _, id := range c.ids {
		h.Write([]byte(id + "\n"))
	}
	return "g" + hex.EncodeToString(h.Sum(nil))[:15]
}
