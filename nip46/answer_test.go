package nip46

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The reply contract, frozen to the byte: each of these shapes passes in every
// measured client, and small changes to it do not (clients.md §1).
func TestReplyContract(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"success", string(AppendResult(nil, `"a"`, "pong")), `{"id":"a","result":"pong"}`},
		{"numeric id", string(AppendResult(nil, `7`, "ack")), `{"id":7,"result":"ack"}`},
		{"escaped id", string(AppendResult(nil, `"\u0041"`, "ack")), `{"id":"\u0041","result":"ack"}`},
		{"empty result", string(AppendResult(nil, `"a"`, "")), `{"id":"a","result":""}`},
		{"JSON result", string(AppendResult(nil, `"a"`, `["wss://a"]`)), `{"id":"a","result":"[\"wss://a\"]"}`},
		{"no relays to switch to", string(AppendResult(nil, `"a"`, FormatRelayList(nil))), `{"id":"a","result":"null"}`},
		{"failure", string(AppendError(nil, `"a"`, SignEvent, Reason(Denied, "not now"))), `{"id":"a","result":"error","error":"denied: not now"}`},
		{"failure, no reason", string(AppendError(nil, `"a"`, SignEvent, "")), `{"id":"a","result":"error","error":"denied"}`},
		{"public key refused", string(AppendError(nil, `"a"`, GetPublicKey, "locked")), `{"id":"a","result":"","error":"locked"}`},
		{"unreadable id", string(AppendError(nil, ``, "", "invalid")), `{"id":"","result":"error","error":"invalid"}`},
		{"id that is no JSON", string(AppendResult(nil, `a"b`, "x")), `{"id":"a\"b","result":"x"}`},
		{"id with more behind it", string(AppendResult(nil, `1,"error":"x"`, "x")), `{"id":"1,\"error\":\"x\"","result":"x"}`},
		{"auth challenge", string(AppendAuthURL(nil, `"a"`, "https://s.example/?a&b")), `{"id":"a","result":"auth_url","error":"https://s.example/?a&b"}`},
		{"appends", string(AppendResult([]byte("x"), `1`, "y")), `x{"id":1,"result":"y"}`},
		{"request", string(AppendRequest(nil, "a", Connect, []string{"", "s"})), `{"id":"a","method":"connect","params":["","s"]}`},
		{"request, no params", string(AppendRequest(nil, "a", Ping, nil)), `{"id":"a","method":"ping","params":[]}`},
		{"escapes", string(AppendResult(nil, `1`, "\"\\/\b\f\n\r\t\x00\x1f\x7f<é\u2028😀")), `{"id":1,"result":"\"\\/\b\f\n\r\t\u0000\u001f` + "\x7f<é\u2028😀" + `"}`},
		{"not UTF-8", string(AppendResult(nil, `1`, "a\xffb\xe2\x82")), `{"id":1,"result":"a` + "\uFFFDb\uFFFD\uFFFD" + `"}`},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestReason(t *testing.T) {
	if got := Reason(Limit, ""); got != "limit" {
		t.Errorf("got %q", got)
	}
	seen := make(map[ErrorCode]bool)
	for _, code := range []ErrorCode{Denied, Expired, Limit, Unsupported, Busy, Locked, Invalid, Revoked} {
		reason := Reason(code, "why")
		if code == "" || seen[code] || strings.ContainsAny(string(code), ": ") || reason != string(code)+": why" {
			t.Errorf("code %q makes %q", code, reason)
		}
		seen[code] = true
	}
}

// Words to which some clients give a meaning of their own (clients.md §5.25).
func TestErrorsAvoidTriggerWords(t *testing.T) {
	texts := []string{ErrNotJSON.Error(), ErrNotRequest.Error(), ErrBatch.Error(), ErrTooLarge.Error(), ErrMalformed.Error()}
	for _, code := range []ErrorCode{Denied, Expired, Limit, Unsupported, Busy, Locked, Invalid, Revoked} {
		texts = append(texts, string(code))
	}
	for _, text := range texts {
		for _, trigger := range []string{"already connected", "token already redeemed", "timeout"} {
			if strings.Contains(strings.ToLower(text), trigger) {
				t.Errorf("%q has %q", text, trigger)
			}
		}
	}
}

func TestRequestIDText(t *testing.T) {
	for id, want := range map[RequestID]string{`"a\u0062"`: "ab", `12`: "12", ``: "", `"broken`: `"broken`} {
		if got := id.Text(); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
}

func TestAnswerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		text := rapid.SampledFrom([]string{raw, rapid.String().Draw(t, "valid")}).Draw(t, "which")
		want := string([]rune(text)) // what is not UTF-8 becomes U+FFFD
		b := AppendResult(nil, `"id"`, text)
		if !utf8.Valid(b) || !json.Valid(b) {
			t.Fatalf("not JSON: %q", b)
		}
		if r, err := ParseResponse(b); err != nil || *r != (Response{ID: `"id"`, Result: want}) {
			t.Fatalf("%q came back as %+v, %v", text, r, err)
		}
		if want == "" {
			return
		}
		r, err := ParseResponse(AppendError(nil, `"id"`, SignEvent, text))
		if err != nil || *r != (Response{ID: `"id"`, Error: want}) {
			t.Fatalf("error %q came back as %+v, %v", text, r, err)
		}
		r, err = ParseResponse(AppendAuthURL(nil, `"id"`, text))
		if err != nil || *r != (Response{ID: `"id"`, AuthURL: want}) {
			t.Fatalf("auth_url %q came back as %+v, %v", text, r, err)
		}
	})
}
