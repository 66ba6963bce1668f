package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/privyseal/privyseal/nostr"
)

// Saved is an exported session. It is a secret: whoever has it can ask the key
// app as this app. It prints as "[secret]"; as []byte it is what it is.
type Saved []byte

// Format never shows the content, whatever the verb.
func (Saved) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// LogValue never shows the content.
func (Saved) LogValue() slog.Value { return slog.StringValue("[secret]") }

// saved is the JSON of an exported session, version 1.
type saved struct {
	Version int      `json:"v"`
	Client  string   `json:"client"` // nsec
	Signer  string   `json:"signer"` // hex
	User    string   `json:"user,omitempty"`
	Relays  []string `json:"relays"`
}

const (
	savedVersion = 1
	maxSaved     = 64 << 10
)

// Export is the session as JSON, to be kept where the app keeps secrets and
// given to [Resume] later. Export again after [Session.SwitchRelays].
func (s *Session) Export() (Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forgot {
		return nil, errClosed()
	}
	out := saved{Version: savedVersion, Client: s.line.secret.Nsec(), Signer: s.Signer().String(), Relays: s.Relays()}
	if s.user != (nostr.PubKey{}) {
		out.User = s.user.String()
	}
	return json.Marshal(out)
}

// Resume takes up a session that was exported. It does not connect anew, so that
// nothing is asked and no permission is lost, and it does not wait for the
// network: the first call does. An error, always [ErrSession], means that the
// data is no session; the key app's word on an ended one comes with a call.
func Resume(exported []byte, o Options) (*Session, error) {
	bad := func(why string) (*Session, error) {
		return nil, &Error{Side: SideApp, Code: ErrSession, Msg: "the saved session cannot be used: " + why,
			Hint: "connect with a new link"}
	}
	var in saved
	if len(exported) > maxSaved || json.Unmarshal(exported, &in) != nil {
		return bad("it is not what Export gave")
	}
	if in.Version != savedVersion {
		return bad("it is of another version")
	}
	secret, err := nostr.ParseSecretKey(in.Client)
	if err != nil {
		return bad("its client key is damaged")
	}
	signer, err := nostr.ParsePubKey(in.Signer)
	if err != nil {
		return bad("its signer key is damaged")
	}
	var user nostr.PubKey
	if in.User != "" {
		if user, err = nostr.ParsePubKey(in.User); err != nil {
			return bad("its user key is damaged")
		}
	}
	var relays []string
	for _, raw := range in.Relays {
		url, err := nostr.NormalizeRelayURL(raw)
		if err != nil {
			return bad("a relay of it is damaged")
		}
		relays = append(relays, url)
	}
	if len(relays) == 0 || len(relays) > maxRelays {
		return bad("it has no relays, or too many")
	}
	o.ClientKey = secret
	l, err := newLine(o)
	if err != nil {
		return bad("its client key is damaged")
	}
	if l.pin(signer) != nil {
		return bad("its signer key is damaged")
	}
	s := &Session{line: l, user: user}
	l.open(relays, true)
	l.wg.Go(func() {
		if l.awaitLive(l.ctx) == nil {
			s.SwitchRelays(l.ctx)
		}
	})
	return s, nil
}
