package client

import (
	"strings"
	"unicode"

	"github.com/privyseal/privyseal/nip46"
)

// Side is who has to act for a call to succeed.
type Side int

// The four sides.
const (
	SideYou        Side = iota + 1 // the person: a wrong link, a no, a locked key
	SideApp                        // the app that calls this package
	SideSigner                     // the key app
	SideConnection                 // the network or the relays
)

// String names the side as a person would.
func (s Side) String() string {
	switch s {
	case SideYou:
		return "you"
	case SideApp:
		return "this app"
	case SideSigner:
		return "the key app"
	case SideConnection:
		return "the connection"
	}
	return "unknown"
}

// Code is the stable name of what went wrong. It is an error itself, to be used
// with errors.Is.
type Code string

// What a key app answers. Key apps that send no such word get "" as the code.
const (
	ErrDenied      = Code(nip46.Denied)      // a person or a rule said no
	ErrExpired     = Code(nip46.Expired)     // the session, the link or the question has ended
	ErrLimit       = Code(nip46.Limit)       // too much, too often or too large
	ErrUnsupported = Code(nip46.Unsupported) // no such method there
	ErrBusy        = Code(nip46.Busy)        // later may work
	ErrLocked      = Code(nip46.Locked)      // the person must unlock the key app
	ErrInvalid     = Code(nip46.Invalid)     // the request makes no sense
	ErrRevoked     = Code(nip46.Revoked)     // the session was taken back
)

// What this package finds itself.
const (
	ErrLink         Code = "link"          // not a usable bunker:// link
	ErrNoConnection Code = "no-connection" // no relay could be reached in time
	ErrRelayRefused Code = "relay-refused" // every relay refused the request
	ErrNoAnswer     Code = "no-answer"     // the request went out, nothing came back
	ErrBadAnswer    Code = "bad-answer"    // the answer is not what was asked for
	ErrCanceled     Code = "canceled"      // the app's context ended first
	ErrClosed       Code = "closed"        // the session was closed or logged out
	ErrSession      Code = "session"       // not an exported session
	ErrNoSigner     Code = "no-signer"     // no key app is told of at an address
)

// Error is the code.
func (c Code) Error() string { return string(c) }

// Error is every error of this package. It never holds a secret or the text of
// a message.
type Error struct {
	Side Side   // who has to act
	Code Code   // what went wrong; "" is a key app's own wording
	Msg  string // one sentence
	Hint string // what to do next, or ""

	cause error
}

// Error names the side and says what happened.
func (e *Error) Error() string {
	text := e.Side.String() + ": " + e.Msg
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Is makes errors.Is(err, ErrDenied) and its like work.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c != "" && c == e.Code
}

// Unwrap is the cause, such as context.Canceled.
func (e *Error) Unwrap() error { return e.cause }

// signerError reads a key app's error text: "code: words", or words alone.
func signerError(text string) *Error {
	e := &Error{Side: SideSigner, Msg: clean(text)}
	word, rest, found := strings.Cut(e.Msg, ":")
	if !found {
		rest = ""
	}
	switch c := Code(word); c {
	case ErrDenied:
		e.Side, e.Code, e.Hint = SideYou, c, "allow it in the key app and try again"
	case ErrLocked:
		e.Side, e.Code, e.Hint = SideYou, c, "unlock the key app"
	case ErrExpired:
		e.Side, e.Code, e.Hint = SideYou, c, "ask again, or connect with a new link"
	case ErrRevoked:
		e.Side, e.Code, e.Hint = SideYou, c, "connect with a new link"
	case ErrLimit:
		e.Side, e.Code, e.Hint = SideApp, c, "ask for less, or more slowly"
	case ErrInvalid:
		e.Side, e.Code = SideApp, c
	case ErrBusy:
		e.Code, e.Hint = c, "try again in a moment"
	case ErrUnsupported:
		e.Code = c
	default:
		return e
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		e.Msg = rest
	}
	return e
}

const maxReason = 300 // characters of a text by others

// clean makes a text by others fit for one line.
func clean(s string) string {
	var out strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxReason {
			out.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		out.WriteRune(r)
	}
	return strings.TrimSpace(out.String())
}
