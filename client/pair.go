package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// Pairing is a link that waits to be answered by a key app. It never prints its
// secret; [Pairing.URI] is one.
type Pairing struct {
	line     *line
	uri      nip46.ConnectURI
	answered chan nostr.PubKey // the first signer that knew the secret
	refused  chan string       // the words of one that knew it, and said no

	mu   sync.Mutex
	done bool // answered, and handed out or failed
}

// Pair makes a nostrconnect:// link for the person's key app (NIP-46 "Direct
// connection initiated by the client"). The relays are the app's choice. When it
// returns, the app is listening on one of them at least: the link can be shown.
func Pair(ctx context.Context, relays []string, o Options) (*Pairing, error) {
	var urls []string
	for _, raw := range relays {
		url, err := nostr.NormalizeRelayURL(raw)
		if err != nil {
			return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "a relay of Pair is not usable: " + clean(err.Error()),
				Hint: "they look like wss://relay.example"}
		}
		if !slices.Contains(urls, url) {
			urls = append(urls, url)
		}
	}
	if len(urls) == 0 || len(urls) > maxRelays {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: fmt.Sprintf("Pair needs between one and %d relays", maxRelays)}
	}
	secret, err := nip46.NewSecret(rand.Reader)
	if err != nil {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the system gives no randomness", cause: err}
	}
	l, err := newLine(o)
	if err != nil {
		return nil, err
	}
	p := &Pairing{line: l, answered: make(chan nostr.PubKey, 1), refused: make(chan string, 1),
		uri: nip46.ConnectURI{Client: l.pub, Secret: secret, Perms: o.Perms, Metadata: o.metadata(), Callback: o.Callback, AuthURL: o.OnAuthURL != nil}}
	l.pairing = p
	l.open(urls, true)
	if err := l.awaitLive(ctx); err != nil {
		l.close()
		return nil, err
	}
	p.uri.Relays = l.liveFirst(ctx)
	return p, nil
}

// liveFirst gives slower relays a moment and then names those that are live
// before the others, because some key apps use only the first.
func (l *line) liveFirst(ctx context.Context) (urls []string) {
	moment := time.NewTimer(settle)
	defer moment.Stop()
	for {
		var dead []string
		urls = nil
		l.mu.Lock()
		for _, r := range l.relays {
			if r.live {
				urls = append(urls, r.url)
			} else {
				dead = append(dead, r.url)
			}
		}
		changed := l.changed
		l.mu.Unlock()
		urls = append(urls, dead...)
		if len(dead) == 0 {
			return urls
		}
		select {
		case <-changed:
		case <-moment.C:
			return urls
		case <-ctx.Done():
			return urls
		}
	}
}

// URI is the nostrconnect:// link. Whoever sees it before it is answered can
// answer it: show it to nobody but the person.
func (p *Pairing) URI() string { return p.uri.String() }

// CheckCode is three digits for the app to show while it waits: a key app shows
// the same ones for this link, and others for somebody else's.
func (p *Pairing) CheckCode() string { return p.uri.CheckCode() }

// receive looks whether an event of anybody proves to know the secret. All
// others are passed over: a stranger must not end a pairing, let alone take it.
func (p *Pairing) receive(e *nostr.Event) {
	l := p.line
	ck, err := nip44.NewConversationKey(l.key, (*[32]byte)(&e.PubKey))
	if err != nil {
		return
	}
	defer ck.Wipe()
	resp, err := l.unseal(e, &peer{e.PubKey, ck})
	if err == nil && resp.Error != "" && sameID(resp.ID, p.uri.Secret) {
		select {
		case p.refused <- resp.Error:
		default:
		}
		return
	}
	if err != nil || !nip46.SecretEqual(resp.Result, p.uri.Secret) {
		l.o.Logger.Debug("passed over an event while pairing")
		return
	}
	select {
	case p.answered <- e.PubKey:
	default: // the secret counts once
	}
}

// sameID reports whether a message's id is the secret: so says no to the link
// who has seen it (Privy Seal does; NIP-46 has no word for it).
func sameID(id nip46.RequestID, secret string) bool {
	var text string
	return json.Unmarshal([]byte(id), &text) == nil && nip46.SecretEqual(text, secret)
}

// Wait waits until the person's key app has answered the link, and begins the
// session. When ctx ends first it can be called again; after
// [Options.ApprovalTimeout], or any other error, the link is void. A key app may
// tell of the person's no, as [ErrDenied].
func (p *Pairing) Wait(ctx context.Context) (*Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return nil, errClosed()
	}
	timer := time.NewTimer(p.line.o.ApprovalTimeout)
	defer timer.Stop()
	select {
	case signer := <-p.answered:
		p.done = true
		if err := p.line.pin(signer); err != nil {
			p.line.close()
			return nil, badAnswer("its key is not valid")
		}
		return begin(ctx, p.line)
	case why := <-p.refused:
		p.done = true
		p.line.close()
		return nil, signerError(why)
	case <-timer.C:
		p.done = true
		p.line.close()
		return nil, &Error{Side: SideYou, Code: ErrNoAnswer, Msg: "no key app answered the link in time",
			Hint: "make a new link and open it in the key app"}
	case <-ctx.Done():
		return nil, canceled(ctx)
	case <-p.line.ctx.Done():
		return nil, errClosed()
	}
}

// Close gives the pairing up. After a successful Wait it does nothing.
func (p *Pairing) Close() {
	p.line.mu.Lock()
	open := p.line.pairing != nil
	p.line.mu.Unlock()
	if open {
		p.line.close()
	}
}

// Format prints the pairing without its secret.
func (p *Pairing) Format(f fmt.State, _ rune) { io.WriteString(f, "client.Pairing([secret])") }

// LogValue logs the pairing without its secret.
func (p *Pairing) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }
