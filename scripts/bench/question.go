package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// question is a request with what its answer must be.
type question struct {
	method nip46.Method
	params []string
	right  func(result string) error

	id    string
	frame []byte
	sent  time.Time
}

// seal makes the event that asks.
func (a *app) seal(q question) (question, error) {
	q.id = strconv.FormatInt(a.ids.Add(1), 10)
	content, err := nip44.Encrypt(&a.ck, string(nip46.AppendRequest(nil, q.id, q.method, q.params)))
	if err != nil {
		return q, err
	}
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: time.Now().Unix(), Content: content, Tags: nostr.Tags{{"p", a.to.String()}}}
	ev, err := t.Sign(a.key, false)
	if err != nil {
		return q, err
	}
	q.frame = (&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}).AppendJSON(nil)
	return q, nil
}

// sealed makes n questions of a method, each another operation.
func (a *app) sealed(method string, n int) ([]question, error) {
	run := time.Now().UnixNano()
	out := make([]question, n)
	for i := range out {
		q, err := a.ask(method, i, run)
		if err != nil {
			return nil, err
		}
		if out[i], err = a.seal(q); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *app) ask(method string, i int, run int64) (question, error) {
	text := fmt.Sprintf("%d %0*d", run, 980, i) // 1 kB
	switch method {
	case "nip44_encrypt":
		return question{method: nip46.Nip44Encrypt, params: []string{a.peer.pub.String(), text}, right: func(result string) error {
			plain, err := nip44.Decrypt(&a.peer.ck, result)
			if err == nil && plain != text {
				err = errors.New("another text was sealed")
			}
			return err
		}}, nil
	case "nip44_decrypt":
		return a.sealedBy(a.peer, text)
	}
	content := fmt.Sprintf("note %d of run %d: %0150d", i, run, i)
	note, err := json.Marshal(map[string]any{"kind": 1, "created_at": time.Now().Unix(), "tags": [][]string{{"t", "bench"}}, "content": content})
	return question{method: nip46.SignEvent, params: []string{string(note)}, right: func(result string) error {
		e, err := nostr.ParseEvent([]byte(result))
		if err != nil {
			return err
		}
		if e.PubKey != a.user || e.Content != content {
			return errors.New("another event was signed")
		}
		return e.Verify()
	}}, err
}

// sealedBy asks to open what a third person sealed.
func (a *app) sealedBy(f *friend, text string) (question, error) {
	sealed, err := nip44.Encrypt(&f.ck, text)
	return question{method: nip46.Nip44Decrypt, params: []string{f.pub.String(), sealed}, right: func(result string) error {
		if result != text {
			return errors.New("another text was opened")
		}
		return nil
	}}, err
}
