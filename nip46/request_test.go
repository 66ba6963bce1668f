package nip46

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRequest(t *testing.T) {
	for in, want := range map[string]Request{
		`{"id":"a","method":"ping","params":[]}`:                                           {`"a"`, Ping, nil},
		`{"id":"a","method":"switch_relays","params":null}`:                                {`"a"`, SwitchRelays, nil},
		`{"id":"a","method":"ping"}`:                                                       {`"a"`, Ping, nil},
		" {\n\"params\" : [ \"x\" , \"y\" ] ,\r\t\"method\":\"connect\",\"id\":\"a\" } \n": {`"a"`, Connect, []string{"x", "y"}},
		`{"id":"a","method":"sign_event","params":[{"kind":1,"tags":[["e"]]}]}`:            {`"a"`, SignEvent, []string{`{"kind":1,"tags":[["e"]]}`}},
		`{"id":"a","method":"sign_event","params":{"kind":1}}`:                             {`"a"`, SignEvent, []string{`{"kind":1}`}},
		`{"id":"a","method":"sign_event","params":"{}"}`:                                   {`"a"`, SignEvent, []string{"{}"}},
		`{"id":"a","method":"x","params":[1,-2.5e+3,true,null,[ 0]]}`:                      {`"a"`, "x", []string{"1", "-2.5e+3", "true", "", "[ 0]"}},
		`{"id":12345678901234567890,"method":"ping"}`:                                      {`12345678901234567890`, Ping, nil},
		`{"id":-1.50,"method":"ping"}`:                                                     {`-1.50`, Ping, nil},
		`{"id":"-_\u0041\n","method":"p\u0069ng"}`:                                         {`"-_\u0041\n"`, Ping, nil},
		`{"id":"","method":"ping"}`:                                                        {`""`, Ping, nil},
		`{"id":"a","method":"new","jsonrpc":"2.0","x":{"id":"b"}}`:                         {`"a"`, "new", nil},
		`{"id":"a","method":"x","params":["\"\\\/\b\f\n\r\t\u00E9\ud83d\uDE00\u0000é"]}`:   {`"a"`, "x", []string{"\"\\/\b\f\n\r\té😀\x00é"}},
		`{"id":"a","method":"x","result":"both"}`:                                          {`"a"`, "x", nil},
	} {
		got, id, err := ParseRequest([]byte(in))
		if err != nil || id != want.ID || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: got %+v, %s, %v; want %+v", in, got, id, err, want)
		}
	}
}

func TestParseRequestErrors(t *testing.T) {
	deep := strings.Repeat("[", 6) + strings.Repeat("]", 6) // with object and list: 8
	for _, c := range []struct {
		in string
		id RequestID
		is error
	}{
		{``, ``, ErrNotJSON},
		{`hello`, ``, ErrNotJSON},
		{`"ack"`, ``, ErrNotJSON},
		{`null`, ``, ErrNotJSON},
		{`{`, ``, ErrNotJSON},
		{`{"id":"a"`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"ping",}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"ping"} x`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"ping"}{}`, `"a"`, ErrNotJSON},
		{"{\"id\":\"a\",\"method\":\"ping\"}\x00", `"a"`, ErrNotJSON},
		{`{"id":"a","method":"ping","params":["]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":[01]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":[1.]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":[-]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":[1e]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":[nul]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":["\x"]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":["\u12g4"]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":["\u12`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":["\`, `"a"`, ErrNotJSON},
		{"{\"id\":\"a\",\"method\":\"x\",\"params\":[\"\n\"]}", `"a"`, ErrNotJSON},
		{`{"id":"a","method":"x","params":` + strings.Repeat("[", 600_000), `"a"`, ErrNotJSON},

		{`{"id":"a","method"}`, `"a"`, ErrNotJSON},
		{`{"id":"a",7:8}`, `"a"`, ErrNotJSON},
		{`{"id":"a","method":"pi`, `"a"`, ErrNotJSON},
		{`{"id":"a","params":[{"x"}]}`, `"a"`, ErrNotJSON},
		{`{"id":"a","params":[{7:8}]}`, `"a"`, ErrNotJSON},

		{`[]`, ``, ErrBatch},
		{`[1,2]`, ``, ErrBatch},
		{`[{"method":"ping","id":7},{"id":8,"method":"ping"}]`, `7`, ErrBatch},

		{`{}`, ``, ErrNotRequest},
		{`{"id":"a","result":"ack","error":""}`, `"a"`, ErrNotRequest},
		{`{"id":"a","result":"x","result":"y"}`, `"a"`, ErrNotRequest},
		{`{"id":"a","method":null}`, `"a"`, ErrNotRequest},

		{`{"method":"ping"}`, ``, ErrMalformed},
		{`{"id":null,"method":"ping"}`, ``, ErrMalformed},
		{`{"id":true,"method":"ping"}`, ``, ErrMalformed},
		{`{"id":{"a":1},"method":"ping"}`, ``, ErrMalformed},
		{`{"id":"` + strings.Repeat("x", 255) + `","method":"ping"}`, ``, ErrMalformed},
		{"{\"id\":\"\xff\",\"method\":\"ping\"}", ``, ErrMalformed},
		{`{"id":"a","method":""}`, `"a"`, ErrMalformed},
		{`{"id":"a","method":7}`, `"a"`, ErrMalformed},
		{`{"id":"a","method":"` + strings.Repeat("x", 65) + `"}`, `"a"`, ErrMalformed},
		{`{"method":"ping","method":"sign_event","id":"a"}`, `"a"`, ErrMalformed},
		{`{"method":"ping","m\u0065thod":"sign_event","id":"a"}`, `"a"`, ErrMalformed},
		{`{"x":1,"x":1,"method":"ping","id":"a"}`, `"a"`, ErrMalformed},
		{"{\"method\":\"x\",\"params\":[\"\xff\"],\"id\":\"a\"}", `"a"`, ErrMalformed},
		{`{"method":"x","params":["\ud800"],"id":"a"}`, `"a"`, ErrMalformed},
		{`{"method":"x","params":["\udc00\ud800"],"id":"a"}`, `"a"`, ErrMalformed},
		{`{"method":"x","params":["\ud800\u0041"],"id":"a"}`, `"a"`, ErrMalformed},
		{`{"method":"x","params":[[` + deep + `]],"id":"a"}`, `"a"`, ErrMalformed},
		{`{"method":"x","params":[0` + strings.Repeat(",0", 64) + `],"id":"a"}`, `"a"`, ErrMalformed},
		{manyKeys(33), `"a"`, ErrMalformed},

		{`{"id":"a","method":"x","params":["` + strings.Repeat("x", MaxMessageSize) + `"]}`, `"a"`, ErrTooLarge},
	} {
		req, id, err := ParseRequest([]byte(c.in))
		if req != nil || id != c.id || !errors.Is(err, c.is) {
			t.Errorf("%.80s: got %+v, %s, %v; want id %s and %v", c.in, req, id, err, c.id, c.is)
		}
	}
	if _, _, err := ParseRequest([]byte(`{"method":"x","params":[` + deep + `],"id":"a"}`)); err != nil {
		t.Errorf("depth 8: %v", err)
	}
	if _, _, err := ParseRequest([]byte(manyKeys(32))); err != nil {
		t.Errorf("32 keys: %v", err)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n - 2 {
		fmt.Fprintf(&b, `"k%d":0,`, i)
	}
	return "{" + b.String() + `"method":"x","id":"a"}`
}

// The longest id that is echoed.
func TestLongestID(t *testing.T) {
	want := RequestID(`"` + strings.Repeat("x", 254) + `"`)
	if _, id, err := ParseRequest([]byte(`{"method":"ping","id":` + string(want) + `}`)); err != nil || id != want {
		t.Errorf("got %s, %v", id, err)
	}
}

func TestParseRequestKeepsNothingOfItsInput(t *testing.T) {
	b := []byte(`{"id":"abc","method":"other","params":["plain",{"a":1}]}`)
	req, id, err := ParseRequest(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if want := (Request{`"abc"`, "other", []string{"plain", `{"a":1}`}}); !reflect.DeepEqual(*req, want) || id != want.ID {
		t.Errorf("got %+v, %s", req, id)
	}
}

func TestRequestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringN(0, 20, 40).Draw(t, "id")
		m := Method(rapid.StringN(1, 20, 60).Draw(t, "method"))
		params := rapid.SliceOfN(rapid.String(), 1, 6).Draw(t, "params")
		b := AppendRequest([]byte("before"), id, m, params)[len("before"):]
		var std struct {
			ID, Method string
			Params     []string
		}
		if err := json.Unmarshal(b, &std); err != nil || std.ID != id || std.Method != string(m) || !reflect.DeepEqual(std.Params, params) {
			t.Fatalf("encoding/json reads %s as %+v, %v", b, std, err)
		}
		req, _, err := ParseRequest(b)
		if err != nil || req.ID.Text() != id || req.Method != m || !reflect.DeepEqual(req.Params, params) {
			t.Fatalf("%s came back as %+v, %v", b, req, err)
		}
	})
}
