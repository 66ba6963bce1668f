//go:build failpoints

package proof

import (
	"bytes"
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
	file  []byte // the database and its log before this commit
	log   []byte
	stops []stop
}

func (r *recorder) hit(p failpoint.Point) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stops) >= r.most {
		return
	}
	lives := append(slices.Clone(r.lives), r.w.heard()) // before the files: what left by now must be in them
	file, log := r.files()
	r.take(p, false, lives, file, log)
	switch p {
	case failpoint.Commit:
		r.file, r.log = file, log
	case failpoint.Committed:
		if half := torn(r.log, log); half != nil {
			r.take(p, true, lives, r.file, half)
		}
	}
}

func (r *recorder) take(p failpoint.Point, tear bool, lives [][]answer, file, log []byte) {
	dir := place(r.t)
	must(r.t, os.WriteFile(filepath.Join(dir, sqlite.File), file, 0o600))
	if log != nil {
		must(r.t, os.WriteFile(filepath.Join(dir, sqlite.File+"-wal"), log, 0o600))
	}
	list, answered := r.s.state()
	r.stops = append(r.stops, stop{p, tear, r.now(), dir, lives, list, answered, r.depth})
}

// files are the database and its log as they were at one moment. The log may be
// moved into the database meanwhile and begun anew: then they are read again.
func (r *recorder) files() (file, log []byte) {
	read := func(name string) []byte {
		raw, err := os.ReadFile(filepath.Join(r.dir, name))
		if !os.IsNotExist(err) {
			must(r.t, err)
		}
		return raw
	}
	for begun := read(sqlite.File + "-wal"); ; begun = log {
		file, log = read(sqlite.File), read(sqlite.File+"-wal")
		if bytes.Equal(header(begun), header(log)) {
			return file, log
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
			if total++; total%1000 == 0 {
				progress("%d stops", total)
			}
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

type moment struct {
	point failpoint.Point
	torn  bool
}

// eachFirst puts one stop of every moment before the others.
func eachFirst(all []stop) []stop {
	seen := map[moment]bool{}
	var one, rest []stop
	for _, s := range all {
		if m := (moment{s.point, s.torn}); seen[m] {
			rest = append(rest, s)
		} else {
			seen[m] = true
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
