package nostr

import "errors"

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
