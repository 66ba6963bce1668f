package nostr

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var genSubID = rapid.StringN(1, ReadSubIDLimit, -1)

func TestClientMessageRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &ClientMessage{Label: rapid.SampledFrom(clientLabels).Draw(t, "label")}
		switch m.Label {
		case LabelEvent, LabelAuth:
			m.Event = genEvent.Draw(t, "event")
			m.ID, m.Raw = m.Event.ID, m.Event.AppendJSON(nil)
		case LabelReq:
			m.SubID = genSubID.Draw(t, "sub")
			for range rapid.IntRange(1, 3).Draw(t, "filters") {
				m.Filters = append(m.Filters, *genFilter.Draw(t, "filter"))
			}
		case LabelClose:
			m.SubID = genSubID.Draw(t, "sub")
		}
		b := m.AppendJSON(nil)
		if got, err := ParseClientMessage(b); err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%s: %v %+v", b, err, got)
		}
		if m.Event != nil {
			m.Event = nil
			if got := string(m.AppendJSON(nil)); got != string(b) {
				t.Fatalf("from raw %s", got)
			}
		}
	})
}

func TestRelayMessageRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &RelayMessage{Label: rapid.SampledFrom(relayLabels).Draw(t, "label")}
		switch m.Label {
		case LabelEvent:
			m.SubID, m.Event = genSubID.Draw(t, "sub"), genEvent.Draw(t, "event")
			m.ID, m.Raw = m.Event.ID, m.Event.AppendJSON(nil)
		case LabelOK:
			m.ID, m.OK, m.Message = genBytes[ID]().Draw(t, "id"), rapid.Bool().Draw(t, "ok"), text.Draw(t, "message")
		case LabelEOSE:
			m.SubID = genSubID.Draw(t, "sub")
		case LabelClosed:
			m.SubID, m.Message = genSubID.Draw(t, "sub"), text.Draw(t, "message")
		case LabelNotice, LabelAuth:
			m.Message = text.Draw(t, "message")
		}
		b := m.AppendJSON(nil)
		if got, err := ParseRelayMessage(b); err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%s: %v %+v", b, err, got)
		}
		if m.Event != nil {
			m.Event = nil
			if got := string(m.AppendJSON(nil)); got != string(b) {
				t.Fatalf("from raw %s", got)
			}
		}
	})
}

func TestParseClientMessageRefuses(t *testing.T) {
	long := strings.Repeat("é", ReadSubIDLimit)
	for _, c := range []struct {
		name, in   string
		want       error
		label, sub string
	}{
		{"empty", ``, errArray, "", ""},
		{"object", `{}`, errArray, "", ""},
		{"empty array", `[]`, errLabel, "", ""},
		{"label a number", `[1]`, errLabel, "", ""},
		{"lower-case label", `["event",{}]`, ErrUnknownLabel, "", ""},
		{"count", `["COUNT","x",{}]`, ErrUnknownLabel, "", ""},
		{"a relay's label", `["EOSE","x"]`, ErrUnknownLabel, "", ""},
		{"no event", `["EVENT"]`, errObject, "EVENT", ""},
		{"event a string", `["EVENT","x"]`, errObject, "EVENT", ""},
		{"half an event", `["EVENT",{"kind":1}]`, malformed("id is missing"), "EVENT", ""},
		{"two events", `["EVENT",` + sample + `,` + sample + `]`, errTrailing, "EVENT", ""},
		{"behind the event", `["EVENT",` + sample + `]]`, errTrailing, "EVENT", ""},
		{"no end", `["EVENT",` + sample, errJSON, "EVENT", ""},
		{"large event", `["EVENT",` + string(edit("now that", strings.Repeat("x", MaxEventSize-len(sample)+len("now that")+1))) + `]`, ErrTooLarge, "EVENT", ""},
		{"auth with a text", `["AUTH","challenge"]`, errObject, "AUTH", ""},
		{"req without id", `["REQ"]`, errSubID, "REQ", ""},
		{"req with an empty id", `["REQ","",{}]`, errSubID, "REQ", ""},
		{"req with a long id", `["REQ","` + long + `x",{}]`, errSubID, "REQ", ""},
		{"req with a number", `["REQ",1,{}]`, errSubID, "REQ", ""},
		{"req without filter", `["REQ","s"]`, errNoFilter, "REQ", "s"},
		{"req with a bad filter", `["REQ","` + long + `",{},{"ids":1}]`, errFilterIDs, "REQ", long},
		{"req with an array", `["REQ","s",[]]`, errObject, "REQ", "s"},
		{"too many filters", `["REQ","s"` + strings.Repeat(",{}", MaxFilters+1) + `]`, errFilters, "REQ", "s"},
		{"close without id", `["CLOSE"]`, errSubID, "CLOSE", ""},
		{"close with more", `["CLOSE","s","t"]`, errTrailing, "CLOSE", "s"},
		{"too large", `["CLOSE","` + strings.Repeat("x", MaxMessageSize) + `"]`, ErrTooLarge, "", ""},
	} {
		m, err := ParseClientMessage([]byte(c.in))
		if !errors.Is(err, c.want) || m == nil || m.Label != c.label || m.SubID != c.sub || m.Event != nil || m.Raw != nil || m.Filters != nil {
			t.Errorf("%s: %v, want %v; %+v", c.name, err, c.want, m)
		}
	}
}

// An OK can be sent for an event that is refused as malformed.
func TestMalformedEventKeepsItsID(t *testing.T) {
	in := `["EVENT",` + string(edit(`"kind":1`, `"kind":1e3`)) + `]`
	m, err := ParseClientMessage([]byte(in))
	if !errors.Is(err, errKind) || m.ID.String() != "dc90c95f09947507c1044e8f48bcf6350aa6bff1507dd4acfc755b9239b5c962" {
		t.Errorf("%v %v", err, m.ID)
	}
	m, err = ParseClientMessage([]byte(`["EVENT",` + string(edit("dc90c95f", "dc90c95x")) + `]`))
	if !errors.Is(err, errID) || m.ID != (ID{}) {
		t.Errorf("%v %v", err, m.ID)
	}
}

func TestParseRelayMessage(t *testing.T) {
	h := strings.Repeat("ab", 32)
	id, _ := ParseID(h)
	for _, c := range []struct {
		in   string
		want RelayMessage
	}{
		{` [ "EOSE" , "s" ] `, RelayMessage{Label: "EOSE", SubID: "s"}},
		{`["EOSE","s",["finish"]]`, RelayMessage{Label: "EOSE", SubID: "s"}}, // NIP-67
		{`["OK","` + h + `",true,"duplicate: x"]`, RelayMessage{Label: "OK", ID: id, OK: true, Message: "duplicate: x"}},
		{`["OK","` + h + `",false]`, RelayMessage{Label: "OK", ID: id}},
		{`["OK","` + h + `",true,"",{"x":1},2]`, RelayMessage{Label: "OK", ID: id, OK: true}},
		{`["CLOSED","s"]`, RelayMessage{Label: "CLOSED", SubID: "s"}},
		{`["CLOSED","s","auth-required: \u0061"]`, RelayMessage{Label: "CLOSED", SubID: "s", Message: "auth-required: a"}},
		{`["NOTICE","n"]`, RelayMessage{Label: "NOTICE", Message: "n"}},
		{`["AUTH","challenge"]`, RelayMessage{Label: "AUTH", Message: "challenge"}},
	} {
		if got, err := ParseRelayMessage([]byte(c.in)); err != nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: %v %+v", c.in, err, got)
		}
	}
}

// A malformed event still tells which subscription it came for.
func TestParseRelayMessageRefuses(t *testing.T) {
	h := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, in   string
		want       error
		label, sub string
	}{
		{"a client's label", `["REQ","s",{}]`, ErrUnknownLabel, "", ""},
		{"half an event", `["EVENT","s",{"kind":1}]`, malformed("id is missing"), "EVENT", "s"},
		{"bad event", `["EVENT","s",` + string(edit(`"kind":1`, `"kind":1.5`)) + `]`, errKind, "EVENT", "s"},
		{"no event", `["EVENT","s"]`, errObject, "EVENT", "s"},
		{"no subscription", `["EVENT",` + sample + `]`, errSubID, "EVENT", ""},
		{"long subscription", `["EOSE","` + strings.Repeat("x", ReadSubIDLimit+1) + `"]`, errSubID, "EOSE", ""},
		{"ok for nothing", `["OK","",true,""]`, errID, "OK", ""},
		{"ok without verdict", `["OK","` + h + `"]`, errOK, "OK", ""},
		{"ok with a text", `["OK","` + h + `","true",""]`, errOK, "OK", ""},
		{"ok with a word", `["OK","` + h + `",trux,""]`, errJSON, "OK", ""},
		{"ok with a number", `["OK","` + h + `",true,1]`, errText, "OK", ""},
		{"notice without text", `["NOTICE"]`, errText, "NOTICE", ""},
		{"auth with an event", `["AUTH",{}]`, errText, "AUTH", ""},
		{"trailing", `["EOSE","s"]x`, errTrailing, "EOSE", "s"},
		{"trailing comma", `["EOSE","s",]`, errJSON, "EOSE", "s"},
		{"deep extra", `["EOSE","s",` + strings.Repeat("[", MaxDepth) + `]`, errDepth, "EOSE", "s"},
	} {
		m, err := ParseRelayMessage([]byte(c.in))
		if !errors.Is(err, c.want) || m == nil || m.Label != c.label || m.SubID != c.sub || m.Event != nil || m.Raw != nil {
			t.Errorf("%s: %v, want %v; %+v", c.name, err, c.want, m)
		}
	}
}

func FuzzParseClientMessage(f *testing.F) {
	f.Add([]byte(`["EVENT",` + sample + `]`))
	f.Add([]byte(`["AUTH",` + sample + `]`))
	f.Add([]byte(`["REQ","s",{"kinds":[24133],"#p":[]},{"limit":0}]`))
	f.Add([]byte(`["CLOSE","s"]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseClientMessage(b)
		if err != nil {
			return
		}
		again, err := ParseClientMessage(m.AppendJSON(nil))
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		m.Raw, again.Raw = nil, nil
		if !reflect.DeepEqual(m, again) {
			t.Fatalf("%q: %+v then %+v", b, m, again)
		}
	})
}

func FuzzParseRelayMessage(f *testing.F) {
	h := strings.Repeat("ab", 32)
	f.Add([]byte(`["EVENT","s",` + sample + `]`))
	f.Add([]byte(`["OK","` + h + `",true,""]`))
	f.Add([]byte(`["EOSE","s",["finish"]]`))
	f.Add([]byte(`["CLOSED","s","auth-required: x"]`))
	f.Add([]byte(`["NOTICE","n"]`))
	f.Add([]byte(`["AUTH","c"]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseRelayMessage(b)
		if err != nil {
			return
		}
		again, err := ParseRelayMessage(m.AppendJSON(nil))
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		m.Raw, again.Raw = nil, nil
		if !reflect.DeepEqual(m, again) {
			t.Fatalf("%q: %+v then %+v", b, m, again)
		}
	})
}
