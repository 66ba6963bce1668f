package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
)

// outsideFor is how long the supervisor may take to read or write a file.
const outsideFor = 10 * time.Second

// markPlace is where the mark against older copies is kept: outside the data
// directory, and so by the supervisor.
type markPlace struct {
	*part
	name string
}

// String implements [anchor.Place].
func (p markPlace) String() string { return p.name }

// Load implements [anchor.Place].
func (p markPlace) Load(vault string) (anchor.Mark, error) {
	ctx, cancel := context.WithTimeout(context.Background(), outsideFor)
	defer cancel()
	r, err := control.Do[markReply](ctx, p.parent.Client, askMark, control.Name{Name: vault})
	switch {
	case err != nil:
		return anchor.Mark{}, err
	case r.None:
		return anchor.Mark{}, anchor.ErrNone
	case r.Spoiled:
		return anchor.Mark{}, fmt.Errorf("%w: %s", anchor.ErrSpoiled, r.Fault)
	case r.Fault != "":
		return anchor.Mark{}, errors.New(r.Fault)
	}
	return r.Mark, nil
}

// Save implements [anchor.Place].
func (p markPlace) Save(m anchor.Mark) error {
	ctx, cancel := context.WithTimeout(context.Background(), outsideFor)
	defer cancel()
	return p.tell(ctx, saveMark, m)
}

// openSink opens what the setting "sink" names: a relay through the front, all
// else by the supervisor.
func (k *keeperHalf) openSink(where string, fresh bool) (keeper.Sink, error) {
	if url, isRelay := strings.CutPrefix(where, "relay:"); isRelay {
		return k.keeper.RelaySink(url), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), outsideFor)
	defer cancel()
	s := outsideSink{k.part, where}
	return s, s.call(ctx, openSink, sinkCall{Where: where, Fresh: fresh})
}

// outsideSink is a sink that the supervisor writes to.
type outsideSink struct {
	*part
	where string
}

func (s outsideSink) call(ctx context.Context, verb string, c sinkCall) error {
	r, err := control.Do[sinkReply](ctx, s.parent.Client, verb, c)
	if err == nil && r.Fault != "" {
		err = errors.New(r.Fault)
	}
	return err
}

// Put implements [keeper.Sink].
func (s outsideSink) Put(ctx context.Context, event []byte) error {
	return s.call(ctx, putSink, sinkCall{Where: s.where, Event: event})
}

// Close implements [keeper.Sink].
func (outsideSink) Close() error { return nil }
