package keeper

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// settingLearning is followed by an app's id; the value is sealed, since it tells
// whom a person writes to.
const settingLearning = "app-learning/"

// maxLessons bounds what is learnt of one app.
const maxLessons = 500

// learnTooMany is why more is not learnt.
const learnTooMany = "too-many"

// learning is what a person approved for an app in a span of time. It is kept as
// JSON, sealed.
type learning struct {
	Began time.Time      `json:"began"`
	Until time.Time      `json:"until"`
	Span  time.Duration  `json:"span"`
	Taken []taken        `json:"taken"`
	Left  map[string]int `json:"left"` // what taught nothing, by why
}

// taken is a lesson as it is kept.
type taken struct {
	Op       privyseal.Operation `json:"op"`
	Kind     int                 `json:"kind"`
	Person   nostr.PubKey        `json:"person"`
	Host     string              `json:"host"`
	Relay    string              `json:"relay"`
	SameSite bool                `json:"same_site"`
	Base     privyseal.Level     `json:"base"`
	Rule     string              `json:"rule"`
	Times    int                 `json:"times"`
}

func (t taken) lesson() policy.Lesson {
	return policy.Lesson{Rule: t.Rule, Times: t.Times, Like: effect.Effect{
		Op: t.Op, Kind: t.Kind, Person: t.Person, Host: t.Host, Relay: t.Relay, SameSite: t.SameSite, Base: t.Base, Level: t.Base,
	}}
}

// add counts one more of a lesson.
func (l *learning) add(p policy.Lesson) {
	t := taken{
		Op: p.Like.Op, Kind: p.Like.Kind, Person: p.Like.Person, Host: p.Like.Host, Relay: p.Like.Relay,
		SameSite: p.Like.SameSite, Base: p.Like.Base, Rule: p.Rule,
	}
	i := slices.IndexFunc(l.Taken, func(old taken) bool { old.Times = 0; return old == t })
	switch {
	case i >= 0:
		l.Taken[i].Times++
	case len(l.Taken) >= maxLessons:
		l.Left[learnTooMany]++
	default:
		t.Times = 1
		l.Taken = append(l.Taken, t)
	}
}

// proposals are the grants that would have covered what was approved.
func (l *learning) proposals(app privyseal.App, grants []privyseal.Grant) []privyseal.Grant {
	lessons := make([]policy.Lesson, len(l.Taken))
	for i, t := range l.Taken {
		lessons[i] = t.lesson()
	}
	return policy.Propose(app, grants, lessons, l.Span)
}

// learnBook is which apps are learnt, and what so far. A nil entry is not opened
// yet: the vault may be locked.
type learnBook struct {
	mu   sync.Mutex
	apps map[string]*learning
}

func (b *learnBook) load(r store.Reader) error {
	b.apps = map[string]*learning{}
	from, to := store.Under(settingLearning)
	return r.EachSetting(from, to, func(key, _ string) error {
		b.apps[strings.TrimPrefix(key, settingLearning)] = nil
		return nil
	})
}

// learningOf opens what is learnt of an app; nil: nothing. The mutex is held.
func (k *Keeper) learningOf(app string) (*learning, error) {
	l, known := k.learnt.apps[app]
	if !known || l != nil {
		return l, nil
	}
	var value string
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		value, err = r.Setting(settingLearning + app)
		return err
	})
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return nil, err
	}
	raw, err := k.vault.Open(vault.PurposeWords, settingLearning+app, 1, sealed)
	if err != nil {
		return nil, err
	}
	l = &learning{}
	if err := json.Unmarshal(raw, l); err != nil {
		return nil, err
	}
	k.learnt.apps[app] = l
	return l, nil
}

// sealLearning is what is kept of it.
func (k *Keeper) sealLearning(app string, l *learning) (string, error) {
	raw, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	sealed, err := k.vault.Seal(vault.PurposeWords, settingLearning+app, 1, raw)
	return base64.StdEncoding.EncodeToString(sealed), err
}

// lesson notes what a person's yes teaches, while the app is learnt: a yes to
// this request, or one that is remembered since.
func (k *Keeper) lesson(j *job, d privyseal.Decision) {
	k.learnt.mu.Lock()
	defer k.learnt.mu.Unlock()
	if _, known := k.learnt.apps[j.app.ID]; !known {
		return
	}
	l, err := k.learningOf(j.app.ID)
	if err != nil || l == nil || j.e.at.Before(l.Began) || !j.e.at.Before(l.Until) {
		return
	}
	lately := func(g privyseal.Grant) bool { return g.Origin == "answer" && !g.Given.Before(l.Began) }
	grants := k.grants.of(j.app.ID)
	yes := d.Reason == "answered" || slices.ContainsFunc(grants, func(g privyseal.Grant) bool { return d.Rule.ID == "grant:"+g.ID && lately(g) })
	if !yes {
		return
	}
	in := policy.Input{Effect: k.weigh(j), App: j.app, Identity: j.who, Now: j.e.at}
	in.Grants = slices.DeleteFunc(slices.Clone(grants), lately)
	in.Spent = k.grants.spent(policy.Budgeted(j.app, in.Grants), j.e.at)
	p, not := policy.LessonOf(in)
	switch {
	case d.Level.AtLeast(privyseal.L3):
		l.Left[policy.LearnSerious]++
	case not != "":
		l.Left[not]++
	default:
		l.add(p)
	}
	value, err := k.sealLearning(j.app.ID, l)
	if err != nil {
		k.log.Warn("what was learnt could not be kept", "app", j.app.ID, "err", err)
		return
	}
	k.store.Later(func(tx store.Tx) error { return tx.SetSetting(settingLearning+j.app.ID, value) })
}

func (b *learnBook) forget(app string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.apps, app)
}
