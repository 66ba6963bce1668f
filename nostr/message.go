package nostr

import "unicode/utf8"

const (
	errLabel    malformed = "a message does not begin with its label"
	errSubID    malformed = "a subscription id is not a string of 1 to 64 characters"
	errNoFilter malformed = "a subscription has no filter"
	errFilters  malformed = "too many filters"
	errText     malformed = "a message's text is not a string"
	errOK       malformed = "OK does not say true or false"
)

// ErrUnknownLabel is the error of a message whose label is none of those that
// NIP-01 and NIP-42 give to its direction.
var ErrUnknownLabel error = malformed("unknown label")

// The labels of messages between client and relay (NIP-01, NIP-42).
const (
	LabelEvent  = "EVENT"
	LabelReq    = "REQ"
	LabelClose  = "CLOSE"
	LabelAuth   = "AUTH"
	LabelOK     = "OK"
	LabelEOSE   = "EOSE"
	LabelClosed = "CLOSED"
	LabelNotice = "NOTICE"
)

var (
	clientLabels = []string{LabelEvent, LabelReq, LabelClose, LabelAuth}
	relayLabels  = []string{LabelEvent, LabelOK, LabelEOSE, LabelClosed, LabelNotice, LabelAuth}
)

// ParseClientMessage parses a client's message strictly. The message is never
// nil: with an error it holds what could be read before, so that Label and
// SubID can be answered; Event and Filters are then nil. Raw points into b.
func ParseClientMessage(b []byte) (*ClientMessage, error) {
	s := newScanner(b, MaxMessageSize)
	m := new(ClientMessage)
	m.Label = s.label(clientLabels)
	switch m.Label {
	case LabelEvent, LabelAuth:
		m.Event = new(Event)
		m.Raw = s.rawEvent(1, m.Event)
		m.ID = m.Event.ID
	case LabelReq:
		m.SubID = s.subID(1)
		n := 2
		for ; s.next(n, ']'); n++ {
			if len(m.Filters) == MaxFilters {
				s.fail(errFilters)
				break
			}
			var f Filter
			s.filter(&f)
			m.Filters = append(m.Filters, f)
		}
		if len(m.Filters) == 0 {
			s.fail(errNoFilter)
		}
	case LabelClose:
		m.SubID = s.subID(1)
	}
	if m.Label != LabelReq && s.err == nil && s.next(2, ']') {
		s.fail(errTrailing)
	}
	err := s.finish()
	if err != nil {
		m.Event, m.Raw, m.Filters = nil, nil, nil
	}
	return m, err
}

// AppendJSON appends the message as compact JSON: Event, or Raw as it is when
// Event is nil.
func (m *ClientMessage) AppendJSON(dst []byte) []byte {
	dst = appendString(append(dst, '['), m.Label)
	switch m.Label {
	case LabelEvent, LabelAuth:
		dst = appendEvent(append(dst, ','), m.Event, m.Raw)
	case LabelReq, LabelClose:
		dst = appendString(append(dst, ','), m.SubID)
		for i := range m.Filters {
			dst = m.Filters[i].AppendJSON(append(dst, ','))
		}
	}
	return append(dst, ']')
}

func appendEvent(dst []byte, e *Event, raw []byte) []byte {
	if e == nil {
		return append(dst, raw...)
	}
	return e.AppendJSON(dst)
}

// label reads a message's bracket and label.
func (s *scanner) label(known []string) string {
	s.open('[', errArray)
	if !s.next(0, ']') || s.peek() != '"' {
		s.fail(errLabel)
		return ""
	}
	text := s.text()
	for _, label := range known {
		if string(text) == label {
			return label
		}
	}
	s.fail(ErrUnknownLabel)
	return ""
}

// element reads the n-th element of a message, a string.
func (s *scanner) element(n int, err error) string {
	if !s.next(n, ']') || s.peek() != '"' {
		s.fail(err)
		return ""
	}
	return string(s.text())
}

// subID reads the n-th element of a message, a subscription id.
func (s *scanner) subID(n int) string {
	if !s.next(n, ']') || s.peek() != '"' {
		s.fail(errSubID)
		return ""
	}
	text := s.text()
	if len(text) == 0 || utf8.RuneCount(text) > ReadSubIDLimit {
		s.fail(errSubID)
		return ""
	}
	return string(text)
}

// rawEvent reads the n-th element of a message, an event, and returns its bytes.
func (s *scanner) rawEvent(n int, e *Event) []byte {
	if !s.next(n, ']') {
		s.fail(errObject)
		return nil
	}
	s.space()
	start := s.i
	s.event(e)
	if s.err != nil {
		return nil
	}
	return s.b[start:s.i:s.i]
}
