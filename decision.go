package privyseal

import (
	"fmt"
	"time"
)

// Level is how much an operation could cost the person (L0 nothing to L4
// blocked). The zero value is unknown and counts as L4.
type Level uint8

// The levels of the words catalogue.
const (
	LevelUnknown Level = iota
	L0
	L1
	L2
	L3
	L4
)

// String is "L0" to "L4"; unknown is "L4".
func (l Level) String() string {
	if l == LevelUnknown || l > L4 {
		return "L4"
	}
	return fmt.Sprintf("L%d", int(l)-1)
}

// AtLeast reports whether l is as serious as m; unknown is the most serious.
func (l Level) AtLeast(m Level) bool { return l.rank() >= m.rank() }

func (l Level) rank() Level {
	if l == LevelUnknown || l > L4 {
		return L4
	}
	return l
}

// Verdict is what policy says. The zero value refuses.
type Verdict uint8

// The verdicts.
const (
	Refuse Verdict = iota
	Ask
	Allow
)

// String is "refuse", "ask" or "allow".
func (v Verdict) String() string {
	switch v {
	case Ask:
		return "ask"
	case Allow:
		return "allow"
	case Refuse:
	}
	return "refuse"
}

// ParseVerdict is the inverse of String; anything else refuses.
func ParseVerdict(s string) Verdict {
	switch s {
	case "allow":
		return Allow
	case "ask":
		return Ask
	}
	return Refuse
}

// Rule names what decided: a grant, a preset's line, or a built-in rule.
type Rule struct {
	ID     string    `json:"id"`               // "grant:<id>", "preset:<name>", "builtin:<name>", "question:<id>"
	Text   string    `json:"text"`             // one plain sentence
	Origin string    `json:"origin,omitempty"` // who gave it: "invite", "accept", "command line", "answer", …
	Given  time.Time `json:"given,omitzero"`   // when it was given
}

// Decision is policy's word on one request. The zero value refuses.
type Decision struct {
	Verdict Verdict
	Level   Level
	Rule    Rule
	Reason  string   // stable code, e.g. "no-grant", "budget", "guard", "blocked"
	Spend   []string // ids of grants whose budget this use spends
}

// Outcome is how a request ended. The zero value is unknown.
type Outcome uint8

// The outcomes that every exit names.
const (
	OutcomeUnknown Outcome = iota
	Allowed
	Refused
	Failed
	Expired
)

// String names the outcome.
func (o Outcome) String() string {
	switch o {
	case Allowed:
		return "allowed"
	case Refused:
		return "refused"
	case Failed:
		return "failed"
	case Expired:
		return "expired"
	case OutcomeUnknown:
	}
	return "unknown"
}
