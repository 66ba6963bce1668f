package proof

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// checker compares what a tap saw with the record. It knows the requests, the
// budget of each app, and nothing of the signer.
type checker struct {
	requests map[string]*request // by id
	budget   int                 // notes an app may sign without a question
	valid    map[nostr.Signature]nostr.ID
}

func (c *checker) add(rs ...*request) {
	if c.requests == nil {
		c.requests = map[string]*request{}
	}
	for _, r := range rs {
		c.requests[r.id] = r
	}
}

// verified checks a signature, each only once.
func (c *checker) verified(ev *nostr.Event) bool {
	if id, ok := c.valid[ev.Sig]; ok && id == ev.ID && ev.ComputeID() == id {
		return true
	}
	if ev.Verify() != nil {
		return false
	}
	if c.valid == nil {
		c.valid = map[nostr.Signature]nostr.ID{}
	}
	c.valid[ev.Sig] = ev.ID
	return true
}

// found is what a check counted.
type found struct {
	signatures int // answers that hold one
	again      int // operations signed twice, with one and the same id
	opened     int // texts that were opened in order to ask
	asked      int // of those, that were asked about
}

// check answers every violation, in words. lives are the taps of the signer's
// lives, each ended by a stop. An operation has one effect, one event id, for
// ever; each stop may cost at most one more signature of it.
func (c *checker) check(records []control.RecordInfo, lives ...[]answer) (f found, bad []string) {
	fail := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	allowed := c.chain(records, &f, fail)
	ids, sigs := map[string]map[string]bool{}, map[string]map[string]bool{}
	paired := map[string]map[nostr.PubKey]bool{}
	for n, tap := range lives {
		for _, a := range tap {
			r := c.requests[a.id]
			if r == nil || r.app != a.app {
				fail("an answer to %q, which was not asked", a.id)
				continue
			}
			if a.error != "" {
				if prefix, _, ok := strings.Cut(a.error, ": "); !ok || !prefixes[prefix] {
					fail("%s was refused without a reason: %q", a.id, a.error)
				}
				continue
			}
			switch r.method {
			case nip46.Connect:
				note(paired, r.app.secret, a.app.pub)
			case nip46.SignEvent:
				f.signatures++
				ev, err := nostr.ParseEvent([]byte(a.result))
				if err != nil || !c.verified(ev) {
					fail("%s got no valid event", a.id)
					continue
				}
				op := r.app.pub.String() + hex.EncodeToString(r.op[:])
				note(ids, op, ev.ID.String())
				note(sigs, op, hex.EncodeToString(ev.Sig[:]))
				if len(sigs[op]) > n+1 {
					fail("%s (kind %d) was signed %d times by life %d", a.id, ev.Kind, len(sigs[op]), n+1)
				}
				fallthrough
			default:
				if uses(r.method) && !allowed[hex.EncodeToString(r.op[:])] {
					fail("%s %s was done without a record", r.method, a.id)
				}
			}
		}
	}
	for op, events := range ids {
		if len(events) > 1 {
			fail("one operation had %d effects: %s", len(events), op)
		}
		if len(sigs[op]) > 1 {
			f.again++
		}
	}
	for secret, who := range paired {
		if len(who) > 1 {
			fail("the secret %.4s… paired %d apps", secret, len(who))
		}
	}
	return f, bad
}

// chain checks the links and the budgets, and answers which operations were
// decided and allowed.
func (c *checker) chain(records []control.RecordInfo, f *found, fail func(string, ...any)) map[string]bool {
	allowed, done := map[string]bool{}, map[string]int{}
	spent := map[string]map[string]bool{}
	opened, asked := map[string]bool{}, map[string]bool{}
	for i, r := range records {
		if r.Seq != uint64(i+1) || i > 0 && r.Prev != records[i-1].Hash {
			fail("record %d does not follow the one before", r.Seq)
		}
		switch {
		case r.Phase == "decided" && r.Detail == "opened-to-ask":
			opened[r.What] = true
		case r.Phase == "decided" && r.Verdict == "ask" && strings.HasSuffix(r.Op, "_decrypt") && r.Detail != "bulk-read":
			asked[r.What] = true
			if !opened[r.What] {
				fail("record %d: asked about a text that was opened off the record, or not at all", r.Seq)
			}
		case r.Phase == "decided" && r.Verdict == "allow":
			allowed[r.What] = true
			if r.Op == "sign_event" && r.Kind != nil && *r.Kind == 1 && !strings.HasPrefix(r.Rule, "question:") {
				note(spent, r.App, r.What)
			}
		case r.Phase == "done" && r.Outcome == "allowed":
			if !allowed[r.What] {
				fail("record %d: done before it was decided", r.Seq)
			}
			if done[r.Event]++; done[r.Event] > 1 && r.Op == "sign_event" {
				fail("record %d: one request was done twice", r.Seq)
			}
		}
	}
	f.opened, f.asked = len(opened), len(asked)
	for app, ops := range spent {
		if c.budget > 0 && len(ops) > c.budget {
			fail("app %s spent %d of a budget of %d", app, len(ops), c.budget)
		}
	}
	return allowed
}

var prefixes = map[string]bool{
	"denied": true, "expired": true, "limit": true, "unsupported": true, "busy": true, "locked": true, "invalid": true, "revoked": true,
}

func uses(m nip46.Method) bool {
	switch m {
	case nip46.SignEvent, nip46.Nip44Encrypt, nip46.Nip44Decrypt, nip46.Nip04Encrypt, nip46.Nip04Decrypt:
		return true
	}
	return false
}

func note[K, V comparable](m map[K]map[V]bool, k K, v V) {
	if m[k] == nil {
		m[k] = map[V]bool{}
	}
	m[k][v] = true
}
