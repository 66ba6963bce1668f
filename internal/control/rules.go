package control

import "time"

// One rule of an app at a time. A rule is named by its id in [AppInfo.Rules].
const (
	VerbAppsStop   = "apps.stop"   // AppRule → AppStopped: it allows no more
	VerbAppsForget = "apps.forget" // AppRule → AppInfo: it asks or refuses no more
	VerbAppsChange = "apps.change" // RuleLimits → AppInfo
)

// RuleInfo is one rule that stands for an app.
type RuleInfo struct {
	ID       string    `json:"id"` // "": it always holds
	Sentence string    `json:"sentence"`
	Verdict  string    `json:"verdict,omitempty"`
	Budget   int       `json:"budget,omitempty"` // how often in Per; 0: no limit
	Per      string    `json:"per,omitempty"`    // as in a permission: h, 2d; "0s": in all
	Used     int       `json:"used,omitempty"`   // of the budget, in this window
	Renews   time.Time `json:"renews_at,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Stops    bool      `json:"stops,omitempty"`   // it allows what can be asked about instead
	Changes  bool      `json:"changes,omitempty"` // its limits can be changed
	Forgets  bool      `json:"forgets,omitempty"` // it can be forgotten
}

// High is from where on a budget is nearly used.
func (r RuleInfo) High() int { return r.Budget * 4 / 5 }

// AppRule names a rule of an app.
type AppRule struct {
	App  string `json:"app"`
	Rule string `json:"rule"`
}

// AppStopped is a rule that allows no more, and the one in its place: forgetting
// that one undoes it.
type AppStopped struct {
	App AppInfo  `json:"app"`
	Was RuleInfo `json:"was"`
	Is  RuleInfo `json:"is"`
}

// RuleLimits gives a rule other limits. Lasts is how long from now (1h, 30d),
// [LastsAsNow], or "" for no end.
type RuleLimits struct {
	App    string `json:"app"`
	Rule   string `json:"rule"`
	Budget int    `json:"budget,omitempty"` // 0: no limit
	Per    string `json:"per,omitempty"`
	Lasts  string `json:"lasts,omitempty"`
}

// LastsAsNow leaves a rule's end where it is.
const LastsAsNow = "as now"
