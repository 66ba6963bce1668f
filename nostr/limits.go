package nostr

// The bounds of everything that is parsed here. They are checked before memory
// is allocated for what they bound (T29).
const (
	// MaxEventSize bounds an event's JSON, in bytes.
	MaxEventSize = 1 << 20
	// MaxMessageSize bounds a message between client and relay, in bytes: an
	// event and what goes around it.
	MaxMessageSize = MaxEventSize + 4096
	// MaxTags bounds the tags of an event. Follow lists of some thousand people
	// exist, each a tag of up to four strings.
	MaxTags = 10_000
	// MaxTagStrings bounds the strings in all tags of an event together.
	MaxTagStrings = 4 * MaxTags
	// MaxDepth bounds the nesting of arrays and objects in an event or filter.
	MaxDepth = 8
	// MaxTimestamp bounds created_at, in Unix seconds: the largest integer that
	// every JSON implementation reads alike (RFC 8259 §6), so that every
	// implementation computes the same id.
	MaxTimestamp = 1<<53 - 1
	// MaxFilters bounds the filters of one REQ.
	MaxFilters = 64
	// MaxFilterValues bounds the values in all lists of one filter together.
	MaxFilterValues = 5000
	// ReadSubIDLimit bounds a subscription id, in characters (NIP-01).
	ReadSubIDLimit = 64
)
