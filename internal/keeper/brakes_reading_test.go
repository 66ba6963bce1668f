package keeper_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// texts makes n private texts shared with each of the people, in turn; a text's
// plaintext is its number.
func (r *rig) texts(n, people int) (peers, ciphers []string) {
	r.t.Helper()
	maker := r.paired(control.InviteArgs{AppName: "maker", Allow: "nip44_encrypt"})
	for range people {
		sk, err := nostr.GenerateSecretKey()
		must(r.t, err)
		kp, err := sk.Keypair()
		must(r.t, err)
		peers = append(peers, nostr.PubKey(kp.PublicKey()).String())
	}
	for i := range n {
		a := maker.ask("nip44_encrypt", peers[i%people], fmt.Sprint(i))
		if a.Error != "" {
			r.t.Fatal(a.Error)
		}
		ciphers = append(ciphers, a.Result)
	}
	return peers, ciphers
}

// wants sends requests to open texts and gives their ids.
func (c *client) wants(peers, ciphers []string) (ids []string) {
	for i, text := range ciphers {
		c.send(c.seal(c.request("nip44_decrypt", peers[i%len(peers)], text), c.r.now()))
		ids = append(ids, fmt.Sprintf("id-%d", c.n))
	}
	return ids
}

// bulk waits for the one question about reading, with so many texts.
func (r *rig) bulk(texts string) control.QuestionInfo {
	r.t.Helper()
	var qs []control.QuestionInfo
	r.until("one question about "+texts, func() bool {
		qs = mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)
		return len(qs) == 1 && qs[0].Reason == "bulk-read" && strings.HasPrefix(qs[0].Lines[0], texts)
	})
	return qs[0]
}

// got waits for the answers with these ids.
func (c *client) got(n int, ids []string) map[string]answer {
	c.r.t.Helper()
	out := map[string]answer{}
	c.awaitOnly(n, func(a answer) bool {
		if slices.Contains(ids, a.ID) {
			out[a.ID] = a
		}
		return len(out) == len(ids)
	})
	return out
}

// Many texts of many people are one question with a count; a yes is good for
// all that waited, and for an hour (words.md 3.5, T33, T36, R48).
func TestReadingInBulkIsOneQuestion(t *testing.T) {
	book := &logBook{}
	r := newRig(t, func(r *rig) { r.log = slog.New(slog.NewTextHandler(book, nil)) })
	peers, ciphers := r.texts(63, 9)
	c := r.paired(control.InviteArgs{AppName: "Inbox"})
	n := r.outbound()
	ids := c.wants(peers, ciphers[:48])
	q := r.bulk("48 messages so far, with 9 people.")
	if q.Title != "Inbox wants to read many private messages." || q.Yes != "Let it read for 1 hour" || q.No != "Stop it" || q.Level != "L3" {
		t.Fatalf("%+v", q)
	}
	r.held(c, "Stopped")
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Remember: "30d"}); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("remembered for a month: %v", err)
	}
	r.approve(control.AnswerArgs{ID: q.ID})
	for id, a := range c.got(n, ids) {
		if want := fmt.Sprint(slices.Index(ids, id)); a.Result != want {
			t.Fatalf("%s: %+v, want %s", id, a, want)
		}
	}
	r.noQuestion()
	r.settle()
	for _, rec := range r.entries() {
		if rec.Phase == "decided" && rec.Rule == "question:"+q.ID && rec.Level != "L3" {
			t.Fatalf("on record as %+v", rec)
		}
	}
	if book.has("could not be closed") {
		t.Fatal("the question was answered twice")
	}
	n = r.outbound()
	for _, a := range c.got(n, c.wants(peers, ciphers[54:])) {
		if a.Error != "" {
			t.Fatalf("after the yes: %s", a.Error)
		}
	}
	if !slices.Contains(r.brakeNotes(), "brake: reading in bulk paused") || r.count("apps_reading_braked") != 1 {
		t.Fatalf("on record: %q", r.brakeNotes())
	}
	if v := mustCall[control.Verification](r, control.VerbActivityVerify, nil); !v.OK {
		t.Fatalf("%+v", v.Problems)
	}
	r.sleep(61 * time.Minute) // the hour is over
	c.wants(peers, ciphers[:30])
	r.bulk("30 messages so far, with 9 people.")
}

// A no stops the app's reading until it is resumed, and what waits is told so.
func TestANoStopsReading(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(34, 2)
	c := r.paired(control.InviteArgs{Preset: "social"})
	r.sleep(48 * time.Hour) // it is not its youth that makes it serious
	n := r.outbound()
	ids := c.wants(peers, ciphers[:25])
	q := r.bulk("25 messages so far, with 2 people.")
	if q.Level != "L3" {
		t.Fatalf("asked at %s", q.Level)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	for _, a := range c.got(n, ids) {
		wantPrefix(t, a, privyseal.KindDenied)
	}
	r.restart()
	wantPrefix(t, c.ask("nip44_decrypt", peers[0], ciphers[30]), privyseal.KindDenied)
	r.noQuestion()
	c.signed(c.ask("sign_event", fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[["e","%064x"],["p","%s"]],"content":"+"}`, r.now().Unix(), 1, peers[0])), r.author)
	r.held(c, "Stopped")
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	c.wants(peers[1:], ciphers[31:32]) // asked, one by one again
	if q := r.question(); q.Reason == "bulk-read" {
		t.Fatalf("%+v", q)
	}
}

// Silence is no, and keeps the app from asking again at once.
func TestSilenceAboutReading(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(7, 7)
	c := r.paired(control.InviteArgs{})
	n := r.outbound()
	ids := c.wants(peers, ciphers[:5])
	r.bulk("5 messages so far")
	r.restart() // the pause and who waits outlive it
	r.bulk("We have paused it.")
	c.wants(peers[6:], ciphers[6:])
	r.bulk("1 message so far, with 1 person.")
	r.sleep(121 * time.Second)
	for _, a := range c.got(n, ids[3:]) {
		wantPrefix(t, a, privyseal.KindExpired)
	}
	r.until("every question is closed", func() bool {
		return len(mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)) == 0
	})
	wantPrefix(t, c.ask("nip44_decrypt", peers[5], ciphers[5]), privyseal.KindDenied)
	r.sleep(6 * time.Minute)
	c.wants(peers[5:6], ciphers[5:6])
	r.question()
}

// Requests that wait are bounded; the others are told so.
func TestWaitingForReadingIsBounded(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(4, 4)
	c := r.paired(control.InviteArgs{})
	n := r.outbound()
	c.wants(peers, ciphers)
	r.bulk("4 messages so far")
	for i := range 556 {
		ciphers = append(ciphers, fmt.Sprint("no text, but nobody opened it yet ", i))
	}
	c.wants(peers, ciphers[4:])
	q := r.bulk("560 messages so far")
	limited := 0
	for _, a := range c.since(n) {
		wantPrefix(t, a, privyseal.KindLimit)
		limited++
	}
	if limited < 50 || limited > 60 {
		t.Fatalf("%d were too many", limited)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
}

// Who allowed reading is not asked: not for a person named, not within a
// number, and not for an inbox full by a bare consent (clients.md 5.28). Beyond
// six hundred in an hour a bare consent is asked about once.
func TestAllowedReadingIsNotBraked(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(100, 50)
	read := func(c *client, peers, ciphers []string) {
		t.Helper()
		n := r.outbound()
		for _, a := range c.got(n, c.wants(peers, ciphers)) {
			if a.Error != "" {
				t.Fatal(a.Error)
			}
		}
		r.noQuestion()
	}
	bare := r.paired(control.InviteArgs{Allow: "nip44_decrypt"})
	for range 6 {
		read(bare, peers, ciphers)
		r.sleep(time.Second)
	}
	read(r.paired(control.InviteArgs{Preset: "messages"}), peers, ciphers)
	read(r.paired(control.InviteArgs{Preset: "trusted"}), peers, ciphers)
	read(r.paired(control.InviteArgs{Allow: "nip44_decrypt#700/h"}), peers, ciphers)
	var own []string
	for i := 0; i < 100; i += 50 {
		own = append(own, ciphers[i])
	}
	read(r.paired(control.InviteArgs{Allow: "nip44_decrypt@" + peers[0]}), peers[:1], own)
	r.set("rate-reading", "1000")
	read(bare, peers, ciphers[:50])
	r.set("rate-reading", "")
	bare.wants(peers, ciphers[:1])
	r.bulk("651 messages so far")
}

// Who watches sees the count grow.
func TestReadingIsCountedLive(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(8, 8)
	c := r.paired(control.InviteArgs{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	lines := make(chan string, 100)
	go func() {
		_, _ = r.k.Call(ctx, control.CommandLine, control.VerbRequestsWatch, nil, func(v any) error {
			if q, ok := v.(control.QuestionInfo); ok && q.Reason == "bulk-read" && len(q.Lines) > 0 {
				lines <- q.Lines[0]
			}
			return nil
		})
	}()
	c.wants(peers, ciphers[:5])
	r.bulk("5 messages so far, with 5 people.")
	c.wants(peers[5:], ciphers[5:])
	r.bulk("8 messages so far, with 8 people.")
	r.until("the last count was seen", func() bool {
		for {
			select {
			case l := <-lines:
				if l == "8 messages so far, with 8 people." {
					return true
				}
			default:
				return false
			}
		}
	})
}

// A yes counts for the requests that are on their way when it comes: none of
// them trips the brake again.
func TestAYesToReadingCountsForThoseOnTheirWay(t *testing.T) {
	r := newRig(t)
	peers, ciphers := r.texts(66, 11)
	for range 5 {
		c := r.paired(control.InviteArgs{})
		n := r.outbound()
		ids := c.wants(peers, ciphers[:6])
		q := r.bulk("6 messages so far, with 6 people.")
		var sealed []*nostr.Event
		for i, text := range ciphers[6:] {
			sealed = append(sealed, c.seal(c.request("nip44_decrypt", peers[(i+6)%len(peers)], text), r.now()))
			ids = append(ids, fmt.Sprintf("id-%d", c.n))
		}
		for _, ev := range sealed {
			c.send(ev)
		}
		r.approve(control.AnswerArgs{ID: q.ID})
		for id, a := range c.got(n, ids) {
			if a.Error != "" {
				t.Fatalf("%s: %s", id, a.Error)
			}
		}
		r.settle()
		r.noQuestion()
	}
}
