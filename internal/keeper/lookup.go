package keeper

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

const (
	settingLookUp = "look-up"
	// lookAroundEvery is how often everything that counts is looked at.
	lookAroundEvery = time.Hour
	// lookFor is how long a request may wait, parked, for what it would replace.
	lookFor = 1500 * time.Millisecond
	// maxLookFor bounds the requests that wait so; others go on unchecked.
	maxLookFor = 128
	// maxDeleted bounds the events that a deletion is told of.
	maxDeleted = 20
)

const (
	kindRelayList = nostr.Kind(10002)
	kindDeletion  = nostr.Kind(5)
)

// home is where an identity's events are looked for and published: the relays
// of its own list, else the configured ones. Without a configured relay
// elsewhere the signer stays on this computer and goes nowhere; with the kept
// relays left out (--relay none) it goes to configured ones only.
func (k *Keeper) home(who *privyseal.Identity) (places []control.Place) {
	for _, r := range k.ears.configured() {
		if !r.Own {
			places = append(places, control.Place{URL: r.URL, Typed: r.Typed})
		}
	}
	if len(places) == 0 {
		return nil
	}
	list := k.olderOf(who, kindRelayList, "", k.now())
	if list.event == nil {
		return places[:min(len(places), control.MaxErrandRelays)]
	}
	var own []control.Place
	for _, url := range heads.Home(list.event) {
		i := slices.IndexFunc(places, func(p control.Place) bool { return p.URL == url })
		switch {
		case i >= 0:
			own = append(own, places[i])
		case !k.ears.noKept:
			own = append(own, control.Place{URL: url})
		}
	}
	if len(own) == 0 {
		return places[:min(len(places), control.MaxErrandRelays)]
	}
	return own
}

// look sends an errand for one thing of an identity, or for all that counts
// most. The answer is closed when it is over; nil when there is none to wait
// for.
func (k *Keeper) look(who *privyseal.Identity, aim heads.Aim, slot [32]byte, filters []nostr.Filter) <-chan struct{} {
	if k.seam.Load() == nil || k.setting(settingLookUp) != "on" {
		return nil
	}
	now := k.now()
	l := heads.Look{Thing: heads.Thing{Identity: who.ID, Slot: slot}, Aim: aim, Filters: filters, Relays: k.home(who)}
	ref, done, send := k.looks.Begin(l, now)
	if !send {
		return done
	}
	if err := k.send(&control.Fetch{Ref: ref, Relays: l.Relays, Filters: filters, Limit: maxProfiles}); err != nil {
		k.log.Warn("the front took no errand", "err", err)
		return nil
	}
	return done
}

// lookAround looks at all that counts most, of every identity that apps use.
func (k *Keeper) lookAround() {
	now, used := k.now(), map[string]bool{}
	for a := range k.book.allApps() {
		used[a.Identity] = used[a.Identity] || a.State == privyseal.AppActive && now.Sub(later(a.LastSeen, a.Created)) < 24*time.Hour
	}
	for _, who := range k.book.allIdentities() {
		if used[who.ID] {
			k.look(&who, heads.Versions, [32]byte{}, heads.General(who.PubKey))
			k.lookAtPeople(&who)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// lookFirst has a request wait, for a moment and out of everybody's way, for
// what a person should hear of and is not at hand: the version it would replace,
// what it would delete, whom it would tip.
func (k *Keeper) lookFirst(ctx context.Context, j *job) {
	done := k.lookFor(j)
	if done == nil {
		return
	}
	select {
	case k.parked <- struct{}{}:
		defer func() { <-k.parked }()
	default:
		return
	}
	<-k.gate // others may work meanwhile
	defer func() { k.gate <- struct{}{} }()
	timer := time.NewTimer(lookFor)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// lookFor begins to look for what a request needs; nil when nothing is missing,
// or cannot be had.
func (k *Keeper) lookFor(j *job) <-chan struct{} {
	t := j.req.Template
	if t == nil {
		return nil
	}
	switch {
	case heads.Kept(t.Kind):
		d := heads.D(t.Kind, t.Tags)
		old := k.olderOf(&j.who, t.Kind, d, j.e.at)
		if old.at.Signed && j.e.at.Sub(old.at.At) < heads.Fresh ||
			heads.InGeneral(t.Kind) && k.looks.Sound(heads.Thing{Identity: j.who.ID}, j.e.at) {
			return nil
		}
		return k.look(&j.who, heads.Versions, heads.Slot(j.who.PubKey, t.Kind, d), heads.Only(j.who.PubKey, t.Kind, d))
	case t.Kind == kindDeletion:
		return k.lookAtDeleted(j)
	case t.Kind == kindTip:
		to, err := nostr.ParsePubKey(t.Tags.TagValue("p"))
		if err != nil || k.people.Known(to) {
			return nil
		}
		return k.look(&j.who, heads.Profiles, heads.Named(j.who.PubKey, to.String()), heads.Of([]nostr.PubKey{to}))
	}
	return nil
}

// lookAtDeleted looks for the first few events that a deletion names.
func (k *Keeper) lookAtDeleted(j *job) <-chan struct{} {
	var ids []nostr.ID
	for _, tag := range j.req.Template.Tags {
		if len(tag) < 2 || tag[0] != "e" || len(ids) == maxDeleted || k.seen.Find(tag[1]) != nil {
			continue
		}
		if id, err := nostr.ParseID(tag[1]); err == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return k.look(&j.who, heads.Events, heads.Named(j.who.PubKey, fmt.Sprint(ids)), heads.ByID(j.who.PubKey, ids))
}

// fetched takes in what one relay brought.
func (k *Keeper) fetched(ctx context.Context, m *control.Fetched) {
	k.start(ctx, func() {
		l, ok := k.looks.Of(m.Ref, m.Relay)
		if !ok {
			return
		}
		news := k.takeIn(ctx, l, m)
		k.looks.Came(m.Ref, m.Relay, m.Complete, k.now())
		if m.Reason != "" {
			k.log.Info("a relay did not tell all", "relay", m.Relay, "reason", m.Reason)
		}
		k.counts.add("versions_seen", news)
	})
}

// takeIn verifies what came and keeps what is newer than what is known.
func (k *Keeper) takeIn(ctx context.Context, l heads.Look, m *control.Fetched) (news int) {
	who, ok := k.book.identity(l.Identity)
	if !ok {
		return 0
	}
	now := k.now()
	var found []privyseal.Version
	moved := false
	for _, raw := range m.Events {
		e, ok := heads.Believed(raw, l.Filters, now)
		if !ok {
			k.counts.add("events_not_believed", 1)
			continue
		}
		switch l.Aim {
		case heads.Profiles:
			k.people.Profile(e)
			continue
		case heads.Events:
			k.seen.Put(e)
			continue
		case heads.Versions:
		}
		v, err := k.sealVersion(&who, e, e.AppendJSON(nil), "", false, now)
		if err != nil {
			return 0 // locked meanwhile
		}
		if k.isNews(ctx, &v) {
			found = append(found, v)
			k.noteHead(&who, e)
			moved = moved || e.Kind == kindRelayList
		}
	}
	if len(found) == 0 {
		return 0
	}
	if err := k.keepVersions(ctx, found, now); err != nil {
		k.log.Warn("versions that were seen could not be kept", "err", err)
		return 0
	}
	kinds := map[int]bool{}
	for _, v := range found {
		if !kinds[int(v.Kind)] {
			kinds[int(v.Kind)] = true
			k.askAnew(ctx, who, int(v.Kind))
		}
	}
	if moved { // look where this person really posts
		k.looks.Forget(who.ID)
		k.look(&who, heads.Versions, [32]byte{}, heads.General(who.PubKey))
	}
	return len(found)
}

// noteHead takes over what a new version tells of people.
func (k *Keeper) noteHead(who *privyseal.Identity, e *nostr.Event) {
	if e.Kind == kindFollows {
		k.people.Follows(who.ID, e)
		k.lookAtPeople(who)
	}
}

// isNews spares the writer what would be left out anyway.
func (k *Keeper) isNews(ctx context.Context, v *privyseal.Version) (news bool) {
	_ = k.store.View(ctx, func(r store.Reader) error {
		known, err := r.Versions(v.Identity, v.Slot)
		news = err == nil && heads.Newer(v, known)
		return err
	})
	return news
}
