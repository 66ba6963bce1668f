//go:build failpoints

package proof

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// script is a small busy world: two apps, each with a rival for its link, a
// budget, questions, copies and repeats.
type script struct {
	checker
	dir  string
	w    *world
	apps []*app
	user nostr.PubKey

	mu       sync.Mutex
	sent     []sent
	answered map[string]bool
}

const budget = 3

func newScript(t testing.TB) *script {
	t.Helper()
	s := &script{checker: checker{budget: budget}, dir: place(t), answered: map[string]bool{}}
	s.w = begin(t, s.dir, true, nil, setting{at: time.Now()})
	pub, err := nostr.ParsePubKey(call[control.IdentityInfo](s.w, control.VerbIdentityShow, control.Name{Name: "ana"}).PubKey)
	must(t, err)
	s.user = pub
	return s
}

func (s *script) state() ([]sent, map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent), maps.Clone(s.answered)
}

// run plays the script once and answers a stop for every moment of it.
func (s *script) run(t testing.TB) []*stop {
	t.Helper()
	defer os.RemoveAll(s.dir)
	defer s.w.end()
	for i := range 2 {
		inv := call[control.Invite](s.w, control.VerbInvite, control.InviteArgs{Preset: "ask", Allow: fmt.Sprintf("sign_event:1#%d/h,nip44_encrypt", budget)})
		s.apps = append(s.apps, newApp(t, fmt.Sprintf("app%d", i), inv.URI), newApp(t, fmt.Sprintf("rival%d", i), inv.URI))
	}
	for _, a := range s.apps {
		a.now = s.w.now
	}
	s.w.listenFor(s.apps...)
	rec := &recorder{t: t, w: s.w, s: s, dir: s.dir, most: 10_000}
	failpoint.Watch(rec.hit)
	defer failpoint.Watch(nil)
	var first []*request
	for _, a := range s.apps {
		first = append(first, a.connect())
	}
	s.play(t, first)
	paired := map[*app]bool{} // of two with one link either may win
	for _, got := range s.w.heard() {
		paired[got.app] = paired[got.app] || got.error == ""
	}
	var rest []*request
	for _, a := range s.apps {
		rest = append(rest, s.wishes(t, a, paired[a])...)
	}
	s.play(t, rest)
	failpoint.Watch(nil)
	return rec.stops
}

// wishes are what one app asks for.
func (s *script) wishes(t testing.TB, a *app, paired bool) (list []*request) {
	t.Helper()
	text := func() string { return fmt.Sprintf("%s writes %d", a.name, rand.Uint64()) }
	if !paired {
		return []*request{a.sign(1, text())} // it is refused
	}
	for range budget + 1 {
		list = append(list, a.sign(1, text()))
	}
	yes, no := a.sign(6, text()), a.sign(7, text())
	yes.yes = true
	peer := newApp(t, "peer", "bunker://"+s.user.String()+"?relay=wss://a.example&secret=x")
	sealed, err := nip44.Encrypt(&peer.ck, text())
	must(t, err)
	opened := a.request(nip46.Nip44Decrypt, peer.pub.String(), sealed)
	opened.yes = true // asked about, with the text opened
	list = append(list, yes, no, list[0].again(), yes.again(), a.request(nip46.Nip44Encrypt, peer.pub.String(), text()), opened)
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// play sends requests, some of them more than once, and waits until each is
// answered.
func (s *script) play(t testing.TB, list []*request) {
	t.Helper()
	open, byEvent := map[string]*request{}, map[string]*request{}
	again := time.Now().Add(time.Second)
	for _, r := range list {
		s.add(r)
		open[r.id] = r
		events := []*nostr.Event{r.seal(t, s.w.now())}
		if rand.IntN(3) == 0 {
			events = append(events, r.seal(t, s.w.now()), events[0])
		}
		for _, ev := range events {
			byEvent[ev.ID.String()] = r
			s.mu.Lock()
			s.sent = append(s.sent, sent{r, ev})
			s.mu.Unlock()
			s.w.send(rand.IntN(3), ev)
		}
	}
	s.w.until("everything was answered", func(q control.QuestionInfo) { s.person(s.w, q, byEvent) }, func(tap []answer) bool {
		for _, a := range tap {
			delete(open, a.id)
		}
		if time.Now().After(again) { // a stranger's, dropped without a token
			again = time.Now().Add(time.Second)
			for _, x := range s.sent {
				if open[x.r.id] != nil {
					s.w.send(0, x.ev)
				}
			}
		}
		return len(open) == 0
	})
}

// person answers a question as the request says.
func (s *script) person(w *world, q control.QuestionInfo, byEvent map[string]*request) {
	verb := control.VerbRequestsDeny
	if r := byEvent[q.Event]; r != nil && r.yes {
		verb = control.VerbRequestsApprove
		w.skipTo(q.Ready)
	}
	if _, err := try[control.QuestionInfo](w, verb, control.AnswerArgs{ID: q.ID}); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.answered[q.ID] = true
	}
}

// skipTo has it be later in this world at once: nobody waits for a person who reads.
func (w *world) skipTo(at time.Time) {
	if d := at.Sub(w.now()); d > 0 {
		w.skipped.Add(int64(d))
	}
}
