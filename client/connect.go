package client

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/privyseal/privyseal/nip46"
)

// Connect begins a session with a bunker:// link that the person copied from
// their key app (NIP-46 "Direct connection initiated by remote-signer"). ctx
// bounds only the connecting. A link without relays, or no link at all, is
// [ErrLink]; every other error is that of a call.
func Connect(ctx context.Context, bunkerURI string, o Options) (*Session, error) {
	b, err := nip46.ParseBunker(bunkerURI)
	if err == nil && len(b.Relays) == 0 {
		err = nip46.ErrNoRelay
	}
	if err != nil {
		return nil, &Error{Side: SideYou, Code: ErrLink, Msg: err.Error()}
	}
	l, err := newLine(o)
	if err != nil {
		return nil, err
	}
	if err = l.pin(b.Signer); err != nil {
		l.close()
		return nil, &Error{Side: SideYou, Code: ErrLink, Msg: nip46.ErrNotLink.Error()}
	}
	l.open(b.Relays, true)
	result, err := l.do(ctx, nip46.Connect, l.standard(nip46.Connect), l.connectParams(b)...)
	if err == nil && result != "ack" && !nip46.SecretEqual(result, b.Secret) {
		err = badAnswer("it answered connect with something else than yes")
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return begin(ctx, l)
}

// connectParams are signer, secret, permissions and metadata, the last ones only
// if there are any; none ever stands in another's place.
func (l *line) connectParams(b *nip46.BunkerURI) []string {
	params := []string{b.Signer.String(), b.Secret, l.o.Perms, ""}
	m := struct {
		nip46.Metadata
		AuthURL bool `json:"auth_url,omitempty"`
	}{l.o.metadata(), l.o.OnAuthURL != nil}
	if m.AuthURL || m.Metadata != (nip46.Metadata{}) {
		text, _ := json.Marshal(m) // strings and a word
		params[3] = string(text)
	}
	for len(params) > 1 && params[len(params)-1] == "" {
		params = params[:len(params)-1]
	}
	return params
}

func (o *Options) metadata() nip46.Metadata {
	return nip46.Metadata{Name: o.Name, URL: o.URL, Image: o.Image}
}

// begin learns the person's key, and at the same time whether the key app wants
// other relays; only the first may fail.
func begin(ctx context.Context, l *line) (*Session, error) {
	s := &Session{line: l}
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.SwitchRelays(ctx); err != nil {
			l.o.Logger.Debug("relays stay as they are", "reason", err)
		}
	})
	_, err := s.PublicKey(ctx)
	if err != nil {
		l.close() // ends the other as well
	}
	wg.Wait()
	if err != nil {
		return nil, err
	}
	return s, nil
}

func badAnswer(msg string) *Error {
	return &Error{Side: SideSigner, Code: ErrBadAnswer, Msg: msg, Hint: "update the key app, or tell its makers"}
}
