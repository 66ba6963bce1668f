package keeper

import (
	"context"
	"log/slog"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/outbox"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// How long answers are wanted and kept.
const (
	wantedFor = 120 * time.Second
	keptFor   = 10 * time.Minute
)

// response is what a request is answered with, before it is sealed.
type response struct {
	ID      nip46.RequestID
	Method  nip46.Method
	Outcome privyseal.Outcome
	Result  string
	Error   string // with its prefix
	Kind    privyseal.ErrorKind

	signed *nostr.Event // which Result is the JSON of
}

func success(id nip46.RequestID, m nip46.Method, result string) response {
	return response{ID: id, Method: m, Outcome: privyseal.Allowed, Result: result}
}

func failure(id nip46.RequestID, m nip46.Method, kind privyseal.ErrorKind, text string) response {
	out := privyseal.Refused
	if kind == privyseal.KindExpired {
		out = privyseal.Expired
	}
	return response{ID: id, Method: m, Outcome: out, Kind: kind, Error: nip46.Reason(nip46.ErrorCode(kind), text)}
}

// refusal answers a request with a reason of policy or words.
func refusal(id nip46.RequestID, m nip46.Method, d privyseal.Decision) response {
	kind, text := words.Refusal(d)
	return failure(id, m, kind, text)
}

// because answers a request that ended for a reason of words.
func because(id nip46.RequestID, m nip46.Method, reason string) response {
	return refusal(id, m, privyseal.Decision{Reason: reason})
}

// text is the message as the app reads it (the reply contract).
func (r *response) text() string {
	var small [1 << 10]byte
	if r.Error != "" {
		return string(nip46.AppendError(small[:0], r.ID, r.Method, r.Error))
	}
	room := small[:0]
	if n := len(r.Result) + len(r.Result)/8 + len(r.ID) + 32; n > len(small) { // an event has that many quotes to escape
		room = make([]byte, 0, n)
	}
	return string(nip46.AppendResult(room, r.ID, r.Result))
}

// hash names the result in the record without telling it.
func (r response) hash() [32]byte {
	if r.Error != "" {
		return sumOf(r.Error)
	}
	return sumOf(r.Result)
}

// letter is an answer on its way, who it goes to, and how. It is one piece of
// memory from the answer to the relay's receipt.
type letter struct {
	outbox.Answer
	client nostr.PubKey
	key    vault.Key
	cipher privyseal.Cipher
	text   string

	event nostr.Template // that it is sealed as
	tags  [1]nostr.Tag
	tag   [2]string
}

func (e *envelope) letter(app string, relays []string, kept bool) *letter {
	return &letter{
		Answer: outbox.Answer{App: app, Event: e.ev.ID, Requested: time.Unix(e.ev.CreatedAt, 0), Relays: relays, Kept: kept},
		client: e.ev.PubKey, key: e.key, cipher: e.cipher,
	}
}

// reply answers what is not kept: control methods and errors.
func (k *Keeper) reply(ctx context.Context, e *envelope, app string, r response) {
	k.took.add(k.now().Sub(e.at))
	k.post(ctx, e.letter(app, k.ears.answerRelays(e.relay, k.relaysOf(app)), false), r)
	k.logAnswer(trace(e.ev.ID), app, r)
}

func (k *Keeper) relaysOf(app string) []string {
	a, _ := k.book.appByID(app)
	return a.Relays
}

// post owes an answer to the app.
func (k *Keeper) post(ctx context.Context, l *letter, r response) {
	l.text = r.text()
	if err := k.owe(ctx, l, k.now().Add(wantedFor)); err != nil && ctx.Err() == nil {
		k.log.Error("an answer could not be sealed", "trace", trace(l.Event), "app", l.App, "err", err)
	}
}

func (k *Keeper) owe(ctx context.Context, l *letter, until time.Time) error {
	l.Sealer, l.Until = l, until
	return k.out.Owe(ctx, &l.Answer)
}

// Seal makes the response event. It is stamped with the later of now and
// the request's stamp, which clients filter by, at most a minute ahead.
func (l *letter) Seal(now time.Time) ([]byte, error) {
	content, err := l.key.Encrypt(l.cipher, l.client, l.text)
	if err != nil {
		return nil, err
	}
	at := now
	if l.Requested.After(now) {
		at = l.Requested
		if limit := now.Add(maxAhead); at.After(limit) {
			at = limit
		}
	}
	l.tag = [2]string{"p", l.client.String()}
	l.tags[0] = l.tag[:]
	l.event = nostr.Template{Kind: nip46.Kind, CreatedAt: at.Unix(), Content: content, Tags: l.tags[:]}
	ev, err := l.key.Sign(&l.event)
	l.event.Content = "" // nobody needs it any more
	if err != nil {
		return nil, err
	}
	return ev.AppendJSON(nil), nil
}

// logAnswer writes the one log line every exit writes; no content.
func (k *Keeper) logAnswer(trace, app string, r response) {
	k.counts.add(countOf(r.Outcome), 1)
	k.log.LogAttrs(context.Background(), slog.LevelInfo, "answered", slog.String("trace", trace), slog.String("app", app),
		slog.String("method", string(r.Method)), slog.String("outcome", r.Outcome.String()), slog.String("kind", string(r.Kind)))
}

// countOf names the counter of an outcome.
func countOf(o privyseal.Outcome) string {
	if o == privyseal.Allowed {
		return "requests_allowed"
	}
	return "requests_" + o.String()
}

// known reports whether an event was taken into work and its answer is still
// kept: then it has one, whatever its age (design decision 5).
func (k *Keeper) known(ctx context.Context, e *envelope, app privyseal.App) bool {
	var w privyseal.Work
	err := k.store.View(ctx, func(r store.Reader) (err error) {
		w, err = r.Work(app.ID, e.ev.ID)
		return err
	})
	return err == nil && (w.State != privyseal.WorkAnswered || e.at.Before(w.Expires))
}

// repeat answers an event that is known already.
func (k *Keeper) repeat(ctx context.Context, e *envelope, app privyseal.App, w privyseal.Work) bool {
	k.counts.add("requests_repeated", 1)
	if w.Received.After(*k.joined.Load()) { // else a relay may have brought what it still has
		k.repeated(app.ID)
	}
	switch w.State {
	case privyseal.WorkAsking, privyseal.WorkDecided:
		return true // its answer is on its way, or waits for the person
	case privyseal.WorkAnswered:
	case privyseal.WorkUnknown:
		return false
	}
	r, ok := k.kept(app.ID, w.Answer)
	if !ok {
		return false // never stored, or not to be opened: it is made again, if still allowed
	}
	k.post(ctx, e.letter(app.ID, k.ears.answerRelays(e.relay, app.Relays), true), r)
	return true
}
