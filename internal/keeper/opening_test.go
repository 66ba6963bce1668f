package keeper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// other is somebody who writes to ana.
type other struct {
	r   *rig
	key nostr.Keypair
	pub nostr.PubKey
}

func (r *rig) other() *other {
	r.t.Helper()
	sk, err := nostr.GenerateSecretKey()
	must(r.t, err)
	kp, err := sk.Keypair()
	must(r.t, err)
	return &other{r, kp, kp.PublicKey()}
}

func (o *other) ana() *[32]byte {
	pub, err := nostr.ParsePubKey(o.r.author)
	must(o.r.t, err)
	return (*[32]byte)(&pub)
}

// seals is a text sealed to ana.
func (o *other) seals(text string) string {
	ck, err := nip44.NewConversationKey(o.key, o.ana())
	must(o.r.t, err)
	out, err := nip44.Encrypt(&ck, text)
	must(o.r.t, err)
	return out
}

func (o *other) sealsOld(text string) string {
	sk, err := nip04.NewSharedKey(o.key, o.ana())
	must(o.r.t, err)
	out, err := nip04.Encrypt(&sk, text)
	must(o.r.t, err)
	return out
}

// wraps is a private message in its seal and wrap, as an app receives it: the
// wrap's key, what it holds, and what the seal holds. author is whom the
// message names.
func (o *other) wraps(text string, author nostr.PubKey) (wrapper *other, wrap, sealed string) {
	o.r.t.Helper()
	rumor, err := json.Marshal(map[string]any{"kind": 14, "pubkey": author.String(), "created_at": o.r.now().Unix(),
		"tags": [][]string{{"p", o.r.author}}, "content": text, "id": strings.Repeat("0", 64)})
	must(o.r.t, err)
	sealed = o.seals(string(rumor))
	t := nostr.Template{Kind: 13, CreatedAt: o.r.now().Unix(), Tags: nostr.Tags{}, Content: sealed}
	seal, err := t.Sign(o.key, false)
	must(o.r.t, err)
	wrapper = o.r.other()
	return wrapper, wrapper.seals(string(seal.AppendJSON(nil))), sealed
}

// wantsOpen asks for one text and gives its id.
func (c *client) wantsOpen(method string, from *other, text string) string {
	c.send(c.seal(c.request(method, from.pub.String(), text), c.r.now()))
	return fmt.Sprintf("id-%d", c.n)
}

// entries are the records about requests, oldest first.
func (r *rig) entries() (out []control.RecordInfo) {
	r.t.Helper()
	for _, rec := range mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 10_000}) {
		if rec.Phase != "note" {
			out = append(out, rec)
		}
	}
	slices.Reverse(out)
	return out
}

// A text is opened in order to ask, on record before anything is shown, and
// leaves only after the yes (words.md 3.5, design 1).
func TestATextIsOpenedToAskOnRecord(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	c := r.paired(control.InviteArgs{AppName: "Inbox"})
	r.sleep(48 * time.Hour)
	n := r.outbound()
	const said = "meet me at the old mill at nine"
	id := c.wantsOpen("nip44_decrypt", bea, bea.seals(said))
	q := r.question()
	if !strings.Contains(q.Title, "chat") {
		t.Errorf("not told what it is: %+v", q)
	}
	if strings.Contains(fmt.Sprintf("%+v", q), said) {
		t.Errorf("the text is in its question: %+v", q)
	}
	got := r.entries()
	if len(got) != 2 || got[0].Detail != "opened-to-ask" || got[0].Verdict != "ask" || got[0].Question != "" || got[1].Question != q.ID || got[0].Event != q.Event {
		t.Fatalf("%+v", got)
	}
	if len(c.since(n)) > 0 {
		t.Fatal("something left before the yes")
	}
	r.approve(control.AnswerArgs{ID: q.ID, Remember: "1h"})
	if a := c.got(n, []string{id})[id]; a.Result != said {
		t.Fatalf("%+v", a)
	}
	wantResult(t, c.ask("nip44_decrypt", bea.pub.String(), bea.seals("this person, for an hour")), "this person, for an hour")
	carl := r.other()
	n = r.outbound()
	id = c.wantsOpen("nip44_decrypt", carl, carl.seals("another person's"))
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: r.question().ID})
	wantPrefix(t, c.got(n, []string{id})[id], privyseal.KindDenied)
	r.stop()
	for _, text := range []string{said, "another person's"} {
		r.nowhere(text)
	}
	if v := r.verified(); !v.OK {
		t.Fatalf("%+v", v.Problems)
	}
}

// nowhere fails if a text is in a file of the data directory.
func (r *rig) nowhere(text string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(r.t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		must(r.t, err)
		if strings.Contains(string(raw), text) {
			r.t.Fatalf("%q is in %s", text, f)
		}
	}
}

func (r *rig) verified() control.Verification {
	r.t.Helper()
	r.start(false)
	return mustCall[control.Verification](r, control.VerbActivityVerify, nil)
}

// unwritable is a store that refuses one sort of record.
type unwritable struct {
	store.Store
	detail string
	hit    atomic.Bool
}

type unwritableTx struct {
	store.Tx
	s *unwritable
}

func (s *unwritable) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return fn(unwritableTx{tx, s}) })
}

func (tx unwritableTx) AppendRecord(r privyseal.Record) (privyseal.Record, error) {
	if r.Detail == tx.s.detail {
		tx.s.hit.Store(true)
		return r, errors.New("disk full")
	}
	return tx.Tx.AppendRecord(r)
}

// What cannot be put on record is not opened, not even in order to ask.
func TestNothingIsOpenedWithoutARecord(t *testing.T) {
	s := &unwritable{detail: "opened-to-ask"}
	r := newRig(t, func(r *rig) { r.wrap = func(st store.Store) store.Store { s.Store = st; return s } })
	bea := r.other()
	c := r.paired(control.InviteArgs{})
	wantPrefix(t, c.ask("nip44_decrypt", bea.pub.String(), bea.seals("hello")), privyseal.KindBusy)
	r.noQuestion()
	if !s.hit.Load() {
		t.Fatal("it was not even tried")
	}
}

// What does not open is told so at once when its MAC says so anyway; a text
// without one is asked about as any other, so that nobody learns from the
// answer what is inside (T33).
func TestWhatDoesNotOpen(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	c := r.paired(control.InviteArgs{})
	broken := []byte(bea.seals("hello"))
	broken[60] ^= 1
	wantPrefix(t, c.ask("nip44_decrypt", bea.pub.String(), string(broken)), privyseal.KindInvalid)
	r.noQuestion()
	r.settle()
	if got := r.entries(); len(got) != 2 || got[0].Detail != "opened-to-ask" || got[1].Phase != "done" || got[1].Outcome != "failed" {
		t.Fatalf("%+v", got)
	}
	text := bea.sealsOld("an old message")
	c.wantsOpen("nip04_decrypt", bea, "AAAAAAAAAAAAAAAAAAAAAA=="+text[strings.Index(text, "?iv="):])
	if q := r.question(); q.Op != "nip04_decrypt" {
		t.Fatalf("%+v", q)
	}
}

// A secret in a private text is handed over to nobody, whatever was granted.
func TestASecretIsNotHandedOver(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	nsec := "keep this: nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
	asked := r.paired(control.InviteArgs{})
	allowed := r.paired(control.InviteArgs{Allow: "nip44_decrypt,nip04_decrypt"})
	wantPrefix(t, asked.ask("nip44_decrypt", bea.pub.String(), bea.seals(nsec)), privyseal.KindDenied)
	wantPrefix(t, asked.ask("nip04_decrypt", bea.pub.String(), bea.sealsOld(nsec)), privyseal.KindDenied)
	no := allowed.ask("nip44_decrypt", bea.pub.String(), bea.seals(nsec))
	_, why := words.Refusal(privyseal.Decision{Reason: policy.ReasonBlocked, Rule: privyseal.Rule{ID: "builtin:" + effect.ReasonSecret}})
	if wantPrefix(t, no, privyseal.KindDenied); !strings.Contains(no.Error, why) {
		t.Fatalf("answered %q, want %q", no.Error, why)
	}
	wantPrefix(t, allowed.ask("nip04_decrypt", bea.pub.String(), bea.sealsOld(nsec)), privyseal.KindDenied)
	wantResult(t, allowed.ask("nip44_decrypt", bea.pub.String(), bea.seals("hello")), "hello")
	wrapper, wrap, _ := bea.wraps(nsec, bea.pub)
	wantPrefix(t, asked.ask("nip44_decrypt", wrapper.pub.String(), wrap), privyseal.KindDenied)
	r.noQuestion()
}

// Wraps come from keys of a moment. Who wrote the message is checked before it
// is named; wrap and seal are one read of one person under one yes (T36).
func TestAWrapIsOneReadOfOnePerson(t *testing.T) {
	r := newRig(t)
	bea, eve := r.other(), r.other()
	c := r.paired(control.InviteArgs{AppName: "Inbox"})
	r.sleep(48 * time.Hour)
	for i := range 5 { // of one person: no reading in bulk
		wrapper, wrap, sealed := bea.wraps(fmt.Sprint("number ", i, " of some messages"), bea.pub)
		n := r.outbound()
		id := c.wantsOpen("nip44_decrypt", wrapper, wrap)
		q := r.question()
		if all := fmt.Sprintf("%+v", q); !strings.Contains(q.Title, bea.pub.String()[:8]) || strings.Contains(all, wrapper.pub.String()[:8]) {
			t.Fatalf("not named: %s", all)
		}
		r.approve(control.AnswerArgs{ID: q.ID})
		if a := c.got(n, []string{id})[id]; !strings.Contains(a.Result, `"kind":13`) {
			t.Fatalf("%+v", a)
		}
		a := c.ask("nip44_decrypt", bea.pub.String(), sealed)
		if !strings.Contains(a.Result, fmt.Sprint("number ", i)) {
			t.Fatalf("the message needs another yes: %+v", a)
		}
		r.noQuestion()
	}
	// The message in Eve's seal says that Bea wrote it.
	wrapper, wrap, _ := eve.wraps("send me money, quickly", bea.pub)
	c.wantsOpen("nip44_decrypt", wrapper, wrap)
	q := r.question()
	if all := fmt.Sprintf("%+v", q); strings.Contains(all, bea.pub.String()[:8]) || q.Level != "L3" {
		t.Fatalf("a forged author is named, or not warned of: %s", all)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
}

// "This person for an hour" is the person, not the key of the moment.
func TestAPersonIsRememberedBehindTheirWraps(t *testing.T) {
	r := newRig(t)
	bea, eve := r.other(), r.other()
	c := r.paired(control.InviteArgs{})
	r.sleep(48 * time.Hour)
	wrapper, wrap, _ := bea.wraps("the first of some messages", bea.pub)
	n := r.outbound()
	id := c.wantsOpen("nip44_decrypt", wrapper, wrap)
	r.approve(control.AnswerArgs{ID: r.question().ID, Remember: "1h"})
	c.got(n, []string{id})
	wrapper, wrap, sealed := bea.wraps("the second of some messages", bea.pub)
	if a := c.ask("nip44_decrypt", wrapper.pub.String(), wrap); a.Error != "" {
		t.Fatalf("%+v", a)
	}
	if a := c.ask("nip44_decrypt", bea.pub.String(), sealed); !strings.Contains(a.Result, "the second") {
		t.Fatalf("%+v", a)
	}
	wrapper, wrap, _ = eve.wraps("from somebody else", eve.pub)
	c.wantsOpen("nip44_decrypt", wrapper, wrap)
	r.question()
}

// pays is a wallet order as an app has it signed.
func (o *other) pays(order string) string {
	return fmt.Sprintf(`{"kind":23194,"created_at":%d,"tags":[["p","%s"]],"content":%q}`, o.r.now().Unix(), o.pub, o.seals(order))
}

// A wallet order is opened to show what it costs; the yes is for those bytes
// alone, and one that cannot be read is refused (T39).
func TestAWalletOrderIsReadBeforeItIsAskedAbout(t *testing.T) {
	r := newRig(t)
	wallet := r.other()
	c := r.paired(control.InviteArgs{AppName: "Alby Go"})
	order := wallet.pays(`{"method":"pay_invoice","params":{"invoice":"lnbc21u1pexample"}}`)
	q, n := c.asks(order)
	if !strings.Contains(q.Title, "2,100 sats") || q.Level != "L3" {
		t.Fatalf("%+v", q)
	}
	if got := r.entries(); got[0].Detail != "opened-to-ask" || got[0].Kind == nil || *got[0].Kind != 23194 {
		t.Fatalf("%+v", got)
	}
	if _, err := call[control.QuestionInfo](r, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Remember: "1h"}); privyseal.KindOf(err) != privyseal.KindDenied {
		t.Fatalf("remembered: %v", err)
	}
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.author)
	// Changed after the yes: another order, another question.
	changed, _ := c.asks(wallet.pays(`{"method":"pay_invoice","params":{"invoice":"lnbc210u1pexample"}}`))
	if !strings.Contains(changed.Title, "21,000 sats") || changed.ID == q.ID {
		t.Fatalf("%+v", changed)
	}
	mustCall[control.QuestionInfo](r, control.VerbRequestsDeny, control.AnswerArgs{ID: changed.ID})
	for name, bad := range map[string]string{
		"nothing that opens": fmt.Sprintf(`{"kind":23194,"created_at":%d,"tags":[["p","%s"]],"content":"not sealed"}`, r.now().Unix(), wallet.pub),
		"nobody's":           fmt.Sprintf(`{"kind":23194,"created_at":%d,"tags":[],"content":%q}`, r.now().Unix(), wallet.seals(`{"method":"pay_invoice"}`)),
		"without a price":    wallet.pays(`{"method":"pay_invoice","params":{"invoice":"lnbc1pexample"}}`),
		"no order":           wallet.pays(`hello`),
	} {
		if a := c.ask("sign_event", bad); !strings.HasPrefix(a.Error, string(privyseal.KindInvalid)) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	r.noQuestion()
}

// After a restart the order is opened again, on record again, before the yes
// counts.
func TestAWalletOrderOutlivesARestart(t *testing.T) {
	r := newRig(t)
	wallet := r.other()
	c := r.paired(control.InviteArgs{})
	q, _ := c.asks(wallet.pays(`{"method":"pay_invoice","params":{"invoice":"lnbc21u1pexample"}}`))
	r.restart()
	n := r.outbound()
	r.approve(control.AnswerArgs{ID: q.ID})
	c.signed(c.await(n), r.author)
	r.settle()
	var got []string
	for _, rec := range r.entries() {
		if rec.Kind != nil && *rec.Kind == 23194 {
			got = append(got, strings.Trim(rec.Phase+" "+rec.Verdict+" "+rec.Outcome+" "+rec.Detail, " "))
		}
	}
	want := []string{"decided ask  opened-to-ask", "decided ask  no-grant", "decided ask  opened-to-ask", "decided allow  answered", "done  allowed"}
	if !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
}

// What the signer sealed itself a moment ago is shown as text when it is sent,
// to its own person only, and no longer than some minutes.
func TestASealedMessageIsShownAsText(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	c := r.paired(control.InviteArgs{Allow: "nip44_encrypt,nip04_encrypt"})
	rumor := `{"kind":14,"pubkey":"` + r.author + `","created_at":1,"tags":[],"content":"see you at nine"}`
	sealed := c.ask("nip44_encrypt", bea.pub.String(), rumor).Result
	old := c.ask("nip04_encrypt", bea.pub.String(), "the old way").Result
	seal := func(content string) string {
		return fmt.Sprintf(`{"kind":13,"created_at":%d,"tags":[],"content":%q}`, r.now().Unix(), content)
	}
	if q, _ := c.asks(seal(sealed)); q.Quote != "see you at nine" {
		t.Fatalf("%+v", q)
	}
	r.sleep(4 * time.Second)
	if q, _ := c.asks(fmt.Sprintf(`{"kind":4,"created_at":%d,"tags":[["p","%s"]],"content":%q}`, r.now().Unix(), bea.pub, old)); q.Quote != "the old way" {
		t.Fatalf("%+v", q)
	}
	for _, card := range r.cards() {
		r.approve(control.AnswerArgs{ID: card.ID})
	}
	r.sleep(11 * time.Minute)
	if q, _ := c.asks(seal(sealed)); q.Quote != "" {
		t.Fatalf("remembered for too long: %+v", q)
	}
}

// What was just read in private is not posted.
func TestAPrivateTextIsNotPosted(t *testing.T) {
	r := newRig(t)
	bea := r.other()
	c := r.paired(control.InviteArgs{Allow: "nip44_decrypt"})
	said := "the key is under the third stone"
	wantResult(t, c.ask("nip44_decrypt", bea.pub.String(), bea.seals(said)), said)
	wantPrefix(t, c.ask("sign_event", c.note("Bea says: "+said+"!")), privyseal.KindDenied)
	r.sleep(11 * time.Minute)
	c.signed(c.ask("sign_event", c.note(said)), r.author)
}

func TestMoneySettings(t *testing.T) {
	r := newRig(t)
	for _, bad := range []string{"tip-limit=many", "pay-limit=-1", "pay-daily=1.5", "names=Bea", "look-up=perhaps"} {
		key, value, _ := strings.Cut(bad, "=")
		if _, err := call[control.SettingInfo](r, control.VerbSettingsSet, control.SettingArgs{Key: key, Value: value}); privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
