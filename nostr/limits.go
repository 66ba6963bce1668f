package nostr

import "errors"

// The bounds of everything that is parsed here. They are checked before memory
// is allocated for what they bound (T29).
const (
	// MaxEventSize bounds an event's JSON, in bytes.
	MaxEventSize = 1 << 20
	// MaxMessageSize bounds a message between client and relay, in bytes: an
	// event and what goes around it.
	MaxMessageSize = MaxEventSize + 4096
	// MaxTags bounds the tags of an event.
	MaxTags = 2000
	// MaxTagStrings bounds the strings in all tags of an event together.
	MaxTagStrings = 16 * MaxTags
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

// ErrBadID is what [Event.Verify] says when the id is not the event's hash.
var ErrBadID = errors.New("the id is not the hash of the event")

// ErrBadSignature is what [Event.Verify] says when the signature is not the
// author's over the id.
var ErrBadSignature = errors.New("the signature is not the author's")

// ErrTooLarge is the error of input beyond one of the size bounds.
var ErrTooLarge = errors.New("too large")

// malformed is why input was refused: a plain sentence that an app may show,
// and that never quotes the input.
type malformed string

func (m malformed) Error() string { return string(m) }

const (
	errJSON      malformed = "not valid JSON"
	errTrailing  malformed = "something follows the end"
	errUTF8      malformed = "a string is not valid UTF-8"
	errSurrogate malformed = "a string has half of a surrogate pair"
	errDepth     malformed = "nested too deeply"
	errObject    malformed = "not a JSON object"
	errArray     malformed = "not a JSON array"
	errID        malformed = "id is not 64 lower-case hex digits"
	errPubKey    malformed = "pubkey is not 64 lower-case hex digits"
	errSig       malformed = "sig is not 128 lower-case hex digits"
	errKind      malformed = "kind is not an integer from 0 to 65535"
	errCreatedAt malformed = "created_at is not a time in whole seconds"
	errContent   malformed = "content is not a string"
	errTags      malformed = "tags is not a list of lists of strings"
	errEmptyTag  malformed = "a tag is empty"
	errManyTags  malformed = "too many tags"
	errIgnored   malformed = "id or sig is not a string"
)
