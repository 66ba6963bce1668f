package proof

import (
	"slices"
	"sync"

	"github.com/privyseal/privyseal/nostr"
)

// ear keeps every answer to some apps, in the order in which they left.
type ear struct {
	mu      sync.Mutex
	apps    []*app
	tap     []answer
	changed chan struct{}
}

func (e *ear) listenFor(apps ...*app) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.apps = append(e.apps, apps...)
}

func (e *ear) hear(ev *nostr.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.apps {
		if got, ok := a.open(ev); ok {
			e.tap = append(e.tap, got)
			if e.changed != nil {
				close(e.changed)
				e.changed = nil
			}
		}
	}
}

// heard is a copy of the tap.
func (e *ear) heard() []answer { return e.since(0) }

// since is a copy of the tap without its first n.
func (e *ear) since(n int) []answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.tap[n:])
}

// next is closed when something more is heard.
func (e *ear) next() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changed == nil {
		e.changed = make(chan struct{})
	}
	return e.changed
}

// answeredIn reports whether a request was answered in one of these lives.
func answeredIn(lives [][]answer, id string) bool {
	for _, tap := range lives {
		if slices.ContainsFunc(tap, func(a answer) bool { return a.id == id }) {
			return true
		}
	}
	return false
}
