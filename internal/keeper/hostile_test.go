package keeper_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/passkey/passkeytest"
	"github.com/privyseal/privyseal/nostr"
)

var hostileCalls = flag.Int("hostile.calls", 4_000, "calls of the hostile front")

// choices are where a hostile front's decisions come from.
type choices interface{ IntN(n int) int }

// hostile is a program on the front's end of the seam that has everything a
// taken-over front has: the tokens of people who are signed in, their proofs of
// earlier acts, every event that passed. It tries all that the types allow, and
// what they do not. Beside it lives a person who uses the command line, and two
// apps that ask for things.
type hostile struct {
	*rig
	choices
	ctx     context.Context
	key     *passkeytest.Authenticator // its own
	strings []string
	hints   map[string][]string // by field
	blobs   [][]byte
	proven  []control.Act // by a person, and done
	events  [][]byte
	people  map[string]*visitor // by name
	granted *client             // policy allows what it asks for
	asking  *client             // everything of it is asked
	older   *client             // over a compatible link: it writes to the person's own key
	honest  map[string]bool     // request events that an app made
	acts    int                 // that a person proved
	onFile  int                 // of them, on record
	read    uint64              // the record, up to here
	yes     int                 // the front's, that counted
	base    standing
}

// samplesOf are what the verbs take; those not named take a name.
var samplesOf = map[string]any{
	control.VerbIdentityAdd: control.IdentityAdd{}, control.VerbIdentityRename: control.Rename{}, control.VerbIdentityExport: control.Export{},
	control.VerbIdentityRemove: control.Removal{}, control.VerbInvite: control.InviteArgs{}, control.VerbAccept: control.AcceptArgs{},
	control.VerbAppsGrant: control.GrantArgs{}, control.VerbRequestsApprove: control.AnswerArgs{}, control.VerbRequestsDeny: control.AnswerArgs{},
	control.VerbActivityList: control.ActivityQuery{}, control.VerbActivityVersions: control.UndoArgs{}, control.VerbActivityUndo: control.UndoArgs{},
	control.VerbSettingsSet: control.SettingArgs{}, control.VerbBackup: control.BackupArgs{}, control.VerbUnlock: control.Passphrase{},
	control.VerbPassphraseChange: control.PassphraseChange{}, control.VerbPolicyTry: control.TryArgs{}, control.VerbPolicyImport: control.PolicyImport{},
	control.VerbPolicyLearn: control.LearnArgs{}, control.VerbPeopleInvite: control.PersonArgs{}, control.VerbPeopleRole: control.PersonArgs{},
	control.VerbPeopleSignOut: control.PersonSession{}, control.VerbPasskeyAdd: control.NewPasskey{}, control.VerbPasskeyRemove: control.PasskeyName{},
	control.VerbConsoleSignIn: control.SignIn{}, control.VerbConsoleSession: control.Token{}, control.VerbConsoleSignOut: control.Token{},
	control.VerbConsoleNewKey: control.NewKey{},
}

// dear are verbs that read everything, or wait; they are tried less often.
var dear = []string{control.VerbActivityVerify, control.VerbActivityExport, control.VerbActivityList, control.VerbRequestsWatch, control.VerbRelaysTest, control.VerbBackup}

func newHostile(t testing.TB, c choices) *hostile {
	h := &hostile{
		rig: newRig(t), choices: c, ctx: context.Background(), key: passkeytest.New(-7, "localhost", "http://localhost:4646"),
		people: map[string]*visitor{}, honest: map[string]bool{},
	}
	mustCall[control.IdentityInfo](h.rig, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	h.people["owner"] = h.enters("")
	h.people["owner"].enrols(0)
	h.people["Bea"] = h.joins("Bea", "approver", "ana")
	h.people["Carl"] = h.joins("Carl", "auditor", "")
	h.granted = h.rig.paired(control.InviteArgs{Identity: "ana", Allow: "sign_event:1", Preset: "ask", AppName: "granted"})
	h.asking = h.rig.paired(control.InviteArgs{Identity: "ana", Preset: "ask", Refuse: "sign_event:4", AppName: "asking"})
	h.older = h.rig.paired(control.InviteArgs{Identity: "ana", Preset: "ask", AppName: "older", Compatible: true})
	h.learn()
	return h
}

// learn has the front know every name there is.
func (h *hostile) learn() {
	h.strings = []string{
		"", "*", "ana", "bo", "owner", "Bea", "Carl", "command line", "none", "approver", "auditor", "allow", "ask", "refuse", "trusted", "1h", "30d",
		"sign_event", "sign_event:1", "sign_event:0,sign_event:1", "sign_event:4~1m", "nip44_decrypt", "preset", "two-people", "console-domain",
		"console-origins", "evil.example", "https://evil.example", "deny-all", strings.Repeat("x", 5000), "\x00\x1b[2J", "nostrconnect://" + strings.Repeat("a", 64) + "?relay=wss%3A%2F%2Fevil.example&secret=x",
	}
	h.strings = append(h.strings, keeper.Verbs()...)
	h.blobs = [][]byte{nil, []byte("x"), []byte("wrong horse battery"), []byte("correct horse batterz"), make([]byte, 32), []byte("{}")}
	for _, a := range mustCall[[]control.AppInfo](h.rig, control.VerbAppsList, nil) {
		h.strings = append(h.strings, a.ID, a.Signer)
	}
	for _, i := range mustCall[[]control.IdentityInfo](h.rig, control.VerbIdentityList, nil) {
		h.strings = append(h.strings, i.ID, i.Npub)
	}
	for _, p := range mustCall[[]control.PersonInfo](h.rig, control.VerbPeopleList, nil) {
		h.strings = append(h.strings, p.ID)
		for _, s := range p.Sessions {
			h.strings = append(h.strings, s.ID)
		}
		for _, k := range p.Passkeys {
			h.strings = append(h.strings, k.ID)
		}
	}
	for _, v := range h.people {
		h.strings = append(h.strings, v.session.Token)
	}
	h.hints = map[string][]string{
		"Verdict": {"allow", "ask", "refuse"}, "Role": {"owner", "approver", "auditor", "none"}, "Identity": {"ana", "bo", "", h.ana().ID},
		"Perms": {"sign_event:1", "sign_event:4", "sign_event:4~1m", "sign_event:4#1/h", "sign_event", "nip44_decrypt"}, "Allow": {"sign_event", ""},
		"Preset": {"trusted", "ask", ""}, "Refuse": {""}, "Person": {"owner", "Bea", "Carl"}, "Remember": {"", "1h", "30d"},
		"Key": {"preset", "two-people", "console-domain", "console-origins", "sink", "dead-man"}, "Value": {"trusted", "", "evil.example", "https://evil.example"},
	}
	for _, a := range mustCall[[]control.AppInfo](h.rig, control.VerbAppsList, nil) {
		h.hints["App"] = append(h.hints["App"], a.ID)
	}
}

// step is one thing that a hostile front may do.
func (h *hostile) step() {
	switch n := h.IntN(1000); {
	case n < 700:
		h.calls()
	case n < 850:
		h.tells()
	case n < 870:
		h.signsIn()
		h.swaps()
	case n < 996:
		h.frames()
	default:
		h.breaks()
	}
}

// calls makes a control call: as the front, or in the name of somebody.
func (h *hostile) calls() {
	verbs := slices.Concat(keeper.Verbs(), keeper.FrontsOwn())
	verb := verbs[h.IntN(len(verbs))]
	if slices.Contains(dear, verb) && h.IntN(50) > 0 {
		verb = control.VerbRequestsApprove
	}
	args := h.argsFor(verb)
	if h.IntN(5) == 0 {
		h.try(verb, args)
		return
	}
	a := control.Act{Token: h.token(), Verb: verb, Args: args}
	switch h.IntN(6) {
	case 0: // what somebody signed before, for this or as it was
		if len(h.proven) > 0 {
			old := h.proven[h.IntN(len(h.proven))]
			if a.Assertion = old.Assertion; h.IntN(2) == 0 {
				a = old
			}
		}
	case 1: // what it signs itself
		if p, ok := h.try(control.VerbConsoleProve, a).(control.Proving); ok && p.Ask != nil {
			s := control.Assertion(h.key.Assert(p.Ask.Challenge))
			if ids := p.Ask.Credentials; len(ids) > 0 {
				s.ID = ids[0]
			}
			a.Assertion = &s
		}
	case 2:
		a.Passphrase = h.blobs[h.IntN(len(h.blobs))]
	case 3:
		a.Assertion = h.value(reflect.TypeFor[control.Assertion](), "", 0).Addr().Interface().(*control.Assertion)
	default:
	}
	got := h.try(control.VerbConsoleDo, a)
	if q, ok := got.(control.QuestionInfo); ok && verb == control.VerbRequestsApprove && q.State == "approved" {
		h.yes++
	}
}

// try makes a call over the front's connection.
func (h *hostile) try(verb string, args any) any {
	raw, ok := args.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = json.Marshal(args); err != nil {
			h.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	if a, _ := args.(control.Act); slices.Contains(dear, verb) || slices.Contains(dear, a.Verb) {
		time.AfterFunc(20*time.Millisecond, cancel)
	}
	got, _ := h.k.Call(ctx, control.Front, verb, raw, func(any) error { return nil })
	if s, ok := got.(control.Session); ok && s.Token != "" {
		h.t.Fatalf("it signed in as %s, by %s", s.Person.Name, s.By)
	}
	return got
}

// swaps has a person sign one act, and does another with it.
func (h *hostile) swaps() {
	owner := h.people["owner"]
	signed := owner.signs(control.VerbSettingsSet, control.SettingArgs{Key: "log-level", Value: "info"})
	verbs := []string{control.VerbAppsGrant, control.VerbPeopleRole, control.VerbPeopleInvite, control.VerbInvite, control.VerbSettingsSet, control.VerbIdentityAdd}
	verb := verbs[h.IntN(len(verbs))]
	h.try(control.VerbConsoleDo, control.Act{Token: owner.session.Token, Verb: verb, Args: h.argsFor(verb), Assertion: signed.Assertion})
}

func (h *hostile) token() string {
	names := []string{"owner", "owner", "Bea", "Carl"}
	if h.IntN(8) == 0 {
		return h.strings[h.IntN(len(h.strings))]
	}
	return h.people[names[h.IntN(len(names))]].session.Token
}

// argsFor are arguments of a verb's type, or of none.
func (h *hostile) argsFor(verb string) json.RawMessage {
	if verb == control.VerbRequestsApprove || verb == control.VerbRequestsDeny {
		if q, ok := h.anyQuestion(); ok && h.IntN(4) > 0 {
			a := control.AnswerArgs{ID: q.ID, Words: q.Words, Typed: q.Type}
			if h.IntN(4) == 0 {
				a.Remember, a.By = "1h", "ana"
			}
			raw, _ := json.Marshal(a)
			return raw
		}
	}
	sample, ok := samplesOf[verb]
	if !ok {
		sample = control.Name{}
	}
	switch h.IntN(12) {
	case 0:
		return json.RawMessage(`[1,{"id":"x"}]`)
	case 1:
		return nil
	}
	raw, err := json.Marshal(h.value(reflect.TypeOf(sample), "", 0).Interface())
	if err != nil {
		return nil
	}
	return raw
}

// anyQuestion is an open one, as the front sees them in Bea's session.
func (h *hostile) anyQuestion() (control.QuestionInfo, bool) {
	list, _ := h.try(control.VerbConsoleDo, control.Act{Token: h.people["owner"].session.Token, Verb: control.VerbRequestsList}).([]control.QuestionInfo)
	if len(list) == 0 {
		return control.QuestionInfo{}, false
	}
	q := list[h.IntN(len(list))]
	if len(q.Items) > 0 && h.IntN(2) == 0 {
		q = q.Items[h.IntN(len(q.Items))]
	}
	return q, true
}

// value makes something of a type out of what the front knows.
func (h *hostile) value(t reflect.Type, name string, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		if hint := h.hints[name]; len(hint) > 0 && h.IntN(8) > 0 {
			v.SetString(hint[h.IntN(len(hint))])
			break
		}
		v.SetString(h.strings[h.IntN(len(h.strings))])
	case reflect.Bool:
		v.SetBool(h.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(h.IntN(5)) - 1)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(h.IntN(3)))
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			v.SetBytes(h.blobs[h.IntN(len(h.blobs))])
			break
		}
		for range h.IntN(3) {
			v.Set(reflect.Append(v, h.value(t.Elem(), name, depth+1)))
		}
	case reflect.Pointer:
		if depth < 4 && h.IntN(2) == 0 {
			p := reflect.New(t.Elem())
			p.Elem().Set(h.value(t.Elem(), name, depth+1))
			v.Set(p)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && h.IntN(5) > 0 {
				v.Field(i).Set(h.value(f.Type, f.Name, depth+1))
			}
		}
	}
	return v
}

// tells sends a message that the front may send, with whatever in it.
func (h *hostile) tells() {
	event := func() []byte {
		if len(h.events) == 0 {
			return []byte("{}")
		}
		ev := slices.Clone(h.events[h.IntN(len(h.events))])
		if h.IntN(2) == 0 && len(ev) > 0 {
			ev[h.IntN(len(ev))] ^= byte(1 << h.IntN(8))
		}
		return ev
	}
	key, _ := nostr.ParsePubKey(h.strings[h.IntN(len(h.strings))])
	relay := []string{ownRelay, "wss://evil.example", "", "\x00"}[h.IntN(4)]
	var m control.Message
	switch h.IntN(9) {
	case 0:
		m = &control.Receipts{Items: []control.Published{{Ref: uint64(h.IntN(50)), Relay: relay, Sent: h.IntN(2) == 0, OK: h.IntN(2) == 0, Reason: "blocked: x"}}}
	case 1:
		m = &control.Live{Relay: relay, Keys: []nostr.PubKey{key, h.granted.signer}}
	case 2:
		m = &control.RelayStatus{Relay: relay, State: control.RelayState([]string{"up", "down", "refused", "x"}[h.IntN(4)]), Detail: "x", At: int64(h.IntN(1 << 30))}
	case 3:
		m = &control.NetworkChanged{}
	case 4:
		m = &control.Fetched{Ref: uint64(h.IntN(50)), Relay: relay, Complete: true, Events: [][]byte{event(), event()}}
	case 5:
		m = &control.Posted{Ref: uint64(h.IntN(50)), Relay: relay, Sent: true, OK: true}
	case 6:
		user, _ := nostr.ParsePubKey(h.author)
		m = &control.Challenge{Relay: relay, Challenge: h.strings[h.IntN(len(h.strings))], Keys: []nostr.PubKey{key, user, h.granted.signer}}
	default:
		m = &control.Events{Items: []control.Inbound{{Relay: relay, Event: event()}, {Relay: ownRelay, Event: event()}}}
	}
	_ = h.front.Send(m)
}

// frames writes what is no message to the seam's side for calls.
func (h *hostile) frames() {
	a, b, err := control.Pair()
	must(h.t, err)
	ctx, cancel := context.WithCancel(h.ctx)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = control.ServeCalls(ctx, control.NewConn(b), control.Front, h.k.Call)
		_ = b.Close()
	}()
	_ = a.SetWriteDeadline(time.Now().Add(patience))
	_, _ = a.Write(h.garbage())
	_ = a.Close()
	cancel()
	<-served
}

// garbage is a frame that is broken in some way, or several, or one that only
// the other side sends.
func (h *hostile) garbage() []byte {
	body, _ := json.Marshal(control.Call{ID: uint64(h.IntN(3)), Verb: control.VerbConsoleDo, Args: h.argsFor(control.VerbConsoleDo)})
	if n := h.IntN(4); n == 0 {
		body = body[:h.IntN(len(body))]
	} else if n == 1 {
		body[h.IntN(len(body))] ^= byte(1 + h.IntN(255))
	}
	size := uint32(len(body) + 1)
	switch h.IntN(6) {
	case 0:
		size = uint32(h.IntN(1 << 30))
	case 1:
		size = 0
	case 2:
		size--
	}
	frame := append(binary.BigEndian.AppendUint32(nil, size), byte(h.IntN(32)))
	frame = append(frame, body...)
	if h.IntN(2) == 0 {
		frame = append(frame, frame...)
	}
	return frame
}

// breaks writes what is no message to the seam's side for events; the keeper
// ends that seam, and works over the next.
func (h *hostile) breaks() {
	_, _ = h.pipe.Write(h.garbage())
	_ = h.pipe.Close()
	h.part()
	h.join()
}

// TestHostileFront: a program on the front's end of the seam tries everything,
// and nothing is signed that no app asked for and nobody and no policy allowed,
// no right is widened, and the keeper stays up. The long form has a million
// calls: scripts/soak hostile.
func TestHostileFront(t *testing.T) {
	h := newHostile(t, rand.New(rand.NewPCG(1, uint64(*hostileCalls))))
	for done := 0; done < *hostileCalls; {
		h.live()
		for range min(400, *hostileCalls-done) {
			h.step()
			done++
		}
		h.check()
		if testing.Verbose() && done%10_000 == 0 {
			fmt.Printf("%s %d calls, %d answers from its pages, %d records\n", time.Now().Format(time.TimeOnly), done, h.yes, h.records())
		}
	}
	if h.yes == 0 {
		t.Fatal("no answer of the front's counted: the test tries too little")
	}
}

// reader takes choices from a text, and then always the first.
type reader struct{ b []byte }

func (r *reader) IntN(n int) int {
	if len(r.b) == 0 {
		return 0
	}
	size := min(len(r.b), 2)
	v := 0
	for _, b := range r.b[:size] {
		v = v<<8 | int(b)
	}
	r.b = r.b[size:]
	return v % n
}

// FuzzHostileFront has a fuzzer choose what the hostile front does.
func FuzzHostileFront(f *testing.F) {
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		program := make([]byte, 1000)
		for i := range program {
			program[i] = byte(rnd.Uint32())
		}
		f.Add(program)
	}
	h := newHostile(f, &reader{})
	f.Fuzz(func(t *testing.T, program []byte) {
		from := &reader{program}
		h.rig.t, h.choices = t, from
		h.live()
		for len(from.b) > 0 {
			h.step()
		}
		h.check()
	})
}
