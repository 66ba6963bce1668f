package keeper_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/passkey"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// patience is how long a condition may take to come true, on a machine that works
// for many others: a test that passes never waits as long. Who looks for tests that
// fail has less of it.
var patience = time.Minute

func init() {
	flag.DurationVar(&patience, "patience", patience, "how long a condition may take to come true")
}

const (
	passphrase = "correct horse battery"
	ownRelay   = "ws://127.0.0.1:4646"
)

// rig is a real keeper over a real store, with the front played by the test:
// raw events go in, sealed answers come out.
type rig struct {
	t      testing.TB
	dir    string
	store  *sqlite.Store
	vault  *vault.Vault
	k      *keeper.Keeper
	front  *control.Conn
	pipe   io.WriteCloser  // beneath it
	part   func()          // waits until the seam is over
	life   context.Context // of the keeper
	stop   func()
	cancel func()

	mu      sync.Mutex
	out     []control.Outbound
	listens []control.Listen
	wake    chan struct{}
	proofs  []control.Proof
	receipt func(control.Outbound, string) control.Published // nil: every relay takes it
	deaf    map[string]bool                                  // relays that never become live
	skew    time.Duration
	stands  time.Time // the clock stands there; zero: it goes
	log     *slog.Logger
	fence   *client
	author  string // ana's public key

	self      []control.Outbound     // what the signer sent itself
	renewed   []string               // relays whose connection was to be made anew
	onPublish func(control.Outbound) // nil: what is published goes nowhere
	errands   func(control.Message)  // nil: the front runs none

	relays  []keeper.Relay
	spares  []keeper.Relay
	hear    time.Duration
	wrap    func(store.Store) store.Store // nil: the store as it is
	anchor  anchor.Place                  // nil: none
	command func(context.Context, keeper.Command) error
	sinks   func(where string, fresh bool) (keeper.Sink, error)
	cold    bool // start without unlocking
	bare    bool // start without a vault
	public  []keeper.Relay
	// keyFile seals the vault instead of a passphrase.
	keyFile []byte
}

func newRig(t testing.TB, with ...func(*rig)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), wake: make(chan struct{}, 1), relays: []keeper.Relay{{URL: ownRelay, Own: true}}}
	for _, w := range with {
		w(r)
	}
	r.start(true)
	t.Cleanup(func() { r.stop() })
	return r
}

func (r *rig) openSink(where string, fresh bool) (keeper.Sink, error) { return r.sinks(where, fresh) }

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.stands.IsZero() {
		return r.stands.Add(r.skew)
	}
	return time.Now().Add(r.skew)
}

// still has the clock stand still while fn runs.
func (r *rig) still(fn func()) {
	set := func(at time.Time) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stands = at
	}
	set(time.Now())
	defer set(time.Time{})
	fn()
}

func (r *rig) sleep(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skew += d
}

// start opens the store and runs a keeper on it; the first time it makes the
// vault and one identity.
func (r *rig) start(first bool) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	st, err := sqlite.Open(ctx, r.dir, sqlite.Options{})
	must(r.t, err)
	v := vault.New(vault.Options{MinCost: time.Nanosecond, Memory: 1 << 10})
	var facts store.Store = st
	if r.wrap != nil {
		facts = r.wrap(st)
	}
	k, err := keeper.New(ctx, keeper.Options{Store: facts, Vault: v, Now: r.now, Relays: r.relays, Spares: r.spares, Reviewed: r.public, HearWithin: r.hear, Version: "test", Site: passkey.Site{Domain: "localhost", Origins: []string{"http://localhost:4646"}}, Command: r.command, Log: r.log, Anchor: r.anchor, OpenSink: r.openSink})
	must(r.t, err)
	if first && !r.bare {
		pass := []byte(passphrase)
		if r.keyFile != nil {
			pass = nil
		}
		must(r.t, k.CreateVault(ctx, pass, r.keyFile))
		ana, err := k.AddIdentity(ctx, control.IdentityAdd{Name: "ana"})
		must(r.t, err)
		r.author = ana.PubKey
	} else if !first && !r.cold {
		must(r.t, k.Unlock(ctx, control.Passphrase{Passphrase: []byte(passphrase)}))
	}
	r.store, r.vault, r.k, r.cancel = st, v, k, cancel
	r.life = ctx
	r.join()
	r.stop = sync.OnceFunc(func() {
		cancel()
		r.part()
		_ = k.Drain(context.Background())
		_ = st.Close()
	})
}

// join makes a seam, and has the keeper work over it; part waits for its end.
func (r *rig) join() {
	r.t.Helper()
	a, b, err := control.Pair()
	must(r.t, err)
	front := control.NewConn(a)
	r.pipe, r.front = a, front
	done, played := make(chan struct{}), make(chan struct{})
	go func() { defer close(done); _ = r.k.Run(r.life, control.NewConn(b)) }()
	go func() { defer close(played); r.play(front) }()
	for !r.k.Running() { // what is called before is left for the next start
		runtime.Gosched()
	}
	r.part = func() {
		<-done
		_ = b.Close() // what was sent is still read
		<-played
		_ = a.Close()
	}
}

// restart stops the keeper as a shutdown does and starts it again.
func (r *rig) restart() {
	r.stop()
	r.start(false)
}

// play is the front: it says every subscription is live and every relay takes
// every event.
func (r *rig) play(front *control.Conn) {
	for {
		m, err := front.Recv()
		if err != nil {
			return
		}
		switch m := m.(type) {
		case *control.Listen:
			r.mu.Lock()
			r.listens = append(r.listens, *m)
			deaf := r.deaf[m.Relay]
			r.mu.Unlock()
			if deaf {
				continue
			}
			_ = front.Send(&control.Live{Relay: m.Relay, Keys: m.Add})
		case *control.Publish:
			var receipts control.Receipts
			r.mu.Lock()
			for _, o := range m.Items {
				if o.Ref == 0 {
					r.self = append(r.self, o)
				} else {
					r.out = append(r.out, o)
				}
				for _, relay := range o.Relays {
					p := control.Published{Ref: o.Ref, Relay: relay, Sent: true, OK: true}
					if r.receipt != nil {
						p = r.receipt(o, relay)
					}
					receipts.Items = append(receipts.Items, p)
				}
			}
			back := r.onPublish
			r.mu.Unlock()
			_ = front.Send(&receipts)
			for _, o := range m.Items {
				if back != nil {
					back(o)
				}
			}
			r.tell()
		case *control.Renew:
			r.mu.Lock()
			r.renewed = append(r.renewed, m.Relay)
			r.mu.Unlock()
		case *control.Fetch, *control.Post, *control.Deliver:
			r.mu.Lock()
			run := r.errands
			r.mu.Unlock()
			if run != nil {
				run(m)
			}
		case *control.Proof:
			r.mu.Lock()
			r.proofs = append(r.proofs, *m)
			r.mu.Unlock()
			r.tell()
		default:
		}
	}
}

func (r *rig) tell() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// until waits for a condition that the keeper brings about.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-r.wake:
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			r.t.Fatalf("within %v not: %s", patience, what)
		}
	}
}

// settle returns when everything sent before is handled and every answer seen:
// a challenge goes through after the events, and a ping after the answers.
func (r *rig) settle() {
	r.t.Helper()
	if r.fence == nil {
		r.fence = r.paired(control.InviteArgs{AppName: "the fence"})
	}
	r.mu.Lock()
	n := len(r.proofs)
	r.mu.Unlock()
	must(r.t, r.front.Send(&control.Challenge{Relay: ownRelay, Challenge: "fence", Keys: []nostr.PubKey{r.fence.signer}}))
	r.until("a proof came", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.proofs) > n
	})
	must(r.t, r.k.Drain(r.t.Context()))
	r.fence.ask("ping")
}

// count reads a counter.
func (r *rig) count(name string) int {
	r.t.Helper()
	return mustCall[control.Status](r, control.VerbStatus, nil).Counters[name]
}

func call[R any](r *rig, verb string, args any) (R, error) {
	raw, err := json.Marshal(args)
	must(r.t, err)
	v, err := r.k.Call(r.t.Context(), control.CommandLine, verb, raw, func(any) error { return nil })
	if err != nil {
		var none R
		return none, err
	}
	return v.(R), nil
}

func mustCall[R any](r *rig, verb string, args any) R {
	r.t.Helper()
	v, err := call[R](r, verb, args)
	must(r.t, err)
	return v
}

func (r *rig) outbound() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.out)
}

func (r *rig) ana() control.IdentityInfo {
	r.t.Helper()
	return mustCall[control.IdentityInfo](r, control.VerbIdentityShow, control.Name{Name: "ana"})
}

// openQuestions is every open question, those of groups one by one.
func (r *rig) openQuestions() (out []control.QuestionInfo) {
	r.t.Helper()
	for _, card := range mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil) {
		if len(card.Items) == 0 {
			out = append(out, card)
		}
		out = append(out, card.Items...)
	}
	return out
}

// question waits for one open question.
func (r *rig) question() (q control.QuestionInfo) {
	r.t.Helper()
	r.until("a question was asked", func() bool {
		qs := r.openQuestions()
		if len(qs) > 0 {
			q = qs[len(qs)-1]
		}
		return len(qs) > 0
	})
	return q
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantPrefix(t testing.TB, a answer, kind privyseal.ErrorKind) {
	t.Helper()
	if !strings.HasPrefix(a.Error, string(kind)+":") {
		t.Fatalf("answer %+v, want an error that begins with %q", a, kind)
	}
}

// works is all work that is kept.
func (r *rig) works() (out []privyseal.Work) {
	r.t.Helper()
	must(r.t, r.store.Flush(r.t.Context()))
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) error {
		recs, err := s.Records(store.RecordQuery{Limit: 10_000})
		for _, rec := range recs {
			if rec.Phase == privyseal.PhaseDone {
				if w, err := s.Work(rec.App, rec.Event); err == nil {
					out = append(out, w)
				}
			}
		}
		return err
	}))
	return out
}

// watch follows the questions until the test ends.
func (r *rig) watch() <-chan control.QuestionInfo {
	seen := make(chan control.QuestionInfo, 100)
	began := make(chan struct{}, 1)
	go func() {
		began <- struct{}{}
		_, _ = r.k.Call(r.t.Context(), control.CommandLine, control.VerbRequestsWatch, nil, func(v any) error {
			seen <- v.(control.QuestionInfo)
			return nil
		})
	}()
	<-began
	return seen
}
