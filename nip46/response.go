package nip46

import (
	"errors"
	"fmt"
)

// ErrNotResponse: the message has a method, so it is a request.
var ErrNotResponse = errors.New("the message is not a response")

// Response is a decrypted response, as a client sees it: a result, or an
// error, or a page to open (AuthURL) before the real response comes. Nothing in
// it is to be trusted before the event's author is checked; AuthURL may have
// any scheme.
type Response struct {
	ID      RequestID
	Result  string
	Error   string
	AuthURL string
}

// ParseResponse parses a decrypted response (NIP-46 "Response Events"). A
// result that is not a string is kept as its JSON. An error that is null or ""
// beside a result is none; any other error wins over the result. Errors wrap
// [ErrNotJSON], [ErrNotResponse], [ErrTooLarge] or [ErrMalformed] and never
// quote the message.
func ParseResponse(b []byte) (*Response, error) {
	if len(b) > MaxMessageSize {
		return nil, ErrTooLarge
	}
	s := scanner{b: string(b)}
	var (
		r                    Response
		hasResult, hasMethod bool
	)
	err := s.fields(func(key string) error {
		var (
			null bool
			err  error
		)
		switch key {
		case "id":
			r.ID, err = s.id()
		case "result":
			if r.Result, null, err = s.param(2); null {
				r.Result = "null"
			}
			hasResult = true
		case "error":
			r.Error, _, err = s.param(2)
		case "method":
			hasMethod = true
			_, err = s.value(2)
		default:
			_, err = s.value(2)
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrNotJSON, err)
	case hasMethod:
		return nil, ErrNotResponse
	case s.fault != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, s.fault)
	case r.ID == "":
		return nil, fmt.Errorf("%w: no id", ErrMalformed)
	case r.Error == "" && !hasResult:
		return nil, fmt.Errorf("%w: neither a result nor an error", ErrMalformed)
	case r.Error != "" && r.Result == "auth_url":
		r.AuthURL, r.Result, r.Error = r.Error, "", ""
	case r.Error != "":
		r.Result = ""
	}
	return &r, nil
}
