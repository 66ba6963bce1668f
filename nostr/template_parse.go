package nostr

import "math"

// ParseTemplate parses what a client asks to be signed (NIP-46 sign_event).
// kind and created_at are required; missing or null tags are no tags, missing
// content is empty, an empty pubkey is none; id and sig are ignored when they
// are strings. Everything else is as strict as [ParseEvent]. The errors are
// plain sentences for the client.
func ParseTemplate(b []byte) (*Template, error) {
	s := newScanner(b, MaxEventSize)
	tpl := new(Template)
	s.template(tpl)
	if err := s.finish(); err != nil {
		return nil, err
	}
	return tpl, nil
}

func (s *scanner) template(tpl *Template) {
	var seen field
	var t texts
	s.open('{', errObject)
	for n := 0; s.next(n, '}'); n++ {
		switch s.field(&seen) {
		case fieldID, fieldSig:
			if s.peek() != '"' {
				s.fail(errIgnored)
				return
			}
			s.text()
		case fieldPubKey:
			tpl.PubKey = s.optionalPubKey()
		case fieldCreatedAt:
			tpl.CreatedAt = s.integer(MaxTimestamp, errCreatedAt)
		case fieldKind:
			tpl.Kind = Kind(s.integer(math.MaxUint16, errKind))
		case fieldTags:
			if s.peek() == 'n' {
				s.literal("null")
			} else {
				s.tags(&t)
			}
		case fieldContent:
			s.content(&t)
		default:
			s.skip(MaxDepth - 1)
		}
	}
	s.require(seen, fieldKind|fieldCreatedAt)
	if s.err == nil {
		tpl.Tags, tpl.Content = s.build(&t)
	}
}

// optionalPubKey reads a key or an empty string.
func (s *scanner) optionalPubKey() *PubKey {
	s.space()
	if b := s.b[s.i:]; len(b) >= 2 && b[0] == '"' && b[1] == '"' {
		s.i += 2
		return nil
	}
	pk := new(PubKey)
	s.hex(pk[:], errPubKey)
	return pk
}
