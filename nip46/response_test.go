package nip46

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseResponse(t *testing.T) {
	for in, want := range map[string]Response{
		`{"id":"a","result":"pong"}`:                                 {ID: `"a"`, Result: "pong"},
		`{"id":"a","result":"pong","error":null}`:                    {ID: `"a"`, Result: "pong"},
		`{"id":"a","result":"pong","error":""}`:                      {ID: `"a"`, Result: "pong"},
		`{"id":"a","result":""}`:                                     {ID: `"a"`},
		`{"id":7,"result":["wss://a"]}`:                              {ID: `7`, Result: `["wss://a"]`},
		`{"id":"a","result":{"kind":1}}`:                             {ID: `"a"`, Result: `{"kind":1}`},
		`{"id":"a","result":null}`:                                   {ID: `"a"`, Result: "null"},
		`{"id":"a","result":"error","error":"denied: no"}`:           {ID: `"a"`, Error: "denied: no"},
		`{"id":"a","result":null,"error":"no"}`:                      {ID: `"a"`, Error: "no"},
		`{"id":"a","result":"","error":"no"}`:                        {ID: `"a"`, Error: "no"},
		`{"id":"a","error":"no"}`:                                    {ID: `"a"`, Error: "no"},
		`{"error":{"code":1},"id":"a"}`:                              {ID: `"a"`, Error: `{"code":1}`},
		`{"id":"a","result":"error"}`:                                {ID: `"a"`, Result: "error"},
		`{"id":"a","result":"auth_url","error":"https://s.example"}`: {ID: `"a"`, AuthURL: "https://s.example"},
		`{"id":"a","result":"auth_url"}`:                             {ID: `"a"`, Result: "auth_url"},
		`{"id":"a","result":"x","kind":24133,"extra":[{}]}`:          {ID: `"a"`, Result: "x"},
	} {
		if got, err := ParseResponse([]byte(in)); err != nil || *got != want {
			t.Errorf("%s: got %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestParseResponseErrors(t *testing.T) {
	for in, is := range map[string]error{
		``:                         ErrNotJSON,
		`[]`:                       ErrNotJSON,
		`"ack"`:                    ErrNotJSON,
		`{"id":"a","result":"x"`:   ErrNotJSON,
		`{"id":"a","result":"x"}}`: ErrNotJSON,
		`{"id":"a","result":tru}`:  ErrNotJSON,
		`{"id":"a","method":"connect","params":["x"]}`: ErrNotResponse,
		`{}`:                                   ErrMalformed,
		`{"id":"a"}`:                           ErrMalformed,
		`{"id":"a","error":""}`:                ErrMalformed,
		`{"result":"x"}`:                       ErrMalformed,
		`{"id":{},"result":"x"}`:               ErrMalformed,
		`{"id":"a","result":"x","result":"y"}`: ErrMalformed,
		`{"id":"a","result":"\udfff"}`:         ErrMalformed,
		"{\"id\":\"a\",\"result\":\"\xc0\"}":   ErrMalformed,
		`{"id":"a","result":"` + strings.Repeat("x", MaxMessageSize) + `"}`: ErrTooLarge,
	} {
		if got, err := ParseResponse([]byte(in)); got != nil || !errors.Is(err, is) {
			t.Errorf("%.60s: got %+v, %v; want %v", in, got, err, is)
		}
	}
}

func TestParseRelayList(t *testing.T) {
	a, b := "wss://a.example", "wss://b.example"
	for in, want := range map[string][]string{
		"":                                       nil,
		"null":                                   nil,
		" null ":                                 nil,
		`"null"`:                                 nil,
		"ack":                                    nil,
		"[]":                                     nil,
		`["wss://b.example","wss://a.example/"]`: {b, a},
		`"[\"wss://a.example\"]"`:                {a},
		`["wss://a.example","WSS://A.example",7,"x",null]`: {a},
	} {
		relays, changed, err := ParseRelayList(in)
		if err != nil || changed != (want != nil) || !slices.Equal(relays, want) {
			t.Errorf("%s: got %q, %t, %v; want %q", in, relays, changed, err, want)
		}
	}
	for _, in := range []string{"x", "{}", `{"relays":[]}`, `["x"]`, `[null]`, `"`, `"x"`, "true", "[" + strings.Repeat(" ", 9000) + "]"} {
		if relays, changed, err := ParseRelayList(in); err == nil || changed || relays != nil {
			t.Errorf("%.40s: got %q, %t, %v; want an error", in, relays, changed, err)
		}
	}
}

func TestFormatRelayList(t *testing.T) {
	given := []string{"wss://b.example", "wss://a.example", "wss://b.example"}
	list := FormatRelayList(given)
	if want := `["wss://a.example","wss://b.example"]`; list != want {
		t.Errorf("got %s, want %s", list, want)
	}
	if given[0] != "wss://b.example" {
		t.Error("the caller's list was sorted")
	}
	if got, changed, err := ParseRelayList(list); err != nil || !changed || len(got) != 2 {
		t.Errorf("%s came back as %q, %t, %v", list, got, changed, err)
	}
}
