package faults

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// judge holds a signer to what must be true after every fault.
func (s *signer) judge(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	s.mustRun()
	if v := decode[control.Verification](t, s.command("activity", "verify")); !v.OK {
		t.Errorf("the record of activity does not verify: %+v", v.Problems)
	}
	records := s.records()
	for _, a := range s.apps {
		for _, q := range a.all() {
			if q.taken && !q.silent && len(a.replies(q)) == 0 {
				t.Errorf("%s was never answered", q.plain[:min(len(q.plain), 200)])
			}
			s.judgeSignatures(t, a, q, records)
		}
	}
	once(t, records)
}

// judgeSignatures checks every signature a request got: one event, exactly what
// was asked for, by the right key, and decided on record before it was done.
func (s *signer) judgeSignatures(t *testing.T, a *app, q *ask, records []control.RecordInfo) {
	t.Helper()
	ids := map[nostr.ID]bool{}
	for _, r := range a.replies(q) {
		if q.method != nip46.SignEvent || r.Error != "" {
			continue
		}
		ev, err := nostr.ParseEvent([]byte(r.Result))
		if err != nil {
			t.Errorf("a signed event cannot be read: %v", err)
			continue
		}
		ids[ev.ID] = true
		if err := ev.Verify(); err != nil || ev.PubKey != a.user {
			t.Errorf("wrongly signed by %s: %v", ev.PubKey, err)
		}
		if len(q.params) > 0 && !same(ev, q.params[0]) {
			t.Errorf("what was signed is not what was asked for")
		}
	}
	if len(ids) > 1 {
		t.Errorf("one operation led to %d different events", len(ids))
	}
	if len(ids) == 1 && !decided(a, q, records) {
		t.Errorf("a signature has no decision on record before it")
	}
}

// same reports whether an event is what a template says.
func same(ev *nostr.Event, template string) bool {
	var want struct {
		Kind      nostr.Kind
		CreatedAt int64 `json:"created_at"`
		Tags      nostr.Tags
		Content   string
	}
	if json.Unmarshal([]byte(template), &want) != nil {
		return false
	}
	return ev.Kind == want.Kind && ev.CreatedAt == want.CreatedAt && ev.Content == want.Content &&
		(len(ev.Tags) == 0 && len(want.Tags) == 0 || reflect.DeepEqual(ev.Tags, want.Tags))
}

// decided reports whether a request, or an earlier one for the very same
// operation, was allowed on record before it was done.
func decided(a *app, q *ask, records []control.RecordInfo) bool {
	of := map[string]bool{}
	for _, other := range a.all() {
		if other.method == q.method && reflect.DeepEqual(other.params, q.params) {
			for _, e := range other.events {
				of[e.ID.String()] = true
			}
		}
	}
	allowed := map[string]bool{}
	for _, r := range records { // in order
		switch {
		case !of[r.Event]:
		case r.Phase == "decided" && r.Verdict == "allow":
			allowed[r.Event] = true
		case r.Phase == "done" && r.Outcome == "allowed" && allowed[r.Event]:
			return true
		}
	}
	return false
}

// once checks that no operation was done twice, nor without a decision, whether
// or not its answer was seen.
func once(t *testing.T, records []control.RecordInfo) {
	t.Helper()
	done, open := map[string]int{}, map[string]bool{}
	for _, r := range records {
		if r.Op != "sign_event" {
			continue
		}
		switch {
		case r.Phase == "decided" && r.Verdict == "allow":
			open[r.Event] = true
		case r.Phase == "done" && r.Outcome == "allowed":
			if !open[r.Event] {
				t.Errorf("record %d: done without a decision before it", r.Seq)
			}
			if done[r.What]++; done[r.What] > 1 {
				t.Errorf("record %d: signed twice", r.Seq)
			}
		}
	}
	if len(done) == 0 {
		t.Error("nothing was signed: this test shows nothing")
	}
	for _, r := range records {
		if strings.Contains(r.Sentence, "a note ") {
			t.Error("the record holds content")
		}
	}
}
