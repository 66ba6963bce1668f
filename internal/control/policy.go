package control

import "time"

// The verbs about what apps may do.
const (
	VerbPolicyTry    = "policy.try"    // TryArgs → Trial
	VerbPolicyExport = "policy.export" // Name, or none for all apps → PolicyText
	VerbPolicyImport = "policy.import" // PolicyImport → PolicyChange
	VerbPolicyLearn  = "policy.learn"  // LearnArgs → Learning
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
	Lasts    []string     `json:"lasts,omitempty"`      // how long a yes may count, in words
	Safe     bool         `json:"safe_first,omitempty"` // No stands first
}

// ChangeInfo is a command that would lead to another verdict.
type ChangeInfo struct {
	Verdict string `json:"verdict"`
	Command string `json:"command"`
}

// PolicyText is what apps may do as a policy file.
type PolicyText struct {
	Text string `json:"text"`
	Apps int    `json:"apps"`
}

// PolicyImport puts a policy file in force, or only says what that would change.
type PolicyImport struct {
	Text   string `json:"text"`
	App    string `json:"app,omitempty"` // only this app's block, or a lone block for this app
	DryRun bool   `json:"dry_run,omitempty"`
	Expect string `json:"expect,omitempty"` // the change that was shown; another one is not made
}

// PolicyChange is what a policy file changes.
type PolicyChange struct {
	Apps    []AppChange `json:"apps"`
	Changes int         `json:"changes"` // rules and presets that are not as they were
	Done    bool        `json:"done"`    // false for a dry run
	Token   string      `json:"token"`   // names exactly this change
}

// AppChange is what changes for one app.
type AppChange struct {
	App       string       `json:"app"`
	ID        string       `json:"id"`
	Preset    string       `json:"preset"`
	PresetWas string       `json:"preset_was,omitempty"` // when another one takes its place
	Already   []RuleChange `json:"already"`
	New       []RuleChange `json:"new"`
	Removed   []RuleChange `json:"removed"`
	Noted     []RuleChange `json:"noted"` // only their note changes
	Ended     []RuleChange `json:"ended"` // left out: their end has passed
}

// RuleChange is one rule, as in the file and in words.
type RuleChange struct {
	Line     int    `json:"line,omitempty"`
	Rule     string `json:"rule"`
	Sentence string `json:"sentence"`
}

// LearnArgs begins, ends or shows the learning of an app, or takes what it
// proposes.
type LearnArgs struct {
	App    string `json:"app"`
	For    string `json:"for,omitempty"` // how long, such as 1h
	Stop   bool   `json:"stop,omitempty"`
	Accept bool   `json:"accept,omitempty"`
	Forget bool   `json:"forget,omitempty"`
}

// Learning is what was approved for an app in a span of time, and the smallest
// grants that would have covered it.
type Learning struct {
	App       string          `json:"app"`
	ID        string          `json:"id"`
	State     string          `json:"state"` // none, learning or ready
	Began     time.Time       `json:"began_at,omitzero"`
	Until     time.Time       `json:"until,omitzero"`
	Span      string          `json:"span,omitempty"`
	Approved  int             `json:"approved"` // what the proposals would have covered
	Left      []LearnLeft     `json:"left_out"`
	Proposals []LearnProposal `json:"proposals"`
	Accepted  bool            `json:"accepted"`
}

// LearnLeft says why something approved teaches nothing.
type LearnLeft struct {
	Why      string `json:"why"`
	Times    int    `json:"times"`
	Sentence string `json:"sentence"`
}

// LearnProposal is a grant that is proposed.
type LearnProposal struct {
	Permission string `json:"permission"`
	Sentence   string `json:"sentence"`
}
