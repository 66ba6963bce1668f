package control

import "time"

// The verbs of control calls, with their argument and result types below.
const (
	VerbStatus           = "status"            // none → Status
	VerbAlive            = "alive"             // none → Alive
	VerbIdentityAdd      = "identity.add"      // IdentityAdd → IdentityInfo
	VerbIdentityList     = "identity.list"     // none → []IdentityInfo
	VerbIdentityShow     = "identity.show"     // Name → IdentityInfo
	VerbIdentityRename   = "identity.rename"   // Rename → IdentityInfo
	VerbIdentityExport   = "identity.export"   // Export → Exported
	VerbIdentityRemove   = "identity.remove"   // Removal → IdentityInfo
	VerbInvite           = "invite"            // InviteArgs → Invite
	VerbAccept           = "accept"            // AcceptArgs → AppInfo
	VerbAppsList         = "apps.list"         // none → []AppInfo
	VerbAppsShow         = "apps.show"         // Name → AppInfo
	VerbAppsPause        = "apps.pause"        // Name → AppInfo
	VerbAppsResume       = "apps.resume"       // Name → AppInfo
	VerbAppsRevoke       = "apps.revoke"       // Name → AppInfo
	VerbAppsGrant        = "apps.grant"        // GrantArgs → AppInfo
	VerbRequestsList     = "requests.list"     // none → []QuestionInfo
	VerbRequestsShow     = "requests.show"     // Name → QuestionInfo
	VerbRequestsBlocked  = "requests.blocked"  // none → []BlockedInfo
	VerbRequestsWatch    = "requests.watch"    // none → stream of QuestionInfo
	VerbRequestsApprove  = "requests.approve"  // AnswerArgs → QuestionInfo
	VerbRequestsDeny     = "requests.deny"     // AnswerArgs → QuestionInfo
	VerbActivityList     = "activity.list"     // ActivityQuery → []RecordInfo
	VerbActivityShow     = "activity.show"     // Name → []RecordInfo
	VerbActivityExport   = "activity.export"   // none → stream of RecordInfo
	VerbActivityVerify   = "activity.verify"   // none → Verification
	VerbSettingsList     = "settings.list"     // none → []SettingInfo
	VerbSettingsGet      = "settings.get"      // Name → SettingInfo
	VerbSettingsSet      = "settings.set"      // SettingArgs → SettingInfo
	VerbSettingsLook     = "settings.look"     // SettingArgs → SettingChange: changes nothing
	VerbRelaysList       = "relays.list"       // none → []RelayInfo
	VerbRelaysAdd        = "relays.add"        // Name → []RelayInfo
	VerbRelaysRemove     = "relays.remove"     // Name → []RelayInfo
	VerbRelaysTest       = "relays.test"       // Name or none → []RelayInfo
	VerbBackup           = "backup"            // BackupArgs → stream of BackupPart
	VerbLock             = "lock"              // none → Status
	VerbUnlock           = "unlock"            // Passphrase → Status
	VerbPassphraseChange = "passphrase.change" // PassphraseChange → Status
	VerbPanic            = "panic"             // none → Paused
)

// Name names one thing: an identity, app, question, trace, setting or relay.
type Name struct {
	Name string `json:"name"`
}

// Status is the running signer at a glance.
type Status struct {
	Version    string         `json:"version"`
	PID        int            `json:"pid"`
	Started    time.Time      `json:"started"`
	Locked     bool           `json:"locked"`
	HasVault   bool           `json:"has_vault"`
	Identities int            `json:"identities"`
	Apps       int            `json:"apps"`
	Questions  int            `json:"open_questions"`
	Waiting    *Waiting       `json:"waiting,omitempty"` // for the vault to be unlocked
	Relays     []RelayInfo    `json:"relays"`
	Counters   map[string]int `json:"counters"`
	Store      string         `json:"store"`                // "ok" or what is wrong
	OlderCopy  string         `json:"older_copy,omitempty"` // why the data is an older copy; it stays locked
	Epoch      uint64         `json:"epoch"`                // counts restores and accepted older copies
	Findings   []Finding      `json:"findings,omitempty"`   // what else a check-up says
	Sink       *SinkInfo      `json:"sink,omitempty"`
	Chain      ChainInfo      `json:"chain"`
	Answers    Latency        `json:"answers"`
}

// ChainInfo is the end of the record of activity.
type ChainInfo struct {
	Records uint64    `json:"records"`
	Last    time.Time `json:"last,omitzero"`
}

// Latency is how long answers took since the start, people's time included:
// how many within each bound (seconds), how many in all, and their sum.
type Latency struct {
	Bounds []float64 `json:"bounds"`
	Within []uint64  `json:"within"`
	Count  uint64    `json:"count"`
	Sum    float64   `json:"sum"`
}

// Alive says that the signer works, and what it takes the time to be.
type Alive struct {
	At time.Time `json:"at"`
}

// SinkInfo shows the sink of the record and how far it has come.
type SinkInfo struct {
	Where       string    `json:"where"`
	Confirmed   uint64    `json:"confirmed"` // the last entry it has
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	Behind      uint64    `json:"behind"`            // entries it lacks
	Fault       string    `json:"fault,omitempty"`   // of the last try
	Failing     string    `json:"failing,omitempty"` // why nothing is signed
}

// Waiting says how many requests a locked vault kept from being served.
type Waiting struct {
	Requests int       `json:"requests"`
	Since    time.Time `json:"since"`
}

// Finding is one line of doctor.
type Finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warning, problem
	Text  string `json:"text"`
	Fix   string `json:"fix,omitempty"`
}

// IdentityAdd makes or imports an identity. Secret is nsec, hex or ncryptsec
// (then Password opens it).
type IdentityAdd struct {
	Name     string `json:"name"`
	Secret   []byte `json:"secret,omitempty"`
	Password []byte `json:"password,omitempty"`
}

// IdentityInfo shows an identity.
type IdentityInfo struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	PubKey  string    `json:"pubkey"`
	Npub    string    `json:"npub"`
	Apps    int       `json:"apps"`
	Created time.Time `json:"created_at"`
	// Recovered is when a recovery file of its key was last tried, and opened.
	Recovered time.Time `json:"recovery_tried_at,omitzero"`
	// Profile is told of one identity, not in lists.
	Profile *ProfileInfo `json:"profile,omitempty"`
}

// ProfileInfo is what others see of an identity, as far as the signer has seen it.
type ProfileInfo struct {
	Name    string    `json:"name,omitempty"`
	About   string    `json:"about,omitempty"`
	Address string    `json:"nip05,omitempty"`
	Tips    string    `json:"tips,omitempty"` // where tips go
	Picture bool      `json:"picture"`        // it names one
	Stamp   time.Time `json:"created_at"`
}

// Rename gives an identity a new name.
type Rename struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

// Export asks for a key as ncryptsec under Password (NIP-49); Passphrase is the
// vault's.
type Export struct {
	Name       string `json:"name"`
	Passphrase []byte `json:"passphrase"`
	Password   []byte `json:"password"`
}

// Exported is an exported key.
type Exported struct {
	Ncryptsec string `json:"ncryptsec"`
}

// Removal removes an identity; Confirm must be its npub.
type Removal struct {
	Name    string `json:"name"`
	Confirm string `json:"confirm"`
}

// InviteArgs asks for a bunker:// link.
type InviteArgs struct {
	Identity   string `json:"identity,omitempty"`
	AppName    string `json:"app_name,omitempty"`
	Preset     string `json:"preset,omitempty"`
	Allow      string `json:"allow,omitempty"`
	Refuse     string `json:"refuse,omitempty"`
	Compatible bool   `json:"compatible,omitempty"`
	// Lasts is how long the app stays connected, such as 30d; "": no end. For
	// VerbAccept only.
	Lasts string `json:"lasts,omitempty"`
}

// Invite is a bunker:// link that works once.
type Invite struct {
	ID        string      `json:"id"`
	URI       string      `json:"uri"`
	Identity  string      `json:"identity"`
	ExpiresAt time.Time   `json:"expires_at"`
	Relays    []LinkRelay `json:"relays"`
	Preset    string      `json:"preset"`
	May       []string    `json:"may"`
}

// LinkRelay is a relay named in a link.
type LinkRelay struct {
	URL   string `json:"url"`
	Reach string `json:"reach"` // "this computer only" or "anywhere"
	Live  bool   `json:"live"`
}

// AcceptArgs accepts a nostrconnect:// link.
type AcceptArgs struct {
	URI string `json:"uri"`
	InviteArgs
}

// AppInfo shows an app.
type AppInfo struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Claims ClaimInfo `json:"claims"`
	// Checked is the host that it was checked to be from; "" is none.
	Checked string `json:"checked,omitempty"`
	// Return, of VerbAccept in the console, is where the person goes back to so
	// that it can be checked.
	Return     string      `json:"return,omitempty"`
	Identity   string      `json:"identity"`
	Client     string      `json:"client_pubkey"`
	Signer     string      `json:"signer_pubkey"`
	Compatible bool        `json:"compatible"`
	State      string      `json:"state"`
	Preset     string      `json:"preset"`
	May        []string    `json:"may"` // English sentences
	Grants     []GrantInfo `json:"grants"`
	Rules      []RuleInfo  `json:"rules,omitempty"` // May, one by one; of one app that is shown
	Relays     []string    `json:"relays"`
	Calls      CallCount   `json:"control_calls"`
	AuthURL    bool        `json:"auth_url,omitempty"`   // it is told where its person answers
	LooksDeaf  bool        `json:"looks_deaf,omitempty"` // it repeats what was answered
	Created    time.Time   `json:"created_at"`
	LastSeen   time.Time   `json:"last_seen,omitzero"`
	Ends       time.Time   `json:"ends_at,omitzero"`
}

// CallCount counts an app's control methods (ping, get_public_key and such),
// which are not recorded one by one: since the start, and in this minute.
type CallCount struct {
	Minute int `json:"this_minute"`
	Total  int `json:"total"`
}

// ClaimInfo is what an app says of itself.
type ClaimInfo struct {
	Name  string `json:"name,omitempty"`
	URL   string `json:"url,omitempty"`
	Image string `json:"image,omitempty"`
}

// GrantInfo shows one grant.
type GrantInfo struct {
	ID         string    `json:"id"`
	Permission string    `json:"permission"`
	Verdict    string    `json:"verdict"`
	Sentence   string    `json:"sentence"`
	Given      time.Time `json:"given_at"`
	Until      time.Time `json:"until,omitzero"`
	Origin     string    `json:"origin"`
	Used       int       `json:"used,omitempty"` // of a budget, in this window
}

// GrantArgs changes what an app may do. Verdict is allow, ask or refuse.
type GrantArgs struct {
	App     string `json:"app"`
	Verdict string `json:"verdict"`
	Perms   string `json:"perms"`
}

// QuestionInfo shows a question with its words, or a group of them: then Items
// lists its questions, and an answer to it is one to each.
type QuestionInfo struct {
	ID       string       `json:"id"`
	App      string       `json:"app"`
	AppID    string       `json:"app_id"`
	Identity string       `json:"identity"`
	Op       string       `json:"operation"`
	Kind     *int         `json:"kind,omitempty"`
	Level    string       `json:"level"`
	State    string       `json:"state"`
	Reason   string       `json:"reason"`
	Title    string       `json:"title"`
	Lines    []string     `json:"lines,omitempty"`
	Quote    string       `json:"quote,omitempty"`
	Yes      string       `json:"yes"`
	No       string       `json:"no"`
	Remember []string     `json:"remember,omitempty"`
	Details  []DetailInfo `json:"details,omitempty"`
	Event    string       `json:"event"`
	Asked    time.Time    `json:"asked_at"`
	Deadline time.Time    `json:"deadline"`
	By       string       `json:"answered_by,omitempty"`
	Lasts    []string     `json:"lasts,omitempty"` // how long a yes may count, in words, as in Remember
	Usual    string       `json:"usual,omitempty"` // the one of Remember that is chosen at first
	// SafeFirst says that No stands first and has the focus.
	SafeFirst bool   `json:"safe_first,omitempty"`
	Type      string `json:"type,omitempty"` // what must be typed to go on
	// Ready is from when a yes counts: what is serious has to be shown for a moment.
	Ready time.Time `json:"ready_at,omitzero"`
	// Words names the words as shown, for an answer to be bound to.
	Words string         `json:"words,omitempty"`
	Items []QuestionInfo `json:"items,omitempty"`
}

// DetailInfo is one technical detail of a question.
type DetailInfo struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// AnswerArgs answers a question or a group. Remember is "" (just this time) or
// a duration such as 1h or 30d; Count bounds how many. Words, when given, must
// be those of the question as it is now. Typed is what was typed where the
// question asks for it.
type AnswerArgs struct {
	ID       string `json:"id"`
	Remember string `json:"remember,omitempty"`
	Count    int    `json:"count,omitempty"`
	By       string `json:"by,omitempty"`
	Words    string `json:"words,omitempty"`
	Typed    string `json:"typed,omitempty"`
}

// ActivityQuery selects records, newest first.
type ActivityQuery struct {
	App    string `json:"app,omitempty"`
	Before uint64 `json:"before,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}

// RecordInfo shows one record.
type RecordInfo struct {
	Seq      uint64    `json:"seq"`
	Time     time.Time `json:"time"`
	Phase    string    `json:"phase"`
	Trace    string    `json:"trace,omitempty"`
	Identity string    `json:"identity,omitempty"`
	App      string    `json:"app,omitempty"`
	AppName  string    `json:"app_name,omitempty"`
	Op       string    `json:"operation,omitempty"`
	Kind     *int      `json:"kind,omitempty"`
	Event    string    `json:"event,omitempty"`
	What     string    `json:"what,omitempty"`
	Verdict  string    `json:"verdict,omitempty"`
	Level    string    `json:"level,omitempty"`
	Rule     string    `json:"rule,omitempty"`
	Given    time.Time `json:"rule_given_at,omitzero"`
	Question string    `json:"question,omitempty"`
	Outcome  string    `json:"outcome,omitempty"`
	Result   string    `json:"result,omitempty"`
	Detail   string    `json:"detail,omitempty"`
	Sentence string    `json:"sentence"`
	Undo     string    `json:"undo,omitempty"` // the command that puts back what this replaced
	Hash     string    `json:"hash"`
	Prev     string    `json:"prev"`
}

// Verification is what checking the chain found.
type Verification struct {
	OK          bool      `json:"ok"`
	Records     uint64    `json:"records"`
	Head        string    `json:"head"`
	Checkpoints int       `json:"checkpoints"`
	Confirmed   int       `json:"confirmed,omitempty"`   // checkpoints that a sink has
	LeftBehind  int       `json:"left_behind,omitempty"` // of them, of an epoch that a restore ended
	Problems    []Problem `json:"problems,omitempty"`
}

// Problem is one fault in the chain.
type Problem struct {
	Seq  uint64 `json:"seq"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// RelayInfo shows a relay with what was measured.
type RelayInfo struct {
	URL       string     `json:"url"`
	Own       bool       `json:"own"`
	State     string     `json:"state"`
	Detail    string     `json:"detail,omitempty"`
	Since     time.Time  `json:"since,omitzero"`
	Keys      int        `json:"keys"`
	Live      int        `json:"live_keys"`
	Health    string     `json:"health"`        // unmeasured, good, missing or deaf: what the canary measured
	RoundTrip float64    `json:"round_trip_ms"` // of the last request that came back; 0: none
	Heard     *time.Time `json:"last_heard"`    // when it did; null: never
	Misses    int        `json:"misses"`        // requests in a row that did not
}

// BackupArgs asks for a backup sealed under Passphrase.
type BackupArgs struct {
	Passphrase []byte `json:"passphrase"`
}

// BackupPart is a piece of a backup file, in order.
type BackupPart struct {
	Data []byte `json:"data"`
}

// Passphrase carries a passphrase, or a key file's contents.
type Passphrase struct {
	Passphrase []byte `json:"passphrase,omitempty"`
	KeyFile    []byte `json:"key_file,omitempty"`
	// AcceptOlder goes on with an older copy of the data.
	AcceptOlder bool `json:"accept_older,omitempty"`
}

// PassphraseChange replaces the vault's passphrase.
type PassphraseChange struct {
	Old []byte `json:"old"`
	New []byte `json:"new"`
}

// Paused says how many apps were paused.
type Paused struct {
	Apps int `json:"apps"`
}
