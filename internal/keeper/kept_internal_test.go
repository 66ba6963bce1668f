package keeper

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func signedEvent(t *testing.T, content string) *nostr.Event {
	t.Helper()
	key, err := (&nostr.SecretKey{31: 7}).Keypair()
	if err != nil {
		t.Fatal(err)
	}
	ev, err := (&nostr.Template{Kind: 1, CreatedAt: 1_790_000_000, Tags: nostr.Tags{{"p", strings.Repeat("ab", 32)}}, Content: content}).Sign(key, false)
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

// TestStoredRequestsAreRead is that a request comes back as the event it was,
// in what an earlier version left too, and that another one in its place does not.
func TestStoredRequestsAreRead(t *testing.T) {
	ev, other := signedEvent(t, "a\tnote “é”"), signedEvent(t, "another")
	for name, sealed := range map[string][]byte{"": keptRequest(ev), "as JSON": ev.AppendJSON(nil)} {
		got, err := eventOf(privyseal.Work{Event: ev.ID, Sealed: sealed})
		if err != nil || got.Verify() != nil || !bytes.Equal(got.AppendJSON(nil), ev.AppendJSON(nil)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := eventOf(privyseal.Work{Event: ev.ID, Sealed: keptRequest(other)}); !errors.Is(err, errOtherEvent) {
		t.Errorf("another event: %v", err)
	}
	for _, bad := range []string{"", "{}", "\x01", "\x02", string(keptRequest(ev)[:90]), string(keptRequest(ev)) + "x"} {
		if _, err := eventOf(privyseal.Work{Event: ev.ID, Sealed: []byte(bad)}); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestStoredAnswersAreRead is that an app that asks again gets its answer to the
// letter, also one that an earlier version kept.
func TestStoredAnswersAreRead(t *testing.T) {
	ev := signedEvent(t, `she said "yes" <b>`)
	signed := success(`"id-1"`, nip46.SignEvent, string(ev.AppendJSON(nil)))
	signed.signed = ev
	for name, r := range map[string]response{
		"an event": signed,
		"a text":   success("17", nip46.Nip44Encrypt, strings.Repeat("aZ+/", 40)),
		"an error": failure(`"x"`, nip46.SignEvent, privyseal.KindDenied, "the person said no"),
		"no id":    failure(`""`, "", privyseal.KindExpired, "too old"),
	} {
		b := r.compact()
		got, ok := readResponse(b)
		if !ok || got.text() != r.text() || got.Outcome != r.Outcome || got.Kind != r.Kind || got.Method != r.Method {
			t.Errorf("%s came back as %+v", name, got)
		}
		for n := range b {
			if got, ok := readResponse(b[:n]); ok {
				t.Fatalf("%s: %d of %d bytes were read as %+v", name, n, len(b), got)
			}
		}
	}
	old, err := json.Marshal(map[string]any{"id": `"id-1"`, "method": "sign_event", "outcome": 1, "result": signed.Result})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := readResponse(old); !ok || got.text() != signed.text() || got.Outcome != privyseal.Allowed {
		t.Errorf("an earlier version's came back as %+v", got)
	}
}
