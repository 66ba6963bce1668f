package privyseal

import "errors"

// ErrorKind is a closed set of reasons, shared by the pipeline, the seam and
// the command line. Its text is the stable prefix an app reads.
type ErrorKind string

// The kinds of errors. The first eight are prefixes on the wire.
const (
	KindDenied      ErrorKind = "denied"
	KindExpired     ErrorKind = "expired"
	KindLimit       ErrorKind = "limit"
	KindUnsupported ErrorKind = "unsupported"
	KindBusy        ErrorKind = "busy"
	KindLocked      ErrorKind = "locked"
	KindInvalid     ErrorKind = "invalid"
	KindRevoked     ErrorKind = "revoked"

	KindNotFound ErrorKind = "not found"
	KindConflict ErrorKind = "conflict"
	KindInternal ErrorKind = "internal"
)

// Error is an error a person or an app may read: what happened and what to do
// next. It never holds a secret.
type Error struct {
	Kind ErrorKind
	Msg  string
	Hint string // what to do next; may be empty
	Err  error  // for the log only
}

// Error is the message, without the cause.
func (e *Error) Error() string { return e.Msg }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// E makes an [Error].
func E(kind ErrorKind, msg, hint string) *Error { return &Error{Kind: kind, Msg: msg, Hint: hint} }

// KindOf is the kind of the first [Error] in err's chain, else KindInternal.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}
