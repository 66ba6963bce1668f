package control

import "time"

// Lists as pages of the console: searched, and a piece at a time. They hold what
// the person who asks may see.
const (
	VerbAppsPage       = "apps.page"       // AppsQuery → AppsPage
	VerbAppsWeek       = "apps.week"       // Name → AppWeek
	VerbActivitySearch = "activity.search" // ActivitySearch → ActivityPage
)

// AppsQuery selects apps, the last seen first. Text is sought in their names,
// addresses and identities.
type AppsQuery struct {
	Text  string `json:"text,omitempty"`
	From  int    `json:"from,omitempty"` // leaves out so many
	Limit int    `json:"limit,omitempty"`
}

// AppsPage is some of the apps that were sought, without what each may do; Next
// is where to go on, 0 at the end.
type AppsPage struct {
	Apps  []AppInfo `json:"apps"`
	Total int       `json:"total"`
	Next  int       `json:"next,omitempty"`
}

// BlockedInfo is the last thing that an app tried in the last day and no app may,
// and how often it tried such things.
type BlockedInfo struct {
	App      string    `json:"app"`
	AppID    string    `json:"app_id"`
	Identity string    `json:"identity"`
	Title    string    `json:"title"`
	Lines    []string  `json:"lines"`
	Times    int       `json:"times"`
	At       time.Time `json:"at"`
}

// AppWeek is what an app did in the last seven days, most often first. More says
// that it did more than was counted.
type AppWeek struct {
	Did     []DidTimes `json:"did"`
	Refused int        `json:"refused,omitempty"`
	More    bool       `json:"more,omitempty"`
}

// DidTimes is one sort of thing that an app did, in words, and how often.
type DidTimes struct {
	What  string `json:"what"`
	Times int    `json:"times"`
}

// ActivitySearch selects records, newest first: of an app, with a text in their
// sentence, between two times.
type ActivitySearch struct {
	App    string    `json:"app,omitempty"`
	Text   string    `json:"text,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Before uint64    `json:"before,omitempty"`
	Limit  int       `json:"limit,omitempty"`
}

// ActivityPage is some of what was sought; Next is where to go on, 0 at the end.
// A page may be short: no more than so many records are looked at for one.
type ActivityPage struct {
	Records []RecordInfo `json:"records"`
	Next    uint64       `json:"next,omitempty"`
}
