package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/privyseal/privyseal/nostr"
)

// Saved is an exported session. It is a secret: whoever has it can ask the key
// app as this app. It prints as "[secret]"; as []byte it is what it is.
type Saved []byte

// Format never shows the content, whatever the verb.
func (Saved) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// LogValue never shows the content.
func (Saved) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Export is the session as JSON, to be kept where the app keeps secrets and
// given to [Resume] later. Export again after [Session.SwitchRelays].
func (s *Session) Export() (Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forgot {
		return nil, errClosed()
	}
	out := identity{secret: s.line.secret, signer: s.Signer(), user: s.user, relays: s.Relays()}
	return out.append(), nil
}

// Resume takes up a session that was exported. It does not connect anew, so that
// nothing is asked and no permission is lost, and it does not wait for the
// network: the first call does. An error, always [ErrSession], means that the
// data is no session; the key app's word on an ended one comes with a call.
func Resume(exported []byte, o Options) (*Session, error) {
	in, err := parseSaved(exported)
	if err != nil {
		return nil, &Error{Side: SideApp, Code: ErrSession, Msg: "the saved session cannot be used: " + err.Error(),
			Hint: "connect with a new link"}
	}
	o.ClientKey = in.secret
	l, err := newLine(o)
	if err != nil {
		return nil, err
	}
	if err := l.pin(in.signer); err != nil {
		return nil, err
	}
	s := &Session{line: l, user: in.user}
	l.open(in.relays, true)
	l.wg.Go(s.meet)
	return s, nil
}

// identity is what makes a session the same one later.
type identity struct {
	secret       nostr.SecretKey
	signer, user nostr.PubKey // user is zero if not known yet
	relays       []string
}

// saved is the JSON of an identity, version 1.
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

func (i *identity) append() []byte {
	out := saved{Version: savedVersion, Client: i.secret.Nsec(), Signer: i.signer.String(), Relays: i.relays}
	if i.user != (nostr.PubKey{}) {
		out.User = i.user.String()
	}
	text, _ := json.Marshal(out) // strings and a number
	return text
}

// parseSaved reads an identity. Its errors never quote it.
func parseSaved(exported []byte) (i identity, err error) {
	var in saved
	if len(exported) > maxSaved || json.Unmarshal(exported, &in) != nil {
		return i, errors.New("it is not what Export gave")
	}
	if in.Version != savedVersion {
		return i, errors.New("it is of another version")
	}
	if i.secret, err = nostr.ParseSecretKey(in.Client); err != nil {
		return i, errors.New("its client key is damaged")
	}
	if i.signer, err = nostr.ParsePubKey(in.Signer); err != nil {
		return i, errors.New("its signer key is damaged")
	}
	if in.User != "" {
		if i.user, err = nostr.ParsePubKey(in.User); err != nil {
			return i, errors.New("its user key is damaged")
		}
	}
	for _, raw := range in.Relays {
		url, err := nostr.NormalizeRelayURL(raw)
		if err != nil {
			return i, errors.New("a relay of it is damaged")
		}
		if !slices.Contains(i.relays, url) {
			i.relays = append(i.relays, url)
		}
	}
	if len(i.relays) == 0 || len(i.relays) > maxRelays {
		return i, errors.New("it has no relays, or too many")
	}
	return i, nil
}
