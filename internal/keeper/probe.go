package keeper

import (
	"context"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// probe sends the announcement key a message through a relay, by a throw-away
// key, and times its way back: what a relay is worth is what it brings.
func (k *Keeper) probe(ctx context.Context, relay string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, testFor)
	defer cancel()
	sender, err := throwaway()
	if err != nil {
		return 0, err
	}
	defer sender.Wipe()
	ours, err := throwaway()
	if err != nil {
		return 0, err
	}
	defer ours.Wipe()
	receiver := nostr.PubKey(ours.PublicKey())
	back := k.probes.expect(receiver)
	defer k.probes.forget(receiver)
	k.ears.wants(relay, []nostr.PubKey{receiver})
	defer func() {
		k.ears.drop(relay, receiver)
		_ = k.send(&control.Listen{Relay: relay, Remove: []nostr.PubKey{receiver}})
	}()
	if err := k.send(&control.Listen{Relay: relay, Add: []nostr.PubKey{receiver}, Typed: k.ears.typed(relay)}); err != nil {
		return 0, err
	}
	live, stop := k.ears.awaitLive(relay, receiver)
	defer stop()
	select {
	case <-live:
	case <-ctx.Done():
		return 0, privyseal.E(privyseal.KindBusy, "it cannot be listened on", "")
	}
	began := k.now()
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: began.Unix(), Tags: nostr.Tags{{"p", receiver.String()}}, Content: "probe"}
	ev, err := t.Sign(sender, false)
	if err != nil {
		return 0, err
	}
	if err := k.publish([]control.Outbound{{Relays: []string{relay}, Event: ev.AppendJSON(nil)}}); err != nil {
		return 0, err
	}
	select {
	case <-back:
		return k.now().Sub(began), nil
	case <-ctx.Done():
		return 0, privyseal.E(privyseal.KindBusy, "it did not bring a message back within 5 seconds", "")
	}
}

// throwaway is a key for one message.
func throwaway() (nostr.Keypair, error) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		return nil, err
	}
	defer sk.Wipe()
	return sk.Keypair()
}
