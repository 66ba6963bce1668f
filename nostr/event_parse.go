package nostr

import "math"

// field is a set of keys of an event's JSON.
type field uint8

const (
	fieldID field = 1 << iota
	fieldPubKey
	fieldCreatedAt
	fieldKind
	fieldTags
	fieldContent
	fieldSig
)

var fieldNames = [...]string{"id", "pubkey", "created_at", "kind", "tags", "content", "sig"}

// fieldOf is the field of a key, exactly as it is spelt, or 0.
func fieldOf(key []byte) field {
	for i, name := range fieldNames {
		if string(key) == name {
			return 1 << i
		}
	}
	return 0
}

// field reads a key and refuses one that was seen before.
func (s *scanner) field(seen *field) field {
	f := fieldOf(s.key())
	if *seen&f != 0 {
		s.fail(f.malformed(" appears twice"))
	}
	*seen |= f
	return f
}

// malformed says something about the first of the fields.
func (f field) malformed(what string) error {
	for i, name := range fieldNames {
		if f&(1<<i) != 0 {
			return malformed(name + what)
		}
	}
	return errJSON
}

// require refuses an object in which one of the fields was not seen.
func (s *scanner) require(seen, needed field) {
	if missing := needed &^ seen; missing != 0 {
		s.fail(missing.malformed(" is missing"))
	}
}

// ParseEvent parses one event strictly: every field once, of its exact type and
// form (NIP-01), nothing behind it, and all within the bounds of this package.
// Unknown keys are ignored. Neither id nor signature is checked, see
// [Event.Verify]. Errors never quote the input.
func ParseEvent(b []byte) (*Event, error) {
	s := newScanner(b, MaxEventSize)
	e := new(Event)
	s.event(e)
	if err := s.finish(); err != nil {
		return nil, err
	}
	return e, nil
}

// event reads an event. When it fails the id may have been read, nothing else counts.
func (s *scanner) event(e *Event) {
	var seen field
	var t texts
	s.open('{', errObject)
	start := s.i - 1
	for n := 0; s.next(n, '}'); n++ {
		switch s.field(&seen) {
		case fieldID:
			s.hex(e.ID[:], errID)
		case fieldPubKey:
			s.hex(e.PubKey[:], errPubKey)
		case fieldCreatedAt:
			e.CreatedAt = s.integer(MaxTimestamp, errCreatedAt)
		case fieldKind:
			e.Kind = Kind(s.integer(math.MaxUint16, errKind))
		case fieldTags:
			s.tags(&t)
		case fieldContent:
			s.content(&t)
		case fieldSig:
			s.hex(e.Sig[:], errSig)
		default:
			s.skip(MaxDepth - 1)
		}
	}
	if s.i-start > MaxEventSize {
		s.fail(ErrTooLarge)
	}
	s.require(seen, fieldID|fieldPubKey|fieldCreatedAt|fieldKind|fieldTags|fieldContent|fieldSig)
	if s.err == nil {
		e.Tags, e.Content = s.build(&t)
	}
}

// texts says where in the scratch memory an event's strings are.
type texts struct {
	tags              int // where the tags' strings begin
	content, contentN int // where the content begins and ends
}

func (s *scanner) content(t *texts) {
	if s.peek() != '"' {
		s.fail(errContent)
		return
	}
	t.content = len(s.buf)
	s.buf = s.appendText(s.buf)
	t.contentN = len(s.buf)
}

func (s *scanner) tags(t *texts) {
	t.tags = len(s.buf)
	s.open('[', errTags)
	for n := 0; s.next(n, ']'); n++ {
		if n == MaxTags {
			s.fail(errManyTags)
			return
		}
		s.open('[', errTags)
		k := 0
		for ; s.next(k, ']'); k++ {
			if len(s.ends) == MaxTagStrings {
				s.fail(errManyTags)
				return
			}
			s.gather(errTags)
		}
		if k == 0 {
			s.fail(errEmptyTag)
		}
		s.tagEnds = append(s.tagEnds, len(s.ends))
	}
}

// build copies tags and content out of the scratch memory: one allocation for
// all characters, one for all strings of tags, one for the tags.
func (s *scanner) build(t *texts) (Tags, string) {
	text := string(s.buf)
	list := s.split(text, t.tags)
	tags := make(Tags, len(s.tagEnds))
	start := 0
	for i, end := range s.tagEnds {
		tags[i] = Tag(list[start:end:end])
		start = end
	}
	return tags, text[t.content:t.contentN]
}
