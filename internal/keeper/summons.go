package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/summon"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
)

// settingSummons is followed by the id of an app that is told where its person
// answers. No app is, until the person wants it or the app says, as it is let in,
// that it can open such a page: many take it for a failure. "off" is the person's
// no, which outlasts what the app says.
const settingSummons = "auth-url/"

func (k *Keeper) summons(app string) bool {
	value := ""
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		value, err = r.Setting(settingSummons + app)
		return err
	})
	return err == nil && value == "on"
}

// summon tells an app where its person answers the question of a request: the
// request's answer comes after that, as for any other.
func (k *Keeper) summon(ctx context.Context, j *job, q privyseal.Question) {
	site := k.desk.Show()
	if !k.summons(j.app.ID) || site.Closed != "" || len(site.Origins) == 0 {
		return
	}
	home := site.Origins[0]
	for _, o := range site.Origins {
		if strings.HasPrefix(o, "https://") {
			home = o
			break
		}
	}
	code := k.called.Make(summon.Request{App: j.app.ID, ID: string(j.req.ID)}, q.ID, q.Deadline, k.now())
	if code == "" {
		return
	}
	l := j.e.letter(j.app.ID, k.ears.answerRelays(j.e.relay, j.app.Relays), false)
	l.text = string(nip46.AppendAuthURL(nil, j.req.ID, home+control.AskPath+code))
	err := k.owe(ctx, l, q.Deadline)
	if err != nil && ctx.Err() == nil {
		k.log.Error("an app could not be told where its question is answered", "trace", j.req.Trace, "err", err)
		return
	}
	k.counts.add("auth_urls", 1)
}

// setSummons says whether an app is told where its person answers.
func (k *Keeper) setSummons(ctx context.Context, a control.AppSwitch) (control.AppInfo, error) {
	app, err := k.findApp(a.App)
	if err != nil {
		return control.AppInfo{}, err
	}
	value, said := "off", "is not told where its person answers"
	if a.On {
		value, said = "on", "is told where its person answers"
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingSummons+app.ID, value); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Identity: app.Identity, App: app.ID, Detail: said + ", " + by(ctx)})
	})
	if err != nil {
		return control.AppInfo{}, err
	}
	return k.appInfo(app), nil
}

// announced turns that on for an app that is let in and says that it can, unless
// the person said no. It is part of the commit that lets the app in.
func (k *Keeper) announced(tx store.Tx, app string, can bool) error {
	if !can {
		return nil
	}
	switch was, err := tx.Setting(settingSummons + app); {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	case was == "off":
		return nil
	}
	return tx.SetSetting(settingSummons+app, "on")
}

// summoned is the identity of the question that a code leads to.
func summoned(k *Keeper, ctx context.Context, args json.RawMessage) (string, error) {
	var a control.Name
	if err := decodeArgs(args, &a); err != nil {
		return "", err
	}
	id, ok := k.called.Peek(a.Name, k.now())
	if !ok {
		return "", errSummons
	}
	q, err := k.questionByID(ctx, id)
	return q.Identity, err
}

var errSummons = privyseal.E(privyseal.KindExpired, "this way to a question was used, or is over", "look at what is asked now")

// openSummons shows the question that a code leads to, once.
func (k *Keeper) openSummons(ctx context.Context, n control.Name) (control.QuestionInfo, error) {
	id, ok := k.called.Take(n.Name, k.now())
	if !ok {
		return control.QuestionInfo{}, errSummons
	}
	return k.showQuestion(ctx, control.Name{Name: id})
}

func ifOn(_ *Keeper, _ context.Context, args json.RawMessage) (bool, error) {
	var a control.AppSwitch
	err := decodeArgs(args, &a)
	return a.On || err != nil, err
}
