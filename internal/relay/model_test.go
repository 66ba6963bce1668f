package relay

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

var epoch = time.Unix(1_800_000_000, 0)

// testKeys are the few keys of a model's world.
var testKeys = func() (pairs [4]nostr.Keypair) {
	for i := range pairs {
		sk := nostr.SecretKey{31: byte(i + 1)}
		pair, err := sk.Keypair()
		if err != nil {
			panic(err)
		}
		pairs[i] = pair
	}
	return pairs
}()

func testKey(i int) nostr.PubKey { return nostr.PubKey(testKeys[i].PublicKey()) }

// detached is a session without a websocket.
func detached(r *Relay) *session {
	return newSession(r, source{}, "relay.test", func() {})
}

// said takes what a session would send.
func said(t interface{ Fatalf(string, ...any) }, q *queue) (lines []string) {
	for {
		m, ok, _ := q.pop()
		if !ok {
			return lines
		}
		raw := string(m.head) + string(m.body)
		p, err := nostr.ParseRelayMessage([]byte(raw))
		if err != nil {
			t.Fatalf("the relay would send %q: %v", raw, err)
		}
		switch p.Label {
		case nostr.LabelEvent:
			lines = append(lines, fmt.Sprintf("EVENT %s %s", p.SubID, p.Event.ID))
		case nostr.LabelOK:
			lines = append(lines, fmt.Sprintf("OK %v", p.OK))
		default:
			lines = append(lines, p.Label+" "+p.SubID)
		}
	}
}

// model is the relay as NIP-01 has it: every event compared with every filter.
type model struct {
	subs   [3]map[string][]nostr.Filter // by session
	local  map[nostr.PubKey]int64
	heard  map[nostr.PubKey]bool
	stored []*nostr.Event
	signed map[nostr.ID]*nostr.Event // by random nonces: what is drawn again has the signature it had
}

func (m *model) matches(filters []nostr.Filter, e *nostr.Event) bool {
	return slices.ContainsFunc(filters, func(f nostr.Filter) bool { return f.Match(e) })
}

func (m *model) replay(filters []nostr.Filter) (want []nostr.ID) {
	chosen := make(map[int]bool)
	for _, f := range filters {
		left := len(m.stored)
		if f.Limit != nil {
			left = *f.Limit
		}
		for i := len(m.stored) - 1; i >= 0 && left > 0; i-- {
			if f.Match(m.stored[i]) {
				chosen[i] = true
				left--
			}
		}
	}
	for i, e := range m.stored {
		if chosen[i] {
			want = append(want, e.ID)
		}
	}
	return want
}

func drawFilter(t *rapid.T) nostr.Filter {
	key := rapid.Custom(func(t *rapid.T) nostr.PubKey { return testKey(rapid.IntRange(0, 3).Draw(t, "key")) })
	some := func(name string) bool { return rapid.Bool().Draw(t, name) }
	f := nostr.Filter{}
	if some("kinds") {
		f.Kinds = rapid.SliceOfN(rapid.SampledFrom([]nostr.Kind{1, 24133, 24135}), 0, 3).Draw(t, "kinds")
	}
	if some("authors") {
		f.Authors = rapid.SliceOfN(key, 0, 3).Draw(t, "authors")
	}
	if some("#p") {
		f.Tags = map[string][]string{"p": {}}
		for _, k := range rapid.SliceOfN(key, 0, 3).Draw(t, "p") {
			f.Tags["p"] = append(f.Tags["p"], k.String())
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "#x") == 0 {
		if f.Tags == nil {
			f.Tags = make(map[string][]string)
		}
		f.Tags["x"] = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "x")
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		n := rapid.IntRange(0, 3).Draw(t, "limit")
		f.Limit = &n
	}
	at := func(name string) *int64 {
		if rapid.IntRange(0, 3).Draw(t, name+"?") != 0 {
			return nil
		}
		v := epoch.Unix() - rapid.Int64Range(0, 100).Draw(t, name)
		return &v
	}
	f.Since, f.Until = at("since"), at("until")
	return f
}

func drawEvent(t *rapid.T) *nostr.Event {
	tags := nostr.Tags{{"p", testKey(rapid.IntRange(0, 3).Draw(t, "to")).String()}}
	for range rapid.IntRange(0, 2).Draw(t, "xs") {
		tags = append(tags, nostr.Tag{"x", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "x")})
	}
	tm := nostr.Template{
		CreatedAt: epoch.Unix() - rapid.Int64Range(0, 100).Draw(t, "age"),
		Kind:      rapid.SampledFrom([]nostr.Kind{24133, 24133, 24135}).Draw(t, "kind"),
		Tags:      tags,
		Content:   rapid.StringN(0, 5, 20).Draw(t, "content"),
	}
	e, err := tm.Sign(testKeys[rapid.IntRange(0, 3).Draw(t, "author")], false)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return e
}

// What is delivered, replayed and accepted is exactly what comparing every
// event with every filter gives, each event once per subscription.
func TestMatchesNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := New(Options{Clock: func() time.Time { return epoch }})
		defer func() {
			if r.sweeper != nil {
				r.sweeper.Stop()
			}
		}()
		m := &model{
			local: make(map[nostr.PubKey]int64), heard: make(map[nostr.PubKey]bool),
			signed: make(map[nostr.ID]*nostr.Event),
		}
		var sessions [3]*session
		for i := range sessions {
			sessions[i] = detached(r)
			sessions[i].free = true
			m.subs[i] = make(map[string][]nostr.Filter)
		}
		local := &LocalSub{relay: r, queue: newQueue(1000, 1<<20), keys: make(map[nostr.PubKey]*filter)}
		local.sub = &subscription{out: local.queue}
		// forget is what ending a subscription leaves behind.
		forget := func(i int, id string) {
			for _, f := range m.subs[i][id] {
				request, legacy := wanted(f.Kinds)
				if request || legacy {
					for _, k := range f.Tags["p"] {
						pk, _ := parseKey(k)
						m.heard[nostr.PubKey(pk)] = true
					}
				}
			}
			delete(m.subs[i], id)
		}
		expect := func(q *queue, want []string) {
			t.Helper()
			if got := said(t, q); !slices.Equal(got, want) {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"REQ": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "session")
				id := rapid.SampledFrom([]string{"s", `"\`, "é"}).Draw(t, "id")
				filters := rapid.SliceOfN(rapid.Custom(drawFilter), 1, 3).Draw(t, "filters")
				msg := nostr.ClientMessage{Label: nostr.LabelReq, SubID: id, Filters: filters}
				sessions[i].handle(msg.AppendJSON(nil))
				for j := range filters {
					if broad(&filters[j]) {
						expect(sessions[i].out, []string{"CLOSED " + id})
						return
					}
				}
				forget(i, id)
				m.subs[i][id] = filters
				var want []string
				for _, e := range m.replay(filters) {
					want = append(want, fmt.Sprintf("EVENT %s %s", id, e))
				}
				expect(sessions[i].out, append(want, "EOSE "+id))
			},
			"CLOSE": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "session")
				sessions[i].handle([]byte(`["CLOSE","s"]`))
				forget(i, "s")
				expect(sessions[i].out, nil)
			},
			"add": func(t *rapid.T) {
				k := testKey(rapid.IntRange(0, 3).Draw(t, "key"))
				since := epoch.Unix() - rapid.Int64Range(0, 100).Draw(t, "since")
				local.Add([]nostr.PubKey{k}, since)
				if _, ok := m.local[k]; ok {
					m.heard[k] = true
				}
				m.local[k] = since
				var want []string
				for _, e := range m.replay([]nostr.Filter{{Tags: map[string][]string{"p": {k.String()}}, Since: &since}}) {
					want = append(want, e.String())
				}
				if got := saidLocally(t, local.queue); !slices.Equal(got, want) {
					t.Fatalf("got %q, want %q", got, want)
				}
			},
			"remove": func(t *rapid.T) {
				k := testKey(rapid.IntRange(0, 3).Draw(t, "key"))
				local.Remove([]nostr.PubKey{k})
				if _, ok := m.local[k]; ok {
					m.heard[k] = true
				}
				delete(m.local, k)
			},
			"EVENT": func(t *rapid.T) {
				if len(m.stored) == 20 {
					return // a box may be full
				}
				e := drawEvent(t)
				if before := m.signed[e.ID]; before != nil {
					e = before
				}
				m.signed[e.ID] = e
				repeated := slices.ContainsFunc(m.stored, func(s *nostr.Event) bool { return s.ID == e.ID })
				to, _ := parseKey(e.Tags.TagValue("p"))
				since, inProcess := m.local[nostr.PubKey(to)]
				inProcess = inProcess && e.CreatedAt >= since
				// Known: the recipient, or the listener of before.
				_, known := m.local[nostr.PubKey(to)]
				ok := known || m.heard[nostr.PubKey(to)]
				var want [3][]string
				for i, subs := range m.subs {
					for id, filters := range subs {
						if m.matches(filters, e) {
							want[i] = append(want[i], fmt.Sprintf("EVENT %s %s", id, e.ID))
							ok = true
						}
					}
				}
				by := rapid.IntRange(0, 2).Draw(t, "session")
				msg := nostr.ClientMessage{Label: nostr.LabelEvent, Event: e}
				sessions[by].handle(msg.AppendJSON(nil))
				if repeated {
					want = [3][]string{}
					ok, inProcess = true, false
				} else if ok {
					m.stored = append(m.stored, e)
				}
				for i := range sessions {
					got := said(t, sessions[i].out)
					if i == by {
						want[i] = append(want[i], "OK "+strconv.FormatBool(ok))
					}
					slices.Sort(got)
					slices.Sort(want[i])
					if !slices.Equal(got, want[i]) {
						t.Fatalf("session %d got %q, want %q", i, got, want[i])
					}
				}
				if got := saidLocally(t, local.queue); (len(got) == 1) != inProcess || len(got) > 1 {
					t.Fatalf("in-process: %q", got)
				}
			},
			"": func(t *rapid.T) { consistent(t, r) },
		})
		for _, s := range sessions {
			s.leave()
		}
		local.Close()
		consistent(t, r)
		if r.index.keys != 0 {
			t.Fatalf("%d keys are left in the index", r.index.keys)
		}
	})
}

func saidLocally(t *rapid.T, q *queue) (ids []string) {
	for {
		m, ok, _ := q.pop()
		if !ok {
			return ids
		}
		e, err := nostr.ParseEvent(m.body[:len(m.body)-1])
		if err != nil {
			t.Fatalf("%v", err)
		}
		ids = append(ids, e.ID.String())
	}
}

// consistent checks what index and mailbox say about themselves.
func consistent(t interface{ Fatalf(string, ...any) }, r *Relay) {
	keys := 0
	for _, by := range r.index.by {
		for _, list := range by {
			if len(list) == 0 {
				t.Fatalf("an empty list is kept in the index")
			}
			keys += len(list)
		}
	}
	if keys != r.index.keys {
		t.Fatalf("the index has %d keys and says %d", keys, r.index.keys)
	}
	events, bytes := 0, 0
	for it := r.mail.oldest; it != nil; it = it.newer {
		events++
		bytes += len(it.json)
	}
	for a, by := range r.mail.by {
		n := 0
		for _, box := range by {
			n += len(box)
		}
		if n != events {
			t.Fatalf("the mailbox has %d events by arrival and %d by %d", events, n, a)
		}
	}
	if events != r.mail.events || bytes != r.mail.bytes {
		t.Fatalf("the mailbox has %d events of %d bytes and says %d of %d", events, bytes, r.mail.events, r.mail.bytes)
	}
}

// FuzzHandle: whatever a client sends, in whatever order, is answered, and what
// is answered is well-formed.
func FuzzHandle(f *testing.F) {
	tm := nostr.Template{CreatedAt: epoch.Unix(), Kind: 24133, Tags: nostr.Tags{{"p", testKey(1).String()}}, Content: "x"}
	e, err := tm.Sign(testKeys[0], false)
	if err != nil {
		f.Fatal(err)
	}
	event, _ := json.Marshal(e)
	f.Add([]byte(`["EVENT",` + string(event) + `]`))
	f.Add([]byte(`["REQ","s",{"kinds":[24133],"#p":["` + testKey(1).String() + `"]}]` + "\n" + `["EVENT",` + string(event) + "]\n" + `["CLOSE","s"]`))
	f.Add([]byte(`["REQ","s",{"authors":["` + testKey(0).String() + `"],"limit":0},{"ids":[],"since":-1,"until":1e3}]`))
	f.Add([]byte(`["AUTH",` + string(event) + "]\n[\"COUNT\",\"\u00e9\",{}]\n[]\n{\n\"\n[\"REQ\"]"))
	f.Add([]byte(`["COUNT","` + "\xff" + `"]`))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := New(Options{Clock: func() time.Time { return epoch }, Limits: Limits{Subscriptions: 3, ConnKeys: 20}})
		r.Know(testKey(1))
		s := detached(r)
		for start, i := 0, 0; i <= len(in); i++ {
			if i < len(in) && in[i] != '\n' {
				continue
			}
			frame := in[start:i]
			start = i + 1
			going := s.handle(frame)
			answers := said(t, s.out)
			m, err := nostr.ParseClientMessage(frame)
			if len(answers) == 0 && (err != nil || m.Label != nostr.LabelClose) {
				t.Fatalf("no answer to %q", frame)
			}
			if !going {
				break
			}
		}
		consistent(t, r)
		s.leave()
		if r.index.keys != 0 || len(s.subs) != 0 || s.keys != 0 {
			t.Fatalf("%d keys, %d subscriptions are left", r.index.keys, len(s.subs))
		}
		if r.sweeper != nil {
			r.sweeper.Stop()
		}
	})
}
