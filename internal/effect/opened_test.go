package effect_test

import (
	"encoding/json"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

var me = nostr.PubKey{31: 3}

func TestWhatWasOpened(t *testing.T) {
	for text, want := range map[string]effect.Act{
		"see you at six":                  effect.ActOpenChat,
		"":                                effect.ActOpenChat,
		`{"kind"`:                         effect.ActOpenChat,
		`7`:                               effect.ActOpenChat,
		`[["p","ab"],["word","x"]]`:       effect.ActOpenList,
		`[]`:                              effect.ActOpenList,
		`[["privkey","ab"],["mint","x"]]`: effect.ActOpenWallet,
		`{"mint":"https://m.example"}`:    effect.ActOpenWallet,
		`{"result_type":"get_balance"}`:   effect.ActOpenWallet,
		`{"kind":14,"content":"hi"}`:      effect.ActOpenMessage,
		`{"theme":"dark"}`:                effect.ActOpenData,
		`{"kind":14}`:                     effect.ActOpenData,
		`{"proofs":[]}`:                   effect.ActOpenWallet,
		`{"content":"hi"}`:                effect.ActOpenData,
	} {
		f := facts()
		f.Opened = &text
		e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, f)
		if e.Act != want || e.Level != privyseal.L2 || e.Audience != effect.ThisApp || !e.Final {
			t.Errorf("%q: %s at %v", text, e.Act, e.Level)
		}
	}
	own := "buy flour"
	f := facts()
	f.Opened = &own
	if e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: me}, f); e.Act != effect.ActOpenOwn {
		t.Errorf("a note to oneself: %s", e.Act)
	}
	if e := effect.Of(&privyseal.Request{Op: privyseal.OpNip04Decrypt, Peer: bea}, f); e.Act != effect.ActOpenOld {
		t.Errorf("an old text: %s", e.Act)
	}
}

// An opened message is named after the one whose signature its seal bears; one
// that names another is forged.
func TestWhoSentAnOpenedMessage(t *testing.T) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	ev, err := event(13, "sealed").Template.Sign(kp, true)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(ev)
	bad := *ev
	bad.Content = "other"
	forged, _ := json.Marshal(bad)
	for name, c := range map[string]struct {
		text, level string
		who         nostr.PubKey
	}{
		"a seal":            {string(raw), "L2", ev.PubKey},
		"a forged seal":     {string(forged), "L3", nostr.PubKey{}},
		"a message":         {`{"kind":14,"content":"hi","pubkey":"` + bea.String() + `"}`, "L2", bea},
		"another's message": {`{"kind":14,"content":"hi","pubkey":"` + ours.String() + `"}`, "L3", bea},
	} {
		f := facts()
		f.Opened = &c.text
		e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, f)
		if e.Who.Key != c.who || e.Person != bea || e.Level.String() != c.level {
			t.Errorf("%s: %v at %v", name, e.Who, e.Level)
		}
	}
}

// The message in a seal must be by who sealed it; then a yes is for that
// person, and of one's own message for the one it went to.
func TestWhoWroteTheMessageInASeal(t *testing.T) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	ev, err := event(13, "sealed").Template.Sign(kp, true)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(ev)
	seal, author := string(raw), ev.PubKey
	wrapper := nostr.PubKey{31: 9}
	message := func(by nostr.PubKey, content string) string {
		return `{"kind":14,"content":"` + content + `","pubkey":"` + by.String() + `","tags":[["p","` + bea.String() + `"]]}`
	}
	for name, c := range map[string]struct {
		inner  string
		me     nostr.PubKey
		person nostr.PubKey
		level  string
	}{
		"theirs":              {message(author, "hi"), me, author, "L2"},
		"another's":           {message(bea, "hi"), me, wrapper, "L3"},
		"one's own":           {message(author, "hi"), author, bea, "L2"},
		"nobody's":            {`{"kind":14,"content":"hi"}`, me, wrapper, "L3"},
		"what did not open":   {"", me, wrapper, "L3"},
		"with a secret in it": {message(author, "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"), me, author, "L4"},
	} {
		f := facts()
		f.Opened, f.Inner, f.Me = &seal, &c.inner, c.me
		e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: wrapper}, f)
		who := c.person
		if who == wrapper {
			who = nostr.PubKey{} // nobody is named
		}
		if e.Person != c.person || e.Who.Key != who || e.Level.String() != c.level {
			t.Errorf("%s: %v, %v at %v", name, e.Person, e.Who, e.Level)
		}
	}
}

func TestWhatIsLocked(t *testing.T) {
	for text, want := range map[string]effect.Act{
		"hi":                                   effect.ActSeal,
		`{"kind":14,"content":"hi"}`:           effect.ActSealMessage,
		`{"method":"pay_invoice","params":{}}`: effect.ActSealPay,
	} {
		e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: text}, facts())
		if e.Act != want || e.Level != privyseal.L2 {
			t.Errorf("%q: %s at %v", text, e.Act, e.Level)
		}
	}
	for text, shown := range map[string]string{`{"kind":14,"content":"hi"}`: "hi", `{"kind":13,"content":"hi","sig":"ab"}`: "", "hi": ""} {
		if got := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: text}, facts()).Summary.Text; got != shown {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	if e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: me, Text: "x"}, facts()); e.Act != effect.ActSealOwn || e.Audience != effect.You {
		t.Errorf("for oneself: %s", e.Act)
	}
}

// What the signer sealed itself lately is shown as text.
func TestOwnSealedTextsAreShown(t *testing.T) {
	sealed := func(text string) effect.Facts {
		f := facts()
		f.HeadState = effect.HeadNone
		f.Sealed = func(ciphertext string) (string, nostr.PubKey, bool) { return text, bea, ciphertext == "c" }
		return f
	}
	for name, c := range map[string]struct {
		r                  *privyseal.Request
		text, shown, level string
	}{
		"seal":          {event(13, "c"), `{"kind":14,"content":"hi"}`, "hi", "L2"},
		"other's seal":  {event(13, "d"), "x", "", "L3"},
		"old message":   {event(4, "c", "p "+bea.String()), "hi", "hi", "L2"},
		"sealed secret": {event(13, "c"), someKey, someKey, "L3"},
	} {
		e := effect.Of(c.r, sealed(c.text))
		if e.Summary.Text != c.shown || e.Level.String() != c.level || c.shown != "" && e.Person != bea {
			t.Errorf("%s: %q at %v", name, e.Summary.Text, e.Level)
		}
	}
	if e := effect.Of(event(10003, "c", "e x"), sealed(`[["e","y"],["e","z"]]`)); e.Summary.Added != 3 || e.Level != privyseal.L1 {
		t.Errorf("a list: %+v", e.Summary)
	}
	if e := effect.Of(event(23194, "c"), sealed(`{"method":"get_info"}`)); e.Act != effect.ActWalletLook {
		t.Errorf("an order: %s %s", e.Act, e.Blocked)
	}
	for text, want := range map[string]int64{
		`{"mint":"m","proofs":[{"amount":8},{"amount":2}]}`:                                 10,
		`{"proofs":[{"amount":8},{"amount":-2},{"amount":0}]}`:                              8,
		`{"proofs":[{"amount":8},{"amount":"2"}]}`:                                          0,
		`{"proofs":[{"amount":9999999999999},{"amount":1}]}`:                                10_000_000_000_000,
		`{"proofs":[{"amount":9999999999999},{"amount":2},{"amount":9223372036854775807}]}`: 9_999_999_999_999,
	} {
		if e := effect.Of(event(7375, "c"), sealed(text)); e.Summary.Amount != want {
			t.Errorf("ecash %s: %d", text, e.Summary.Amount)
		}
	}
}
