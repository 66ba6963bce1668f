package keeper

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// useSink changes to another sink, or to none with "". One that takes nothing
// now is not begun with.
func (k *Keeper) useSink(ctx context.Context, where string) error {
	o := k.sink
	has := confirmed{Where: where}
	var sink Sink
	if where != "" {
		if o.open == nil {
			return privyseal.E(privyseal.KindUnsupported, "this signer has no sinks", "")
		}
		var err error
		if sink, err = o.open(where, true); err != nil {
			return privyseal.E(privyseal.KindInvalid, "the sink cannot be used: "+err.Error(), "for example: file:/mnt/other-disk/privyseal.log")
		}
		head, event, err := k.signHead(ctx)
		if err == nil && head.Seq > 0 {
			has.Seq, has.Time = head.Seq, k.now()
			err = within(ctx, sinkPatience, func(ctx context.Context) error { return sink.Put(ctx, event) })
		} else if err == nil { // locked: it begins here
			err = k.store.View(ctx, func(r store.Reader) error {
				h, err := r.Head()
				has.Seq = h.Seq
				return err
			})
		}
		if err != nil {
			_ = sink.Close()
			return privyseal.E(privyseal.KindInvalid, "the sink took nothing: "+err.Error(), "for example: file:/mnt/other-disk/privyseal.log")
		}
	}
	o.mu.Lock()
	old := o.sink
	o.where, o.sink, o.has, o.fault, o.failing, o.putting = where, sink, has, "", "", nil
	o.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	k.rememberConfirmed(has)
	return nil
}

// unrecordable is why nothing may be signed now: no record could be kept of it,
// here or where it is confirmed.
func (k *Keeper) unrecordable() error {
	if k.store.Healthy() != nil {
		return privyseal.E(privyseal.KindBusy, "the signer cannot write to its disk and signs nothing without a record", "see: privyseal doctor")
	}
	if k.sinkFailing() != "" {
		return privyseal.E(privyseal.KindBusy, "the signer's record is not confirmed outside and it signs nothing without", "see: privyseal doctor")
	}
	return nil
}

// sinkInfo shows the sink; nil without one.
func (k *Keeper) sinkInfo() *control.SinkInfo {
	o := k.sink
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.where == "" {
		return nil
	}
	info := &control.SinkInfo{Where: o.where, Confirmed: o.has.Seq, ConfirmedAt: o.has.Time, Failing: o.failing, Fault: o.fault}
	if o.head > o.has.Seq {
		info.Behind = o.head - o.has.Seq
	}
	return info
}

func (k *Keeper) sinkFindings() []control.Finding {
	info := k.sinkInfo()
	switch {
	case info == nil:
		return nil
	case info.Failing != "":
		return []control.Finding{{Check: "sink", State: "problem", Text: "nothing is signed: " + info.Failing, Fix: "repair " + info.Where + ", or do without: privyseal settings set sink \"\""}}
	case info.Fault != "":
		return []control.Finding{{Check: "sink", State: "warning", Text: info.Where + " takes nothing: " + info.Fault, Fix: "repair it soon: before long nothing is signed"}}
	}
	return []control.Finding{{Check: "sink", State: "ok", Text: fmt.Sprintf("%s has the record up to entry %d", info.Where, info.Confirmed)}}
}

// sinkLimits is how far the sink may be behind.
func (k *Keeper) sinkLimits() (time.Duration, uint64) {
	age, records, err := parseBehind(k.setting(settingSinkBehind))
	if err != nil {
		return 5 * time.Minute, 1000
	}
	return age, records
}

// parseBehind reads such as "5m,1000": an age, and a number of entries.
func parseBehind(v string) (time.Duration, uint64, error) {
	a, n, ok := strings.Cut(v, ",")
	age, err1 := time.ParseDuration(a)
	records, err2 := strconv.ParseUint(n, 10, 32)
	if !ok || err1 != nil || err2 != nil || age < time.Second || records == 0 {
		return 0, 0, privyseal.E(privyseal.KindInvalid, "“"+v+"” is not an age and a number of entries", "for example: 5m,1000")
	}
	return age, records, nil
}

func checkBehind(v string) error {
	_, _, err := parseBehind(v)
	return err
}

func checkEvery(v string) error {
	if d, err := time.ParseDuration(v); err != nil || d < time.Second || d > time.Hour {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not a time between 1s and 1h", "for example: 60s")
	}
	return nil
}

func checkSink(v string) error {
	for _, kind := range []string{"file:/", "syslog:", "relay:wss://", "relay:ws://"} {
		if strings.HasPrefix(v, kind) {
			return nil
		}
	}
	return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not a sink", "file:/PATH, syslog: or relay:wss://HOST")
}
