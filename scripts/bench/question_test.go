package main

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// strangers are an app and the keys of its user and signer, which no relay joins.
func strangers(t *testing.T) (a *app, user, signer nostr.Keypair) {
	t.Helper()
	user, signer = newKeys(), newKeys()
	a = &app{key: newKeys(), to: signer.PublicKey(), user: user.PublicKey()}
	var err error
	if a.ck, err = nip44.NewConversationKey(a.key, (*[32]byte)(&a.to)); err != nil {
		t.Fatal(err)
	}
	if a.peer, err = newFriend(a.user); err != nil {
		t.Fatal(err)
	}
	return a, user, signer
}

// answer seals a result as the signer would, or whoever has from.
func answer(t *testing.T, a *app, from nostr.Keypair, id, result string) arrival {
	t.Helper()
	content, err := nip44.Encrypt(&a.ck, string(nip46.AppendResult(nil, nip46.RequestID(strconv.Quote(id)), result)))
	if err != nil {
		t.Fatal(err)
	}
	tm := nostr.Template{Kind: nip46.Kind, CreatedAt: 1, Content: content, Tags: nostr.Tags{{"p", nostr.PubKey(a.key.PublicKey()).String()}}}
	e, err := tm.Sign(from, false)
	if err != nil {
		t.Fatal(err)
	}
	return arrival{event: e}
}

// A wrong answer is not called a result: neither another's event, nor another
// text, nor somebody else's signature, nor an answer that came twice.
func TestWrongAnswersAreNoResult(t *testing.T) {
	a, user, signer := strangers(t)
	qs, err := a.sealed("sign_event", 2)
	if err != nil {
		t.Fatal(err)
	}
	var asked struct {
		Kind      int        `json:"kind"`
		CreatedAt int64      `json:"created_at"`
		Tags      nostr.Tags `json:"tags"`
		Content   string     `json:"content"`
	}
	if err := json.Unmarshal([]byte(qs[0].params[0]), &asked); err != nil {
		t.Fatal(err)
	}
	signed := func(by nostr.Keypair, content string) string {
		tm := nostr.Template{Kind: 1, CreatedAt: asked.CreatedAt, Tags: asked.Tags, Content: content}
		e, err := tm.Sign(by, false)
		if err != nil {
			t.Fatal(err)
		}
		return string(e.AppendJSON(nil))
	}
	good := answer(t, a, signer, qs[0].id, signed(user, asked.Content))
	if took, err := a.check(qs, []arrival{good}); err != nil || len(took) != 1 {
		t.Fatalf("a right answer: %v", err)
	}
	for name, bad := range map[string][]arrival{
		"another content":    {answer(t, a, signer, qs[0].id, signed(user, "other"))},
		"another key":        {answer(t, a, signer, qs[0].id, signed(newKeys(), asked.Content))},
		"another signer":     {answer(t, a, newKeys(), qs[0].id, signed(user, asked.Content))},
		"twice":              {good, good},
		"to another request": {answer(t, a, signer, "99", signed(user, asked.Content))},
		"no event":           {answer(t, a, signer, qs[0].id, "{}")},
	} {
		if _, err := a.check(qs, bad); err == nil {
			t.Errorf("%s is called a result", name)
		}
	}
	for _, method := range []string{"nip44_encrypt", "nip44_decrypt"} {
		if qs, err = a.sealed(method, 1); err != nil {
			t.Fatal(err)
		}
		if err := qs[0].right("something else"); err == nil {
			t.Errorf("%s: anything is right", method)
		}
	}
}
