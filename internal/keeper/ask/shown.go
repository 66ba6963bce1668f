package ask

import (
	"time"

	"github.com/privyseal/privyseal"
)

// Shown notes that somebody was shown the words of a question.
func (b *Book) Shown(q privyseal.Question, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, was := b.shown[q.ID]; !was {
		b.shown[q.ID] = now
	}
}

// Ready is from when a yes to a question counts: what is serious has to be
// shown for a moment, whoever says it. It reports false while nobody was shown
// it. What is not serious is ready at once.
func (b *Book) Ready(q privyseal.Question) (time.Time, bool) {
	if !q.Level.AtLeast(privyseal.L3) {
		return time.Time{}, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at, ok := b.shown[q.ID]
	return at.Add(SeriousAfter), ok
}
