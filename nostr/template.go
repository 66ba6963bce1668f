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
	if err := t.check(); err != nil {
		return nil, err
	}
	e.ID = e.ComputeID()
	sign := kp.Sign
	if checked {
		sign = kp.SignChecked
	}
	sig, err := sign((*[32]byte)(&e.ID))
	if err != nil {
		return nil, err
	}
	e.Sig = sig
	return e, nil
}

// check refuses what [ParseEvent] would refuse of the signed event, its exact
// size aside.
func (t *Template) check() error {
	if t.CreatedAt < 0 || t.CreatedAt > MaxTimestamp {
		return errCreatedAt
	}
	if len(t.Tags) > MaxTags {
		return errManyTags
	}
	size, count := len(t.Content), 0
	valid := utf8.ValidString(t.Content)
	for _, tag := range t.Tags {
		if len(tag) == 0 {
			return errEmptyTag
		}
		count += len(tag)
		for _, s := range tag {
			size += len(s)
			valid = valid && utf8.ValidString(s)
		}
	}
	if count > MaxTagStrings {
		return errManyTags
	}
	if size > MaxEventSize {
		return ErrTooLarge
	}
	if !valid {
		return errUTF8
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
