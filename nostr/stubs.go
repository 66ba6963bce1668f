package nostr

// TEMPORARY: signatures being implemented; each function moves to its own file.

const (
	// MaxEventSize bounds an event's JSON, in bytes.
	MaxEventSize = 1 << 20
	MaxTags      = 2000
	MaxDepth     = 8
)

// ParseEvent parses one event strictly.
func ParseEvent(b []byte) (*Event, error) { panic("todo") }

// ParseTemplate parses what a client asks to be signed.
func ParseTemplate(b []byte) (*Template, error) { panic("todo") }

// AppendJSON appends the event as JSON.
func (e *Event) AppendJSON(dst []byte) []byte { panic("todo") }

// ComputeID hashes the canonical serialisation.
func (e *Event) ComputeID() ID { panic("todo") }

// Verify checks id and signature.
func (e *Event) Verify() error { panic("todo") }

// TagValue is the second element of the first tag with that name, or "".
func (t Tags) TagValue(name string) string { panic("todo") }

// Sign makes an event from a template; the signature is checked when checked is true.
func (t *Template) Sign(kp Keypair, checked bool) (*Event, error) { panic("todo") }

func (id ID) String() string     { panic("todo") }
func (pk PubKey) String() string { panic("todo") }

// ParsePubKey accepts 64 hex digits of either case or an npub, and checks the curve.
func ParsePubKey(s string) (PubKey, error) { panic("todo") }

// ParseID accepts 64 hex digits.
func ParseID(s string) (ID, error) { panic("todo") }

// GenerateSecretKey draws a fresh secret.
func GenerateSecretKey() (SecretKey, error) { panic("todo") }

// ParseSecretKey accepts 64 hex digits or an nsec.
func ParseSecretKey(s string) (SecretKey, error) { panic("todo") }

// Keypair parses the secret with the default backend.
func (sk *SecretKey) Keypair() (Keypair, error) { panic("todo") }

// Wipe overwrites the secret.
func (sk *SecretKey) Wipe() { panic("todo") }

// Npub is the bech32 form (NIP-19).
func (pk PubKey) Npub() string { panic("todo") }

// Match reports whether an event passes the filter.
func (f *Filter) Match(e *Event) bool { panic("todo") }

// AppendJSON appends the filter as JSON.
func (f *Filter) AppendJSON(dst []byte) []byte { panic("todo") }

// ParseClientMessage parses a client's frame.
func ParseClientMessage(b []byte) (*ClientMessage, error) { panic("todo") }

// ParseRelayMessage parses a relay's frame.
func ParseRelayMessage(b []byte) (*RelayMessage, error) { panic("todo") }

// AppendJSON appends the message as JSON.
func (m *ClientMessage) AppendJSON(dst []byte) []byte { panic("todo") }

// AppendJSON appends the message as JSON.
func (m *RelayMessage) AppendJSON(dst []byte) []byte { panic("todo") }

// NormalizeRelayURL lower-cases scheme and host, drops default ports and a lone
// trailing slash, and refuses anything but ws and wss.
func NormalizeRelayURL(s string) (string, error) { panic("todo") }
