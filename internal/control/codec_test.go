package control

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

var (
	pubkeys = rapid.Custom(func(t *rapid.T) nostr.PubKey {
		return nostr.PubKey(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
	})
	places = rapid.Custom(func(t *rapid.T) Place {
		return Place{URL: texts.Draw(t, "url"), Typed: rapid.Bool().Draw(t, "typed")}
	})
	texts    = rapid.StringN(0, 40, 200)
	bodies   = rapid.SliceOfN(rapid.Byte(), 0, 300)
	verbatim = rapid.Custom(func(t *rapid.T) json.RawMessage {
		b, err := json.Marshal(rapid.SliceOfN(texts, 1, 3).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
)

// messages draws a message of any type.
var messages = rapid.OneOf(
	rapid.Map(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Inbound {
		return Inbound{Relay: texts.Draw(t, "relay"), Event: bodies.Draw(t, "event")}
	}), 0, 20), func(v []Inbound) Message { return &Events{Items: v} }),
	rapid.Map(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Outbound {
		return Outbound{Ref: rapid.Uint64().Draw(t, "ref"), Relays: rapid.SliceOfN(texts, 0, 8).Draw(t, "relays"), Event: bodies.Draw(t, "event")}
	}), 0, 20), func(v []Outbound) Message { return &Publish{Items: v} }),
	rapid.Map(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Published {
		return Published{
			Ref: rapid.Uint64().Draw(t, "ref"), Relay: texts.Draw(t, "relay"),
			Sent: rapid.Bool().Draw(t, "sent"), OK: rapid.Bool().Draw(t, "ok"), Reason: texts.Draw(t, "reason"),
		}
	}), 0, 20), func(v []Published) Message { return &Receipts{Items: v} }),
	rapid.Custom(func(t *rapid.T) Message {
		return &Listen{
			Relay: texts.Draw(t, "relay"), Add: rapid.SliceOfN(pubkeys, 1, 5).Draw(t, "add"), Remove: rapid.SliceOfN(pubkeys, 1, 5).Draw(t, "remove"),
			Since: rapid.Int64().Draw(t, "since"), Typed: rapid.Bool().Draw(t, "typed"),
		}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Live{Relay: texts.Draw(t, "relay"), Keys: rapid.SliceOfN(pubkeys, 1, 5).Draw(t, "keys")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		state := rapid.SampledFrom([]RelayState{RelayConnecting, RelayUp, RelayDown, RelayRefused}).Draw(t, "state")
		return &RelayStatus{Relay: texts.Draw(t, "relay"), State: state, Detail: texts.Draw(t, "detail"), At: rapid.Int64().Draw(t, "at")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Challenge{Relay: texts.Draw(t, "relay"), Challenge: texts.Draw(t, "challenge"), Keys: rapid.SliceOfN(pubkeys, 1, 5).Draw(t, "keys")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Proof{Relay: texts.Draw(t, "relay"), Challenge: texts.Draw(t, "challenge"), Events: rapid.SliceOfN(verbatim, 1, 3).Draw(t, "events")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Call{ID: rapid.Uint64().Draw(t, "id"), Verb: texts.Draw(t, "verb"), Args: verbatim.Draw(t, "args")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		r := &Reply{ID: rapid.Uint64().Draw(t, "id"), Result: verbatim.Draw(t, "result"), More: rapid.Bool().Draw(t, "more")}
		if rapid.Bool().Draw(t, "failed") {
			r.Error = &CallError{Kind: texts.Draw(t, "kind"), Msg: texts.Draw(t, "message"), Hint: texts.Draw(t, "hint")}
		}
		return r
	}),
	rapid.Map(rapid.Uint64(), func(id uint64) Message { return &Cancel{ID: id} }),
	rapid.Map(rapid.StringN(0, 20, 40), func(url string) Message { return &Renew{Relay: url} }),
	rapid.Just[Message](&NetworkChanged{}),
	rapid.Custom(func(t *rapid.T) Message {
		f := nostr.Filter{Authors: rapid.SliceOfN(pubkeys, 1, 3).Draw(t, "authors"), Kinds: []nostr.Kind{nostr.Kind(rapid.Uint16().Draw(t, "kind"))}}
		if rapid.Bool().Draw(t, "with d") {
			f.Tags = map[string][]string{"d": {texts.Draw(t, "d")}}
		}
		return &Fetch{Ref: rapid.Uint64().Draw(t, "ref"), Relays: rapid.SliceOfN(places, 1, 4).Draw(t, "relays"),
			Filters: []nostr.Filter{f}, Limit: rapid.IntRange(0, MaxErrandEvents).Draw(t, "limit")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Fetched{Ref: rapid.Uint64().Draw(t, "ref"), Relay: texts.Draw(t, "relay"), Complete: rapid.Bool().Draw(t, "complete"),
			Reason: texts.Draw(t, "reason"), Events: rapid.SliceOfN(bodies, 0, 5).Draw(t, "events")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Post{Ref: rapid.Uint64().Draw(t, "ref"), Relays: rapid.SliceOfN(places, 1, 4).Draw(t, "relays"), Event: verbatim.Draw(t, "event")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Deliver{Ref: rapid.Uint64().Draw(t, "ref"), To: places.Draw(t, "to"), Body: bodies.Draw(t, "body"),
			Headers: rapid.MapOfN(texts, texts, 0, MaxDeliverHeaders).Draw(t, "headers")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Delivered{Ref: rapid.Uint64().Draw(t, "ref"), Status: rapid.IntRange(0, 999).Draw(t, "status"), Reason: texts.Draw(t, "reason")}
	}),
	rapid.Custom(func(t *rapid.T) Message {
		return &Posted{Ref: rapid.Uint64().Draw(t, "ref"), Relay: texts.Draw(t, "relay"), Sent: rapid.Bool().Draw(t, "sent"),
			OK: rapid.Bool().Draw(t, "ok"), Reason: texts.Draw(t, "reason")}
	}),
)

func TestEveryMessageComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := messages.Draw(t, "message")
		body, err := encode(nil, m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(m.frameType(), body)
		if err != nil {
			t.Fatalf("%T %s: %v", m, body, err)
		}
		if !equal(m, back) {
			t.Fatalf("%#v came back as %#v", m, back)
		}
	})
}

// equal compares two messages; an empty list is as good as none.
func equal(a, b Message) bool {
	x, errA := encode(nil, a)
	y, errB := encode(nil, b)
	return errA == nil && errB == nil && reflect.TypeOf(a) == reflect.TypeOf(b) && bytes.Equal(x, y)
}

func TestDecodeRefuses(t *testing.T) {
	long := strings.Repeat("x", maxRelay+1)
	huge := binary.AppendUvarint(nil, math.MaxUint64)
	for name, test := range map[string]struct {
		kind byte
		body []byte
		err  error
	}{
		"type 0":              {0, nil, ErrFrameType},
		"a later type":        {typeDelivered + 1, []byte(`{}`), ErrFrameType},
		"no count":            {typeEvents, nil, ErrFrameBody},
		"huge count":          {typeEvents, huge, ErrFrameBody},
		"count without items": {typePublish, []byte{5}, ErrFrameBody},
		"too many items":      {typeReceipts, append(binary.AppendUvarint(nil, maxItems+1), make([]byte, 3*maxItems)...), ErrFrameBody},
		"huge length":         {typeEvents, append([]byte{1}, huge...), ErrFrameBody},
		"half an item":        {typeReceipts, []byte{1, 7, 0}, ErrFrameBody},
		"relay too long":      {typeEvents, (&Events{Items: []Inbound{{Relay: long}}}).append(nil), ErrFrameBody},
		"too many relays":     {typePublish, (&Publish{Items: []Outbound{{Relays: make([]string, maxRelays+1)}}}).append(nil), ErrFrameBody},
		"event too large":     {typeEvents, (&Events{Items: []Inbound{{Event: make([]byte, maxEvent+1)}}}).append(nil), ErrFrameBody},
		"trailing bytes":      {typeEvents, []byte{0, 0}, ErrFrameBody},
		"no json":             {typeCall, []byte(`{"id":`), ErrFrameBody},
		"another json":        {typeListen, []byte(`[]`), ErrFrameBody},
		"a bad key":           {typeLive, []byte(`{"keys":["zz"]}`), ErrFrameBody},
		"an errand too far":   {typeFetch, []byte(`{"relays":[` + strings.Repeat(`{},`, MaxErrandRelays) + `{}]}`), ErrFrameBody},
		"an endless errand":   {typeFetch, []byte(`{"limit":1001}`), ErrFrameBody},
		"a long address":      {typePost, []byte(`{"relays":[{"url":"` + long + `"}]}`), ErrFrameBody},
		"too many found":      {typeFetched, append(binary.AppendUvarint([]byte{1, 0, 0, 0}, MaxErrandEvents+1), make([]byte, MaxErrandEvents+1)...), ErrFrameBody},
		"empty json":          {typeReply, nil, ErrFrameBody},
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := decode(test.kind, test.body); !errors.Is(err, test.err) {
				t.Fatalf("%#v, %v", m, err)
			}
		})
	}
}

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

func TestFrames(t *testing.T) {
	for name, test := range map[string]struct {
		raw []byte
		err error
	}{
		"nothing":       {nil, io.EOF},
		"half a header": {[]byte{0, 0, 0}, io.ErrUnexpectedEOF},
		"empty frame":   {[]byte{0, 0, 0, 0, typeCancel}, ErrFrameBody},
		"too large":     {[]byte{0xff, 0xff, 0xff, 0xff, typeEvents}, ErrFrameSize},
		"half a body":   {[]byte{0, 0, 0, 9, typeCancel, '{'}, io.ErrUnexpectedEOF},
		"unknown type":  {[]byte{0, 0, 0, 1, 200}, ErrFrameType},
	} {
		t.Run(name, func(t *testing.T) {
			b := new(buffer)
			b.Write(test.raw)
			if m, err := NewConn(b).Recv(); !errors.Is(err, test.err) {
				t.Fatalf("%#v, %v", m, err)
			}
		})
	}
	b := new(buffer)
	c := NewConn(b)
	if err := c.Send(&Events{Items: []Inbound{{Event: make([]byte, MaxFrame)}}}); !errors.Is(err, ErrFrameSize) {
		t.Fatalf("an oversized message: %v", err)
	}
	if err := c.Send(&Call{Args: json.RawMessage(`{broken`)}); err == nil {
		t.Fatal("a message that is not JSON was sent")
	}
	if err := c.Send(&Cancel{ID: 7}); err != nil {
		t.Fatal(err)
	}
	if m, err := c.Recv(); err != nil || m.(*Cancel).ID != 7 {
		t.Fatalf("a refused message left a trace: %#v, %v", m, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range []Message{
		&Events{Items: []Inbound{{"wss://a.example", []byte(`{"kind":24133}`)}}},
		&Publish{Items: []Outbound{{1, []string{"wss://a.example", ""}, []byte("x")}}},
		&Receipts{Items: []Published{{Ref: 300, Relay: "wss://a.example", Sent: true, Reason: "mute: nobody"}}},
		&Listen{Relay: "r", Add: []nostr.PubKey{{1}}, Since: -1, Typed: true}, &Live{Relay: "r", Keys: []nostr.PubKey{{2}}},
		&RelayStatus{State: RelayUp, At: 1}, &Challenge{Challenge: "c"}, &Proof{Events: []json.RawMessage{[]byte(`{}`)}},
		&Call{ID: 1, Verb: VerbStatus, Args: []byte(`null`)}, &Reply{ID: 1, Error: &CallError{Kind: "denied"}, More: true}, &Cancel{ID: 1},
		&Fetch{Ref: 1, Relays: []Place{{"wss://a.example", true}}, Filters: []nostr.Filter{{Kinds: []nostr.Kind{3}, Authors: []nostr.PubKey{{1}}}}, Limit: 5},
		&Fetched{Ref: 1, Relay: "wss://a.example", Complete: true, Events: [][]byte{[]byte(`{"kind":3}`)}},
		&Deliver{Ref: 3, To: Place{URL: "https://push.example/x"}, Headers: map[string]string{"TTL": "9"}, Body: []byte{1}}, &Delivered{Ref: 3, Status: 201},
		&Post{Ref: 2, Relays: []Place{{URL: "wss://a.example"}}, Event: []byte(`{}`)}, &Posted{Ref: 2, Relay: "r", Sent: true, Reason: "no"},
	} {
		body, err := encode(nil, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.frameType(), body)
	}
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		m, err := decode(kind, body)
		if err != nil {
			return
		}
		again, err := encode(nil, m)
		if err != nil {
			t.Fatalf("%#v cannot be encoded: %v", m, err)
		}
		back, err := decode(kind, again)
		if err != nil || !equal(m, back) {
			t.Fatalf("%#v came back as %#v, %v", m, back, err)
		}
	})
}
