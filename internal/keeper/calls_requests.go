package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/words"
)

// cardInfo shows a card: a question, or a group with its list.
func (k *Keeper) cardInfo(c ask.Card) control.QuestionInfo {
	info := k.questionInfo(c.Questions[0])
	if !c.Group() {
		return info
	}
	app, _ := k.book.appByID(info.AppID)
	hash := sha256.New()
	info.ID, info.Reason, info.Kind, info.Event, info.Quote, info.Details, info.Items = c.ID, "group", nil, "", "", nil, nil
	for _, q := range c.Questions {
		item := k.questionInfo(q)
		hash.Write([]byte(item.Words))
		info.Items = append(info.Items, item)
		if q.Level.AtLeast(c.Questions[0].Level) {
			info.Level = q.Level.String()
		}
		if q.Deadline.Before(info.Deadline) {
			info.Deadline = q.Deadline
		}
		if item.Op != info.Op {
			info.Op = ""
		}
		info.Remember = slices.DeleteFunc(info.Remember, func(r string) bool { return !slices.Contains(item.Remember, r) })
	}
	p := k.say().GroupPrompt(app, len(info.Items))
	info.Title, info.Lines, info.Yes, info.No, info.SafeFirst = p.Title, p.Lines, p.Yes, p.No, false
	if len(info.Remember) < 2 {
		info.Lasts, info.Usual = p.Lasts, ""
	}
	info.Words = hex.EncodeToString(hash.Sum(nil))
	return info
}

// showCard shows a card to somebody: from then on it takes an answer.
func (k *Keeper) showCard(c ask.Card) control.QuestionInfo {
	info := k.cardInfo(c)
	if q := c.Questions[0]; len(c.Questions) == 1 && info.Yes != "" && q.Level.AtLeast(privyseal.L3) {
		k.asked.Shown(q, k.now())
		info.Ready, _ = k.asked.Ready(q)
	}
	return info
}

// questionInfo shows a question; while the vault is locked its words cannot be
// read.
func (k *Keeper) questionInfo(q privyseal.Question) control.QuestionInfo {
	app, _ := k.book.appByID(q.App)
	who, _ := k.book.identity(q.Identity)
	info := control.QuestionInfo{
		ID: q.ID, App: app.Name(), AppID: q.App, Identity: who.Name, Op: q.Op.String(), Level: q.Level.String(),
		State: q.State.String(), Reason: q.Reason, Event: q.Event.String(), Asked: q.Asked, Deadline: q.Deadline, By: q.By,
		Words: hex.EncodeToString(q.WordsHash[:]),
	}
	if q.Kind >= 0 {
		info.Kind = &q.Kind
	}
	a, err := k.unseal(q)
	if err != nil {
		info.Title = err.Error()
		return info
	}
	p := a.Prompt
	info.Title, info.Lines, info.Quote = p.Title, p.Lines, p.Quote
	if n, ok := k.brakes.reading.Braked(readingKey(q.App, q.Op)); ok && n.Texts > 0 && q.Reason == words.BulkRead {
		info.Lines = append([]string{k.say().BulkLine(n.Texts, n.People)}, p.Lines...)
	}
	info.Yes, info.No, info.Remember, info.Lasts, info.Usual = p.Yes, p.No, p.Remember, p.Lasts, p.Usual
	info.SafeFirst, info.Type = p.SafeFirst, p.Type
	switch first := sayer(q); {
	case q.State == privyseal.QuestionWaiting:
		line, stop := k.say().Waits(q.By, q.Deadline)
		info.Lines = append([]string{line}, info.Lines...)
		info.Yes, info.No, info.Type = "", stop, ""
	case q.State == privyseal.QuestionOpen && first != "":
		info.Lines = append([]string{k.say().FirstYes(first)}, info.Lines...)
	}
	for _, d := range p.Details {
		info.Details = append(info.Details, control.DetailInfo{Name: d.Name, Value: d.Value})
	}
	return info
}

func (k *Keeper) listQuestions(context.Context, none) ([]control.QuestionInfo, error) {
	out := []control.QuestionInfo{}
	for _, c := range k.asked.Cards() {
		out = append(out, k.showCard(c))
	}
	return out, nil
}

// findCard finds a question or a group by its id or the start of it.
func (k *Keeper) findCard(ctx context.Context, id string) (ask.Card, error) {
	if q, err := k.questionByID(ctx, id); err == nil {
		return ask.Card{ID: q.ID, Questions: []privyseal.Question{q}}, nil
	}
	var found []ask.Card
	if len(id) >= 4 {
		for _, c := range k.asked.Cards() {
			if c.Group() && strings.HasPrefix(c.ID, id) {
				found = append(found, c)
			}
		}
		for _, q := range k.asked.All() {
			if strings.HasPrefix(q.ID, id) {
				found = append(found, ask.Card{ID: q.ID, Questions: []privyseal.Question{q}})
			}
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return ask.Card{}, privyseal.E(privyseal.KindNotFound, "there is no question “"+id+"”", "see: privyseal requests list")
}

func (k *Keeper) showQuestion(ctx context.Context, n control.Name) (control.QuestionInfo, error) {
	c, err := k.findCard(ctx, n.Name)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	return k.showCard(c), nil
}

// watchQuestions sends every open card and then each change.
func (k *Keeper) watchQuestions(ctx context.Context, _ none, more func(any) error) error {
	ch, stop := k.asked.Watch()
	defer stop()
	var sent []control.QuestionInfo
	for changed := []string(nil); ; {
		now, _ := k.listQuestions(ctx, none{})
		for _, info := range append(k.gone(ctx, sent, now, changed), now...) {
			if slices.ContainsFunc(sent, func(old control.QuestionInfo) bool { return reflect.DeepEqual(old, info) }) {
				continue
			}
			if err := more(info); err != nil {
				return err
			}
		}
		sent, changed = now, changed[:0]
		select {
		case <-ctx.Done():
			return ctx.Err()
		case id := <-ch:
			for changed = append(changed, id); len(ch) > 0; {
				changed = append(changed, <-ch)
			}
		}
	}
}

// gone is how what was shown and is no more ended, and what came and went
// meanwhile. A question that became part of a group is "grouped", a group that
// grew or was answered is "changed".
func (k *Keeper) gone(ctx context.Context, sent, now []control.QuestionInfo, changed []string) []control.QuestionInfo {
	shown := func(all []control.QuestionInfo, id string) bool {
		return slices.ContainsFunc(all, func(i control.QuestionInfo) bool { return i.ID == id })
	}
	var out []control.QuestionInfo
	for _, info := range sent {
		if shown(now, info.ID) {
			continue
		}
		q, err := k.questionByID(ctx, info.ID)
		switch {
		case err != nil:
			info.State = "changed"
		case over(q):
			info.State, info.By = q.State.String(), q.By
		default:
			info.State = "grouped"
		}
		out = append(out, info)
	}
	for _, id := range changed {
		q, err := k.questionByID(ctx, id)
		if err != nil || !over(q) || shown(sent, id) || shown(out, id) {
			continue
		}
		info := k.questionInfo(q)
		for _, group := range sent { // its words are no longer kept
			for _, item := range group.Items {
				if item.ID == id {
					info = item
				}
			}
		}
		info.State, info.By = q.State.String(), q.By
		out = append(out, info)
	}
	return out
}
