package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// patience is how long an answer is waited for.
const patience = 20 * time.Second

// app is a client of a signer.
type app struct {
	conn    *link.Conn
	key     nostr.Keypair
	to      nostr.PubKey
	user    nostr.PubKey
	ck      nip44.ConversationKey
	peer    *friend // a third person whom the user met before
	ids     atomic.Int64
	answers chan arrival
}

// arrival is an event as it came, not yet looked into.
type arrival struct {
	event *nostr.Event
	at    time.Time
}

// friend is a third person.
type friend struct {
	pub nostr.PubKey
	ck  nip44.ConversationKey // with the user
}

func newFriend(user nostr.PubKey) (*friend, error) {
	kp, err := newKeypair()
	if err != nil {
		return nil, err
	}
	f := &friend{pub: kp.PublicKey()}
	f.ck, err = nip44.NewConversationKey(kp, (*[32]byte)(&user))
	return f, err
}

func newKeypair() (nostr.Keypair, error) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		return nil, err
	}
	return sk.Keypair()
}

// connect pairs a new client by a link.
func connect(ctx context.Context, uri string) (*app, error) {
	b, err := nip46.ParseBunker(uri)
	if err != nil {
		return nil, err
	}
	a := &app{to: b.Signer, answers: make(chan arrival, 4096)}
	if a.key, err = newKeypair(); err != nil {
		return nil, err
	}
	if a.ck, err = nip44.NewConversationKey(a.key, (*[32]byte)(&a.to)); err != nil {
		return nil, err
	}
	if a.conn, err = listen(ctx, b.Relays[0], a.answers, a.key.PublicKey()); err != nil {
		return nil, err
	}
	r, err := a.call(ctx, nip46.Connect, []string{a.to.String(), b.Secret})
	if err != nil || r.Error != "" {
		return nil, fmt.Errorf("connect: %v %+v", err, r)
	}
	if r, err = a.call(ctx, nip46.GetPublicKey, nil); err != nil {
		return nil, err
	}
	if a.user, err = nostr.ParsePubKey(r.Result); err != nil {
		return nil, err
	}
	a.peer, err = newFriend(a.user)
	return a, err
}

// listen opens a connection whose events for keys go to a channel.
func listen(ctx context.Context, url string, to chan<- arrival, keys ...nostr.PubKey) (*link.Conn, error) {
	conn, err := link.Dial(ctx, url, link.Options{Typed: true})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	live := make(chan struct{})
	go func() {
		for {
			m, err := conn.Read(ctx)
			if err != nil {
				return
			}
			switch m.Label {
			case nostr.LabelEOSE:
				close(live)
			case nostr.LabelEvent:
				to <- arrival{m.Event, time.Now()}
			}
		}
	}()
	err = conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: "answers", Filters: []nostr.Filter{{
		Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": names},
	}}})
	if err != nil {
		return nil, err
	}
	select {
	case <-live:
		return conn, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(patience):
		return nil, errors.New("the relay does not answer")
	}
}

// call asks one thing while nothing else is asked.
func (a *app) call(ctx context.Context, method nip46.Method, params []string) (*nip46.Response, error) {
	q, err := a.seal(question{method: method, params: params})
	if err != nil {
		return nil, err
	}
	if err := a.conn.SendFrame(q.frame); err != nil {
		return nil, err
	}
	select {
	case got := <-a.answers:
		return a.open(got.event)
	case <-time.After(patience):
		return nil, fmt.Errorf("%s: no answer within %s", method, patience)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open verifies and opens an answer.
func (a *app) open(e *nostr.Event) (*nip46.Response, error) {
	if err := e.Verify(); err != nil {
		return nil, err
	}
	if e.PubKey != a.to {
		return nil, errors.New("an answer of somebody else")
	}
	plain, err := nip44.Decrypt(&a.ck, e.Content)
	if err != nil {
		return nil, err
	}
	return nip46.ParseResponse([]byte(plain))
}
