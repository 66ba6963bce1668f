//go:build failpoints

package proof

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/nostr"
)

// stop is what a stop leaves: the files as they are, what had left by then, and
// what had been promised to the person. Between two writes there are many moments
// at which a stop leaves the very same, byte for byte; all else dies with the
// process. The life after them is one, and is lived once.
type stop struct {
	points   []failpoint.Point // where it was stopped
	torn     bool              // the last commit was cut in the middle of its write
	at       time.Time
	dir      string
	lives    [][]answer
	sent     []sent
	answered map[string]bool // questions whose answer was acknowledged
	depth    int             // stops before this one
}

// where names the moments, for a person.
func (s *stop) where() string { return fmt.Sprintf("%q", s.points) }

type sent struct {
	r  *request
	ev *nostr.Event
}

// recorder takes a stop at every hit of a world that goes on.
type recorder struct {
	t     testing.TB
	w     *world
	s     *script
	dir   string
	since time.Time // until its world is made
	lives [][]answer
	depth int
	most  int // different stops

	mu     sync.Mutex
	was    files // before this commit
	last   files // of the latest stop that tore nothing
	latest *stop
	stops  []*stop
}

// files are the database and its log as they were at one moment.
type files struct{ data, log []byte }

func (f files) equal(g files) bool { return bytes.Equal(f.data, g.data) && bytes.Equal(f.log, g.log) }

func (r *recorder) hit(p failpoint.Point) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stops) >= r.most {
		return
	}
	lives := append(slices.Clone(r.lives), r.w.heard()) // before the files: what left by now must be in them
	now := r.files()
	list, answered := r.s.state()
	if l := r.latest; l != nil && now.equal(r.last) && len(lives[len(lives)-1]) == len(l.lives[len(l.lives)-1]) && len(list) == len(l.sent) && len(answered) == len(l.answered) {
		l.points = append(l.points, p)
	} else {
		r.last, r.latest = now, r.take(p, now)
		r.latest.lives, r.latest.sent, r.latest.answered = lives, list, answered
	}
	switch p {
	case failpoint.Commit:
		r.was = now
	case failpoint.Committed:
		if half := torn(r.was.log, now.log); half != nil {
			st := r.take(p, files{r.was.data, half})
			st.torn, st.lives, st.sent, st.answered = true, lives, list, answered
		}
	}
}

// take keeps the files of a stop that is not like the one before.
func (r *recorder) take(p failpoint.Point, f files) *stop {
	dir := place(r.t)
	must(r.t, os.WriteFile(filepath.Join(dir, sqlite.File), f.data, 0o600))
	if f.log != nil {
		must(r.t, os.WriteFile(filepath.Join(dir, sqlite.File+"-wal"), f.log, 0o600))
	}
	st := &stop{points: []failpoint.Point{p}, at: r.now(), dir: dir, depth: r.depth}
	r.stops = append(r.stops, st)
	return st
}

func (r *recorder) now() time.Time {
	if r.w.clock == nil {
		return r.since
	}
	return r.w.now()
}

// files reads the database and its log. The log may be moved into the database
// meanwhile and begun anew: then they are read again.
func (r *recorder) files() (f files) {
	read := func(name string) []byte {
		raw, err := os.ReadFile(filepath.Join(r.dir, name))
		if !os.IsNotExist(err) {
			must(r.t, err)
		}
		return raw
	}
	for begun := read(sqlite.File + "-wal"); ; begun = f.log {
		f = files{read(sqlite.File), read(sqlite.File + "-wal")}
		if bytes.Equal(header(begun), header(f.log)) {
			return f
		}
	}
}

// header holds the salt of a log's beginning.
func header(log []byte) []byte { return log[:min(32, len(log))] }

// torn is a log in the middle of the write that made after of before: the new
// bytes up to there, and what was there behind it. One that began anew has none.
func torn(before, after []byte) []byte {
	if !bytes.Equal(header(before), header(after)) {
		return nil
	}
	first, last := 0, len(after)
	for first < min(len(before), len(after)) && before[first] == after[first] {
		first++
	}
	for last > first && last <= len(before) && before[last-1] == after[last-1] {
		last--
	}
	if last <= first {
		return nil
	}
	at := first + rand.IntN(last-first)
	return append(slices.Clone(after[:at]), before[min(at, len(before)):]...)
}

// sum is what the lives after all stops showed.
type sum struct {
	mu                                    sync.Mutex
	seen                                  map[failpoint.Point]int
	total, lives, torn, deep, twice, sigs int
}

func (a *sum) add(st *stop, f found) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range st.points {
		a.seen[p]++
	}
	a.total += len(st.points)
	if a.lives++; a.lives%100 == 0 {
		progress("%d stops, %d lives after them", a.total, a.lives)
	}
	a.twice += f.again
	a.sigs += f.signatures
	if st.torn {
		a.torn++
	}
	if st.depth > 0 {
		a.deep += len(st.points)
	}
}

// TestStopsAtEveryMoment stops the signer at every write, commit, key use and
// publish (T1–T10, T61). What each left is finished by a new life and checked.
func TestStopsAtEveryMoment(t *testing.T) {
	want := amount(t, "PROOF_STOPS", 600, 100_000)
	began := time.Now()
	all := &sum{seen: map[failpoint.Point]int{}}
	for (all.total < want || len(all.seen) < len(failpoint.Points) && all.total < 5*want) && !t.Failed() { // a world whose rivals were faster asks nothing
		s := newScript(t)
		stops := s.run(t)
		rand.Shuffle(len(stops), func(i, j int) { stops[i], stops[j] = stops[j], stops[i] })
		s.finishAll(t, stops, all)
	}
	for _, p := range failpoint.Points {
		if all.seen[p] == 0 {
			t.Errorf("never stopped %s", p)
		}
	}
	if t.Failed() {
		return
	}
	figure(t, "stops in process", "%d stops at %d moments (%d in the middle of a commit's write, %d during a recovery) left %d different states, each finished by a life of its own; %d signatures seen: 0 without a record, 0 double effects; %d operations signed again after a stop, with the same id; %v",
		all.total, len(all.seen), all.torn, all.deep, all.lives, all.sigs, all.twice, time.Since(began).Round(time.Second))
}

// lives is how many lives go on at the same time: they wait more than they work.
const lives = 8

// finishAll finishes every stop. One of ten is stopped again while it recovers;
// then it is alone, as it is the process that is watched.
func (s *script) finishAll(t testing.TB, stops []*stop, all *sum) {
	var watched sync.RWMutex
	one := func(st *stop, watch int) []*stop {
		lock := watched.RLocker()
		if watch > 0 {
			lock = &watched
		}
		lock.Lock()
		defer lock.Unlock()
		f, again := s.finish(t, st, watch)
		all.add(st, f)
		return again
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range lives {
		group.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(stops) && !t.Failed(); n = int(next.Add(1)) - 1 {
				watch := 0
				if n%10 == 3 {
					watch = 4
				}
				for _, st := range one(stops[n], watch) {
					one(st, 0)
				}
			}
		})
	}
	group.Wait()
}

// finish is the life after a stop, at the time of the stop: everybody asks again
// for what was not done, and for a third of what was: that is given once more.
func (s *script) finish(t testing.TB, st *stop, watch int) (found, []*stop) {
	t.Helper()
	defer os.RemoveAll(st.dir)
	w := &world{}
	rec := &recorder{t: t, s: &script{sent: st.sent, answered: map[string]bool{}}, dir: st.dir, since: st.at, lives: st.lives, depth: st.depth + 1, most: watch}
	if watch > 0 {
		ready := make(chan struct{})
		failpoint.Watch(func(p failpoint.Point) { <-ready; rec.hit(p) })
		defer failpoint.Watch(nil)
		rec.w = &world{}
		close(ready)
	}
	w = begin(t, st.dir, false, s.apps, setting{at: st.at})
	defer w.end()
	rec.mu.Lock()
	rec.w = w
	rec.mu.Unlock()
	done := map[string]bool{}
	for _, a := range slices.Concat(st.lives...) {
		done[a.id] = done[a.id] || a.error == ""
	}
	byEvent, open := map[string]*request{}, map[string]*request{}
	again := time.Now().Add(time.Second)
	for _, x := range st.sent {
		byEvent[x.ev.ID.String()] = x.r
		if !done[x.r.id] || rand.IntN(3) == 0 {
			open[x.r.id] = x.r
			w.send(rand.IntN(3), x.ev)
		}
	}
	defer func() {
		for id, r := range open {
			t.Logf("never answered: %s %s %x; answered before: %v", id, r.method, r.op[:6], answeredIn(st.lives, id))
			for _, rec := range w.records() {
				if strings.HasPrefix(rec.What, hex.EncodeToString(r.op[:])) {
					t.Logf("  %d %s %s %s %s", rec.Seq, rec.Phase, rec.Verdict, rec.Outcome, rec.Detail)
				}
			}
		}
	}()
	w.until("everything was answered after a stop "+st.where(), func(q control.QuestionInfo) {
		if st.answered[q.ID] {
			t.Errorf("a stop %s: the answer to a question was lost", st.where())
		}
		s.person(w, q, byEvent)
	}, func(tap []answer) bool {
		for _, a := range tap {
			if a.error == "" || !done[a.id] {
				delete(open, a.id)
			}
		}
		if time.Now().After(again) { // a stranger's, dropped without a token
			again = time.Now().Add(time.Second)
			for _, x := range st.sent {
				if open[x.r.id] != nil {
					w.send(0, x.ev)
				}
			}
		}
		return len(open) == 0
	})
	failpoint.Watch(nil)
	must(t, w.store.Flush(t.Context()))
	s.mu.Lock()
	f, bad := s.check(w.records(), append(slices.Clone(st.lives), w.heard())...)
	s.mu.Unlock()
	for _, b := range bad {
		t.Errorf("a stop %s (torn %v): %s", st.where(), st.torn, b)
	}
	for _, a := range w.heard() {
		if a.error != "" && done[a.id] {
			t.Errorf("a stop %s: %s was done before and is refused after: %s", st.where(), a.id, a.error)
		}
	}
	if v := call[control.Verification](w, control.VerbActivityVerify, nil); !v.OK {
		t.Errorf("a stop %s: the chain: %+v", st.where(), v.Problems)
	}
	return f, rec.stops
}
