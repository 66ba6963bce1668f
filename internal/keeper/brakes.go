package keeper

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// Keys of settings of the brakes.
const (
	settingRateApp      = "rate-app"
	settingRateRefused  = "rate-app-refused"
	settingRateIdentity = "rate-identity"
	settingRateStranger = "rate-stranger"
	settingRateReading  = "rate-reading"
	settingDeadMan      = "dead-man"
)

// brakedBy is who answers questions in a brake's name, and where its grants
// come from.
const brakedBy = "brake"

// maxBraked bounds the keys that a token bucket remembers.
const maxBraked = 4096

// brakes is what slows or stops an app, a relay or a stranger although nothing
// forbids the single request.
type brakes struct {
	strangers *brake.Tokens // by client key
	forged    *brake.Tokens // by relay and cipher
	apps      *brake.Tokens // every request, by app
	fruitless *brake.Tokens // what is asked, refused or invalid, by app
	people    *brake.Tokens // uses of a user key, by identity
	notes     *brake.Tokens // records that one brake tripped, by what
	refusals  brake.Refusals
	reading   brake.Reading // by app and method
	habits    habitBook

	ruling sync.RWMutex // held while reading is decided by grants and brake; locked while an answer changes both

	mu     sync.Mutex
	parked map[string]int // requests that wait for one question, by question
}

// forgedRate is how many forged events of known pairs a relay may cost.
var forgedRate = brake.Rate{PerSecond: 20, Burst: 100}

func newBrakes() *brakes {
	tokens := func() *brake.Tokens { return brake.NewTokens(brake.Rate{}, maxBraked) }
	return &brakes{
		strangers: tokens(), apps: tokens(), fruitless: tokens(), people: tokens(),
		forged: brake.NewTokens(forgedRate, maxBraked),
		notes:  brake.NewTokens(brake.Rate{PerSecond: 1.0 / 600, Burst: 1}, maxBraked),
		habits: habitBook{apps: map[string]*appHabits{}},
		parked: map[string]int{},
	}
}

// setBrakes takes the rates from the settings.
func (k *Keeper) setBrakes() {
	now := k.now()
	for key, t := range map[string]*brake.Tokens{
		settingRateApp: k.brakes.apps, settingRateRefused: k.brakes.fruitless,
		settingRateIdentity: k.brakes.people, settingRateStranger: k.brakes.strangers,
	} {
		r, _ := parseRate(k.setting(key))
		t.Set(r, now)
	}
	n, _ := strconv.Atoi(k.setting(settingRateReading))
	k.brakes.reading.Set(n)
}

// loadBrakes takes up, after a restart, what the person refused lately and
// which apps wait for an answer about reading.
func (k *Keeper) loadBrakes(r store.Reader) error {
	all, err := r.Questions(privyseal.QuestionUnknown)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b privyseal.Question) int { return a.Answered.Compare(b.Answered) })
	last := map[string]time.Time{}
	for _, q := range all {
		if q.Answered.Equal(last[q.App]) {
			continue // a group, answered at once
		}
		switch {
		case q.State == privyseal.QuestionOpen && q.Reason == words.BulkRead:
			k.brakes.reading.Brake(readingKey(q.App, q.Op))
		case q.By == brakedBy || !q.Answered.After(released(r, q.App)):
		case q.State == privyseal.QuestionDenied:
			k.brakes.refusals.Denied(q.App, q.Answered)
		case q.State == privyseal.QuestionApproved:
			k.brakes.refusals.Clear(q.App, q.Answered)
		}
		if !q.Answered.IsZero() {
			last[q.App] = q.Answered
		}
	}
	return nil
}

// settingReleased is followed by an app's id: when the person let it go on.
const settingReleased = "app-released/"

// released is when the person let an app go on for the last time.
func released(r store.Reader, app string) time.Time {
	v, err := r.Setting(settingReleased + app)
	at, perr := time.Parse(time.RFC3339Nano, v)
	if err != nil || perr != nil {
		return time.Time{}
	}
	return at
}

// parseRate reads "20,100": tokens by the second, and how many are saved up.
func parseRate(s string) (brake.Rate, error) {
	per, burst, _ := strings.Cut(s, ",")
	p, err1 := strconv.ParseFloat(per, 64)
	b, err2 := strconv.Atoi(burst)
	if err1 != nil || err2 != nil || !(p > 0 && p <= 1e6) || b < 1 || b > 1e6 {
		return brake.Rate{}, privyseal.E(privyseal.KindInvalid, "“"+s+"” is not a rate",
			"give how many in a second, and how many at once: 20,100")
	}
	return brake.Rate{PerSecond: p, Burst: b}, nil
}

func checkReading(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 1e9 {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not a number of texts", "for example: 600")
	}
	return nil
}

func checkRate(v string) error {
	_, err := parseRate(v)
	return err
}

// tripped counts that a brake acted, and puts it on record, at most once in ten
// minutes for the same.
func (k *Keeper) tripped(counter string, app *privyseal.App, detail string, at time.Time) {
	k.counts.add(counter, 1)
	r := privyseal.Record{Time: at, Detail: "brake: " + detail}
	key := detail
	if app != nil {
		r.App, r.Identity, r.Client = app.ID, app.Identity, app.Client
		key += app.ID
	}
	if !k.brakes.notes.Take(key, at) {
		return
	}
	k.log.Warn("a brake acted", "what", detail, "app", r.App)
	k.store.Later(func(tx store.Tx) error { return note(tx, r) })
}

// tooFast answers a request above the app's rate.
func (k *Keeper) tooFast(ctx context.Context, e *envelope, app *privyseal.App, req *nip46.Request) bool {
	if k.brakes.apps.Take(app.ID, e.at) && k.brakes.people.Take(app.Identity, e.at) {
		return false
	}
	k.slowed(ctx, e, app, req.ID, req.Method)
	return true
}

// inVain spends a token for a request that comes to nothing by itself: it is
// invalid, refused or asked. Without one it is answered at once, off the record.
func (k *Keeper) inVain(ctx context.Context, e *envelope, app *privyseal.App, id nip46.RequestID, m nip46.Method) bool {
	if k.brakes.fruitless.Take(app.ID, e.at) {
		return false
	}
	k.slowed(ctx, e, app, id, m)
	return true
}

func (k *Keeper) slowed(ctx context.Context, e *envelope, app *privyseal.App, id nip46.RequestID, m nip46.Method) {
	k.tripped("requests_too_fast", app, "too many requests at once", e.at)
	k.reply(ctx, e, app.ID, because(id, m, words.TooFast))
}

// worthVerifying reports whether one more event of a known pair has its
// signature checked. A relay that brought forged ones pays for each: NIP-04 has
// no MAC, so that whoever saw one request can make others that open (T6).
func (k *Keeper) worthVerifying(e *envelope) bool {
	if k.brakes.forged.Left(e.relay+" "+e.cipher.String(), e.at) {
		return true
	}
	k.tripped("events_braked", nil, "forged events by "+e.relay, e.at)
	return false
}

// forged counts a known pair's event whose signature is not good.
func (k *Keeper) forged(e *envelope) {
	k.brakes.forged.Take(e.relay+" "+e.cipher.String(), e.at)
}

// judged tells the brakes what a person answered (T30, R43): refusals quiet an
// app, and a third within the minute takes its other questions away.
func (k *Keeper) judged(ctx context.Context, q privyseal.Question) {
	now := k.now()
	app, _ := k.book.appByID(q.App)
	if q.State == privyseal.QuestionApproved {
		k.brakes.refusals.Clear(q.App, now)
		k.brakes.habits.passed(q, now)
		return
	}
	until, muted := k.brakes.refusals.Denied(q.App, now)
	if until.IsZero() {
		return
	}
	if !muted {
		k.tripped("apps_quieted", &app, "quiet after two refusals", now)
		return
	}
	k.tripped("apps_muted", &app, "muted after three refusals", now)
	for _, open := range k.asked.All() {
		if open.App != q.App {
			continue
		}
		if _, err := k.settle(ctx, open, privyseal.QuestionDenied, brakedBy, nil); err != nil {
			k.log.Warn("a question could not be closed", "question", open.ID, "err", err)
		}
	}
}

// quiet turns a question into a refusal while the app may not ask.
func (k *Keeper) quiet(j *job, d privyseal.Decision) privyseal.Decision {
	if d.Verdict != privyseal.Ask {
		return d
	}
	if _, _, quiet := k.brakes.refusals.Quiet(j.app.ID, j.e.at); !quiet {
		return d
	}
	k.counts.add("requests_quieted", 1)
	return braked(d, privyseal.Refuse, words.Quiet)
}

// braked is a decision that a brake took.
func braked(d privyseal.Decision, v privyseal.Verdict, reason string) privyseal.Decision {
	return privyseal.Decision{Verdict: v, Level: d.Level, Reason: reason, Rule: privyseal.Rule{ID: "builtin:" + reason}}
}

// forget drops what is known of an app that is gone.
func (b *brakes) forget(app string) {
	b.habits.forget(app)
	b.refusals.Clear(app, time.Time{})
	for _, op := range []privyseal.Operation{privyseal.OpNip44Decrypt, privyseal.OpNip04Decrypt} {
		b.reading.Clear(readingKey(app, op))
	}
}

// brakeCodes is what holds an app back now.
func (k *Keeper) brakeCodes(app string) []string {
	var codes []string
	now := k.now()
	if k.stoppedReading(app) {
		codes = append(codes, words.BulkRead)
	}
	if _, _, quiet := k.brakes.refusals.Quiet(app, now); quiet {
		codes = append(codes, words.Quiet)
	}
	if !k.brakes.apps.Left(app, now) || !k.brakes.fruitless.Left(app, now) {
		codes = append(codes, words.TooFast)
	}
	return codes
}

// brakeLines says it in words, for the app's page.
func (k *Keeper) brakeLines(a privyseal.App) []string {
	var out []string
	for _, code := range k.brakeCodes(a.ID) {
		out = append(out, k.say().BrakeLine(code, k.goesBy(a)))
	}
	return out
}

// release lets a braked app go on; it reports whether one of the brakes held it.
func (k *Keeper) release(ctx context.Context, app privyseal.App) (bool, error) {
	was := len(k.brakeCodes(app.ID)) > 0
	if err := k.letRead(ctx, app); err != nil {
		return was, err
	}
	now := k.instants.next(k.now())
	if k.brakes.refusals.Clear(app.ID, now) {
		k.store.Later(func(tx store.Tx) error {
			if err := tx.SetSetting(settingReleased+app.ID, now.UTC().Format(time.RFC3339Nano)); err != nil {
				return err
			}
			return note(tx, privyseal.Record{
				Time: now, Identity: app.Identity, App: app.ID, Client: app.Client, Detail: "brake: may ask again " + by(ctx),
			})
		})
	}
	k.brakes.apps.Clear(app.ID)
	k.brakes.fruitless.Clear(app.ID)
	return was, nil
}

// mayBeBraked are the ids of all apps that a brake knows, or of whose grants one
// refuses: of 100,000 apps these are few.
func (k *Keeper) mayBeBraked() map[string]bool {
	ids, now := map[string]bool{}, k.now()
	add := func(id string) { ids[id] = true }
	for _, t := range []*brake.Tokens{k.brakes.apps, k.brakes.fruitless} {
		if !t.Left("", now) { // a rate that lets nobody through
			for _, id := range k.book.active("") {
				add(id)
			}
		}
		t.Each(add)
	}
	k.brakes.refusals.Each(add)
	k.brakes.reading.Each(func(key string) { add(readingApp(key)) })
	k.grants.each(func(app string, grants []privyseal.Grant) {
		if slices.ContainsFunc(grants, stops) {
			add(app)
		}
	})
	return ids
}

// brakeFindings is what a check-up says of the brakes.
func (k *Keeper) brakeFindings() []control.Finding {
	var out []control.Finding
	for id := range k.mayBeBraked() {
		a, known := k.book.appByID(id)
		if !known || a.State != privyseal.AppActive {
			continue
		}
		codes := k.brakeCodes(id)
		for _, code := range codes {
			name, _ := words.Sanitize(a.Name(), 40)
			said, fix := k.say().Brake(code, k.goesBy(a))
			out = append(out, control.Finding{Check: "brakes", State: "warning", Text: fmt.Sprintf("%s: %s", name, said), Fix: fix})
		}
	}
	slices.SortFunc(out, func(x, y control.Finding) int { return strings.Compare(x.Text, y.Text) })
	return append(out, k.deadManFindings()...)
}
