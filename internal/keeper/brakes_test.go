package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// brakeNotes is what brakes put on record.
func (r *rig) brakeNotes() (out []string) {
	r.t.Helper()
	must(r.t, r.store.Flush(r.t.Context()))
	must(r.t, r.store.View(r.t.Context(), func(s store.Reader) error {
		recs, err := s.Records(store.RecordQuery{Limit: 10_000})
		for _, rec := range recs {
			if strings.HasPrefix(rec.Detail, "brake: ") {
				out = append(out, rec.Detail)
			}
		}
		return err
	}))
	return out
}

// held fails unless the app's page and the check-up say that it is held back.
func (r *rig) held(c *client, words string) {
	r.t.Helper()
	a := r.app(c)
	if len(a.May) == 0 || !strings.Contains(a.May[0], words) || !strings.Contains(a.May[0], "privyseal apps resume") {
		r.t.Fatalf("the app's page says %q, not %q", a.May, words)
	}
	s := mustCall[control.Status](r, control.VerbStatus, nil)
	if !slices.ContainsFunc(s.Findings, func(f control.Finding) bool {
		return f.Check == "brakes" && strings.Contains(f.Text, words) && strings.Contains(f.Fix, "privyseal apps resume")
	}) {
		r.t.Fatalf("the check-up does not say %q: %+v", words, s.Findings)
	}
}

func (r *rig) noQuestion() {
	r.t.Helper()
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) > 0 {
		r.t.Fatalf("asked: %+v", qs)
	}
}

// An app above its rate gets an answer that says so, never silence, and takes
// nothing from another app.
func TestAppsHaveARate(t *testing.T) {
	r := newRig(t)
	r.settle()
	c, other := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	r.set("rate-app", "0.001,3")
	n := 0
	for range 10 {
		if a := c.ask("ping"); a.Error != "" {
			wantPrefix(t, a, privyseal.KindLimit)
			n++
		}
	}
	if n < 6 {
		t.Fatalf("only %d of ten were too many", n)
	}
	wantResult(t, other.ask("ping"), "pong")
	seen := r.app(c).LastSeen
	r.sleep(2 * time.Second)
	wantPrefix(t, c.ask("ping"), privyseal.KindLimit)
	if n++; r.app(c).LastSeen != seen {
		t.Fatalf("what was not taken counts as seen: %v, then %v", seen, r.app(c).LastSeen)
	}
	if r.count("requests_too_fast") != n || !slices.Contains(r.brakeNotes(), "brake: too many requests at once") {
		t.Fatalf("%d counted, on record %q", r.count("requests_too_fast"), r.brakeNotes())
	}
	if notes := r.brakeNotes(); len(notes) > 2 {
		t.Fatalf("a flood fills the record: %q", notes)
	}
	r.held(c, "Slowed down")
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	wantResult(t, c.ask("ping"), "pong")
	r.set("rate-app", "")
	r.sleep(time.Second) // a fast machine asks more often than tokens come
	for range 50 {
		wantResult(t, c.ask("ping"), "pong")
	}
	if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "rate-app", Value: "fast"}); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Fatalf("a rate that is none: %v", err)
	}
}

func TestIdentitiesHaveARate(t *testing.T) {
	r := newRig(t)
	c, other := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	r.set("rate-identity", "0.001,2")
	for range 5 {
		c.ask("ping")
	}
	wantPrefix(t, other.ask("ping"), privyseal.KindLimit)
}

// What is refused, asked or invalid has a tighter rate, above which it fills no
// record; what is allowed is not held back by it.
func TestRefusedRequestsHaveATighterRate(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:1", Refuse: "sign_event:7"})
	r.set("rate-app-refused", "0.001,2")
	bad := map[string]func(i int) answer{
		"refused": func(i int) answer {
			return c.ask("sign_event", fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[],"content":"%d"}`, r.now().Unix(), i))
		},
		"invalid":    func(i int) answer { return c.ask("sign_event", fmt.Sprint("{", i)) },
		"unreadable": func(i int) answer { return c.raw(fmt.Sprintf(`{"id":"id-%d","method":5}`, i)) },
	}
	for name, send := range bad {
		for i := range 2 {
			if a := send(i); strings.HasPrefix(a.Error, "limit:") || a.Error == "" {
				t.Fatalf("%s: the first: %+v", name, a)
			}
		}
		before := len(mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: r.app(c).ID, Limit: 1000}))
		for i := range 5 {
			wantPrefix(t, send(10+i), privyseal.KindLimit)
		}
		after := len(mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{App: r.app(c).ID, Limit: 1000}))
		if after-before > 3 {
			t.Fatalf("%s: five above the rate made %d records", name, after-before)
		}
		c.signed(c.ask("sign_event", c.note(name)), r.author)
		mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	}
}

// One stranger uses up its own tokens, not those of others on the relay (T6).
func TestOneStrangerLeavesTokensToOthers(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	r.settle()
	loud, quiet := r.client(c.signer, ""), r.client(c.signer, "")
	for i := range 200 {
		loud.send(loud.seal(loud.request("sign_event", c.note(fmt.Sprint(i))), r.now()))
	}
	wantPrefix(t, quiet.ask("get_public_key"), privyseal.KindDenied)
	r.settle()
	if n := r.count("strangers_heard"); n > 60 {
		t.Fatalf("%d events of one stranger were opened", n)
	}
}

// Who pours forged requests in an app's name costs a bounded number of
// signature checks; NIP-44, which has a MAC, is not held back by it (T6).
func TestForgedEventsCostTheirRelayTokens(t *testing.T) {
	r := newRig(t)
	old, c := r.paired(control.InviteArgs{}), r.paired(control.InviteArgs{})
	old.old = true
	for i := range 400 {
		ev := old.seal(old.request("ping", fmt.Sprint(i)), r.now())
		ev.Sig[3] ^= 1
		old.send(ev)
	}
	wantResult(t, c.ask("ping"), "pong")
	r.settle()
	forged, braked := r.count("events_forged"), r.count("events_braked")
	if forged+braked != 400 || forged < 50 || forged > 300 {
		t.Fatalf("%d checked, %d not", forged, braked)
	}
	old.relay = "wss://other.example"
	wantResult(t, old.ask("ping"), "pong") // another relay is not held back
	old.relay = ownRelay
	r.sleep(10 * time.Second)
	wantResult(t, old.ask("ping"), "pong")
	if !slices.Contains(r.brakeNotes(), "brake: forged events by "+ownRelay) {
		t.Fatalf("on record: %q", r.brakeNotes())
	}
}

// Two refusals in a minute keep an app quiet for five minutes, a third takes
// its other questions away; what is allowed goes on (T30, R43).
func TestRefusalsQuietAnApp(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask", Allow: "sign_event:7"})
	refuse := func(q control.QuestionInfo) {
		t.Helper()
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	}
	var qs []control.QuestionInfo
	var ids []string
	began := r.outbound()
	for i := range 6 {
		q, _ := c.asks(c.note(fmt.Sprint("open ", i)))
		qs, ids = append(qs, q), append(ids, fmt.Sprintf("id-%d", c.n))
	}
	r.still(func() { // two answers, however close
		refuse(qs[0])
		refuse(qs[1])
	})
	quiet := func() {
		t.Helper()
		a := c.ask("sign_event", c.note(fmt.Sprint("quiet ", r.now())))
		wantPrefix(t, a, privyseal.KindDenied)
		if !strings.Contains(a.Error, "too often") {
			t.Fatalf("refused for another reason: %q", a.Error)
		}
	}
	quiet()
	if open := r.openQuestions(); len(open) != 4 {
		t.Fatalf("%d questions are open", len(open))
	}
	c.signed(c.ask("sign_event", fmt.Sprintf(`{"kind":7,"created_at":%d,"tags":[["p","%s"]],"content":"+"}`, r.now().Unix(), c.pub)), r.author)
	r.held(c, "Kept quiet")
	refuse(qs[2])
	for _, a := range c.got(began, ids) {
		wantPrefix(t, a, privyseal.KindDenied)
	}
	r.noQuestion()
	r.restart() // what was refused outlives a stop
	quiet()
	r.sleep(9*time.Minute + 50*time.Second)
	quiet()
	r.sleep(15 * time.Second)
	q, n := c.asks(c.note("afterwards"))
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.awaitLast(n), r.author)
	for _, want := range []string{"brake: quiet after two refusals", "brake: muted after three refusals"} {
		if !slices.Contains(r.brakeNotes(), want) {
			t.Fatalf("%q is not on record: %q", want, r.brakeNotes())
		}
	}
}

// Of two apps by one name, the hint names the one that is kept quiet.
func TestHintsNameTheRightApp(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Twin", Preset: "ask"})
	r.paired(control.InviteArgs{AppName: "Twin", Preset: "ask"})
	for i := range 2 {
		q, _ := c.asks(c.note(fmt.Sprint(i)))
		mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	}
	found := mustCall[control.Status](r, control.VerbStatus, nil).Findings
	i := slices.IndexFunc(found, func(f control.Finding) bool { return f.Check == "brakes" })
	if i < 0 {
		t.Fatalf("found %+v", found)
	}
	name, ok := strings.CutPrefix(found[i].Fix, "privyseal apps resume ")
	if !ok {
		t.Fatalf("the hint is %q", found[i].Fix)
	}
	if got := mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: name}); got.ID != r.app(c).ID {
		t.Fatalf("%q resumed %s, not %s", name, got.ID, r.app(c).ID)
	}
}

// The person ends the quiet: with a resume, which outlives a restart.
func TestResumeEndsTheQuiet(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	var qs []control.QuestionInfo
	for i := range 3 {
		q, _ := c.asks(c.note(fmt.Sprint(i)))
		qs = append(qs, q)
	}
	r.still(func() { // all at once, and none of it lost
		for _, q := range qs {
			mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
		}
		wantPrefix(t, c.ask("sign_event", c.note("quiet")), privyseal.KindDenied)
		mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	})
	c.asks(c.note("asked again"))
	r.restart()
	c.asks(c.note("and after a restart"))
	if _, err := call[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID}); privyseal.KindOf(err) != privyseal.KindConflict {
		t.Fatalf("resumed what nothing held: %v", err)
	}
}

// Panic pauses every app, closes what they asked and answers them.
func TestPanicClosesQuestions(t *testing.T) {
	r := newRig(t)
	c, other := r.paired(control.InviteArgs{Preset: "ask"}), r.paired(control.InviteArgs{Preset: "trusted"})
	_, n := c.asks(c.note("open"))
	if p := mustCall[control.Paused](r, control.VerbPanic, nil); p.Apps != 2 {
		t.Fatalf("%+v", p)
	}
	wantPrefix(t, c.await(n), privyseal.KindDenied)
	r.noQuestion()
	for _, c := range []*client{c, other} {
		wantPrefix(t, c.ask("sign_event", c.note("x")), privyseal.KindDenied)
		wantPrefix(t, c.ask("ping"), privyseal.KindDenied)
	}
}

// Without the owner for as long as was set, every app is paused and the vault
// locks; three days before it is said.
func TestDeadManTimer(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	finding := func() (f control.Finding) {
		t.Helper()
		for _, f := range mustCall[control.Status](r, control.VerbStatus, nil).Findings {
			if f.Check == "dead-man timer" {
				return f
			}
		}
		return f
	}
	r.sleep(1000 * 24 * time.Hour) // it is off
	c.signed(c.ask("sign_event", c.note("off")), r.author)
	if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: "dead-man", Value: "a while"}); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Fatal(err)
	}
	r.set("dead-man", "30d")
	if f := finding(); f != (control.Finding{}) {
		t.Fatalf("warned at once: %+v", f)
	}
	r.sleep(28 * 24 * time.Hour)
	if f := finding(); f.State != "warning" {
		t.Fatalf("two days before: %+v", f)
	}
	r.set("log-level", "info") // the owner is there
	if f := finding(); f != (control.Finding{}) {
		t.Fatalf("still warned: %+v", f)
	}
	r.restart() // the mark is kept, and opening the vault at start is no sign of the owner
	r.sleep(29 * 24 * time.Hour)
	c.signed(c.ask("sign_event", c.note("still there")), r.author)
	r.sleep(24*time.Hour + time.Minute)
	r.until("the vault is locked", func() bool { return r.vault.Locked() })
	if s := r.app(c).State; s != privyseal.AppPaused.String() {
		t.Fatalf("the app is %s", s)
	}
	if f := finding(); f.State != "problem" {
		t.Fatalf("afterwards: %+v", f)
	}
	mustCall[control.Status](r, control.VerbUnlock, control.Passphrase{Passphrase: []byte(passphrase)})
	wantPrefix(t, c.ask("sign_event", c.note("paused")), privyseal.KindDenied)
	mustCall[control.AppInfo](r, control.VerbAppsResume, control.Name{Name: r.app(c).ID})
	c.signed(c.ask("sign_event", c.note("resumed")), r.author)
	if f := finding(); f != (control.Finding{}) {
		t.Fatalf("after the owner came: %+v", f)
	}
}

// What is too big, too deep or too many is refused before it costs anything in
// proportion, and whoever can be answered is (T29).
func TestOversizedRequests(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted", Allow: "sign_event:1"})
	tags := func(n int) string {
		return fmt.Sprintf(`{"kind":1,"created_at":%d,"content":"x","tags":[%s]}`, r.now().Unix(), strings.TrimSuffix(strings.Repeat(`["t","x"],`, n), ","))
	}
	for name, params := range map[string][]string{
		"tags":      {tags(nostr.MaxTags + 1)},
		"deep":      {strings.Repeat(`[`, 5000)},
		"deep tags": {fmt.Sprintf(`{"kind":1,"created_at":%d,"content":"x","tags":%s%s}`, r.now().Unix(), strings.Repeat(`[`, 50), strings.Repeat(`]`, 50))},
		"wide tag":  {fmt.Sprintf(`{"kind":1,"created_at":%d,"content":"x","tags":[[%s"x"]]}`, r.now().Unix(), strings.Repeat(`"",`, nostr.MaxTagStrings))},
		"no event":  {strings.Repeat("x", 60_000)},
	} {
		a := c.ask("sign_event", params...)
		if a.Error == "" || len(a.Error) > 500 {
			t.Errorf("%s: %.200s", name, a.Raw)
		}
	}
	many := make([]string, 5000)
	if a := c.ask("nip44_encrypt", many...); a.Error == "" {
		t.Errorf("five thousand parameters: %.200s", a.Raw)
	}
	r.settle()
	before := r.count("events_malformed")
	big := nostr.Template{Kind: 24133, CreatedAt: r.now().Unix(), Content: strings.Repeat("A", 100), Tags: nostr.Tags{{"p", c.signer.String()}}}
	ev, err := big.Sign(c.key, false)
	must(t, err)
	raw := strings.Replace(string(ev.AppendJSON(nil)), ev.Content, strings.Repeat("A", nostr.MaxEventSize+1), 1)
	must(t, r.front.Send(&control.Events{Items: []control.Inbound{{Relay: ownRelay, Event: []byte(raw)}}}))
	r.until("the big event was counted", func() bool { return r.count("events_malformed") == before+1 })
	c.signed(c.ask("sign_event", c.note("and goes on")), r.author)
}

// A list of seven thousand people, which real ones reach, is asked about and
// signed whole.
func TestALongFollowListIsSigned(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "social"})
	var tags strings.Builder
	for i := range 7000 {
		fmt.Fprintf(&tags, `,["p","%064x"]`, i+1)
	}
	ev := c.seal(c.request("sign_event", fmt.Sprintf(`{"kind":3,"created_at":%d,"content":"","tags":[%s]}`, r.now().Unix(), tags.String()[1:])), r.now())
	n := r.outbound()
	c.send(ev)
	r.until("it is asked", func() bool { return len(mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)) == 1 })
	r.approve(control.AnswerArgs{ID: mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)[0].ID})
	r.until("it is answered", func() bool { return len(c.since(n)) == 1 })
	if signed := c.signed(c.since(n)[0], r.author); len(signed.Tags) != 7000 {
		t.Fatalf("%d tags came back", len(signed.Tags))
	}
}
