package control

import "time"

// The verbs about what apps may do.
const (
	VerbPolicyTry = "policy.try" // TryArgs → Trial
)

// TryArgs is a request that an app might send.
type TryArgs struct {
	App    string   `json:"app"`
	Method string   `json:"method"`
	Params []string `json:"params"`
}

// Trial is what would become of a request. Nothing was signed, spent or
// recorded for it.
type Trial struct {
	App       string       `json:"app"`
	AppID     string       `json:"app_id"`
	Identity  string       `json:"identity"`
	Operation string       `json:"operation"`
	Kind      *int         `json:"kind,omitempty"`
	Level     string       `json:"level"`
	Verdict   string       `json:"verdict"` // allow, ask or refuse
	Reason    string       `json:"reason"`  // a stable code
	Says      string       `json:"says"`    // the verdict as a sentence
	Rule      TrialRule    `json:"rule"`
	Answer    string       `json:"answer,omitempty"` // what the app would be told now
	Prompt    *PromptInfo  `json:"prompt,omitempty"` // what the person would be shown
	Changes   []ChangeInfo `json:"changes"`          // what would lead to another verdict
}

// TrialRule is the rule that decided, and who gave it.
type TrialRule struct {
	ID       string    `json:"id"`
	Sentence string    `json:"sentence"`
	Given    time.Time `json:"given_at,omitzero"`
	Origin   string    `json:"origin,omitempty"`
	By       string    `json:"by,omitempty"`     // the origin in words
	Budget   int       `json:"budget,omitempty"` // of a rule with one, in its window
	Used     int       `json:"used,omitempty"`
}

// PromptInfo is a question's words.
type PromptInfo struct {
	Title    string       `json:"title"`
	Lines    []string     `json:"lines,omitempty"`
	Quote    string       `json:"quote,omitempty"`
	Yes      string       `json:"yes,omitempty"`
	No       string       `json:"no,omitempty"`
	Remember []string     `json:"remember,omitempty"`
	Details  []DetailInfo `json:"details,omitempty"`
}

// ChangeInfo is a command that would lead to another verdict.
type ChangeInfo struct {
	Verdict string `json:"verdict"`
	Command string `json:"command"`
}
