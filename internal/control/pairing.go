package control

// VerbAcceptLook shows what accepting a nostrconnect:// link would mean; without
// one, the presets to choose from. It changes nothing.
const VerbAcceptLook = "accept.look" // AcceptArgs → Pairing

// VerbAcceptDecline tells the app of a nostrconnect:// link that its person said
// no.
const VerbAcceptDecline = "accept.decline" // AcceptArgs → none

// Pairing is an app that wants to be connected.
type Pairing struct {
	Claims ClaimInfo `json:"claims"` // what it says of itself
	Client string    `json:"client_pubkey"`
	Code   string    `json:"code,omitempty"` // three digits that the app shows, too
	Relays []string  `json:"relays"`
	Site   string    `json:"site,omitempty"` // the host it says it comes from, if that is a safe one
	// Callback is where it wants the person back, on the host Back: a safe page.
	Callback  string       `json:"callback,omitempty"`
	Back      string       `json:"back,omitempty"`
	NoBack    bool         `json:"no_back,omitempty"`    // it named one that is no safe page
	Elsewhere bool         `json:"elsewhere,omitempty"`  // Back is not Site
	Deaf      []string     `json:"deaf,omitempty"`       // those of its relays that are out of reach from here
	PayAsked  bool         `json:"pay_asked"`            // no payment goes unasked, whatever it may do
	Again     string       `json:"again,omitempty"`      // what it is called, if it is connected already
	Checked   string       `json:"checked,omitempty"`    // the host that it was checked to be from, the last time
	LooksLike string       `json:"looks_like,omitempty"` // a host known here that Site or Back could be taken for
	SameName  bool         `json:"same_name"`            // another app says the same name
	Presets   []PresetInfo `json:"presets"`
	Usual     string       `json:"usual"` // the preset that is chosen at first
	// Wishes are what the app asks for. That alone gives it nothing.
	Wishes []WishInfo `json:"wishes,omitempty"`
}

// PresetInfo says what apps with a preset may do.
type PresetInfo struct {
	Name string   `json:"name"`
	May  []string `json:"may"`
}

// WishInfo is a permission that an app asks for, and what it would mean.
type WishInfo struct {
	Permission string `json:"permission"`
	Sentence   string `json:"sentence"`
}

// An app may be told where its person answers (auth_url).
const (
	VerbAppsAuthURL  = "apps.auth-url" // AppSwitch → AppInfo
	VerbRequestsOpen = "requests.open" // Name of a code → QuestionInfo, once
)

// AskPath leads, below the console's origin, to the question of a code.
const AskPath = "/ask/"

// AppSwitch turns something of an app's on or off.
type AppSwitch struct {
	App string `json:"app"`
	On  bool   `json:"on"`
}
