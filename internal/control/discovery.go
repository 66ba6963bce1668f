package control

// VerbDiscovery says how apps find this signer by its address (NIP-46, "Announcing
// remote-signer metadata").
const VerbDiscovery = "discovery" // none → Discovery

// NostrJSON is where a host tells of its signer, below the console's origin, and
// ConnectPath where an app sends its person with a nostrconnect:// link.
const (
	NostrJSON   = "/.well-known/nostr.json"
	ConnectPath = "/connect"
)

// ConnectTemplate is the nostrconnect_url of a signer whose pages are at origin.
func ConnectTemplate(origin string) string { return origin + ConnectPath + "?uri=<nostrconnect>" }

// Discovery is what this signer tells of itself to anybody.
type Discovery struct {
	Signer string   `json:"signer"` // its own key in hex: that of no person and no app
	Relays []string `json:"relays"` // where it listens
	// Origin is its public address, such as https://seal.example; "" without one.
	Origin string `json:"origin,omitempty"`
	// Home is where its pages are: Origin, or on this computer.
	Home string `json:"home"`
	// Announced says that relays are told of it, too, and Told which of them were.
	Announced bool        `json:"announced"`
	Told      []ToldRelay `json:"told,omitempty"`
}

// ToldRelay says whether a relay keeps what it was told of this signer.
type ToldRelay struct {
	URL string `json:"url"`
	Has bool   `json:"has"`
	Why string `json:"why,omitempty"` // why not
}
