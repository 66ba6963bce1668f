package errand

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
)

// visitFor is how long one relay may take for everything.
const visitFor = 8 * time.Second

// maxVisits bounds the relays visited at the same time.
const maxVisits = 16

// Options are what a Runner works with. The zero value is ready.
type Options struct {
	Dialer *link.Dialer // nil is the zero Dialer
	Log    *slog.Logger // nil discards; it never gets content
}

// Runner runs errands. Make one with [New].
type Runner struct {
	o    Options
	room chan struct{}
}

// New makes a Runner.
func New(o Options) *Runner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{o: o, room: make(chan struct{}, maxVisits)}
}

// Run runs one errand, and hands back one answer for each of its relays as they
// come. It returns when the last is in, or ctx ends. A message that is no errand
// has no answer.
func (r *Runner) Run(ctx context.Context, m control.Message, answer func(control.Message)) {
	switch m := m.(type) {
	case *control.Fetch:
		r.each(ctx, m.Relays, func(ctx context.Context, p control.Place) { answer(r.fetch(ctx, m, p)) })
	case *control.Post:
		r.each(ctx, m.Relays, func(ctx context.Context, p control.Place) { answer(r.post(ctx, m, p)) })
	case *control.Deliver:
		r.each(ctx, []control.Place{m.To}, func(ctx context.Context, _ control.Place) { answer(r.deliver(ctx, m)) })
	default:
		r.o.Log.Warn("the keeper sent what is no errand")
	}
}

// each visits relays side by side.
func (r *Runner) each(ctx context.Context, places []control.Place, visit func(context.Context, control.Place)) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, p := range places {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, visitFor)
			defer cancel()
			select {
			case r.room <- struct{}{}:
				defer func() { <-r.room }()
			case <-ctx.Done():
			}
			visit(ctx, p) // an ended ctx is answered, too
		})
	}
}

// dial opens a connection that ends with ctx.
func (r *Runner) dial(ctx context.Context, p control.Place) (*link.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return link.Dial(ctx, p.URL, link.Options{Dialer: r.o.Dialer, Typed: p.Typed})
}

// why is an error as the keeper hears it.
func why(ctx context.Context, err error) string {
	switch {
	case errors.Is(err, link.ErrAddress):
		return "its address is not allowed"
	case ctx.Err() != nil:
		return "no answer in time"
	}
	return "it could not be reached"
}
