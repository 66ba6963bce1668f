package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
)

// Sink takes signed checkpoints of the record to a place outside the signer's
// disk. While one is set and falls behind, nothing is signed: a record that
// whoever has the disk can cut is no record (T60).
type Sink interface {
	// Put hands over one signed checkpoint, a Nostr event as JSON. Nil means
	// that the place has it for good.
	Put(ctx context.Context, event []byte) error
	Close() error
}

// Keys of the sink's settings; settingConfirmed is what it has.
const (
	settingSink       = "sink"
	settingSinkEvery  = "sink-every"
	settingSinkBehind = "sink-behind"
	settingConfirmed  = "sink-confirmed"
)

const (
	sinkPatience = 10 * time.Second // for one Put
	sinkAgain    = 2 * time.Second  // after one that failed
)

// confirmed is the last head that the sink has.
type confirmed struct {
	Where string    `json:"where"`
	Seq   uint64    `json:"seq"`
	Time  time.Time `json:"time,omitzero"`
}

// outside is the sink and how far it has come.
type outside struct {
	open func(where string, fresh bool) (Sink, error) // nil: no sinks
	wake chan struct{}

	mu      sync.Mutex
	where   string
	sink    Sink // nil while it is not open
	has     confirmed
	head    uint64
	tried   time.Time
	putting chan struct{} // closed when the hand-over under way ends; nil: none
	fault   string        // of the last try
	failing string        // why nothing is signed; "" when it is
}

func newOutside(open func(string, bool) (Sink, error)) *outside {
	return &outside{open: open, wake: make(chan struct{}, 1)}
}

// nudge hands the head over soon.
func (o *outside) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// loadSink takes up where the last run ended: a sink that was behind still is.
func (k *Keeper) loadSink(ctx context.Context) error {
	o := k.sink
	o.where = k.setting(settingSink)
	if o.where == "" {
		return nil
	}
	err := k.store.View(ctx, func(r store.Reader) error { return readSetting(r, settingConfirmed, &o.has) })
	if err != nil {
		return err
	}
	if o.has.Where != o.where {
		o.has = confirmed{Where: o.where}
	}
	return k.judgeSink(ctx, k.now())
}

// keepSink hands over the head when it moved, until ctx ends; work outlives it.
func (k *Keeper) keepSink(ctx, work context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	was := k.sinkFailing()
	for {
		nudged := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-k.sink.wake:
			nudged = true
		}
		if err := k.judgeSink(ctx, k.now()); err != nil && ctx.Err() == nil {
			k.log.Error("the record could not be read for its sink", "err", err)
		}
		is := k.sinkFailing()
		switch {
		case was == "" && is != "":
			k.counts.add("sink_stops", 1)
			k.log.Error("nothing is signed: the record is not confirmed outside", "why", is)
		case was != "" && is == "":
			k.log.Info("the record is confirmed outside again; signing goes on")
			k.wake(work)
		}
		was = is
		k.feedSink(work, nudged)
	}
}

// judgeSink looks how far the sink is behind.
func (k *Keeper) judgeSink(ctx context.Context, now time.Time) error {
	o := k.sink
	o.mu.Lock()
	has, where := o.has.Seq, o.where
	o.mu.Unlock()
	if where == "" {
		return nil
	}
	var head audit.Head
	var oldest time.Time // of what the sink lacks
	err := k.store.View(ctx, func(r store.Reader) (err error) {
		if head, err = r.Head(); err != nil || head.Seq <= has {
			return err
		}
		recs, err := r.Records(store.RecordQuery{Before: has + 2, Limit: 1})
		if len(recs) > 0 {
			oldest = recs[0].Time
		}
		return err
	})
	if err != nil {
		return err
	}
	age, records := k.sinkLimits()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.head = head.Seq
	if o.where != where || o.has.Seq != has {
		return nil // it moved meanwhile; the next look tells
	}
	o.failing = behind(head.Seq, has, oldest, now, age, records)
	if o.failing != "" && o.fault != "" {
		o.failing += " (" + o.fault + ")"
	}
	return nil
}

// behind says why a sink is too far behind, "" when it is not.
func behind(head, has uint64, oldest, now time.Time, age time.Duration, records uint64) string {
	switch {
	case head <= has:
		return ""
	case head-has > records:
		return fmt.Sprintf("the sink lacks the last %d entries of the record", head-has)
	case !oldest.IsZero() && now.Sub(oldest) > age:
		return fmt.Sprintf("the sink has had nothing of the record since %s", oldest.UTC().Format("15:04:05 UTC on 2006-01-02"))
	}
	return ""
}

// feedSink signs the head and hands it over, when it is time. One hand-over
// is under way at most, however long the place takes.
func (k *Keeper) feedSink(ctx context.Context, nudged bool) {
	o, now := k.sink, k.now()
	o.mu.Lock()
	none := o.where == "" || o.head <= o.has.Seq
	o.mu.Unlock()
	if none {
		return
	}
	every, err := time.ParseDuration(k.setting(settingSinkEvery))
	if err != nil {
		every = time.Minute
	}
	o.mu.Lock()
	since := now.Sub(o.tried)
	due := o.where != "" && o.head > o.has.Seq && o.putting == nil &&
		(nudged || since >= every || since < 0 || (o.fault != "" || o.failing != "") && since >= sinkAgain)
	putting := make(chan struct{})
	if due {
		o.putting, o.tried = putting, now
	} else if o.putting != nil && since > sinkPatience {
		o.fault = "it does not answer"
	}
	where := o.where
	o.mu.Unlock()
	if !due {
		return
	}
	go func() {
		defer close(putting)
		head, err := k.putSink(ctx, where)
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.putting == putting {
			o.putting = nil
		}
		switch {
		case o.where != where || err == nil && head.Seq == 0: // changed meanwhile, or locked
			return
		case err != nil && ctx.Err() != nil:
			return
		case err != nil:
			if o.fault != err.Error() {
				k.log.Warn("the record's sink took nothing", "sink", where, "err", err)
			}
			o.fault = err.Error()
			return
		}
		o.fault, o.has = "", confirmed{where, head.Seq, now}
		k.rememberConfirmed(o.has)
		o.nudge()
	}()
}

// putSink hands the head as it is to the sink; with a locked vault, that cannot
// sign it, nothing.
func (k *Keeper) putSink(ctx context.Context, where string) (audit.Head, error) {
	head, event, err := k.signHead(ctx)
	if err != nil || head.Seq == 0 {
		return head, err
	}
	o := k.sink
	o.mu.Lock()
	sink := o.sink
	o.mu.Unlock()
	if sink == nil {
		if sink, err = o.open(where, false); err != nil {
			return head, err
		}
		o.mu.Lock()
		if o.where == where {
			o.sink = sink
		}
		o.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(ctx, sinkPatience)
	defer cancel()
	return head, sink.Put(ctx, event)
}

func (k *Keeper) rememberConfirmed(c confirmed) {
	raw, err := json.Marshal(c)
	if err != nil {
		return
	}
	k.store.Later(func(tx store.Tx) error { return tx.SetSetting(settingConfirmed, string(raw)) })
}

// within bounds work that may not look at its context.
func within(ctx context.Context, limit time.Duration, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- fn(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("it does not answer within %s", limit)
	}
}

// lastPut hands over the end of the record at a stop, after the hand-over that is
// under way: that one's head is older.
func (k *Keeper) lastPut(ctx context.Context) {
	o := k.sink
	o.mu.Lock()
	where, putting := o.where, o.putting
	o.mu.Unlock()
	if putting != nil && within(ctx, sinkPatience/2, func(context.Context) error { <-putting; return nil }) != nil {
		return
	}
	if where == "" || k.judgeSink(ctx, k.now()) != nil || k.sinkInfo().Behind == 0 {
		return
	}
	err := within(ctx, sinkPatience/2, func(ctx context.Context) error {
		head, err := k.putSink(ctx, where)
		if err == nil && head.Seq > 0 {
			k.rememberConfirmed(confirmed{where, head.Seq, k.now()})
		}
		return err
	})
	if err != nil {
		k.log.Warn("the end of the record was not confirmed outside", "err", err)
	}
}

func (k *Keeper) sinkFailing() string {
	k.sink.mu.Lock()
	defer k.sink.mu.Unlock()
	return k.sink.failing
}
