package keeper

import (
	"context"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/notice"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// noticeInfo shows a way.
func (k *Keeper) noticeInfo(w notice.Way) control.NoticeInfo {
	k.notices.mu.Lock()
	h := k.notices.how[w.ID]
	k.notices.mu.Unlock()
	who, _ := k.desk.Person(w.Person)
	return control.NoticeInfo{
		ID: w.ID, Kind: w.Kind, Where: w.Where(), Person: w.Person, PersonName: who.Name, Label: w.Label, Added: w.Added,
		Told: h.told, Fault: h.fault, FaultAt: h.faultAt,
	}
}

func (k *Keeper) listNotices(ctx context.Context, _ none) (control.Notices, error) {
	out := control.Notices{Ways: []control.NoticeInfo{}}
	if k.openNotices(ctx) {
		key, err := k.notices.pushKey()
		if err == nil {
			out.Key, err = key.Public()
		}
		if err != nil {
			return out, err
		}
	}
	for _, w := range k.notices.ways().Ways {
		out.Ways = append(out.Ways, k.noticeInfo(w))
	}
	return out, nil
}

// addWay keeps one more way.
func (k *Keeper) addWay(ctx context.Context, w notice.Way) (control.NoticeInfo, error) {
	w.ID, w.Added = newID(), k.now()
	err := k.changeNotices(ctx, "notifications: "+w.Kind+" added "+by(ctx), func(kept *notice.Kept) error { return kept.Add(w) })
	return k.noticeInfo(w), err
}

func (k *Keeper) addNotice(ctx context.Context, a control.NoticeArgs) (control.NoticeInfo, error) {
	defer clear(a.Token)
	w, err := notice.NewNtfy(a.URL, string(a.Token))
	if a.To != "" {
		w, err = k.newMessage(a)
	}
	if err != nil {
		return control.NoticeInfo{}, err
	}
	return k.addWay(ctx, w)
}

func (k *Keeper) newMessage(a control.NoticeArgs) (notice.Way, error) {
	var relays []string
	for _, r := range a.Relays {
		url, err := nostr.NormalizeRelayURL(r)
		if err != nil {
			return notice.Way{}, privyseal.E(privyseal.KindInvalid, "“"+r+"” is not the address of a relay", "for example: --relay wss://relay.example")
		}
		relays = append(relays, url)
	}
	w, err := notice.NewMessage(a.To, relays)
	if err != nil {
		return w, err
	}
	if slices.ContainsFunc(k.book.allIdentities(), func(i privyseal.Identity) bool { return i.PubKey == *w.To }) {
		return w, privyseal.E(privyseal.KindInvalid, "to read that key's messages you would be asked here first", "choose a key that this signer does not hold")
	}
	return w, nil
}

// addBrowser adds the browser of who acts.
func (k *Keeper) addBrowser(ctx context.Context, a control.NoticeBrowser) (control.NoticeInfo, error) {
	who, ok := acting(ctx)
	if !ok {
		return control.NoticeInfo{}, privyseal.E(privyseal.KindUnsupported, "a browser is added in that browser", "sign in to the console: privyseal console")
	}
	b := notice.Browser{Endpoint: a.Endpoint, P256dh: a.P256dh, Auth: a.Auth}
	if err := b.Check(); err != nil {
		return control.NoticeInfo{}, privyseal.E(privyseal.KindInvalid, "that is "+err.Error(), "")
	}
	if !k.openNotices(ctx) {
		return control.NoticeInfo{}, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it first")
	}
	key, err := k.notices.pushKey()
	if err != nil {
		return control.NoticeInfo{}, err
	}
	if public, err := key.Public(); err != nil || public != a.Key {
		return control.NoticeInfo{}, privyseal.E(privyseal.KindConflict, "the browser was asked with another key", "load the page again")
	}
	label, _ := words.Sanitize(a.Label, 60)
	return k.addWay(ctx, notice.Way{Kind: notice.KindBrowser, Person: who.ID, Label: label, Browser: &b})
}

// named are the ways that a name means.
func (k *Keeper) named(ctx context.Context, n control.NoticeName) ([]notice.Way, error) {
	k.openNotices(ctx)
	ways := slices.DeleteFunc(k.notices.ways().Ways, func(w notice.Way) bool {
		return n.ID != "" && w.ID != n.ID && (len(n.ID) < 4 || !strings.HasPrefix(w.ID, n.ID)) || n.Person != "" && w.Person != n.Person
	})
	switch {
	case len(ways) == 0:
		return nil, privyseal.E(privyseal.KindNotFound, "there is no such way to tell anybody", "see: privyseal notify list")
	case n.ID != "" && len(ways) > 1:
		return nil, privyseal.E(privyseal.KindInvalid, "several ways begin with “"+n.ID+"”", "give more of it")
	}
	return ways, nil
}

func (k *Keeper) removeNotice(ctx context.Context, n control.NoticeName) (control.Notices, error) {
	if n.ID == "" {
		return control.Notices{}, privyseal.E(privyseal.KindInvalid, "which one?", "see: privyseal notify list")
	}
	ways, err := k.named(ctx, n)
	if err != nil {
		return control.Notices{}, err
	}
	if ways[0].Kind == notice.KindCommand {
		return control.Notices{}, privyseal.E(privyseal.KindUnsupported, "the command was given when the signer was started", "start it without --notify-command")
	}
	err = k.changeNotices(ctx, "notifications: "+ways[0].Kind+" removed "+by(ctx), func(kept *notice.Kept) error {
		kept.Remove(ways[0].ID)
		return nil
	})
	if err != nil {
		return control.Notices{}, err
	}
	return k.listNotices(ctx, none{})
}

// tryNotice says something over a way, or over all, and shows what came of it.
func (k *Keeper) tryNotice(ctx context.Context, n control.NoticeName) (control.Notices, error) {
	ways, err := k.named(ctx, n)
	if err != nil {
		return control.Notices{}, err
	}
	k.spread(ctx, ways, Command{Text: k.say().Page("notice-try"), Link: "/"})
	return k.listNotices(ctx, none{})
}

// checkHosts reads host:port,host:port.
func checkHosts(v string) error {
	for _, h := range strings.Split(v, ",") {
		if host, port, ok := strings.Cut(h, ":"); !ok || host == "" || port == "" || strings.ContainsAny(h, "/@ ") {
			return privyseal.E(privyseal.KindInvalid, "“"+h+"” is not a host and a port", "for example: push.home.arpa:8443")
		}
	}
	return nil
}
