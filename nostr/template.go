package nostr

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// ErrOtherAuthor is what [Template.Sign] says when the template names an author
// other than the key that is to sign.
var ErrOtherAuthor = errors.New("pubkey is another author's")

// Sign makes an event from a template with every field unaltered; the event
// shares the template's tags. With checked the signature is verified before it
// is returned. A template that could not be parsed back, or that names another
// author, is refused.
func (t *Template) Sign(kp Keypair, checked bool) (*Event, error) {
	e := &Event{PubKey: kp.PublicKey(), CreatedAt: t.CreatedAt, Kind: t.Kind, Tags: t.Tags, Content: t.Content}
	if t.PubKey != nil && *t.PubKey != e.PubKey {
		return nil, ErrOtherAuthor
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	e.ID = e.ComputeID()
	var err error
	if checked {
		e.Sig, err = kp.SignChecked((*[32]byte)(&e.ID))
	} else {
		e.Sig, err = kp.Sign((*[32]byte)(&e.ID))
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// check refuses what [ParseEvent] would refuse of the signed event.
func (e *Event) check() error {
	if e.CreatedAt < 0 || e.CreatedAt > MaxTimestamp {
		return errCreatedAt
	}
	if len(e.Tags) > MaxTags {
		return errManyTags
	}
	size, count := len(e.Content), 0
	valid := utf8.ValidString(e.Content)
	for _, tag := range e.Tags {
		if len(tag) == 0 {
			return errEmptyTag
		}
		count += len(tag)
		for _, s := range tag {
			size += len(s)
			valid = valid && utf8.ValidString(s)
		}
	}
	switch {
	case count > MaxTagStrings:
		return errManyTags
	case !valid:
		return errUTF8
	// Written as JSON a character takes six bytes at most, and what goes around
	// all strings less than a quarter of the bound: only large events are measured.
	case size > MaxEventSize || size > MaxEventSize/8 && len(e.AppendJSON(nil)) > MaxEventSize:
		return ErrTooLarge
	}
	return nil
}

// AppendJSON appends the template as compact JSON, as sign_event of NIP-46
// wants it; pubkey is left out when it is nil.
func (t *Template) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if t.PubKey != nil {
		dst = append(dst, `"pubkey":`...)
		dst = appendHex(dst, t.PubKey[:])
		dst = append(dst, ',')
	}
	dst = append(dst, `"created_at":`...)
	dst = strconv.AppendInt(dst, t.CreatedAt, 10)
	dst = append(dst, `,"kind":`...)
	dst = strconv.AppendUint(dst, uint64(t.Kind), 10)
	dst = append(dst, `,"tags":`...)
	dst = appendTags(dst, t.Tags)
	dst = append(dst, `,"content":`...)
	dst = appendString(dst, t.Content)
	return append(dst, '}')
}
