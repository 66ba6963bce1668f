package nip46

import (
	"errors"
	"fmt"
	"strings"
)

// Why a message could not be read as a request.
var (
	// ErrNotJSON: the message is not one JSON object.
	ErrNotJSON = errors.New("the message is not a JSON object")
	// ErrNotRequest: the message has no method; it is a response, or nothing
	// we know. It is never answered: an answer to an answer could go on forever.
	ErrNotRequest = errors.New("the message is not a request")
	// ErrBatch: the message is a list of requests, which NIP-46 does not have.
	ErrBatch = errors.New("several requests in one message are not supported: send them one by one")
	// ErrTooLarge: the message is larger than MaxMessageSize.
	ErrTooLarge = errors.New("the message is larger than 1 MiB")
	// ErrMalformed: the message is JSON, but not an acceptable request or response.
	ErrMalformed = errors.New("malformed message")
)

// ParseRequest parses a decrypted request (NIP-46 "Request Events"). Unknown
// keys are passed over; missing or null params are none; params that is not a
// list is one parameter; a null parameter is "". The id may be a string or a
// number and is kept as it came, at most 256 bytes.
//
// When it fails but an id could be read, id is set so that an error can be
// answered; an error wrapping [ErrNotRequest] is to be ignored in silence.
// Other errors wrap [ErrNotJSON], [ErrBatch], [ErrTooLarge] or [ErrMalformed]
// and never quote the message.
func ParseRequest(b []byte) (req *Request, id RequestID, err error) {
	return ParseRequestString(string(b[:min(len(b), MaxMessageSize+1)]))
}

// ParseRequestString is [ParseRequest] of a text, with which the id shares its
// memory.
func ParseRequestString(b string) (req *Request, id RequestID, err error) {
	tooLarge := len(b) > MaxMessageSize
	if tooLarge {
		b = b[:MaxMessageSize] // enough to find an id that comes early
	}
	s := scanner{b: b}
	batch := s.space() == '['
	if batch {
		s.i++
	}
	req = new(Request)
	var hasMethod bool
	err = s.fields(func(key string) error {
		var err error
		switch key {
		case "id":
			req.ID, err = s.id()
		case "method":
			hasMethod, err = s.method(&req.Method)
		case "params":
			req.Params, err = s.params()
		default:
			_, err = s.value(2)
		}
		return err
	})
	id = req.ID
	switch {
	case tooLarge:
		return nil, id, ErrTooLarge
	case batch:
		return nil, id, ErrBatch
	case err == nil:
		err = s.end()
	}
	switch {
	case err != nil:
		return nil, id, fmt.Errorf("%w (%w)", ErrNotJSON, err)
	case !hasMethod:
		return nil, id, ErrNotRequest
	case s.fault != nil:
		return nil, id, fmt.Errorf("%w: %w", ErrMalformed, s.fault)
	case id == "":
		return nil, "", fmt.Errorf("%w: no id", ErrMalformed)
	case req.Method == "":
		return nil, id, fmt.Errorf("%w: the method is empty", ErrMalformed)
	}
	return req, id, nil
}

// id reads an id and keeps its token; one that cannot be echoed is a fault.
func (s *scanner) id() (RequestID, error) {
	before := s.fault
	raw, err := s.value(2)
	if err != nil || raw == "null" {
		return "", err
	}
	switch c := raw[0]; {
	case len(raw) > maxIDSize:
		s.note(fmt.Errorf("the id is longer than %d bytes", maxIDSize))
	case c != '"' && c != '-' && (c < '0' || c > '9'):
		s.note(errors.New("the id is neither a string nor a number"))
	case s.fault == before: // valid UTF-8
		return RequestID(raw), nil
	}
	return "", nil
}

func (s *scanner) method(m *Method) (present bool, err error) {
	if s.space() != '"' {
		raw, err := s.value(2)
		if err == nil && raw != "null" {
			s.note(errors.New("the method is not a string"))
			present = true
		}
		return present, err
	}
	raw, err := s.text()
	if err != nil {
		return true, err
	}
	if len(raw) > maxNameSize {
		s.note(errors.New("the method's name is too long"))
		return true, nil
	}
	if known, ok := methods[Method(raw)]; ok {
		*m = known // no copy of the usual names
	} else {
		*m = Method(s.unquote(raw))
	}
	return true, nil
}

func (s *scanner) params() ([]string, error) {
	if s.space() != '[' {
		p, null, err := s.param(2)
		if err != nil || null {
			return nil, err
		}
		return []string{p}, nil
	}
	s.i++
	if s.space() == ']' {
		s.i++
		return nil, nil
	}
	params := make([]string, 0, 4)
	for {
		p, _, err := s.param(3)
		if err != nil {
			return nil, err
		}
		if len(params) < maxParams {
			params = append(params, p)
		} else {
			s.note(errors.New("the request has too many parameters"))
		}
		if more, err := s.more(']'); !more {
			return params, err
		}
	}
}

// param reads a parameter as text: a string without its quotes, anything else
// as its JSON, null as "".
func (s *scanner) param(depth int) (text string, null bool, err error) {
	if s.space() == '"' {
		raw, err := s.text()
		if err != nil {
			return "", false, err
		}
		return s.unquote(raw), false, nil
	}
	raw, err := s.value(depth)
	if err != nil || raw == "null" {
		return "", true, err
	}
	return strings.Clone(raw), false, nil
}
