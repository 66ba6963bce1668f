package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

// relaySink is a relay that keeps checkpoints, reached through the front.
type relaySink struct {
	k   *Keeper
	url string
}

// RelaySink is a [Sink] at a relay that a person named.
func (k *Keeper) RelaySink(url string) Sink { return relaySink{k, url} }

// Put implements [Sink]: what the relay says OK to, it has.
func (s relaySink) Put(ctx context.Context, event []byte) error {
	ref, came, end := s.k.posts.begin(1)
	defer end()
	err := s.k.send(&control.Post{Ref: ref, Relays: []control.Place{{URL: s.url, Typed: true}}, Event: event})
	if err != nil {
		return errors.New("the front is not there")
	}
	select {
	case r := <-came:
		said, _ := words.Sanitize(r.Reason, 200)
		switch {
		case !r.Sent:
			return errors.New("the relay did not answer: " + said)
		case !r.OK:
			return errors.New("the relay refuses it: " + said)
		}
		return nil
	case <-ctx.Done():
		return errors.New("the relay did not answer in time")
	}
}

// Close implements [Sink].
func (relaySink) Close() error { return nil }
