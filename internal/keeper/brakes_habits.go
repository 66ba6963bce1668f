package keeper

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
)

// settingHabits is followed by an app's id; the value is sealed, since it tells
// whom a person writes to.
const settingHabits = "app-habits/"

// habitBook is what apps usually do, read when an app is first heard and
// written once a minute.
type habitBook struct {
	mu   sync.Mutex
	apps map[string]*appHabits
}

type appHabits struct {
	brake.Habits
	changed bool
}

// of finds an app's habits. The mutex is held.
func (b *habitBook) of(k *Keeper, app string) *appHabits {
	if h := b.apps[app]; h != nil {
		return h
	}
	h := &appHabits{}
	var value string
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		value, err = r.Setting(settingHabits + app)
		return err
	})
	if err == nil && value != "" {
		if err = k.openHabits(app, value, &h.Habits); err != nil {
			k.log.Warn("an app's habits could not be read; they are learnt anew", "app", app, "err", err)
		}
	}
	b.apps[app] = h
	return h
}

func (k *Keeper) openHabits(app, value string, h *brake.Habits) error {
	sealed, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return err
	}
	raw, err := k.vault.Open(vault.PurposeWords, settingHabits+app, 1, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, h)
}

// passed takes a person's yes to a burst for the whole of it.
func (b *habitBook) passed(q privyseal.Question, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h := b.apps[q.App]; h != nil && q.Reason == words.Burst {
		h.Pass(now)
		h.changed = true
	}
}

func (b *habitBook) forget(app string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.apps, app)
}

// unusual asks about what an app never did, where only its preset or a bare
// consent allows it (R46). It adds the reason that the person is told.
func (k *Keeper) unusual(j *job, eff *effect.Effect, d privyseal.Decision, grants []privyseal.Grant) privyseal.Decision {
	code := k.strange(j, eff, d, grants)
	if code == "" {
		return d
	}
	k.tripped("requests_unusual", &j.app, "asked because of "+code, j.e.at)
	eff.Reasons = append(eff.Reasons, effect.Reason{Code: code})
	return braked(d, privyseal.Ask, code)
}

// strange is the code of what an app never did, or "".
func (k *Keeper) strange(j *job, eff *effect.Effect, d privyseal.Decision, grants []privyseal.Grant) string {
	if d.Verdict != privyseal.Allow || !general(j, d, grants) {
		return ""
	}
	b := &k.brakes.habits
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.of(k, j.app.ID).Judge(useOf(j, eff.Base), j.app.Created, j.e.at) {
	case brake.Usual:
	case brake.NewThing:
		return words.NewThing
	case brake.NewPerson:
		return words.NewPerson
	case brake.OddHour:
		return words.OddHour
	case brake.Burst:
		return words.Burst
	}
	return ""
}

// general reports a consent that names no kind, method or person of its own: a
// preset's, or a bare sign_event.
func general(j *job, d privyseal.Decision, grants []privyseal.Grant) bool {
	if d.Reason == policy.ReasonPreset {
		return true
	}
	if d.Reason != policy.ReasonGranted || j.req.Op != privyseal.OpSignEvent {
		return false
	}
	for _, g := range grants {
		if d.Rule.ID == "grant:"+g.ID {
			return g.Permission.Kind == nil
		}
	}
	return false
}

// learn makes usual what an app did.
func (k *Keeper) learn(j *job) {
	b := &k.brakes.habits
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.of(k, j.app.ID)
	h.Learn(useOf(j, privyseal.LevelUnknown), k.now())
	h.changed = true
}

func useOf(j *job, level privyseal.Level) brake.Use {
	u := brake.Use{Op: j.req.Op, Kind: -1, Level: level, Person: j.person}
	if j.req.Template != nil {
		u.Kind = int(j.req.Template.Kind)
	}
	return u
}

// flushHabits writes down what apps learnt; while the vault is locked it waits.
func (k *Keeper) flushHabits() {
	if k.vault.Locked() {
		return
	}
	b := &k.brakes.habits
	b.mu.Lock()
	defer b.mu.Unlock()
	sealed := map[string]string{}
	for app, h := range b.apps {
		if !h.changed {
			continue
		}
		raw, err := json.Marshal(h.Habits)
		if err != nil {
			continue
		}
		if s, err := k.vault.Seal(vault.PurposeWords, settingHabits+app, 1, raw); err == nil {
			sealed[app] = base64.StdEncoding.EncodeToString(s)
			h.changed = false
		}
	}
	if len(sealed) == 0 {
		return
	}
	k.store.Later(func(tx store.Tx) error {
		for app, s := range sealed {
			if _, err := tx.App(app); err != nil {
				continue // dropped meanwhile
			}
			if err := tx.SetSetting(settingHabits+app, s); err != nil {
				return err
			}
		}
		return nil
	})
}
