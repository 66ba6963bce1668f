package keeper

import (
	"context"
	"encoding/json"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// decline tells the app of a nostrconnect:// link that its person said no, so
// that it need not wait. NIP-46 has no word for that: it is an error whose id is
// the link's secret, which nobody else knows, from a key that is thrown away, so
// that the app learns of no signer. It is said once, and not repeated.
func (k *Keeper) decline(ctx context.Context, a control.AcceptArgs) (none, error) {
	link, err := nip46.ParseConnect(a.URI)
	if err != nil {
		return none{}, notALink(err)
	}
	event, err := sayNo(link, k.now().Unix())
	if err != nil {
		return none{}, err
	}
	var places []control.Place
	for _, u := range link.Relays[:min(len(link.Relays), control.MaxErrandRelays)] {
		places = append(places, control.Place{URL: u, Typed: k.ears.typed(u)})
	}
	ctx = context.WithoutCancel(ctx)
	k.start(ctx, func() {
		for _, p := range k.postTo(ctx, places, event) {
			if !p.OK {
				k.log.Info("a relay did not take a no to an app's link", "relay", p.Relay, "reason", p.Reason)
			}
		}
	})
	return none{}, nil
}

// sayNo is the event that says no to a link.
func sayNo(link *nip46.ConnectURI, now int64) (json.RawMessage, error) {
	key, err := throwaway()
	if err != nil {
		return nil, err
	}
	id, err := json.Marshal(link.Secret)
	if err != nil {
		return nil, err
	}
	ck, err := nip44.NewConversationKey(key, (*[32]byte)(&link.Client))
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "the app's link names no valid key", "make a new link in the app")
	}
	defer ck.Wipe()
	body := nip46.AppendError(nil, nip46.RequestID(id), nip46.Connect, string(nip46.Denied)+": you said no")
	content, err := nip44.Encrypt(&ck, string(body))
	if err != nil {
		return nil, err
	}
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: now, Content: content, Tags: nostr.Tags{{"p", link.Client.String()}}}
	e, err := t.Sign(key, false)
	if err != nil {
		return nil, err
	}
	return e.AppendJSON(nil), nil
}
