package keeper

import (
	"strconv"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/keeper/people"
	"github.com/privyseal/privyseal/nostr"
)

// settingNames holds the names that a person gives people.
const settingNames = "names"

const (
	kindProfile = nostr.Kind(0)
	kindFollows = nostr.Kind(3)
	// maxProfiles bounds the profiles that are looked for at a time.
	maxProfiles = 200
)

func checkNames(v string) error {
	_, err := people.ParseNames(v)
	return err
}

// giveNames takes over the names that are set.
func (k *Keeper) giveNames() {
	if names, err := people.ParseNames(k.setting(settingNames)); err == nil {
		k.people.Give(names)
	}
}

// people is what is known of people.
func (n *knower) people() effect.People {
	k := n.k
	return effect.People{
		Name: k.people.Name, Petname: k.people.Petname,
		Known:         func(pk nostr.PubKey) bool { return k.people.Followed(n.j.who.ID, pk) || k.met(&n.j.who, pk) },
		Namesake:      func(name string) bool { return k.people.Namesake(n.j.who.ID, n.j.who.PubKey, name) },
		WalletChanged: func(pk nostr.PubKey) bool { return k.people.WalletChanged(pk, n.j.e.at) },
	}
}

// olderFacts is what a request would replace or delete.
func (k *Keeper) olderFacts(j *job, o *effect.Older) {
	j.replaces, j.there = nostr.ID{}, false
	t := j.req.Template
	if t == nil || !heads.Kept(t.Kind) {
		o.DataApp = func(nostr.Kind, string) string { return "" } // replaces nothing
		return
	}
	old := k.olderOf(&j.who, t.Kind, heads.D(t.Kind, t.Tags), j.e.at)
	o.HeadPrivate = j.inside.older
	o.Head, o.HeadState, j.replaces = old.event, old.state, old.at.Event
	j.there = old.event != nil && old.event.CreatedAt == t.CreatedAt &&
		effect.Same(old.event, &nostr.Event{Tags: t.Tags, Content: t.Content})
	if old.event == nil && old.state == effect.HeadNone || old.at.Signed {
		last := old.at.App
		o.DataApp = func(nostr.Kind, string) string { return k.wrote(j, last) }
	}
}

// wrote names another app that wrote something last.
func (k *Keeper) wrote(j *job, id string) string {
	if id == "" || id == j.app.ID {
		return ""
	}
	app, ok := k.book.appByID(id)
	if !ok {
		app = privyseal.App{ID: id}
	}
	return app.Name()
}

// find is an event of an identity that is at hand, by its id or its address
// ("30023:<pubkey>:<d>").
func (k *Keeper) find(who *privyseal.Identity, ref string) *nostr.Event {
	kind, rest, ok := strings.Cut(ref, ":")
	if !ok {
		return k.seen.Find(ref)
	}
	author, d, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseUint(kind, 10, 16)
	if err != nil || author != who.PubKey.String() || !heads.Kept(nostr.Kind(n)) {
		return nil
	}
	return k.olderOf(who, nostr.Kind(n), d, k.now()).event
}

// acquaint reads whom the identities follow.
func (k *Keeper) acquaint() {
	for _, who := range k.book.allIdentities() {
		if list := k.olderOf(&who, kindFollows, "", k.now()); list.event != nil {
			k.people.Follows(who.ID, list.event)
		}
	}
}

// lookAtPeople looks for the profiles of those whom an identity follows, some at
// a time.
func (k *Keeper) lookAtPeople(who *privyseal.Identity) {
	if keys := k.people.Unknown(who.ID, maxProfiles); len(keys) > 0 {
		k.look(who, heads.Profiles, heads.Named(who.PubKey, "people"), heads.Of(keys))
	}
}
