package nostr

import "strconv"

// ParseRelayMessage parses a relay's message. Events are parsed strictly;
// elements behind those this package knows (a hint of NIP-67, say) are ignored,
// and a missing text of OK or CLOSED is empty, because old relays leave it out.
// The message is never nil: with an error it holds what could be read before,
// so that a malformed event still tells Label and SubID; Event is then nil.
// Raw points into b.
func ParseRelayMessage(b []byte) (*RelayMessage, error) {
	s := newScanner(b, MaxMessageSize)
	m := new(RelayMessage)
	m.Label = s.label(relayLabels)
	n := 2 // elements read
	switch m.Label {
	case LabelEvent:
		m.SubID = s.subID(1)
		m.Event = new(Event)
		m.Raw = s.rawEvent(2, m.Event)
		m.ID = m.Event.ID
		n = 3
	case LabelOK:
		if s.next(1, ']') {
			s.hex(m.ID[:], errID)
		}
		m.OK = s.boolean(2)
		n = s.optional(3, &m.Message)
	case LabelEOSE:
		m.SubID = s.subID(1)
	case LabelClosed:
		m.SubID = s.subID(1)
		n = s.optional(2, &m.Message)
	case LabelNotice, LabelAuth:
		m.Message = s.element(1, errText)
	}
	for ; n > 0 && s.next(n, ']'); n++ {
		s.skip(MaxDepth - 1)
	}
	err := s.finish()
	if err != nil {
		m.Event, m.Raw = nil, nil
	}
	return m, err
}

// boolean reads the n-th element of a message, true or false.
func (s *scanner) boolean(n int) bool {
	if s.next(n, ']') {
		switch s.peek() {
		case 't':
			s.literal("true")
			return s.err == nil
		case 'f':
			s.literal("false")
			return false
		}
	}
	s.fail(errOK)
	return false
}

// optional reads the n-th element of a message, a string, if there is one. It
// returns the number of elements read, or 0 when the message is at its end.
func (s *scanner) optional(n int, text *string) int {
	if !s.next(n, ']') {
		return 0
	}
	if s.peek() != '"' {
		s.fail(errText)
		return 0
	}
	*text = string(s.text())
	return n + 1
}

// AppendJSON appends the message as compact JSON: Event, or Raw as it is when
// Event is nil.
func (m *RelayMessage) AppendJSON(dst []byte) []byte {
	dst = appendString(append(dst, '['), m.Label)
	dst = append(dst, ',')
	switch m.Label {
	case LabelEvent:
		dst = append(appendString(dst, m.SubID), ',')
		dst = appendEvent(dst, m.Event, m.Raw)
	case LabelOK:
		dst = append(appendHex(dst, m.ID[:]), ',')
		dst = append(strconv.AppendBool(dst, m.OK), ',')
		dst = appendString(dst, m.Message)
	case LabelEOSE:
		dst = appendString(dst, m.SubID)
	case LabelClosed:
		dst = append(appendString(dst, m.SubID), ',')
		dst = appendString(dst, m.Message)
	case LabelNotice, LabelAuth:
		dst = appendString(dst, m.Message)
	}
	return append(dst, ']')
}
