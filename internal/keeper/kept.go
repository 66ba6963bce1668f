package keeper

import (
	"encoding/json"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/compact"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// How the store holds a request and its answer: the first byte says it. What an
// earlier version left is JSON.
const (
	jsonForm    = '{'
	compactForm = 1
)

var errOtherEvent = errors.New("it is not the event that the request came in")

// keptRequest is a request event as the store holds it.
func keptRequest(ev *nostr.Event) []byte {
	return compact.AppendEvent(append(make([]byte, 0, len(ev.Content)+192), compactForm), ev)
}

// eventOf reads a stored request event back.
func eventOf(w privyseal.Work) (*nostr.Event, error) {
	if len(w.Sealed) == 0 || w.Sealed[0] != compactForm {
		return nostr.ParseEvent(w.Sealed)
	}
	r := compact.NewReader(w.Sealed[1:])
	ev := r.Event()
	if err := r.Err(); err != nil {
		return nil, err
	}
	if ev.ID != w.Event {
		return nil, errOtherEvent
	}
	return ev, nil
}

// keep seals an answer for the store. While the vault is locked nothing can be
// sealed; the answer is then not kept.
func (k *Keeper) keep(app string, r response) []byte {
	raw := r.compact()
	sealed, err := k.vault.Seal(vault.PurposeAnswer, app, 1, raw)
	clear(raw)
	if err != nil {
		return nil
	}
	return sealed
}

// kept opens a stored answer.
func (k *Keeper) kept(app string, sealed []byte) (response, bool) {
	raw, err := k.vault.Open(vault.PurposeAnswer, app, 1, sealed)
	if err != nil {
		return response{}, false
	}
	defer clear(raw)
	return readResponse(raw)
}

// compact writes an answer for the store; readResponse reads it. An event is
// written as such, and its JSON made again: there is one for each event.
func (r *response) compact() []byte {
	b := append(make([]byte, 0, len(r.Result)+len(r.Error)+128), compactForm)
	b = compact.AppendText(b, string(r.ID))
	b = compact.AppendText(b, string(r.Method))
	b = append(b, byte(r.Outcome))
	b = compact.AppendText(b, r.Error)
	b = compact.AppendText(b, string(r.Kind))
	if r.signed != nil {
		return compact.AppendEvent(append(b, 1), r.signed)
	}
	return compact.AppendText(append(b, 0), r.Result)
}

func readResponse(b []byte) (r response, ok bool) {
	if len(b) > 0 && b[0] == jsonForm {
		return r, json.Unmarshal(b, &r) == nil // its names differ in their case only
	}
	if len(b) == 0 || b[0] != compactForm {
		return r, false
	}
	in := compact.NewReader(b[1:])
	r.ID, r.Method = nip46.RequestID(in.Text()), nip46.Method(in.Text())
	r.Outcome = privyseal.Outcome(in.Number())
	r.Error, r.Kind = in.Text(), privyseal.ErrorKind(in.Text())
	if in.Number() == 1 {
		r.signed = in.Event()
		r.Result = string(r.signed.AppendJSON(nil))
	} else {
		r.Result = in.Text()
	}
	return r, in.Err() == nil
}
