package keeper_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

func TestNoSignatureWithoutARecord(t *testing.T) {
	disk := &badStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	c := r.paired(control.InviteArgs{})
	r.settle()
	disk.bad.Store(true)
	for _, req := range []string{c.request("sign_event", c.note("x")), c.request("nip44_encrypt", c.pub.String(), "x")} {
		wantPrefix(t, c.raw(req), privyseal.KindBusy)
	}
	wantResult(t, c.ask("ping"), "pong") // needs no record
	wantPrefix(t, c.ask("logout"), privyseal.KindBusy)
	d := r.client(c.signer, "")
	wantPrefix(t, d.ask("ping"), privyseal.KindDenied)
	disk.bad.Store(false)
	c.signed(c.ask("sign_event", c.note("x")), r.author)
	if n := r.uses(); n != 1 {
		t.Fatalf("%d uses on record, want the one after the disk came back", n)
	}
}

// Whichever step of the commit fails, the app hears so and nothing is left of the
// request: nothing spent, nobody asked, no work taken.
func TestAnyStepOfARecordMayFail(t *testing.T) {
	disk := &brokenStore{}
	r := newRig(t, func(r *rig) { r.wrap = disk.around })
	c, asks := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#4/h"}), r.paired(control.InviteArgs{Preset: "ask"})
	r.settle()
	body := asks.note("open")
	open, _ := asks.asks(body)
	joins := func() answer { return asks.ask("sign_event", body) }
	for step, req := range map[string]func() answer{
		"Work":        func() answer { return c.ask("sign_event", c.note("x")) },
		"WorkByOp":    func() answer { return c.ask("sign_event", c.note("x")) },
		"Spend":       func() answer { return c.ask("sign_event", c.note("x")) },
		"AddWork":     func() answer { return c.ask("sign_event", c.note("x")) },
		"AskQuestion": func() answer { return asks.ask("sign_event", asks.note("x")) },
		"Question":    joins,
	} {
		disk.step.Store(step)
		wantPrefix(t, req(), privyseal.KindBusy)
		disk.step.Store("AddWork")
		wantPrefix(t, joins(), privyseal.KindBusy)
		disk.step.Store("")
	}
	if qs := r.openQuestions(); len(qs) != 1 || qs[0].ID != open.ID || r.uses() != 0 || r.app(c).Grants[0].Used != 0 {
		t.Fatalf("%d uses, asked %+v, granted %+v", r.uses(), qs, r.app(c).Grants)
	}
	c.signed(c.ask("sign_event", c.note("x")), r.author)
}

func TestTwoEntriesARequest(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Refuse: "sign_event:7"})
	reaction := fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[],"content":"+"}`, r.now().Unix())
	for _, test := range []struct{ body, verdict, outcome string }{
		{c.note("x"), "allow", "allowed"},
		{reaction, "refuse", "refused"},
	} {
		ev := c.seal(c.request("sign_event", test.body), r.now())
		c.again(ev)
		r.settle()
		recs := mustCall[[]control.RecordInfo](r, control.VerbActivityShow, control.Name{Name: ev.ID.String()[:16]})
		if len(recs) != 2 || recs[1].Phase != "decided" || recs[1].Verdict != test.verdict ||
			recs[0].Phase != "done" || recs[0].Outcome != test.outcome || recs[0].Event != ev.ID.String() {
			t.Fatalf("records %+v", recs)
		}
	}
	wantResult(t, c.ask("ping"), "pong")
	if n := r.app(c).Calls; n.Total != 1 || n.Minute > 1 {
		t.Fatalf("one ping was counted as %+v", n)
	}
}

func TestReplayGetsTheStoredAnswer(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Refuse: "sign_event:7"})
	sign := c.seal(c.request("sign_event", c.note("x")), r.now())
	no := c.seal(c.request("sign_event", fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[],"content":"+"}`, r.now().Unix())), r.now())
	signed, refused := c.again(sign), c.again(no)
	c.signed(signed, r.author)
	wantPrefix(t, refused, privyseal.KindDenied)
	check := func(when string) {
		t.Helper()
		a, b := c.again(sign), c.again(no)
		if a.Raw != signed.Raw || b.Raw != refused.Raw || a.Event.ID == signed.Event.ID {
			t.Fatalf("%s: answered %s and %s", when, a.Raw, b.Raw)
		}
		if n := r.uses(); n != 1 {
			t.Fatalf("%s: %d uses", when, n)
		}
	}
	check("at once")
	r.restart()
	check("after a restart")
	r.sleep(5 * time.Minute) // stale by now, but known
	check("after five minutes")
	r.sleep(6 * time.Minute) // no longer kept
	wantPrefix(t, c.again(sign), privyseal.KindExpired)
	if n := r.uses(); n != 1 {
		t.Fatalf("signed again: %d uses", n)
	}
}

func TestSameOperationSharesItsSuccess(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	note := c.note("x")
	first, second := c.ask("sign_event", note), c.ask("sign_event", note)
	if first.Result != second.Result || first.ID == second.ID || r.uses() != 1 {
		t.Fatalf("%s, then %s, %d uses", first.Raw, second.Raw, r.uses())
	}
	// Encryption is done anew: equal ciphertexts would tell of equal messages.
	d := r.paired(control.InviteArgs{Preset: "trusted"})
	one, two := d.ask("nip44_encrypt", c.pub.String(), "x"), d.ask("nip44_encrypt", c.pub.String(), "x")
	if one.Error != "" || two.Error != "" || one.Result == two.Result {
		t.Fatalf("%s and %s", one.Raw, two.Raw)
	}
	if old := d.ask("nip04_encrypt", c.pub.String(), "x"); old.Error != "" || !nip04.Looks(old.Result) {
		t.Fatalf("%s", old.Raw)
	}
	// A refusal of the rules is not kept for the operation: a grant helps at once.
	app := r.app(c).ID
	reaction := fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[],"content":"+"}`, r.now().Unix())
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: app, Verdict: "refuse", Perms: "sign_event:7"})
	wantPrefix(t, c.ask("sign_event", reaction), privyseal.KindDenied)
	mustCall[control.AppInfo](r, control.VerbAppsGrant, control.GrantArgs{App: app, Verdict: "allow", Perms: "sign_event:7"})
	c.signed(c.ask("sign_event", reaction), r.author)
}

func TestOpenedMessagesAreNeverStored(t *testing.T) {
	const canary, posted = "canary-7f3a-plaintext", "canary-7f3a-posted" // what was opened is not posted
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	user, err := nostr.ParsePubKey(r.author)
	must(t, err)
	ck, err := nip44.NewConversationKey(c.key, (*[32]byte)(&user))
	must(t, err)
	sealed, err := nip44.Encrypt(&ck, canary)
	must(t, err)
	ev := c.seal(c.request("nip44_decrypt", c.pub.String(), sealed), r.now())
	wantResult(t, c.again(ev), canary)
	wantResult(t, c.again(ev), canary) // made again, on record
	r.sleep(3 * time.Minute)
	wantResult(t, c.again(ev), canary) // also when it is stale, but known
	if n := r.uses(); n != 3 {
		t.Fatalf("%d uses on record", n)
	}
	c.signed(c.ask("sign_event", c.note(posted)), r.author)
	r.settle()
	works := r.works()
	for _, w := range works {
		if w.Op.Decrypts() && w.Answer != nil {
			t.Fatal("a decrypt's answer was stored")
		}
	}
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(t, err)
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && (bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte(posted))) {
			t.Errorf("%s holds a plaintext", filepath.Base(f))
		}
	}
	if len(files) == 0 || len(works) < 2 {
		t.Fatalf("looked at %d files, %d works", len(files), len(works))
	}
}

func TestFreshness(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	for _, test := range []struct {
		skew time.Duration
		ok   bool
	}{
		{-30 * time.Second, true}, {30 * time.Second, true}, {-115 * time.Second, true}, {58 * time.Second, true},
		{-125 * time.Second, false}, {70 * time.Second, false}, {-10 * time.Minute, false}, {10 * time.Minute, false},
		{-48 * time.Hour, false}, {48 * time.Hour, false},
	} {
		stamp := r.now().Add(test.skew)
		n := r.outbound()
		c.send(c.seal(c.request("sign_event", c.note(test.skew.String())), stamp))
		got := c.await(n)
		if !test.ok {
			wantPrefix(t, got, privyseal.KindExpired)
		} else {
			c.signed(got, r.author)
		}
		// The answer's stamp: the later of now and the request's, a minute ahead at most.
		now := r.now().Unix()
		want := min(max(now, stamp.Unix()), now+60)
		if at := got.Event.CreatedAt; at < want-2 || at > want {
			t.Fatalf("%v: answer stamped %d s off", test.skew, at-want)
		}
	}
	stranger := r.client(c.signer, "")
	n := r.outbound()
	stranger.send(stranger.seal(stranger.request("connect", "", "x"), r.now().Add(-time.Hour)))
	wantPrefix(t, stranger.await(n), privyseal.KindExpired)
}

func TestTemplateClock(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted", Allow: "sign_event:1,sign_event:10002"})
	body := func(kind int, off time.Duration) string {
		return fmt.Sprintf(`{"kind":%d,"created_at":%d,"tags":[["r","wss://a.example"]],"content":"%v"}`, kind, r.now().Add(off).Unix(), off)
	}
	for _, off := range []time.Duration{0, 9 * time.Minute, -9 * time.Minute} {
		c.signed(c.ask("sign_event", body(1, off)), r.author)
	}
	for _, off := range []time.Duration{12 * time.Minute, -12 * time.Minute, time.Hour} {
		c.send(c.seal(c.request("sign_event", body(1, off)), r.now()))
		q := r.question()
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
		r.sleep(time.Minute) // so that refusals do not quiet the app
	}
	r.settle()
	got := c.ask("sign_event", body(10002, 20*time.Minute))
	wantPrefix(t, got, privyseal.KindInvalid)
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) != 0 {
		t.Fatal("a version that would win for long was asked about")
	}
}

func TestMalformedEverything(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	for name, text := range map[string]string{
		"no json": `hello`, "half": `{"id":"1","method":"pi`, "trailing": `{"id":"1","method":"ping"}}`,
		"no id": `{"method":"ping","params":[]}`, "null id": `{"id":null,"method":"ping"}`, "id a list": `{"id":[1],"method":"ping"}`,
		"method a number": `{"id":"1","method":7}`, "empty method": `{"id":"1","method":""}`, "empty": ` `,
		"sign without params": `{"id":"1","method":"sign_event","params":[]}`, "sign null": `{"id":"1","method":"sign_event","params":null}`,
		"encrypt to nobody": `{"id":"1","method":"nip44_encrypt","params":["x","y"]}`, "one param": `{"id":"1","method":"nip44_decrypt","params":["x"]}`,
		"twice a key": `{"id":"1","id":"2","method":"ping"}`,
	} {
		t.Run(name, func(t *testing.T) { wantPrefix(t, c.raw(text), privyseal.KindInvalid) })
	}
	batch := c.raw(`[{"id":"b1","method":"ping","params":[]},{"id":"b2","method":"ping","params":[]}]`)
	wantPrefix(t, batch, privyseal.KindInvalid)
	if batch.ID != "b1" || !strings.Contains(batch.Error, "one by one") {
		t.Fatalf("a batch was answered %s", batch.Raw)
	}
	for _, junk := range []string{``, `{}`, `[]`, `null`, strings.Repeat("[", 10_000), `{"kind":24133}`, `{"kind":1}`} {
		must(t, r.front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: []byte(junk)}}}))
	}
	wantResult(t, c.ask("ping"), "pong")
}

func TestForgedAndCapturedEvents(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	ev := c.seal(c.request("sign_event", c.note("x")), r.now())
	for name, change := range map[string]func(*nostr.Event){
		"another id":        func(e *nostr.Event) { e.ID[0] ^= 1 },
		"another stamp":     func(e *nostr.Event) { e.CreatedAt++ },
		"another signature": func(e *nostr.Event) { e.Sig[0] ^= 1 },
		"another author":    func(e *nostr.Event) { e.PubKey = r.client(c.signer, "").pub },
		"another content":   func(e *nostr.Event) { e.Content = e.Content[:8] + "AAAA" + e.Content[12:] },
		"another tag":       func(e *nostr.Event) { e.Tags = append(nostr.Tags{{"x"}}, e.Tags...) },
	} {
		t.Run(name, func(t *testing.T) {
			forged := *ev
			change(&forged)
			c.silent(&forged)
		})
	}
	if n := r.uses(); n != 0 {
		t.Fatalf("a forged event was served: %d uses", n)
	}
	c.signed(c.again(ev), r.author) // the bad copies did not hide the good one
	// Captured and signed anew by somebody else: not his conversation.
	thief := r.client(c.signer, "")
	captured := nostr.Template{Kind: ev.Kind, CreatedAt: ev.CreatedAt, Tags: ev.Tags, Content: ev.Content}
	stolen, err := captured.Sign(thief.key, false)
	must(t, err)
	thief.silent(stolen)
	if n := r.uses(); n != 1 {
		t.Fatalf("%d uses", n)
	}
}

func TestBudgetsFallBackToAskingAndNeverOverdraw(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1#10/h"})
	n := r.outbound()
	var wg sync.WaitGroup
	events := make([]*nostr.Event, 100)
	for i := range events {
		text := c.request("sign_event", c.note(fmt.Sprint(i)))
		wg.Go(func() { events[i] = c.seal(text, r.now()) })
	}
	wg.Wait()
	for _, ev := range events {
		c.send(ev)
	}
	signed, limited := 0, 0
	for _, a := range c.since(n) {
		switch {
		case a.Error == "":
			signed++
		case strings.HasPrefix(a.Error, "limit:"):
			limited++
		default:
			t.Errorf("answer %s", a.Raw)
		}
	}
	open := len(r.openQuestions())
	// One card of twenty is full when they come within its three seconds; where the
	// machine takes longer, there are up to three.
	if signed != 10 || open < 20 || open > 60 || signed+open+limited != len(events) {
		t.Fatalf("%d signed, %d asked, %d over the limit of open questions", signed, open, limited)
	}
	if used := r.app(c).Grants[0].Used; used != 10 {
		t.Fatalf("%d of the budget used", used)
	}
	r.restart()
	r.sleep(61 * time.Minute)
	c.signed(c.ask("sign_event", c.note("next hour")), r.author)
}
