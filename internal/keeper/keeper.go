// Package keeper is the half that holds keys, facts and decisions: the pipeline
// every request goes through, pairing, sessions, questions and answers. It
// refuses to open a network connection, to use a person's key before the
// decision is on record, and to wait for a person inside the pipeline.
package keeper

import (
	"cmp"
	"context"
	"encoding/hex"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/access"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/keeper/canary"
	"github.com/privyseal/privyseal/internal/keeper/customs"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/keeper/outbox"
	"github.com/privyseal/privyseal/internal/keeper/people"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/keeper/recent"
	"github.com/privyseal/privyseal/internal/keeper/summon"
	"github.com/privyseal/privyseal/internal/keeper/tips"
	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// Seam is the keeper's side of the connection to the front.
type Seam interface {
	Send(control.Message) error
	Recv() (control.Message, error)
}

// Relay is a relay the keeper listens on for every key.
type Relay struct {
	URL    string // normalised
	Own    bool   // our own relay
	Public bool   // reachable from other computers
	Typed  bool   // a person typed it: private addresses are allowed
}

// Options of a Keeper.
type Options struct {
	Store   store.Store
	Vault   *vault.Vault
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
	Relays  []Relay          // configured ones; those added later are settings
	Version string
	Dir     string // the data directory, for files of a moment; "": the system's
	PID     int    // of the process that a person would stop; 0: this one
	// SettingChanged hears of changed settings that concern the front.
	SettingChanged func(key, value string)
	// Spares are relays that may take the place of one that stays deaf.
	Spares []Relay
	// Reviewed are public relays that a person may choose when they set up; none
	// when that is settled.
	Reviewed []Relay
	// HearWithin is how long a request the signer sends itself may be on its
	// way until its relay counts as missing it; 0: 5 s.
	HearWithin time.Duration
	// Anchor is where the mark against older copies is kept; nil: nowhere.
	Anchor anchor.Place
	// OpenSink opens the place that the setting "sink" names; fresh says that
	// it was set just now, so that a new file may be made. Nil: no sinks.
	OpenSink func(where string, fresh bool) (Sink, error)
	// Site is who passkeys are for, unless settings say otherwise.
	Site passkey.Site
	// Command runs the command that tells of questions; nil: there is none.
	Command func(ctx context.Context, c Command) error
	// Findings are what else a check-up says of this process.
	Findings []control.Finding
	// NoKeptRelays leaves out the relays kept in settings, for this run.
	NoKeptRelays bool
}

// Keeper decides and signs. See [New].
type Keeper struct {
	store   store.Store
	powers  *powers.Store // what store is: it seals what apps may do
	vault   *vault.Vault
	log     *slog.Logger
	now     func() time.Time
	version string
	dir     string
	pid     int
	started time.Time
	changed func(key, value string)

	seam    atomic.Pointer[seamBox]
	joined  atomic.Pointer[time.Time] // since when it is this one
	out     *outbox.Outbox
	gate    chan struct{} // bounds requests in work
	reading *turns        // of apps that have texts opened
	queued  chan struct{} // those who wait for one
	company company       // of apps that ask at the same time
	crew    crew
	hands   *hands
	knowers sync.Pool // of *knower
	counts  counters

	sessions sync.Mutex // changes of a session's state take turns
	answers  sync.Mutex // people's answers take turns
	instants instants   // of them

	book      *book
	loaded    chan struct{} // closed when the book is read
	loadErr   error
	grants    *grantBook
	flights   *flights
	strangers *strangers
	ears      *ears
	asked     *ask.Book
	cold      coldShelf
	probes    probes
	canary    *canary.Canary
	spares    atomic.Pointer[[]Relay]
	reviewed  []Relay
	founding  sync.Mutex // of setting up, by one at a time
	deaf      struct {
		sync.Mutex
		n map[string]int // repeats in a row, by app
	}
	clock    clockWatch
	mark     *marker
	sink     *outside
	took     latency
	pulse    chan struct{}
	unpruned atomic.Bool // there was more to drop than one look drops
	seals    atomic.Pointer[[]privyseal.Seal]

	looks   *heads.Ledger // at what requests would replace
	parked  chan struct{} // bounds the requests that wait for one
	seen    heads.Seen
	trims   atomic.Uint64 // versions kept since the start
	posts   posts
	people  *people.Book
	tips    tips.Book
	customs customs.Book
	tongue  atomic.Pointer[words.Catalogue] // see say

	texts     recent.Texts
	blocked   recent.Blocked
	care      atomic.Pointer[care]
	brakes    *brakes
	learnt    learnBook
	notices   *notices
	called    summon.Book   // codes that lead to questions
	desk      *access.Desk  // where people sign in to the console
	ground    passkey.Site  // where that is, unless the owner says otherwise
	heralds   chan struct{} // what is announced may have changed
	hosts     hosts
	debts     debts
	findings  []control.Finding
	front     atomic.Pointer[[]control.Finding] // of the front
	lastOwner atomic.Value                      // time.Time: when the owner was last heard of
}

type seamBox struct{ Seam }

// maxInWork bounds the requests worked on at the same time.
const maxInWork = 256

// New loads the facts and makes a keeper. It sends nothing before Run.
func New(ctx context.Context, o Options) (*Keeper, error) {
	k, err := Begin(ctx, o)
	if err == nil {
		err = k.Loaded()
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Begin is [New] but for who may write to us, which it goes on reading: with many
// apps that takes long, and an unlock derives its key meanwhile. But for Unlock
// and UnlockCredential nothing is to be called before [Keeper.Loaded] answers, and
// the store is not to be written to.
func Begin(ctx context.Context, o Options) (*Keeper, error) {
	k := &Keeper{
		powers: powers.Over(o.Store, o.Vault), vault: o.Vault, log: o.Log, now: o.Now, version: o.Version, dir: o.Dir, pid: cmp.Or(o.PID, os.Getpid()), findings: o.Findings,
		changed: o.SettingChanged,
		gate:    make(chan struct{}, maxInWork),
		reading: newTurns(), queued: make(chan struct{}, maxQueued),
		looks: heads.NewLedger(), parked: make(chan struct{}, maxLookFor), people: people.New(),
		book: newBook(), grants: newGrantBook(), flights: newFlights(), debts: newDebts(),
		strangers: newStrangers(), asked: ask.NewBook(), brakes: newBrakes(), mark: newMarker(o.Anchor), sink: newOutside(o.OpenSink), pulse: make(chan struct{}), heralds: make(chan struct{}, 1),
	}
	k.hands = newHands(k.leave)
	k.knowers.New = func() any { return k.newKnower() }
	k.store = k.powers
	if k.now == nil {
		k.now = time.Now
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	if k.changed == nil {
		k.changed = func(string, string) {}
	}
	k.started = k.now()
	k.ground, k.desk = o.Site, k.newDesk(o.Site)
	k.notices = newNotices(o.Command)
	k.ears = newEars(o.Relays)
	k.ears.noKept = o.NoKeptRelays
	k.reviewed, k.canary = o.Reviewed, k.newCanary(o.HearWithin)
	k.spares.Store(&o.Spares)
	k.out = outbox.New(outbox.Options{Now: k.now, Send: k.publish, Alone: k.crew.alone, Settled: k.settled, Gave: k.gaveUp})
	k.loadBook(ctx)
	if err := k.begin(ctx); err != nil {
		_ = k.Loaded() // nobody reads the store any more
		return nil, err
	}
	return k, nil
}

// begin takes up all facts but who may write to us.
func (k *Keeper) begin(ctx context.Context) error {
	if err := k.load(ctx); err != nil {
		return err
	}
	k.setBrakes()
	k.giveNames()
	k.setLanguage()
	k.recallPaces()
	k.setCare()
	if err := k.judge(ctx); err != nil {
		return err
	}
	return k.loadSink(ctx)
}

// load reads what the keeper works from, besides the book.
func (k *Keeper) load(ctx context.Context) error {
	return k.store.View(ctx, func(r store.Reader) error {
		seals, err := r.Seals()
		if err != nil {
			return err
		}
		k.seals.Store(&seals)
		if err := k.grants.load(r); err != nil {
			return err
		}
		if err := k.ears.load(r, k.now()); err != nil {
			return err
		}
		if err := k.loadBrakes(r); err != nil {
			return err
		}
		if err := k.learnt.load(r); err != nil {
			return err
		}
		if err := k.loadOwner(r); err != nil {
			return err
		}
		if err := k.desk.Load(r); err != nil {
			return err
		}
		all, err := r.Questions(privyseal.QuestionUnknown)
		if err != nil {
			return err
		}
		k.asked.Load(all, k.now())
		return nil
	})
}

// finishFor is how long a stop waits for requests in work.
const finishFor = 5 * time.Second

// Run works until ctx ends or the seam breaks, and may be called again with
// another seam afterwards. It listens for every key first,
// so that nothing sent meanwhile is missed, and then finishes what a crash left
// open. When ctx ends it takes nothing new, finishes what is in work and sends
// what is answered, and returns.
func (k *Keeper) Run(ctx context.Context, seam Seam) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ctx, over := context.WithCancel(ctx)
	defer over()
	joined := k.now()
	k.joined.Store(&joined)
	k.seam.Store(&seamBox{seam})
	k.ears.reset()
	k.crew.set(true)
	defer k.crew.set(false)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	defer over()
	wg.Go(func() { _ = k.out.Run(work) })
	wg.Go(func() { k.housekeep(ctx) })
	wg.Go(func() { k.canary.Run(ctx) })
	wg.Go(func() { k.tellPeople(ctx) })
	wg.Go(func() { k.keepMark(ctx) })
	wg.Go(func() { k.keepSink(ctx, work) })
	wg.Go(func() { k.keepAnnounced(ctx) })
	wg.Go(func() {
		k.listenAll()
		k.store.Later(k.savePast)
		k.wake(work)
	})
	ended := make(chan error, 1)
	go func() { ended <- k.receive(ctx, work, seam) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = ctx.Err()
	}
	over()
	k.crew.set(false)
	patience, done := context.WithTimeout(work, finishFor)
	defer done()
	if k.crew.wait(patience) != nil {
		k.log.Warn("requests in work were left for the next start")
	}
	return err
}

// Drain waits until what is recorded is finished and durable.
func (k *Keeper) Drain(ctx context.Context) error {
	if err := k.crew.wait(ctx); err != nil {
		return err
	}
	k.flushSeen(ctx)
	k.checkpoint(ctx)
	err := k.store.Flush(ctx)
	k.writeMark(ctx)
	k.lastPut(ctx)
	return err
}

// receive reads the seam. It never waits for the seam's other direction.
func (k *Keeper) receive(ctx, work context.Context, seam Seam) error {
	for {
		m, err := seam.Recv()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		switch m := m.(type) {
		case *control.Events:
			for _, in := range m.Items {
				k.take(work, in)
			}
		case *control.Receipts:
			for _, p := range m.Items {
				k.out.Receipt(p)
			}
		case *control.Live:
			k.ears.live(m.Relay, m.Keys)
		case *control.RelayStatus:
			if k.ears.status(*m) {
				k.out.Nudge(m.Relay)
				k.canary.Nudge(m.Relay)
			}
		case *control.NetworkChanged:
			k.log.Info("the network changed")
			k.canary.Nudge("")
		case *control.Fetched:
			k.fetched(work, m)
		case *control.Posted:
			k.posted(m)
		case *control.Delivered:
			k.notices.delivered(m)
		case *control.Challenge:
			k.start(work, func() { k.prove(m) })
		case *control.Publish, *control.Listen, *control.Proof, *control.Call, *control.Reply, *control.Cancel, *control.Renew,
			*control.Fetch, *control.Post, *control.Deliver:
			k.log.Warn("the front sent what it may not", "type", typeName(m))
		}
	}
}

// start runs one piece of work when there is room.
func (k *Keeper) start(ctx context.Context, fn func()) {
	if !k.crew.enter() {
		return
	}
	select {
	case k.gate <- struct{}{}:
	default:
		select {
		case k.gate <- struct{}{}:
		case <-ctx.Done():
			k.crew.leave()
			return
		}
	}
	k.hands.do(ctx, fn)
}

// leave ends what start began.
func (k *Keeper) leave() {
	<-k.gate
	k.crew.leave()
}

// send hands a message to the front; without a front it is dropped, since all
// that matters is owed or listed anew when one comes.
func (k *Keeper) send(m control.Message) error {
	box := k.seam.Load()
	if box == nil {
		return nil
	}
	return box.Send(m)
}

func (k *Keeper) publish(items []control.Outbound) error {
	return k.send(&control.Publish{Items: items})
}

func (k *Keeper) settled(app string, event nostr.ID, left []string) {
	if k.debts.settle(app, event, left) {
		return
	}
	k.store.Later(func(tx store.Tx) error {
		if err := tx.SetOwed(app, event, left); err != nil && err != store.ErrNotFound {
			return err
		}
		return nil
	})
}

func (k *Keeper) gaveUp(a *outbox.Answer, relay, reason string) {
	k.counts.add("answers_refused_by_relay", 1)
	k.log.Info("a relay refused an answer", "relay", relay, "app", a.App, "trace", trace(a.Event), "reason", reason)
}

func trace(id nostr.ID) string {
	var b [16]byte
	hex.Encode(b[:], id[:8])
	return string(b[:])
}
