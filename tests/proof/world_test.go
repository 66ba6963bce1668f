package proof

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// patience is how long anything may take that is not measured, on a machine that
// works for others too.
const patience = 2 * time.Minute

const passphrase = "correct horse battery"

var threeRelays = []keeper.Relay{{URL: "wss://a.example"}, {URL: "wss://b.example"}, {URL: "wss://c.example"}}

// world is a real keeper over a real store, in this process; the front is the
// proof's.
type world struct {
	t     testing.TB
	k     *keeper.Keeper
	store *sqlite.Store
	front keeper.Seam
	end   func()
	ear
	receipt func(ref uint64, relay string) control.Published
	clock   func() time.Time
	waits   bool // its time goes on with its waits only
	skipped atomic.Int64
}

// now is the world's time.
func (w *world) now() time.Time { return w.clock().Add(time.Duration(w.skipped.Load())) }

// setting is how a world differs from the usual one.
type setting struct {
	now     func() time.Time
	at      time.Time // it begins then, and goes on only while this proof waits: a machine that is busy elsewhere ages nothing
	wrap    func(store.Store) store.Store
	seam    func() (front, back keeper.Seam, end func())
	receipt func(ref uint64, relay string) control.Published // nil: every relay takes all
}

// begin makes a world on dir; a new one gets a vault and an identity.
func begin(t testing.TB, dir string, fresh bool, apps []*app, s setting) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	must(t, err)
	facts := store.Store(st)
	if s.wrap != nil {
		facts = s.wrap(st)
	}
	w := &world{t: t, store: st, clock: s.now, waits: !s.at.IsZero(), receipt: s.receipt}
	switch {
	case w.waits:
		w.clock = func() time.Time { return s.at }
	case w.clock == nil:
		w.clock = time.Now
	}
	v := vault.New(vault.Options{MinCost: time.Nanosecond, Memory: 1 << 10})
	k, err := keeper.New(ctx, keeper.Options{Store: facts, Vault: v, Now: w.now, Relays: threeRelays})
	must(t, err)
	if fresh {
		must(t, k.CreateVault(ctx, nil, []byte(keyText)))
		_, err := k.AddIdentity(ctx, control.IdentityAdd{Name: "ana"})
		must(t, err)
	} else {
		must(t, k.Unlock(ctx, control.Passphrase{KeyFile: []byte(keyText)}))
	}
	if s.seam == nil {
		s.seam = func() (keeper.Seam, keeper.Seam, func()) {
			a, b, err := control.Pair()
			must(t, err)
			return control.NewConn(a), control.NewConn(b), func() { _ = b.Close(); _ = a.Close() }
		}
	}
	front, back, hangUp := s.seam()
	w.k, w.front = k, front
	w.listenFor(apps...)
	ran, played := make(chan struct{}), make(chan struct{})
	go func() { defer close(ran); _ = k.Run(ctx, back) }()
	go func() { defer close(played); w.play() }()
	w.end = sync.OnceFunc(func() {
		cancel()
		<-ran
		hangUp()
		<-played
		_ = k.Drain(context.Background())
		_ = st.Close()
	})
	return w
}

// play is the front: every subscription is live and every answer tapped.
func (w *world) play() {
	for {
		m, err := w.front.Recv()
		if err != nil {
			return
		}
		switch m := m.(type) {
		case *control.Listen:
			_ = w.front.Send(&control.Live{Relay: m.Relay, Keys: m.Add})
		case *control.Publish:
			var receipts control.Receipts
			for _, o := range m.Items {
				ev, err := nostr.ParseEvent(o.Event)
				if err != nil {
					w.t.Errorf("what was published is no event: %v", err)
					continue
				}
				w.hear(ev)
				for _, relay := range o.Relays {
					p := control.Published{Ref: o.Ref, Relay: relay, Sent: true, OK: true}
					if w.receipt != nil {
						p = w.receipt(o.Ref, relay)
					}
					receipts.Items = append(receipts.Items, p)
				}
			}
			go func() { _ = w.front.Send(&receipts) }() // reading never waits for sending
		default:
		}
	}
}

func (w *world) send(relay int, events ...*nostr.Event) {
	w.t.Helper()
	var m control.Events
	for _, ev := range events {
		m.Items = append(m.Items, control.Inbound{Relay: threeRelays[relay].URL, Event: ev.AppendJSON(nil)})
	}
	must(w.t, w.front.Send(&m))
}

// until waits for something the tap shows, and has the person answer meanwhile.
func (w *world) until(what string, person func(control.QuestionInfo), ok func([]answer) bool) {
	w.t.Helper()
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); waited < patience; { // by tries: a machine that slept has not waited
		changed := w.next()
		if ok(w.heard()) {
			return
		}
		if person != nil {
			for _, q := range call[[]control.QuestionInfo](w, control.VerbRequestsList, nil) {
				for _, item := range q.Items {
					person(item)
				}
				if len(q.Items) == 0 {
					person(q)
				}
			}
		}
		select {
		case <-changed:
		case <-time.After(pause):
			waited += pause
			if w.waits {
				w.skipped.Add(int64(pause))
			}
		}
	}
	w.t.Fatalf("within %v not: %s", patience, what)
}

func try[R any](w *world, verb string, args any) (r R, err error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return r, err
	}
	v, err := w.k.Call(context.Background(), control.CommandLine, verb, raw, func(any) error { return nil })
	if err != nil {
		return r, err
	}
	return v.(R), nil
}

func call[R any](w *world, verb string, args any) R {
	w.t.Helper()
	r, err := try[R](w, verb, args)
	must(w.t, err)
	return r
}

// records are the whole chain, oldest first.
func (w *world) records() (list []control.RecordInfo) {
	w.t.Helper()
	_, err := w.k.Call(context.Background(), control.CommandLine, control.VerbActivityExport, nil, func(v any) error {
		list = append(list, v.(control.RecordInfo))
		return nil
	})
	must(w.t, err)
	return list
}
