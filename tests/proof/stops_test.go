//go:build failpoints

package proof

import (
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/nostr"
)

// stop is what a stop at one moment leaves: the files as they are, what had
// left by then, and what had been promised to the person.
type stop struct {
	point    failpoint.Point
	torn     bool // the last commit was cut in the middle of its write
	at       time.Time
	dir      string
	lives    [][]answer
	sent     []sent
	answered map[string]bool // questions whose answer was acknowledged
	depth    int             // stops before this one
}

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
	now   func() time.Time
	lives [][]answer
	depth int
	most  int

	mu    sync.Mutex
	log   int64 // size of the write-ahead log before this commit
	stops []stop
}

func (r *recorder) hit(p failpoint.Point) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wal := filepath.Join(r.dir, sqlite.File+"-wal")
	if p == failpoint.Commit {
		r.log = size(wal)
	}
	if len(r.stops) >= r.most {
		return
	}
	r.take(p, -1)
	if now := size(wal); p == failpoint.Committed && now > r.log {
		r.take(p, r.log+rand.Int64N(now-r.log))
	}
}

func (r *recorder) take(p failpoint.Point, cut int64) {
	lives := append(slices.Clone(r.lives), r.w.heard()) // before the files: what left by now must be in them
	dir := place(r.t)
	for _, name := range []string{sqlite.File, sqlite.File + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(r.dir, name))
		if os.IsNotExist(err) {
			continue
		}
		must(r.t, err)
		if cut >= 0 && name != sqlite.File {
			raw = raw[:min(cut, int64(len(raw)))]
		}
		must(r.t, os.WriteFile(filepath.Join(dir, name), raw, 0o600))
	}
	list, answered := r.s.state()
	r.stops = append(r.stops, stop{p, cut >= 0, r.now(), dir, lives, list, answered, r.depth})
}

func size(path string) int64 {
	if info, err := os.Stat(path); err == nil {
		return info.Size()
	}
	return 0
}

// TestStopsAtEveryMoment stops the signer at every write, commit, key use and
// publish (T1–T10, T61). Each stop is finished by a new life and checked.
func TestStopsAtEveryMoment(t *testing.T) {
	want := amount(t, "PROOF_STOPS", 200, 100_000)
	began := time.Now()
	seen := map[failpoint.Point]int{}
	total, torn, twice, deep, signatures := 0, 0, 0, 0, 0
	for total < want {
		s := newScript(t)
		queue := s.run(t)
		rand.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
		queue = eachFirst(queue)
		budget := max(100, want-total)
		for n := 0; len(queue) > 0; n++ {
			st := queue[0]
			queue = queue[1:]
			if n >= budget {
				_ = os.RemoveAll(st.dir)
				continue
			}
			watch := 0
			if n%10 == 3 && st.depth == 0 {
				watch = 3
			}
			f, more := s.finish(t, st, watch)
			queue = append(more, queue...)
			seen[st.point]++
			total++
			twice += f.again
			signatures += f.signatures
			if st.torn {
				torn++
			}
			if st.depth > 0 {
				deep++
			}
		}
	}
	for _, p := range failpoint.Points {
		if seen[p] == 0 {
			t.Errorf("never stopped %s", p)
		}
	}
	figure(t, "stops in process", "%d stops at %d moments (%d in the middle of a commit's write, %d during a recovery), %d signatures seen: 0 without a record, 0 double effects; %d operations signed again after a stop, with the same id; %v",
		total, len(seen), torn, deep, signatures, twice, time.Since(began).Round(time.Second))
}

// eachFirst puts one stop of every moment before the others.
func eachFirst(all []stop) []stop {
	seen := map[failpoint.Point]bool{}
	var one, rest []stop
	for _, s := range all {
		if seen[s.point] {
			rest = append(rest, s)
		} else {
			seen[s.point] = true
			one = append(one, s)
		}
	}
	return append(one, rest...)
}

// finish is the life after a stop, at the time of the stop: everybody asks again
// for everything. What was done before is done again, or what came of it given.
func (s *script) finish(t testing.TB, st stop, watch int) (found, []stop) {
	t.Helper()
	defer os.RemoveAll(st.dir)
	w := &world{}
	began := time.Now()
	now := func() time.Time { return st.at.Add(time.Since(began)) }
	rec := &recorder{t: t, s: &script{sent: st.sent, answered: map[string]bool{}}, dir: st.dir, now: now, lives: st.lives, depth: st.depth + 1, most: watch}
	if watch > 0 {
		ready := make(chan struct{})
		failpoint.Watch(func(p failpoint.Point) { <-ready; rec.hit(p) })
		defer failpoint.Watch(nil)
		rec.w = &world{}
		close(ready)
	}
	w = begin(t, st.dir, false, s.apps, setting{now: now})
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
		open[x.r.id] = x.r
		w.send(rand.IntN(3), x.ev)
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
	w.until("everything was answered after a stop "+string(st.point), func(q control.QuestionInfo) {
		if st.answered[q.ID] {
			t.Errorf("a stop %s: the answer to a question was lost", st.point)
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
	lives := append(slices.Clone(st.lives), w.heard())
	f, bad := s.check(w.records(), lives...)
	for _, b := range bad {
		t.Errorf("a stop %s (torn %v): %s", st.point, st.torn, b)
	}
	for _, a := range w.heard() {
		if a.error != "" && done[a.id] {
			t.Errorf("a stop %s: %s was done before and is refused after: %s", st.point, a.id, a.error)
		}
	}
	if v := call[control.Verification](w, control.VerbActivityVerify, nil); !v.OK {
		t.Errorf("a stop %s: the chain: %+v", st.point, v.Problems)
	}
	if t.Failed() {
		t.FailNow()
	}
	return f, rec.stops
}
