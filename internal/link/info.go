package link

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxInfo bounds a relay's information document, in bytes.
const maxInfo = 64 << 10

// Info is what a relay says of itself (NIP-11). All of it is a claim.
type Info struct {
	Name       string     `json:"name"`
	Software   string     `json:"software"`
	Version    string     `json:"version"`
	NIPs       []int      `json:"supported_nips"`
	Limitation Limitation `json:"limitation"`
}

// Limitation is the part of [Info] that says what a relay accepts; 0 is unsaid.
type Limitation struct {
	MaxMessageLength int  `json:"max_message_length"`
	MaxSubscriptions int  `json:"max_subscriptions"`
	MaxEventTags     int  `json:"max_event_tags"`
	AuthRequired     bool `json:"auth_required"`
	PaymentRequired  bool `json:"payment_required"`
	RestrictedWrites bool `json:"restricted_writes"`
}

// ErrInfo says that a relay gave no information document, or not a valid one.
var ErrInfo = errors.New("the relay gives no valid information about itself")

// Info fetches a relay's information document from its ws or wss address.
func (d *Dialer) Info(ctx context.Context, url string, typed bool) (*Info, error) {
	rest, ok := strings.CutPrefix(url, "ws")
	if !ok {
		return nil, refused("it does not begin with wss://")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+rest, nil)
	if err != nil {
		return nil, refused("not a valid address")
	}
	req.Header.Set("Accept", "application/nostr+json")
	resp, err := d.Client(typed).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &StatusError{Code: resp.StatusCode}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxInfo+1))
	if err != nil {
		return nil, err
	}
	info := new(Info)
	if len(b) > maxInfo || json.Unmarshal(b, info) != nil {
		return nil, ErrInfo
	}
	return info, nil
}
