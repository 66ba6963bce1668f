package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// openFor is how long a request may stay open once its path is whole.
const openFor = 5 * time.Second

// TestOneRealDay kills the relay and the signer and cuts the path between them
// again and again, while apps that subscribe anew work throughout: two of our
// SDK, one paired by bunker:// and one by nostrconnect://, and in the long form
// welshman. Every request is answered once or refused with a reason, and none
// is open for more than 5 s with a whole path.
func TestOneRealDay(t *testing.T) {
	t.Parallel()
	d := beginDay(t)
	events := slices.Concat(
		slices.Repeat([]func(){d.killRelay}, amount(t, "PROOF_RELAY_KILLS", 3, 50)),
		slices.Repeat([]func(){d.killSigner}, amount(t, "PROOF_SIGNER_KILLS", 2, 50)),
		slices.Repeat([]func(){d.cutPath}, amount(t, "PROOF_CUTS", 2, 20)))
	rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	calm := amount(t, "PROOF_CALM_MS", 1000, 4500) // on average
	for i, event := range events {
		d.path.breaks(time.Now())
		event()
		d.path.heals(time.Now())
		d.memory = append(d.memory, rss(t, d.seal.cmd.Process.Pid))
		time.Sleep(time.Duration(calm/4+rand.IntN(calm*3/2)) * time.Millisecond) // the day goes on
		if i%20 == 19 {
			progress("one real day: %d of %d outages, %d requests", i+1, len(events), d.count())
		}
	}
	d.end()
	d.judge()
}

// day is the world of TestOneRealDay.
type day struct {
	t      *testing.T
	wire   wire
	relay  *process
	seal   *signer
	path   timeline
	memory []int

	relayKills, sealKills, cuts int

	stop    context.CancelFunc
	workers sync.WaitGroup
	mu      sync.Mutex
	done    []work
	broken  []string
}

// work is one request of an app, from its first try to its answer.
type work struct {
	who          string
	began, ended time.Time
	event        string // the signed event's id; "": refused
}

func beginDay(t *testing.T) *day {
	d := &day{t: t, wire: newWire(t)}
	d.relay = startRelay(t, d.wire.host()+":0")
	url := d.wire.url(d.relay.ready.Relay)
	d.seal = newSigner(t, []string{url})
	d.seal.wrap = d.wire.wrap()
	d.seal.up()
	ctx, stop := context.WithCancel(t.Context())
	d.stop = stop
	t.Cleanup(d.end)
	apps := []asker{sdkByLink(t, d.seal), sdkByPairing(t, d.seal, url)}
	if isLong() {
		apps = append(apps, welshman(t, d.seal))
	}
	for _, app := range apps {
		d.workers.Go(func() { d.work(ctx, app) })
	}
	return d
}

// end lets every app finish what it has begun.
func (d *day) end() {
	d.stop()
	d.workers.Wait()
}

func (d *day) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.done)
}

// work has notes signed, one after the other, until ctx ends.
func (d *day) work(ctx context.Context, app asker) {
	for i := 0; ctx.Err() == nil; i++ {
		w := work{who: app.name(), began: time.Now()}
		id, err := app.sign(fmt.Sprintf("%s, note %d", app.name(), i))
		w.ended, w.event = time.Now(), id
		d.mu.Lock()
		d.done = append(d.done, w)
		if err != nil && !refusedWithReason(err) {
			d.broken = append(d.broken, fmt.Sprintf("%s: a request got no answer: %v", app.name(), err))
		}
		d.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (d *day) killRelay() {
	d.relayKills++
	d.relay.kill()
	d.relay = startRelay(d.t, d.relay.ready.Listen)
}

func (d *day) killSigner() {
	d.sealKills++
	d.seal.kill()
	d.seal.up()
}

// cutPath takes turns between a cut that the machine sees and one that it does
// not.
func (d *day) cutPath() {
	d.cuts++
	d.wire.cut(d.cuts%2 == 1)
	time.Sleep(time.Duration(500+rand.IntN(3500)) * time.Millisecond) // how long it is cut
	d.wire.mend()
}

func (d *day) judge() {
	t := d.t
	for _, b := range d.broken {
		t.Error(b)
	}
	records := d.seal.records()
	(&checker{}).chain(records, new(found), func(format string, args ...any) { t.Errorf(format, args...) })
	onRecord := map[string]bool{} // operations
	for _, r := range records {
		if r.Phase == "done" && r.Outcome == "allowed" {
			onRecord[r.What] = true
		}
	}
	events, refused := map[string]bool{}, 0
	by := map[string]int{}
	var open []time.Duration
	for _, w := range d.done {
		by[w.who]++
		if w.event == "" {
			refused++
			continue
		}
		if events[w.event] {
			t.Errorf("%s: one event was given for two requests", w.who)
		}
		events[w.event] = true
		o := d.path.open(w.began, w.ended)
		open = append(open, o)
		if o > openFor {
			t.Errorf("%s: a request was open for %v with a whole path", w.who, o.Round(time.Millisecond))
		}
	}
	if len(events) == 0 || len(onRecord) < len(events) {
		t.Errorf("%d events were signed, %d are on record", len(events), len(onRecord))
	}
	var v control.Verification
	must(t, json.Unmarshal(d.seal.run("activity", "verify"), &v))
	if !v.OK {
		t.Errorf("the chain does not verify: %+v", v.Problems)
	}
	slices.Sort(open)
	// Flat: the lives of the last quarter are no larger than those of the first.
	quarter := max(1, len(d.memory)/4)
	first, last := slices.Max(d.memory[:quarter]), slices.Max(d.memory[len(d.memory)-quarter:])
	if last > first+first/4+16 {
		t.Errorf("memory grew from %d to %d MiB", first, last)
	}
	figure(t, "one real day", "in %v: relay killed and restored %d times, path cut %d times (%s), signer killed %d times; apps %s: %d signatures, %d refused with a reason, none lost, none twice; open with a whole path: p50 %v, p99 %v, most %v; RSS %d–%d MiB, last quarter at most %d; %d records, verified",
		d.path.length().Round(time.Second), d.relayKills, d.cuts, d.wire.name(), d.sealKills, counts(by), len(events), refused,
		open[len(open)/2].Round(time.Millisecond), open[len(open)*99/100].Round(time.Millisecond), open[len(open)-1].Round(time.Millisecond),
		slices.Min(d.memory), slices.Max(d.memory), last, len(records))
}

func counts(by map[string]int) string {
	var list []string
	for who, n := range by {
		list = append(list, fmt.Sprintf("%s %d", who, n))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// timeline is when the path was broken.
type timeline struct {
	mu    sync.Mutex
	spans []span
}

type span struct{ from, to time.Time } // to is zero while it lasts

func (l *timeline) breaks(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spans = append(l.spans, span{from: at})
}

func (l *timeline) heals(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spans[len(l.spans)-1].to = at
}

func (l *timeline) length() time.Duration {
	return l.spans[len(l.spans)-1].to.Sub(l.spans[0].from)
}

// open is the longest time in one piece for which the path was whole between
// two moments.
func (l *timeline) open(from, to time.Time) (longest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.spans {
		if s.to.Before(from) || s.from.After(to) {
			continue
		}
		longest = max(longest, s.from.Sub(from))
		from = s.to
	}
	return max(longest, to.Sub(from))
}

// rss is the resident memory of a program's processes in MiB.
func rss(t testing.TB, pid int) (total int) {
	t.Helper()
	for _, pid := range family(pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		must(t, err)
		pages, err := strconv.Atoi(strings.Fields(string(raw))[1])
		must(t, err)
		total += pages * os.Getpagesize() >> 20
	}
	return total
}
