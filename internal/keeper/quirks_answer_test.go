package keeper_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

func jsonString(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func TestQuirk10SameEventFromSeveralRelays(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Allow: "sign_event:1,nip44_encrypt"})
	ev := c.seal(c.request("sign_event", c.note("once")), r.now())
	first := c.again(ev)
	c.relay = "wss://other.example"
	second := c.again(ev)
	if first.Result != second.Result || !slices.Contains(second.Relays, c.relay) {
		t.Fatalf("a copy got another answer: %s and %s to %v", first.Raw, second.Raw, second.Relays)
	}
	if n := r.uses(); n != 1 {
		t.Fatalf("the key was used %d times", n)
	}
	// An encryption is made anew for a new request, and never for a copy.
	sealed := c.seal(c.request("nip44_encrypt", c.pub.String(), "once"), r.now())
	cipher := c.again(sealed)
	if copied := c.again(sealed); cipher.Error != "" || copied.Result != cipher.Result || r.uses() != 2 {
		t.Fatalf("a copy got another answer: %s and %s, %d uses", cipher.Raw, copied.Raw, r.uses())
	}
	r.restart()
	if third := c.again(ev); third.Result != first.Result || r.uses() != 2 {
		t.Fatal("a copy after a restart got another answer")
	}
	if third := c.again(sealed); third.Result != cipher.Result || r.uses() != 2 {
		t.Fatal("a copy after a restart got another answer")
	}
}

// uses counts how often a user key was used, by the record.
func (r *rig) uses() (n int) {
	r.t.Helper()
	r.settle()
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 5000}) {
		if rec.Phase == "decided" && rec.Verdict == "allow" {
			n++
		}
	}
	return n
}

func TestQuirk11SameOperationUnderANewID(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	note := c.note("asked three times")
	n := r.outbound()
	ids := map[string]bool{}
	for range 3 {
		c.send(c.seal(c.request("sign_event", note), r.now()))
		ids[fmt.Sprintf("id-%d", c.n)] = true
	}
	r.settle()
	open := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)
	if len(open) != 1 {
		t.Fatalf("%d questions for one operation", len(open))
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: open[0].ID})
	results := map[string]bool{}
	for _, a := range c.since(n) {
		c.signed(a, r.ana().PubKey)
		delete(ids, a.ID)
		results[a.Result] = true
	}
	if len(ids) != 0 || len(results) != 1 || r.uses() != 1 {
		t.Fatalf("unanswered %v, %d results, %d uses", ids, len(results), r.uses())
	}
}

func TestQuirk12CipherOfTheRequest(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{})
	c.old = true
	got := c.ask("connect", c.signer.String(), c.secret)
	wantResult(t, got, "ack")
	if !nip04.Looks(got.Event.Content) {
		t.Fatal("NIP-04 in, something else out")
	}
	for _, old := range []bool{false, true, false} {
		c.old = old
		if got := c.ask("ping"); got.Result != "pong" || nip04.Looks(got.Event.Content) != old {
			t.Fatalf("NIP-04 asked %v, answered %v", old, !old)
		}
	}
	c.old = true
	bad := c.raw(`{"id":"1","method":"sign_event","params":["{}"]}`)
	if bad.Error == "" || !nip04.Looks(bad.Event.Content) {
		t.Fatal("an error in another cipher")
	}
}

func TestQuirk13Templates(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Allow: "sign_event:1"})
	at, user := r.now().Unix(), r.ana().PubKey
	zero := strings.Repeat("0", 64)
	good := map[string]string{
		"plain":          fmt.Sprintf(`{"kind":1,"created_at":%d,"tags":[],"content":"a"}`, at),
		"stale id, sig":  fmt.Sprintf(`{"id":%q,"sig":"","kind":1,"created_at":%d,"tags":[],"content":"b"}`, zero, at),
		"user's pubkey":  fmt.Sprintf(`{"pubkey":%q,"kind":1,"created_at":%d,"tags":[["t","x"]],"content":"c"}`, user, at),
		"empty pubkey":   fmt.Sprintf(`{"pubkey":"","kind":1,"created_at":%d,"tags":[],"content":"d"}`, at),
		"without tags":   fmt.Sprintf(`{"kind":1,"created_at":%d,"content":"e"}`, at),
		"odd characters": fmt.Sprintf(`{"kind":1,"created_at":%d,"tags":[["a","\u2028","\""]],"content":"\u0007 é\n<&>"}`, at-5),
	}
	for name, body := range good {
		t.Run(name, func(t *testing.T) {
			got := c.ask("sign_event", body)
			ev := c.signed(got, user)
			var want struct {
				Kind    nostr.Kind `json:"kind"`
				Created int64      `json:"created_at"`
				Tags    nostr.Tags `json:"tags"`
				Content string     `json:"content"`
			}
			must(t, json.Unmarshal([]byte(body), &want))
			same := slices.EqualFunc(ev.Tags, want.Tags, func(a, b nostr.Tag) bool { return slices.Equal(a, b) })
			if ev.Kind != want.Kind || ev.CreatedAt != want.Created || ev.Content != want.Content || !same {
				t.Fatalf("asked for %s, signed %s", body, ev.AppendJSON(nil))
			}
		})
	}
	for name, test := range map[string]struct {
		body string
		kind privyseal.ErrorKind
	}{
		"no kind":         {fmt.Sprintf(`{"created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"kind too large":  {fmt.Sprintf(`{"kind":65536,"created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"kind below zero": {fmt.Sprintf(`{"kind":-1,"created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"kind a float":    {fmt.Sprintf(`{"kind":1.5,"created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"kind a string":   {fmt.Sprintf(`{"kind":"1","created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"no created_at":   {`{"kind":1,"tags":[],"content":""}`, privyseal.KindInvalid},
		"twice a key":     {fmt.Sprintf(`{"kind":1,"kind":3,"created_at":%d,"tags":[],"content":""}`, at), privyseal.KindInvalid},
		"somebody else's": {fmt.Sprintf(`{"pubkey":%q,"kind":1,"created_at":%d,"tags":[],"content":""}`, c.pub, at), privyseal.KindDenied},
		"the signer's":    {fmt.Sprintf(`{"pubkey":%q,"kind":1,"created_at":%d,"tags":[],"content":""}`, c.signer, at), privyseal.KindInvalid},
		"not an object":   {`[]`, privyseal.KindInvalid},
		"nothing":         {``, privyseal.KindInvalid},
		"trailing":        {fmt.Sprintf(`{"kind":1,"created_at":%d,"tags":[],"content":""}x`, at), privyseal.KindInvalid},
	} {
		t.Run(name, func(t *testing.T) { wantPrefix(t, c.ask("sign_event", test.body), test.kind) })
	}
}

func TestQuirk15SwitchRelaysIsFast(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	c := r.paired(control.InviteArgs{Preset: "ask"})
	release := stuck.hold() // no commit comes through
	defer release()
	for _, method := range []string{"switch_relays", "ping", "get_public_key"} {
		if got := c.ask(method); got.Error != "" {
			t.Fatalf("%s waits for the disk: %+v", method, got)
		}
	}
	wantResult(t, c.ask("connect", c.signer.String(), c.secret), "ack")
	if got := c.ask("switch_relays"); !strings.Contains(got.Raw, `"result":"null"`) {
		t.Fatalf("not a JSON string: %s", got.Raw)
	}
}

func TestQuirk16NewRelaysAreListenedOnFirst(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.relays = []keeper.Relay{{URL: "wss://old.example", Public: true}, {URL: ownRelay, Own: true}}
	})
	c := r.paired(control.InviteArgs{})
	c.relay = "wss://old.example"
	wantResult(t, c.ask("switch_relays"), "null")
	r.sleep(2 * time.Second)
	mustCall[[]control.RelayInfo](r, control.VerbRelaysAdd, control.Name{Name: "wss://z.example"})
	mustCall[[]control.RelayInfo](r, control.VerbRelaysRemove, control.Name{Name: "wss://old.example"})
	got := c.ask("switch_relays")
	wantResult(t, got, `["wss://z.example"]`)
	if !r.listening("wss://z.example", c.signer) || !r.listening("wss://old.example", c.signer) {
		t.Fatal("not both sets are listened on")
	}
	if !slices.Contains(got.Relays, "wss://old.example") {
		t.Fatalf("the answer went to %v, where the app does not listen yet", got.Relays)
	}
	wantResult(t, c.ask("switch_relays"), "null")
	wantResult(t, c.ask("ping"), "pong") // still over the old relay
	r.relays = r.relays[1:]
	r.listens = nil
	r.restart()
	wantResult(t, c.ask("switch_relays"), "null")
	r.until("the old relay is served after a restart", func() bool { return r.listening("wss://old.example", c.signer) })
	r.sleep(25 * time.Hour)
	r.listens = nil
	r.restart()
	r.until("listening", func() bool { return r.listening("wss://z.example", c.signer) && r.listening(ownRelay, c.signer) })
	r.settle()
	if r.listening("wss://old.example", c.signer) {
		t.Fatal("after a day the old relay is still listened on")
	}
}

// listening is what the keeper's Listen messages add up to.
func (r *rig) listening(relay string, key nostr.PubKey) (on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.listens {
		if l.Relay == relay {
			on = (on || slices.Contains(l.Add, key)) && !slices.Contains(l.Remove, key)
		}
	}
	return on
}

func TestQuirk17GetPublicKeyNeedsNoApproval(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "ask"})
	wantResult(t, c.ask("get_public_key"), r.ana().PubKey)
	if _, err := call[control.Invite](r, control.VerbInvite, control.InviteArgs{Refuse: "get_public_key"}); err == nil {
		t.Fatal("a refusal of the key was taken, though none counts")
	}
	// NDK and nostr-login take any result for the key: a refusal has none.
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, control.Name{Name: r.app(c).ID})
	if got := c.ask("get_public_key"); got.Result != "" || got.Error == "" {
		t.Fatalf("refused with %s", got.Raw)
	}
}

func TestQuirk18RightSecretNeedsNoApproval(t *testing.T) {
	r := newRig(t)
	c := r.invite(control.InviteArgs{Preset: "ask"})
	wantResult(t, c.ask("connect", c.signer.String(), c.secret), "ack")
	if n := len(mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil)); n != 0 {
		t.Fatalf("%d questions", n)
	}
}

func TestQuirk19SignInProofs(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	d := r.paired(control.InviteArgs{Compatible: true})
	must(t, r.front.Send(&control.Challenge{Relay: "wss://a.example", Challenge: "xyz", Keys: []nostr.PubKey{c.signer, d.signer, c.pub}}))
	var proof control.Proof
	r.until("a proof came", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, p := range r.proofs {
			if p.Challenge == "xyz" {
				proof = p
			}
		}
		return proof.Challenge != ""
	})
	if len(proof.Events) != 1 {
		t.Fatalf("%d proofs, want the session key's alone, never a user key's (R20)", len(proof.Events))
	}
	ev, err := nostr.ParseEvent(proof.Events[0])
	must(t, err)
	must(t, ev.Verify())
	if ev.PubKey != c.signer || ev.Kind != 22242 || ev.Tags.TagValue("challenge") != "xyz" || ev.Tags.TagValue("relay") != "wss://a.example" {
		t.Fatalf("proof %s", ev.AppendJSON(nil))
	}
}

func TestQuirk20AnswersGoWhereTheyMayBeAwaited(t *testing.T) {
	r := newRig(t)
	c := r.client(nostr.PubKey{}, "S")
	c.accepted("nostrconnect://"+c.pub.String()+"?relay=wss://a.example&relay=wss://b.example&secret=S", control.InviteArgs{})
	c.relay = "wss://c.example" // it asks elsewhere
	for _, got := range []answer{c.ask("sign_event", c.note("x")), c.ask("ping"), c.ask("sign_event", "{}"), c.ask("nonsense")} {
		slices.Sort(got.Relays)
		if want := []string{"wss://a.example", "wss://b.example", "wss://c.example"}; !slices.Equal(got.Relays, want) {
			t.Fatalf("%s: answered on %v, want %v", got.Raw, got.Relays, want)
		}
	}
	if !r.listening("wss://a.example", c.signer) || !r.listening("wss://b.example", c.signer) || !r.listening(ownRelay, c.signer) {
		t.Fatal("not listened on the app's relays and the signer's")
	}
}

func TestQuirk24LegacyAndUnknownMethods(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	wantResult(t, c.ask("get_relays"), "{}")
	for _, m := range []string{"create_account", "describe", "nip44_get_key", "sign_psbt", "Sign_Event", "nonsense"} {
		got := c.ask(m)
		wantPrefix(t, got, privyseal.KindUnsupported)
		if !strings.Contains(got.Error, "unsupported method") || got.Result != "error" {
			t.Fatalf("%s: %s", m, got.Raw)
		}
	}
}

func TestQuirk25WordsThatClientsTakeForSomethingElse(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Refuse: "sign_event:1"})
	stranger := r.client(c.signer, c.secret)
	errors := []answer{
		stranger.ask("ping"), stranger.ask("connect", c.signer.String(), c.secret), stranger.ask("connect", "", "wrong"),
		c.ask("sign_event", c.note("no")), c.ask("nonsense"), c.ask("sign_event", "{}"), c.ask("nip44_decrypt", "x"),
	}
	app := control.Name{Name: r.app(c).ID}
	mustCall[control.AppInfo](r, control.VerbAppsPause, app)
	errors = append(errors, c.ask("ping"))
	mustCall[control.AppInfo](r, control.VerbAppsResume, app)
	mustCall[control.Status](r, control.VerbLock, nil)
	errors = append(errors, c.ask("sign_event", c.note("locked")))
	mustCall[control.AppInfo](r, control.VerbAppsRevoke, app)
	errors = append(errors, c.ask("ping"), c.raw("[]"), c.raw("no json"))
	for _, a := range errors {
		low := strings.ToLower(a.Error)
		for _, bad := range []string{"already connected", "token already redeemed", "timeout"} {
			if a.Error == "" || strings.Contains(low, bad) {
				t.Errorf("error %q holds %q", a.Raw, bad)
			}
		}
	}
}

func TestQuirk26ClockSkew(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{})
	for _, skew := range []time.Duration{-90 * time.Second, -30 * time.Second, 30 * time.Second, 55 * time.Second} {
		n := r.outbound()
		asked := r.now().Add(skew)
		c.send(c.seal(c.request("ping"), asked))
		got := c.await(n)
		wantResult(t, got, "pong")
		if got.Event.CreatedAt < asked.Unix() {
			t.Fatalf("%s: the answer is stamped before its request, which clients filter out", skew)
		}
	}
}

func TestQuirk28Bursts(t *testing.T) {
	stuck := &stuckStore{}
	r := newRig(t, func(r *rig) { r.wrap = stuck.around })
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	d := r.paired(control.InviteArgs{Preset: "ask"})
	n := r.outbound()
	const burst = 300
	send := func(from, to int) {
		for i := from; i < to; i++ {
			c.send(c.seal(c.request("sign_event", c.note(fmt.Sprint("burst ", i))), r.now()))
		}
	}
	release := sync.OnceFunc(stuck.hold()) // nothing of the burst is done yet
	defer release()
	send(0, burst/3)
	d.send(d.seal(d.request("sign_event", d.note("asks")), r.now()))
	r.until("the burst waits for the disk", func() bool { return stuck.waiting.Load() > 0 })
	wantResult(t, d.ask("ping"), "pong") // not held up by the other app
	release()
	send(burst/3, burst)
	got := map[string]bool{}
	r.until("every request was answered", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for ; n < len(r.out); n++ {
			if a, ok := c.open(r.out[n]); ok {
				c.signed(a, r.author)
				got[a.ID] = true
			}
		}
		return len(got) == burst
	})
	if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) > 1 {
		t.Fatalf("%d questions", len(qs))
	}
}

func TestQuirk29LongRequests(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted", Allow: "sign_event:1"})
	for _, size := range []int{60_000, 66_000, 300_000} {
		text := strings.Repeat("x", size)
		if ev := c.signed(c.ask("sign_event", c.note(text)), r.ana().PubKey); ev.Content != text {
			t.Fatalf("%d bytes: signed %d", size, len(ev.Content))
		}
	}
	// The largest request there is: its answer would be larger than an event.
	quotes := (640<<10 - 100 - len(c.request("sign_event", c.note("")))) / 4
	wantPrefix(t, c.ask("sign_event", c.note(strings.Repeat(`"`, quotes))), privyseal.KindLimit)
	r.until("the largest is counted as failed, and no other", func() bool { return r.count("requests_failed") == 1 })
}

func TestQuirk30EmptyMessages(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{Preset: "trusted"})
	user, err := nostr.ParsePubKey(r.ana().PubKey)
	must(t, err)
	shared, err := nip04.NewSharedKey(c.key, (*[32]byte)(&user))
	must(t, err)
	empty, err := nip04.Encrypt(&shared, "")
	must(t, err)
	wantPrefix(t, c.ask("nip04_decrypt", c.pub.String(), empty), privyseal.KindInvalid)
	ck, err := nip44.NewConversationKey(c.key, (*[32]byte)(&user))
	must(t, err)
	full, err := nip44.Encrypt(&ck, "hello")
	must(t, err)
	wantResult(t, c.ask("nip44_decrypt", c.pub.String(), full), "hello")
}
