package nip46

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// strictest is the grammar of the least lenient client (nostr-tools,
// clients.md §2B).
var strictest = regexp.MustCompile(`^bunker://[0-9a-f]{64}\??[?/\w:.=&%-]*$`)

func FuzzParseBunker(f *testing.F) {
	for _, s := range []string{
		"bunker://" + key1 + "?relay=wss://a.example&secret=s3",
		"bunker://" + strings.ToUpper(key1) + "/?relay=wss%3A%2F%2Fa.example%3A443%2Fx&secret=a+b%3D",
		"bunker://" + key1 + "#tok?relay=wss://a.example/%7E",
		" web+bunker:" + key1 + "?relay=ws://[::1]:80/?a=b&secret=%00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := ParseBunker(s)
		if err != nil {
			if b != nil {
				t.Fatal("a link and an error")
			}
			return
		}
		if strings.ContainsFunc(b.Secret, isControl) {
			t.Fatal("control characters in the secret")
		}
		emitted := b.String()
		if !strictest.MatchString(emitted) {
			t.Fatalf("%q would not pass every client", emitted)
		}
		if len(emitted) > MaxLinkSize {
			return // encoding made it longer than a link may be
		}
		if again, err := ParseBunker(emitted); err != nil || !reflect.DeepEqual(b, again) {
			t.Fatalf("%q: %+v came back as %+v, %v", emitted, b, again, err)
		}
	})
}

func FuzzParseConnect(f *testing.F) {
	for _, s := range []string{
		"nostrconnect://" + key1 + "?relay=wss%3A%2F%2Fa.example&perms=nip44_encrypt%2Csign_event%3A13&name=My+Client&secret=0s8j2djs",
		"nostrconnect://" + key1 + `?metadata={"name":"A & B","icons":["i"],"perms":["ping"]}&relay=wss://a.example&secret=s`,
		"web+nostrconnect:nostrconnect%3A%2F%2F" + key1 + "%3Fsecret%3Ds%252Bs%26relay%3Dwss%3A%2F%2Fa.example%26callback%3Dx",
		"nostrconnect://" + key1 + "?image=&url=&name=&perms=&icon=x&relay=wss://a.example&secret=s#t",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseConnect(s)
		if err != nil {
			if c != nil {
				t.Fatal("a link and an error")
			}
			return
		}
		if c.Secret == "" || len(c.Relays) == 0 {
			t.Fatalf("secret or relay missing in %+v", c)
		}
		for _, shown := range []string{c.Metadata.Name, c.Metadata.URL, c.Metadata.Image, c.Callback, c.Perms} {
			if !utf8.ValidString(shown) || strings.ContainsFunc(shown, isControl) {
				t.Fatalf("not clean: %q", shown)
			}
		}
		emitted := c.String()
		if len(emitted) > MaxLinkSize {
			return // encoding made it longer than a link may be
		}
		if again, err := ParseConnect(emitted); err != nil || !reflect.DeepEqual(c, again) {
			t.Fatalf("%q: %+v came back as %+v, %v", emitted, c, again, err)
		}
	})
}

func FuzzParsePermissions(f *testing.F) {
	for _, s := range []string{
		"sign_event:1@x#20/h~30d,nip44_decrypt@" + key1, "sign_event:22242@wss://relay.example/a%23b", "ping~2w#3/12h", "sign_event:1-3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		perms, err := ParsePermissions(s)
		if err != nil {
			if perms != nil {
				t.Fatal("permissions and an error")
			}
			return
		}
		canonical := strings.Join(texts(perms), ",")
		if len(canonical) > maxPermissionsSize {
			return
		}
		again, err := ParsePermissions(canonical)
		if err != nil || !slices.Equal(texts(again), texts(perms)) || len(perms) > 0 && !reflect.DeepEqual(again, perms) {
			t.Fatalf("%q: %v came back as %v, %v", canonical, perms, again, err)
		}
		requested, skipped := ParseRequested(s)
		if len(skipped) > 0 || !slices.Equal(texts(requested), texts(perms)) {
			t.Fatalf("%q: strictly %v, leniently %v and %q", s, perms, requested, skipped)
		}
	})
}

func FuzzParseRequested(f *testing.F) {
	for _, s := range []string{"Sign_Event: ,get_relays, x\x00,sign_event:0,nip44_encrypt:1", "sign_event:#5/h,,\xff", strings.Repeat("ping,", 201)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		perms, skipped := ParseRequested(s)
		if len(perms)+len(skipped) > maxPermissions+1 {
			t.Fatalf("%d permissions, %d skipped", len(perms), len(skipped))
		}
		for _, p := range perms {
			if again, err := ParsePermissions(p.String()); err != nil || !reflect.DeepEqual(again, []Permission{p}) {
				t.Fatalf("%s came back as %v, %v", p, again, err)
			}
		}
		for _, s := range skipped {
			if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, isControl) || utf8.RuneCountInString(s) > maxSkippedRunes+1 {
				t.Fatalf("%q is not fit to be shown", s)
			}
		}
	})
}

// Whatever passes our scanner must mean the same to the standard library.
func FuzzParseRequest(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","method":"sign_event","params":["{\"kind\":1,\"content\":\"\\ud83d\\ude00\"}"]}`,
		`{"id":7,"method":"connect","params":["",null,{"a":[1.5e3,true]}],"x":{}}`,
		`{"params":"\u00e9\ud83d\ude00","method":"p\u0069ng","id":"-"}`,
		`[{"id":"a","method":"ping"}]`, `{"id":"a","result":"ack"}`, `{"id":"a","id":"b","method":"ping"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		req, id, err := ParseRequest(b)
		if id != "" && !json.Valid([]byte(id)) {
			t.Fatalf("the id %q cannot be echoed", id)
		}
		if answer := AppendError(nil, id, "", "x"); !json.Valid(answer) {
			t.Fatalf("not JSON: %q", answer)
		}
		if err != nil {
			if req != nil {
				t.Fatal("a request and an error")
			}
			return
		}
		var std map[string]json.RawMessage
		if err := json.Unmarshal(b, &std); err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		var method string
		if err := json.Unmarshal(std["method"], &method); err != nil || method != string(req.Method) || string(std["id"]) != string(id) {
			t.Fatalf("encoding/json reads method %q, id %s: %v", method, std["id"], err)
		}
		var list []any
		if json.Unmarshal(std["params"], &list) != nil || list == nil {
			return
		}
		if len(list) != len(req.Params) {
			t.Fatalf("encoding/json reads %d parameters, not %d", len(list), len(req.Params))
		}
		for i, p := range list {
			if s, ok := p.(string); ok && s != req.Params[i] {
				t.Fatalf("encoding/json reads %q, not %q", s, req.Params[i])
			}
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","result":"auth_url","error":"https://s.example"}`, `{"id":1,"result":["wss://a"],"error":null}`, `{"id":"a","error":{"code":1}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseResponse(b)
		if err != nil {
			return
		}
		if !json.Valid(b) || r.Error != "" && (r.Result != "" || r.AuthURL != "") || r.AuthURL != "" && r.Result != "" {
			t.Fatalf("%q was read as %+v", b, r)
		}
		answer := AppendResult(nil, r.ID, r.Result)
		switch {
		case r.Error != "":
			answer = AppendError(nil, r.ID, SignEvent, r.Error)
		case r.AuthURL != "":
			answer = AppendAuthURL(nil, r.ID, r.AuthURL)
		}
		if again, err := ParseResponse(answer); err != nil || *again != *r {
			t.Fatalf("%+v came back from %s as %+v, %v", r, answer, again, err)
		}
		if relays, changed, err := ParseRelayList(r.Result); changed != (len(relays) > 0) || changed && err != nil {
			t.Fatalf("%q was read as %q, %t, %v", r.Result, relays, changed, err)
		}
	})
}

func FuzzParseConnectParams(f *testing.F) {
	f.Add(key1, "secret", "sign_event:1", `{"name":"A"}`)
	f.Add("", "sign_event,ping", `{"name":"\u0000","url":7}`, "")
	f.Add("", `{}`, `{}`, `{`)
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		p := ParseConnectParams([]string{a, b, c, d})
		if p.Signer != a || p.Secret != b && p.Secret != "" || p.Perms != c && p.Perms != b && p.Perms != "" {
			t.Fatalf("made up: %+v", p)
		}
		for _, shown := range []string{p.Metadata.Name, p.Metadata.URL, p.Metadata.Image} {
			if !utf8.ValidString(shown) || strings.ContainsFunc(shown, isControl) || utf8.RuneCountInString(shown) > maxNameRunes {
				t.Fatalf("not clean: %q", shown)
			}
		}
	})
}
