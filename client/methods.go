package client

import (
	"context"
	"slices"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// call is Call for the methods below.
func (s *Session) call(ctx context.Context, m nip46.Method, params ...string) (string, error) {
	return s.line.do(ctx, m, s.line.standard(m), params...)
}

// PublicKey is the person's public key. The key app is asked once; a session
// that was connected, paired or resumed knows it already.
func (s *Session) PublicKey(ctx context.Context) (nostr.PubKey, error) {
	s.mu.Lock()
	user := s.user
	s.mu.Unlock()
	if user != (nostr.PubKey{}) {
		return user, nil
	}
	result, err := s.call(ctx, nip46.GetPublicKey)
	if err != nil {
		return nostr.PubKey{}, err
	}
	user, err = nostr.ParsePubKey(result)
	if err != nil {
		return nostr.PubKey{}, badAnswer("it answered get_public_key with something that is no public key")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.user == (nostr.PubKey{}) {
		s.user = user
	}
	return s.user, nil
}

// SignEvent has an event signed by the person's key. A CreatedAt of 0 means now;
// PubKey may be left out. The event is returned only if id and signature are
// right, the author is the person, and every field is as asked; otherwise the
// error is [ErrBadAnswer].
func (s *Session) SignEvent(ctx context.Context, t nostr.Template) (*nostr.Event, error) {
	user, err := s.PublicKey(ctx)
	if err != nil {
		return nil, err
	}
	if t.PubKey != nil && *t.PubKey != user {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the event names another author than the person of this session"}
	}
	if t.CreatedAt == 0 {
		t.CreatedAt = time.Now().Unix()
	}
	asked := t.AppendJSON(nil)
	if back, err := nostr.ParseTemplate(asked); err != nil {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the event cannot be signed: " + err.Error()}
	} else if back.Content != t.Content || !sameTags(back.Tags, t.Tags) {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the event's text is not valid UTF-8"}
	}
	result, err := s.call(ctx, nip46.SignEvent, string(asked))
	if err != nil {
		return nil, err
	}
	return checkEvent(result, user, &t)
}

// checkEvent parses what sign_event gave and compares it with what was asked.
func checkEvent(result string, user nostr.PubKey, t *nostr.Template) (*nostr.Event, error) {
	e, err := nostr.ParseEvent([]byte(result))
	switch {
	case err != nil:
		return nil, badAnswer("it answered sign_event with something that is no event")
	case e.PubKey != user:
		return nil, badAnswer("it signed with another key than the person's")
	case e.Kind != t.Kind:
		return nil, badAnswer("it changed the event's kind")
	case e.CreatedAt != t.CreatedAt:
		return nil, badAnswer("it changed the event's time")
	case !sameTags(e.Tags, t.Tags):
		return nil, badAnswer("it changed the event's tags")
	case e.Content != t.Content:
		return nil, badAnswer("it changed the event's content")
	case e.Verify() != nil:
		return nil, badAnswer("the event's id or signature is wrong")
	}
	return e, nil
}

func sameTags(a, b nostr.Tags) bool {
	return slices.EqualFunc(a, b, func(x, y nostr.Tag) bool { return slices.Equal(x, y) })
}

// Nip44Encrypt encrypts text from the person to peer (NIP-44).
func (s *Session) Nip44Encrypt(ctx context.Context, peer nostr.PubKey, text string) (string, error) {
	return s.call(ctx, nip46.Nip44Encrypt, peer.String(), text)
}

// Nip44Decrypt decrypts what was encrypted between peer and the person (NIP-44).
func (s *Session) Nip44Decrypt(ctx context.Context, peer nostr.PubKey, payload string) (string, error) {
	return s.call(ctx, nip46.Nip44Decrypt, peer.String(), payload)
}

// Nip04Encrypt encrypts text from the person to peer in the old way (NIP-04),
// which hides less and proves nothing; prefer [Session.Nip44Encrypt].
func (s *Session) Nip04Encrypt(ctx context.Context, peer nostr.PubKey, text string) (string, error) {
	return s.call(ctx, nip46.Nip04Encrypt, peer.String(), text)
}

// Nip04Decrypt decrypts an old message (NIP-04). The text may be empty.
func (s *Session) Nip04Decrypt(ctx context.Context, peer nostr.PubKey, payload string) (string, error) {
	return s.call(ctx, nip46.Nip04Decrypt, peer.String(), payload)
}

// Ping asks whether the key app is there; it never waits for a person.
func (s *Session) Ping(ctx context.Context) error {
	result, err := s.call(ctx, nip46.Ping)
	if err == nil && result != "pong" {
		return badAnswer("it answered ping with something else than pong")
	}
	return err
}

// Logout tells the key app that the session has ended, waiting three seconds at
// most, and then deletes the app's key and closes the session whatever came of
// it (NIP-46 "Ending a session"). The error only says that the key app may not
// know yet. Delete what [Session.Export] gave as well.
func (s *Session) Logout(ctx context.Context) error {
	_, err := s.line.do(ctx, nip46.Logout, within(logoutCap))
	s.line.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgot = true
	s.line.forget()
	return err
}

// forget overwrites the app's key. The line is closed.
func (l *line) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secret.Wipe()
	l.key.Wipe()
	l.peer.ck.Wipe()
}
