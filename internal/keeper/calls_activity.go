package keeper

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// showRecord shows a record; appName may be empty.
func (k *Keeper) showRecord(r privyseal.Record, appName string) control.RecordInfo {
	info := control.RecordInfo{
		Seq: r.Seq, Time: r.Time, Phase: r.Phase.String(), Trace: r.Trace, Identity: r.Identity,
		App: r.App, AppName: appName, Rule: r.Rule, Given: r.Given, Question: r.Question, Detail: r.Detail,
		Sentence: k.say().Receipt(r), Hash: hex.EncodeToString(r.Hash[:]), Prev: hex.EncodeToString(r.Prev[:]),
	}
	if r.Op != privyseal.OpUnknown {
		info.Op = r.Op.String()
		info.What = hex.EncodeToString(r.What[:])
	}
	if r.Kind >= 0 {
		info.Kind = &r.Kind
	}
	if r.Event != (nostr.ID{}) {
		info.Event = r.Event.String()
	}
	switch r.Phase {
	case privyseal.PhaseDecided:
		info.Verdict, info.Level = r.Verdict.String(), r.Level.String()
	case privyseal.PhaseDone:
		info.Outcome, info.Result = r.Outcome.String(), hex.EncodeToString(r.Result[:])
	case privyseal.PhaseNote, privyseal.PhaseUnknown:
	}
	return info
}

func (k *Keeper) recordInfo(r privyseal.Record) control.RecordInfo {
	name := ""
	if a, ok := k.book.appByID(r.App); ok {
		name = a.Name()
	}
	return k.showRecord(r, name)
}

func (k *Keeper) listActivity(ctx context.Context, q control.ActivityQuery) ([]control.RecordInfo, error) {
	query := store.RecordQuery{Before: q.Before, Limit: q.Limit}
	if q.App != "" {
		a, err := k.findApp(q.App)
		if err == nil {
			query.App = a.ID
		} else if query.App = q.App; privyseal.KindOf(err) != privyseal.KindNotFound {
			return nil, err
		}
		// A session that was dropped still has its records, under its id.
		if out, rerr := k.records(ctx, query); rerr != nil || len(out) > 0 || err == nil {
			return out, rerr
		}
		return nil, err
	}
	return k.records(ctx, query)
}

// showActivity shows the records of one request by its trace, or one record by
// its number.
func (k *Keeper) showActivity(ctx context.Context, n control.Name) ([]control.RecordInfo, error) {
	query := store.RecordQuery{Trace: n.Name}
	if seq, err := strconv.ParseUint(n.Name, 10, 63); err == nil && len(n.Name) < 12 {
		query = store.RecordQuery{Before: seq + 1, Limit: 1}
	}
	out, err := k.records(ctx, query)
	if err == nil && len(out) == 0 {
		err = privyseal.E(privyseal.KindNotFound, "there is no record “"+n.Name+"”", "see: privyseal activity list")
	}
	return out, err
}

// records shows the newest ones, those of what was just answered too: they are
// written a moment after the answer. What a broken disk takes no more is left out.
func (k *Keeper) records(ctx context.Context, q store.RecordQuery) ([]control.RecordInfo, error) {
	_ = k.store.Flush(ctx)
	out := []control.RecordInfo{}
	err := k.store.View(ctx, func(r store.Reader) error {
		list, err := r.Records(q)
		if err != nil {
			return err
		}
		for _, rec := range list {
			info, err := k.fullRecord(r, rec)
			if err != nil {
				return err
			}
			out = append(out, info)
		}
		return nil
	})
	return out, err
}

// fullRecord shows a record, and how to undo it where that can be.
func (k *Keeper) fullRecord(r store.Reader, rec privyseal.Record) (info control.RecordInfo, err error) {
	info = k.recordInfo(rec)
	if info.Undo, err = undoOf(r, rec); info.Undo != "" {
		info.Sentence += " " + k.say().CanUndo()
	}
	return info, err
}

// exportActivity sends the whole chain in order.
func (k *Keeper) exportActivity(ctx context.Context, _ none, more func(any) error) error {
	if err := k.store.Flush(ctx); err != nil {
		return err
	}
	return k.store.View(ctx, func(r store.Reader) error {
		return r.EachRecord(1, func(rec privyseal.Record) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return more(k.recordInfo(rec))
		})
	})
}

func (k *Keeper) verifyActivity(ctx context.Context, _ none) (control.Verification, error) {
	if err := k.store.Flush(ctx); err != nil {
		return control.Verification{}, err
	}
	return Verify(ctx, k.store)
}
