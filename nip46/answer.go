package nip46

import (
	"strings"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/plain"
)

// ErrorCode is the stable first word of every error answer.
type ErrorCode string

// The error codes. Some clients give the words "already connected", "Token
// already redeemed" and "timeout" a meaning of their own; no code has them.
const (
	Denied      ErrorCode = "denied"      // a policy or a person said no
	Expired     ErrorCode = "expired"     // the session, the link or the question has ended
	Limit       ErrorCode = "limit"       // too much, too often or too large
	Unsupported ErrorCode = "unsupported" // no such method here
	Busy        ErrorCode = "busy"        // later may work
	Locked      ErrorCode = "locked"      // the person must unlock the signer
	Invalid     ErrorCode = "invalid"     // the request makes no sense
	Revoked     ErrorCode = "revoked"     // the session was taken back
)

// Reason joins a code and words for an error answer: "denied: text".
func Reason(code ErrorCode, text string) string {
	if text == "" {
		return string(code)
	}
	return string(code) + ": " + text
}

// AppendResult appends a success: {"id":…,"result":"…"}. There is no error
// key: some clients take even an empty or null one for a failure.
func AppendResult(dst []byte, id RequestID, result string) []byte {
	dst = appendID(dst, id)
	dst = append(dst, `,"result":`...)
	dst = appendString(dst, result)
	return append(dst, '}')
}

// AppendError appends a failure: {"id":…,"result":"error","error":"…"}. For
// get_public_key the result is "", because some clients take it for the key
// without a look at the error. An empty reason becomes "denied".
func AppendError(dst []byte, id RequestID, m Method, reason string) []byte {
	result := "error"
	if m == GetPublicKey {
		result = ""
	}
	if reason == "" {
		reason = string(Denied)
	}
	return appendFailure(dst, id, result, reason)
}

// AppendAuthURL appends an auth challenge (NIP-46 "Auth Challenges"); clients
// bear at most one for each request.
func AppendAuthURL(dst []byte, id RequestID, url string) []byte {
	return appendFailure(dst, id, "auth_url", url)
}

func appendFailure(dst []byte, id RequestID, result, reason string) []byte {
	dst = AppendResult(dst, id, result)
	dst = append(dst[:len(dst)-1], `,"error":`...)
	dst = appendString(dst, reason)
	return append(dst, '}')
}

// AppendRequest appends a request as a client sends it; id is plain text.
func AppendRequest(dst []byte, id string, m Method, params []string) []byte {
	dst = append(dst, `{"id":`...)
	dst = appendString(dst, id)
	dst = append(dst, `,"method":`...)
	dst = appendString(dst, string(m))
	dst = append(dst, `,"params":[`...)
	for i, p := range params {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, p)
	}
	return append(dst, "]}"...)
}

// Text is the id without quotes and escapes, as a client that made it up
// compares it.
func (id RequestID) Text() string {
	if !strings.HasPrefix(string(id), `"`) {
		return string(id)
	}
	s := scanner{b: string(id)}
	raw, err := s.text()
	if err != nil {
		return string(id)
	}
	return s.unquote(raw)
}

// appendID begins an answer with the id as it came. What is no JSON string or
// number is quoted, so that an answer is always JSON.
func appendID(dst []byte, id RequestID) []byte {
	dst = append(dst, `{"id":`...)
	s := scanner{b: string(id)}
	if got, err := s.id(); err == nil && got == id && id != "" {
		return append(dst, id...)
	}
	return appendString(dst, string(id))
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, with as few escapes as JSON allows;
// bytes that are not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // has U+FFFD for each such byte
	}
	dst = append(dst, '"')
	from, i := 0, plain.Prefix(s)
	for i < len(s) {
		dst = append(dst, s[from:i]...)
		if c := s[i]; c == '"' || c == '\\' {
			dst = append(dst, '\\')
			from = i
		} else {
			dst = appendEscape(dst, c)
			from = i + 1
		}
		i++
		i += plain.Prefix(s[i:])
	}
	return append(append(dst, s[from:]...), '"')
}

// appendEscape appends the escape of a control character.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '\b':
		c = 'b'
	case '\f':
		c = 'f'
	case '\n':
		c = 'n'
	case '\r':
		c = 'r'
	case '\t':
		c = 't'
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, '\\', c)
}
