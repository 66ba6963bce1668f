package recent

import (
	"slices"
	"sync"
	"time"
)

// How long and of how many apps it is shown that something was blocked.
const (
	blockedFor = 24 * time.Hour
	maxBlocked = 16
)

// Block is the last thing that an app tried and no app may, in words.
type Block struct {
	App   string
	Title string
	Lines []string
	Times int // what it tried in the time that is shown
	At    time.Time
}

// Blocked is what apps tried in the last day and no app may, the last of each
// app. The zero value is ready.
type Blocked struct {
	mu   sync.Mutex
	list []Block // the latest last
}

// Note puts the latest in the place of the app's one before.
func (b *Blocked) Note(n Block) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(n.At)
	n.Times = 1
	if i := slices.IndexFunc(b.list, func(o Block) bool { return o.App == n.App }); i >= 0 {
		n.Times += b.list[i].Times
		b.list = slices.Delete(b.list, i, i+1)
	}
	if b.list = append(b.list, n); len(b.list) > maxBlocked {
		b.list = slices.Delete(b.list, 0, 1)
	}
}

// Latest is what is shown now, the latest first.
func (b *Blocked) Latest(now time.Time) []Block {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now)
	out := slices.Clone(b.list)
	slices.Reverse(out)
	return out
}

func (b *Blocked) forget(now time.Time) {
	b.list = slices.DeleteFunc(b.list, func(o Block) bool { return now.Sub(o.At) >= blockedFor })
}
