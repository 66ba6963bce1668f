package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// shelf is the kept versions of one thing, the one that counts last.
type shelf struct {
	who  privyseal.Identity
	kind nostr.Kind
	d    string
	all  []privyseal.Version
	at   int // of the version that a record told of, else the last
}

func (s *shelf) now() privyseal.Version { return s.all[len(s.all)-1] }

// shelfOf finds the versions that arguments name.
func (k *Keeper) shelfOf(ctx context.Context, a control.UndoArgs) (*shelf, error) {
	if k.vault.Locked() {
		return nil, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it with: privyseal unlock")
	}
	s := new(shelf)
	var slot [32]byte
	var err error
	var told privyseal.Version
	switch {
	case a.ID != "":
		if told, err = k.versionOf(ctx, a.ID); err != nil {
			return nil, err
		}
		who, ok := k.book.identity(told.Identity)
		if !ok {
			return nil, privyseal.E(privyseal.KindNotFound, "this identity is no longer here", "")
		}
		s.who, s.kind, slot = who, told.Kind, told.Slot
	case a.Kind == nil || *a.Kind < 0 || *a.Kind > 65535:
		return nil, privyseal.E(privyseal.KindInvalid, "what to undo is not named", "give a record's number, or --kind, for example: --kind 3")
	default:
		if s.who, err = k.findIdentity(a.Identity); err != nil {
			return nil, err
		}
		s.kind = nostr.Kind(*a.Kind)
		slot = heads.Slot(s.who.PubKey, s.kind, a.D)
	}
	err = k.store.View(ctx, func(r store.Reader) error {
		all, err := r.Versions(s.who.ID, slot)
		s.all = heads.Order(all)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(s.all) == 0:
		return nil, privyseal.E(privyseal.KindNotFound, "no version of this is kept", "versions are kept of profiles, follows, lists, settings and articles that were signed here or seen on your relays")
	}
	s.at = len(s.all) - 1
	if a.ID != "" {
		s.at = slices.IndexFunc(s.all, func(v privyseal.Version) bool { return v.Event == told.Event })
	}
	e, err := k.openVersion(s.now())
	if err != nil {
		return nil, err
	}
	s.d = heads.D(e.Kind, e.Tags)
	return s, nil
}

// versionOf is what a record, named by number or trace, tells was signed.
func (k *Keeper) versionOf(ctx context.Context, id string) (v privyseal.Version, err error) {
	query := store.RecordQuery{Trace: id}
	err = k.store.View(ctx, func(r store.Reader) error {
		if seq, err := strconv.ParseUint(id, 10, 63); err == nil && len(id) < 12 {
			one, err := r.Records(store.RecordQuery{Before: seq + 1, Limit: 1})
			if err != nil || len(one) == 0 || one[0].Trace == "" {
				return err
			}
			query.Trace = one[0].Trace
		}
		all, err := r.Records(query)
		if err != nil {
			return err
		}
		for _, rec := range all {
			if v, err = r.VersionByResult(rec.Identity, rec.Result); err == nil && rec.Phase == privyseal.PhaseDone {
				return nil
			}
		}
		return nil
	})
	if err == nil && v.Identity == "" {
		err = privyseal.E(privyseal.KindNotFound, "record “"+id+"” tells of nothing that can be undone", "see what can: privyseal activity list")
	}
	return v, err
}

// listVersions shows what is kept of one thing, newest first.
func (k *Keeper) listVersions(ctx context.Context, a control.UndoArgs) ([]control.VersionInfo, error) {
	s, err := k.shelfOf(ctx, a)
	if err != nil {
		return nil, err
	}
	out := make([]control.VersionInfo, 0, len(s.all))
	for i := range slices.Backward(s.all) {
		e, err := k.openVersion(s.all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, k.versionInfo(s.all[i], e, i == len(s.all)-1))
	}
	return out, nil
}

func (k *Keeper) versionInfo(v privyseal.Version, e *nostr.Event, counts bool) control.VersionInfo {
	info := control.VersionInfo{
		Event: v.Event.String(), Stamp: time.Unix(v.Stamp, 0).UTC(), Source: "seen", At: v.At,
		Entries: effect.Entries(e), Bytes: len(e.Content), Counts: counts,
	}
	if v.Signed {
		info.Source = "signed"
	}
	if app, ok := k.book.appByID(v.App); ok {
		info.App = app.Name()
	}
	return info
}

// undoing is one undo on its way.
type undoing struct {
	*shelf
	from, to *nostr.Event
	eff      effect.Effect
	info     control.Undo
}

// undo tells what putting an earlier version back would do, or does it: the
// owner's own act, on record before the key is used like any other.
func (k *Keeper) undo(ctx context.Context, a control.UndoArgs) (control.Undo, error) {
	s, err := k.shelfOf(ctx, a)
	if err != nil {
		return control.Undo{}, err
	}
	if !a.Sign {
		u, err := k.prepareUndo(s, a)
		return u.info, err
	}
	next, err := k.oneAtATime(ctx, &s.who, int(s.kind))
	if err != nil {
		return control.Undo{}, err
	}
	u, err := k.putBack(ctx, a)
	next.leave()
	if err != nil {
		return control.Undo{}, err
	}
	u.info.Relays = k.publishTo(ctx, &u.who, u.info.Event)
	return u.info, nil
}

// prepareUndo finds the version to put back and says what that changes.
func (k *Keeper) prepareUndo(s *shelf, a control.UndoArgs) (u undoing, err error) {
	u.shelf = s
	if u.from, err = k.openVersion(s.now()); err != nil {
		return u, err
	}
	var to privyseal.Version
	for i := range slices.Backward(s.all) {
		v := s.all[i]
		if a.To != "" && !strings.HasPrefix(v.Event.String(), a.To) || a.To == "" && i >= s.at {
			continue
		}
		e, err := k.openVersion(v)
		if err != nil {
			return u, err
		}
		if a.To != "" || !effect.Same(e, u.from) {
			to, u.to = v, e
			break
		}
	}
	if u.to == nil {
		return u, privyseal.E(privyseal.KindNotFound, "no earlier version of this is kept that says anything else", "see what is kept with --list")
	}
	t := nostr.Template{Kind: s.kind, Tags: u.to.Tags, Content: u.to.Content, CreatedAt: max(k.now().Unix(), u.from.CreatedAt+1)}
	u.eff = effect.Of(&privyseal.Request{Op: privyseal.OpSignEvent, Template: &t},
		effect.Facts{Now: time.Unix(t.CreatedAt, 0), App: privyseal.App{Created: time.Unix(1, 0)}, Older: effect.Older{Head: u.from, HeadState: effect.HeadFound}})
	u.info = control.Undo{
		Identity: s.who.Name, Kind: int(s.kind), D: s.d,
		Now: k.versionInfo(s.now(), u.from, true), To: k.versionInfo(to, u.to, false),
	}
	u.info.Title, u.info.Lines = k.say().Undo(u.eff, effect.Diff(u.from, u.to), time.Unix(to.Stamp, 0))
	return u, nil
}

// putBack signs the earlier content again, while nothing else of its kind is
// signed.
func (k *Keeper) putBack(ctx context.Context, a control.UndoArgs) (u undoing, err error) {
	s, err := k.shelfOf(ctx, a) // as it is now
	if err != nil {
		return u, err
	}
	if u, err = k.prepareUndo(s, a); err != nil {
		return u, err
	}
	if u.info.Now.Event != a.Now || u.info.To.Event != a.To {
		return u, privyseal.E(privyseal.KindConflict, "this has changed meanwhile", "look again: privyseal activity undo")
	}
	if err := k.unrecordable(); err != nil {
		return u, err
	}
	if len(k.home(&s.who)) == 0 {
		return u, privyseal.E(privyseal.KindConflict, "there is no relay elsewhere to publish it on", "add one of yours: privyseal relays add wss://relay.example")
	}
	t := nostr.Template{Kind: s.kind, Tags: u.to.Tags, Content: u.to.Content, CreatedAt: max(k.now().Unix(), u.from.CreatedAt+1)}
	rec := privyseal.Record{
		Time: k.now(), Phase: privyseal.PhaseDecided, Trace: newID(), Identity: s.who.ID, Op: privyseal.OpSignEvent,
		Kind: int(s.kind), What: sha256.Sum256(t.AppendJSON(nil)), Verdict: privyseal.Allow, Level: u.eff.Level,
		Rule: "builtin:undo", Given: k.now(), Detail: "undone " + by(ctx),
	}
	if err := k.store.Update(ctx, func(tx store.Tx) error { _, err := tx.AppendRecord(rec); return err }); err != nil {
		return u, err
	}
	key, err := k.vault.UserKey(s.who.ID, s.who.Sealed)
	if err != nil {
		return u, err
	}
	e, err := key.Sign(&t)
	if err != nil {
		return u, err
	}
	u.info.Event = e.AppendJSON(nil)
	now := k.now()
	v, err := k.sealVersion(&s.who, e, u.info.Event, "", true, now)
	if err != nil {
		return u, err
	}
	if err := k.keepVersions(ctx, []privyseal.Version{v}, now); err != nil {
		return u, err
	}
	k.noteHead(&s.who, e)
	k.askAnew(context.WithoutCancel(ctx), s.who, int(s.kind))
	rec.Time, rec.Phase, rec.Outcome, rec.Result = now, privyseal.PhaseDone, privyseal.Allowed, v.Result
	return u, k.store.Update(ctx, func(tx store.Tx) error {
		done, err := tx.AppendRecord(rec)
		u.info.Record = done.Seq
		return err
	})
}

// publishTo takes a signed event to an identity's relays and says what they
// said.
func (k *Keeper) publishTo(ctx context.Context, who *privyseal.Identity, event json.RawMessage) []control.UndoRelay {
	out := []control.UndoRelay{}
	for _, p := range k.postTo(ctx, k.home(who), event) {
		out = append(out, control.UndoRelay{URL: p.Relay, OK: p.OK, Reason: p.Reason})
	}
	return out
}

// undoOf is the command that undoes what a record tells of; "" when nothing
// else is kept.
func undoOf(r store.Reader, rec privyseal.Record) (string, error) {
	if rec.Phase != privyseal.PhaseDone || rec.Outcome != privyseal.Allowed || rec.Op != privyseal.OpSignEvent ||
		rec.Kind < 0 || rec.Kind > 65535 || !heads.Kept(nostr.Kind(rec.Kind)) {
		return "", nil
	}
	v, err := r.VersionByResult(rec.Identity, rec.Result)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	all, err := r.Versions(v.Identity, v.Slot)
	if err != nil || heads.Order(all)[0].Event == v.Event {
		return "", err
	}
	return "privyseal activity undo " + strconv.FormatUint(rec.Seq, 10), nil
}
