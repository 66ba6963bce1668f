package keeper

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/notice"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
)

const (
	// settingNotices holds how people are told, sealed: its addresses are secrets.
	settingNotices   = "notices"
	settingPushHosts = "push-hosts"
	noticesID        = "notices"
	// commandWay is the id of the owner's command.
	commandWay = "command"
)

// Command is what the owner's command is told: a question's id where there is
// one, and words that say nothing of it.
type Command struct{ Question, Text, Link string }

// notices is how people are told, away from the pages, that a question waits.
type notices struct {
	command func(context.Context, Command) error
	news    chan struct{} // a way came or went

	mu     sync.Mutex
	opened bool
	kept   notice.Kept
	spoilt string // why it cannot be opened
	how    map[string]toldHow

	next uint64
	open map[uint64]chan control.Delivered
}

// toldHow is what came of the last tries of a way.
type toldHow struct {
	told, faultAt time.Time
	fault         string
}

func newNotices(command func(context.Context, Command) error) *notices {
	return &notices{command: command, news: make(chan struct{}, 1), how: map[string]toldHow{}, open: map[uint64]chan control.Delivered{}}
}

// openNotices reads what is kept, once the vault is open. It stays in memory
// when the vault locks.
func (k *Keeper) openNotices(ctx context.Context) bool {
	n := k.notices
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.opened || k.vault.Locked() {
		return n.opened
	}
	var text string
	err := k.store.View(ctx, func(r store.Reader) (err error) {
		text, err = r.Setting(settingNotices)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false
	}
	n.opened, n.spoilt = true, ""
	if text == "" {
		return true
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		raw, err = k.vault.Open(vault.PurposeNotices, noticesID, 1, raw)
	}
	if err == nil {
		n.kept, err = notice.Parse(raw)
	}
	if err != nil {
		n.spoilt = "how people are told was changed outside the signer, so nobody is"
	}
	return true
}

// changeNotices changes what is kept, on record. Browsers of people who are no
// more go, too.
func (k *Keeper) changeNotices(ctx context.Context, detail string, change func(*notice.Kept) error) error {
	if !k.openNotices(ctx) {
		return privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it: privyseal unlock")
	}
	n := k.notices
	n.mu.Lock()
	defer n.mu.Unlock()
	kept := n.kept
	kept.Ways = slices.Clone(kept.Ways)
	kept.Keep(func(id string) bool { _, ok := k.desk.Person(id); return ok })
	if err := change(&kept); err != nil {
		return err
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	sealed, err := k.vault.Seal(vault.PurposeNotices, noticesID, 1, raw)
	if err != nil {
		return err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingNotices, base64.StdEncoding.EncodeToString(sealed)); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: detail})
	})
	if err != nil {
		return err
	}
	n.kept, n.spoilt = kept, ""
	select {
	case n.news <- struct{}{}:
	default:
	}
	return nil
}

// pushKey is the key that browsers are subscribed with, made when first asked
// for and kept with the first browser.
func (n *notices) pushKey() (notice.Key, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kept.Key == nil {
		key, err := notice.NewKey()
		if err != nil {
			return key, err
		}
		n.kept.Key, err = key.Bytes()
		return key, err
	}
	return notice.ParseKey(n.kept.Key)
}

// ways are all, the owner's command first: it stays on this computer.
func (n *notices) ways() notice.Kept {
	n.mu.Lock()
	defer n.mu.Unlock()
	kept := n.kept
	kept.Ways = slices.Clone(kept.Ways)
	if n.command != nil {
		kept.Ways = slices.Insert(kept.Ways, 0, notice.Way{ID: commandWay, Kind: notice.KindCommand})
	}
	return kept
}

// came notes what came of a try.
func (n *notices) came(way string, err error, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.how[way]
	if err != nil {
		h.fault, h.faultAt = err.Error(), now
	} else {
		h = toldHow{told: now}
	}
	n.how[way] = h
}

// tellPeople tells of open questions, until ctx ends.
func (k *Keeper) tellPeople(ctx context.Context) {
	ch, stop := k.asked.Watch()
	defer stop()
	var plan notice.Schedule
	var wg sync.WaitGroup
	defer wg.Wait()
	failed := make(chan notice.Call)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		k.openNotices(ctx)
		steps := k.notices.ways().Steps()
		now := k.now()
		due, again := plan.Next(now, k.untold(), len(steps))
		for _, c := range due {
			wg.Go(func() {
				if k.tell(ctx, steps[c.Way], c.Questions) {
					return
				}
				select {
				case failed <- c:
				case <-ctx.Done():
				}
			})
		}
		if again.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(min(again.Sub(now), tickEvery)) // clocks jump
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-k.notices.news:
		case c := <-failed:
			plan.Failed(c, k.now())
		case <-ch:
			for len(ch) > 0 {
				<-ch
			}
		}
	}
}

// untold are the questions that somebody has to answer.
func (k *Keeper) untold() (out []notice.Waiting) {
	for _, q := range k.asked.All() {
		if q.State == privyseal.QuestionOpen {
			out = append(out, notice.Waiting{ID: q.ID, Identity: q.Identity, Since: q.Asked})
		}
	}
	return out
}

// tell tells of questions over one step; false says that nobody was reached.
func (k *Keeper) tell(ctx context.Context, ways []notice.Way, list []notice.Waiting) bool {
	text, link, id := k.say().Page("notice-one"), "/", ""
	if len(list) > 1 {
		text = k.say().Page("notice-many", "n", strconv.Itoa(len(list)))
	} else if c := list[0]; len(k.asked.Cards()) == 1 {
		link, id = "/#q-"+c.ID, c.ID
	}
	concerns := func(w notice.Way) bool {
		return slices.ContainsFunc(list, func(q notice.Waiting) bool { return k.mayAnswer(w, q.Identity) })
	}
	ways = slices.DeleteFunc(slices.Clone(ways), func(w notice.Way) bool { return !concerns(w) })
	return k.spread(ctx, ways, Command{Question: id, Text: text, Link: link})
}

// mayAnswer reports whether whom a way leads to may answer for an identity.
func (k *Keeper) mayAnswer(w notice.Way, identity string) bool {
	if w.Kind != notice.KindBrowser {
		return true // the owner's
	}
	p, ok := k.desk.Person(w.Person)
	return ok && p.RoleOn(identity) >= privyseal.RoleApprover
}

// spread says the same over some ways; false says that none took it.
func (k *Keeper) spread(ctx context.Context, ways []notice.Way, c Command) bool {
	took := make(chan bool, len(ways))
	for _, w := range ways {
		go func() {
			err := k.notify(ctx, w, c)
			k.notices.came(w.ID, err, k.now())
			if err != nil {
				k.log.Warn("somebody could not be told of a question", "way", w.Kind, "where", w.Where(), "err", err)
			}
			took <- err == nil
		}()
	}
	any := false
	for range ways {
		any = <-took || any
	}
	return any
}

// notifyFor is how long one way may take.
const notifyFor = 20 * time.Second

// notify says something over one way.
func (k *Keeper) notify(ctx context.Context, w notice.Way, c Command) error {
	ctx, cancel := context.WithTimeout(ctx, notifyFor)
	defer cancel()
	local := c.Link
	c.Link = k.pageAt(local)
	switch {
	case w.Kind == notice.KindCommand:
		return k.notices.command(ctx, c)
	case w.Browser != nil:
		return k.push(ctx, w, c.Text, local)
	case w.To != nil:
		return k.message(ctx, w, strings.TrimSpace(c.Text+"\n"+c.Link))
	}
	return k.deliver(ctx, control.Place{URL: w.URL, Typed: true}, w.Ntfy(c.Text, "Privy Seal", c.Link))
}

// pageAt is where a page of the console is; "" when it is nowhere.
func (k *Keeper) pageAt(path string) string {
	if origins := k.desk.Show().Origins; len(origins) > 0 {
		return origins[0] + path
	}
	return ""
}

// push reaches a browser. One that is gone is forgotten.
func (k *Keeper) push(ctx context.Context, w notice.Way, text, link string) error {
	key, err := k.notices.pushKey()
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"text": text, "link": link})
	if err != nil {
		return err
	}
	contact := k.pageAt("/")
	if !strings.HasPrefix(contact, "https:") {
		contact = "mailto:owner@privyseal.invalid" // nobody to write to
	}
	p, err := key.Push(*w.Browser, body, contact, k.now())
	if err != nil {
		return err
	}
	typed := slices.Contains(strings.Split(k.setting(settingPushHosts), ","), w.Browser.Host())
	err = k.deliver(ctx, control.Place{URL: w.Browser.Endpoint, Typed: typed}, p)
	if errors.Is(err, errGone) {
		return cmp.Or(k.changeNotices(ctx, "notifications: a browser that is gone was removed", func(kept *notice.Kept) error { kept.Remove(w.ID); return nil }), err)
	}
	return err
}

// errGone says that nothing takes a notice there any more.
var errGone = errors.New("this browser takes no notices any more")

// deliver has the front carry something to a web address.
func (k *Keeper) deliver(ctx context.Context, to control.Place, p notice.Push) error {
	n := k.notices
	came := make(chan control.Delivered, 1)
	n.mu.Lock()
	n.next++
	ref := n.next
	n.open[ref] = came
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.open, ref)
	}()
	if k.send(&control.Deliver{Ref: ref, To: to, Headers: p.Headers, Body: p.Body}) != nil {
		return errors.New("the front is not there")
	}
	select {
	case d := <-came:
		switch {
		case d.Status == 0:
			return errors.New(cmp.Or(d.Reason, "it could not be reached"))
		case d.Status == 404 || d.Status == 410:
			return errGone
		case d.Status/100 != 2:
			return errors.New("it answered with the error " + strconv.Itoa(d.Status))
		}
		return nil
	case <-ctx.Done():
		return errors.New("it did not answer in time")
	}
}

// delivered hands over what came of a delivery.
func (n *notices) delivered(m *control.Delivered) {
	n.mu.Lock()
	defer n.mu.Unlock()
	select {
	case n.open[m.Ref] <- *m:
	default: // nobody waits any more
	}
}

// message sends a private message, from the signer's own key.
func (k *Keeper) message(ctx context.Context, w notice.Way, text string) error {
	key, err := k.announcement(ctx)
	if err != nil {
		return err
	}
	var places []control.Place
	for _, url := range w.Relays {
		places = append(places, control.Place{URL: url, Typed: true})
	}
	if len(places) == 0 {
		for _, r := range k.ears.configured() {
			if !r.Own {
				places = append(places, control.Place{URL: r.URL, Typed: r.Typed})
			}
		}
	}
	if len(places) == 0 {
		return errors.New("there is no relay to leave it on")
	}
	places = places[:min(len(places), control.MaxErrandRelays)]
	wrap, err := notice.Wrap(key, *w.To, text, k.now())
	if err != nil {
		return err
	}
	ref, came, end := k.posts.begin(len(places))
	defer end()
	if k.send(&control.Post{Ref: ref, Relays: places, Event: wrap.AppendJSON(nil)}) != nil {
		return errors.New("the front is not there")
	}
	for range places {
		select {
		case p := <-came:
			if p.OK {
				return nil
			}
		case <-ctx.Done():
			return errors.New("no relay answered in time")
		}
	}
	return errors.New("no relay took it")
}

// noticeFindings is what a check-up says of how people are told.
func (k *Keeper) noticeFindings() (out []control.Finding) {
	const check = "notifications"
	n := k.notices
	ways := n.ways().Ways
	n.mu.Lock()
	how, spoilt := maps.Clone(n.how), n.spoilt
	n.mu.Unlock()
	if spoilt != "" {
		out = append(out, control.Finding{Check: check, State: "problem", Text: spoilt, Fix: "set it up anew: privyseal notify"})
	}
	for _, w := range ways {
		if h := how[w.ID]; h.fault != "" {
			out = append(out, control.Finding{Check: check, State: "warning", Text: w.Kind + " " + w.Where() + ": " + h.fault, Fix: "try it: privyseal notify try " + w.ID})
		}
	}
	return out
}
