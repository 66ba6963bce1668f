package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nip46"
)

// what a malformed message leads to.
type outcome int

const (
	answered outcome = iota // a result
	refused                 // an error by its id
	unnamed                 // an error, though it has no id
	ignored                 // no request at all
)

// Whatever a connected app sends is answered, if it asks for anything; ID
// stands for an id of its own.
func TestMalformed(t *testing.T) {
	t.Parallel()
	r := launchRelay(t)
	s := launchSigner(t, r.url)
	a := s.pair(r.url)
	cases := []struct {
		name, plain string
		want        outcome
	}{
		{"params null", `{"id":"ID","method":"ping","params":null}`, answered},
		{"params an object", `{"id":"ID","method":"ping","params":{"a":1}}`, answered},
		{"params a string", `{"id":"ID","method":"ping","params":"x"}`, answered},
		{"params missing", `{"id":"ID","method":"ping"}`, answered},
		{"params of null and numbers", `{"id":"ID","method":"ping","params":[null,1,{}]}`, answered},
		{"keys nobody knows", `{"jsonrpc":"2.0","id":"ID","method":"ping","params":[],"x":{"y":[]}}`, answered},
		{"blanks around", " \r\n\t{ \"id\" : \"ID\" , \"method\" : \"ping\" , \"params\" : [ ] } \n", answered},
		{"id missing", `{"method":"ping","params":[]}`, unnamed},
		{"id null", `{"id":null,"method":"ping","params":[]}`, unnamed},
		{"id an object", `{"id":{},"method":"ping","params":[]}`, unnamed},
		{"id too long", `{"id":"` + strings.Repeat("x", 300) + `","method":"ping","params":[]}`, unnamed},
		{"id twice", `{"id":"other","id":"ID","method":"ping","params":[]}`, refused},
		{"method twice", `{"id":"ID","method":"ping","method":"sign_event","params":[]}`, refused},
		{"method a number", `{"id":"ID","method":7,"params":[]}`, refused},
		{"method empty", `{"id":"ID","method":"","params":[]}`, refused},
		{"method unknown", `{"id":"ID","method":"give_me_the_key","params":[]}`, refused},
		{"params of 5000", `{"id":"ID","method":"ping","params":["` + strings.Repeat(`","`, 5000) + `"]}`, refused},
		{"nested deeply", `{"id":"ID","method":"ping","params":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, refused},
		{"nested deeply, unended", `{"id":"ID","method":"ping","x":` + strings.Repeat(`{"a":`, 20_000), refused},
		{"cut off", `{"id":"ID","method":"ping","params":["`, refused},
		{"more after it", `{"id":"ID","method":"ping","params":[]} {"id":"x"}`, refused},
		{"a batch", `[{"id":"ID","method":"ping","params":[]},{"id":"x","method":"ping","params":[]}]`, refused},
		{"not JSON", `hello`, unnamed},
		{"an open brace", `{`, unnamed},
		{"null", `null`, unnamed},
		{"a number", `42`, unnamed},
		{"a string", `"ID"`, unnamed},
		{"bytes", "\x00\x01\x02", unnamed},
		{"bad UTF-8", "{\"id\":\"ID\",\"method\":\"ping\xff\",\"params\":[]}", refused},
		{"half a surrogate", `{"id":"ID","method":"\ud800","params":[]}`, refused},
		{"a response", `{"id":"ID","result":"ack"}`, ignored},
		{"an error response", `{"id":"ID","result":"","error":"no"}`, ignored},
		{"an empty object", `{}`, ignored},
		{"sign: nothing", `{"id":"ID","method":"sign_event","params":[]}`, refused},
		{"sign: null", `{"id":"ID","method":"sign_event","params":[null]}`, refused},
		{"sign: not JSON", `{"id":"ID","method":"sign_event","params":["hello"]}`, refused},
		{"sign: kind a string", `{"id":"ID","method":"sign_event","params":["{\"kind\":\"1\",\"created_at\":1,\"tags\":[],\"content\":\"\"}"]}`, refused},
		{"sign: kind twice", `{"id":"ID","method":"sign_event","params":["{\"kind\":1,\"kind\":0,\"created_at\":1,\"tags\":[],\"content\":\"\"}"]}`, refused},
		{"sign: kind 1.5", `{"id":"ID","method":"sign_event","params":["{\"kind\":1.5,\"created_at\":1,\"tags\":[],\"content\":\"\"}"]}`, refused},
		{"sign: kind too large", `{"id":"ID","method":"sign_event","params":["{\"kind\":70000,\"created_at\":1,\"tags\":[],\"content\":\"\"}"]}`, refused},
		{"sign: tags of numbers", `{"id":"ID","method":"sign_event","params":["{\"kind\":1,\"created_at\":1,\"tags\":[[1]],\"content\":\"\"}"]}`, refused},
		{"sign: 10001 tags", `{"id":"ID","method":"sign_event","params":["{\"kind\":1,\"created_at\":1,\"content\":\"\",\"tags\":[` + strings.Repeat(`[\"t\",\"x\"],`, 10000) + `[\"t\",\"x\"]]}"]}`, refused},
		{"sign: another's pubkey", `{"id":"ID","method":"sign_event","params":["{\"pubkey\":\"` + strings.Repeat("ab", 32) + `\",\"kind\":1,\"created_at\":1,\"tags\":[],\"content\":\"\"}"]}`, refused},
		{"seal: no key", `{"id":"ID","method":"nip44_encrypt","params":["x","y"]}`, refused},
		{"seal: one parameter", `{"id":"ID","method":"nip44_encrypt","params":["x"]}`, refused},
		{"open: no ciphertext", `{"id":"ID","method":"nip44_decrypt","params":["` + a.user.String() + `","?"]}`, refused},
	}
	owed := 0
	for _, c := range cases {
		q := a.ask(nip46.Ping)
		q.plain, q.silent = strings.Replace(c.plain, "ID", q.id, 1), c.want == ignored || c.want == unnamed
		a.send(q)
		switch c.want {
		case answered:
			if r := a.answer(q); r.Error != "" {
				t.Errorf("%s: refused: %s", c.name, r.Error)
			}
		case refused:
			if r := a.answer(q); r.Error == "" {
				t.Errorf("%s: answered %q", c.name, r.Result)
			}
		case unnamed:
			owed++
			a.until(c.name+" was answered", func() bool { return a.unnamed >= owed })
		case ignored:
			a.call(nip46.Ping)
			if got := a.replies(q); len(got) > 0 {
				t.Errorf("%s: answered %+v", c.name, got[0])
			}
		}
		if t.Failed() {
			t.Fatalf("%s", c.name)
		}
	}
	figure(t, fmt.Sprintf("%d kinds of malformed messages", len(cases)), "each answered or, being no request, ignored", a.sign(time.Now()), recovery)
}
