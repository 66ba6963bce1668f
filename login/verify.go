package login

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Reason says why a sign-in was refused; apps may show words of their own for it.
type Reason string

// The reasons.
const (
	Malformed Reason = "malformed"  // no event, or one with tags missing or doubled
	Forged    Reason = "forged"     // id or signature do not fit
	WrongKind Reason = "wrong-kind" // not an event that signs in
	WrongSite Reason = "wrong-site" // for another address or method
	Clock     Reason = "clock"      // signed too long ago, or in the future
	Spent     Reason = "spent"      // the challenge is used, late, or another browser's
	Busy      Reason = "busy"       // too many tries
	Elsewhere Reason = "elsewhere"  // the request was made by another site
	SignedOut Reason = "signed-out" // nobody is signed in
)

// Refusal is an error to show, with what to do next.
type Refusal struct {
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
	// Skew is how far the event's time is ahead of the server's, in seconds;
	// with [Clock] only.
	Skew int64 `json:"skew,omitempty"`
}

func (r *Refusal) Error() string { return r.Message }

func refuse(why Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: why, Message: fmt.Sprintf(format, args...)}
}

// KindLogin is the kind of an event that signs in (NIP-98).
const KindLogin nostr.Kind = 27235

// Method is the HTTP method that the event names. It is GET, although the event
// is handed in by POST: signers tell a person that a GET logs in, and that any
// other method changes something, which it does not.
const Method = http.MethodGet

// Verify checks an event against the address and method that it must name, and
// the server's clock, and returns its author and the challenge, which is still
// to be spent. Errors are *[Refusal]. It is for backends that bring their own
// handlers and sessions; docs/login.md has vectors for other languages.
func Verify(event []byte, address, method string, now time.Time) (key nostr.PubKey, challenge string, err error) {
	e, perr := nostr.ParseEvent(event)
	if perr != nil {
		return key, "", refuse(Malformed, "That is no signed event. Try again from the button.")
	}
	if e.Kind != KindLogin {
		return key, "", refuse(WrongKind, "The signer signed something else. Try again from the button.")
	}
	tags := map[string]string{}
	for _, tag := range e.Tags {
		if len(tag) < 2 {
			return key, "", refuse(Malformed, "The signed event has a tag without a value.")
		}
		if _, twice := tags[tag[0]]; twice {
			return key, "", refuse(Malformed, "The signed event has two %q tags.", tag[0])
		}
		tags[tag[0]] = tag[1]
	}
	if tags["u"] != address || tags["method"] != method {
		return key, "", refuse(WrongSite, "This was signed for another page. Sign in again from here.")
	}
	challenge = tags["challenge"]
	if challenge == "" {
		return key, "", refuse(Malformed, "The signed event has no challenge.")
	}
	if sum, named := tags["payload"]; named && sum != payload(challenge) {
		return key, "", refuse(Malformed, "The signed event has the payload of another request.")
	}
	if e.Verify() != nil {
		return key, "", refuse(Forged, "The signature does not fit. Try again from the button.")
	}
	skew := e.CreatedAt - now.Unix()
	if s := int64(Skew / time.Second); skew > s || skew < -s {
		r := refuse(Clock, "The signer's clock and ours differ by %s. Set the clock of the device that signs, and try again.", apart(skew))
		r.Skew = skew
		return key, "", r
	}
	return e.PubKey, challenge, nil
}

// payload is the hash of what is asked for: the challenge.
func payload(challenge string) string {
	h := sha256.Sum256([]byte(challenge))
	return hex.EncodeToString(h[:])
}

// apart says seconds in words, however many a hostile event claims.
func apart(seconds int64) string {
	if seconds < 0 {
		seconds = -max(seconds, -1<<62)
	}
	switch {
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%d minutes", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%d hours", seconds/3600)
	}
	return fmt.Sprintf("%d days", seconds/86400)
}
