package relay

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// Software is the address given in the information document (NIP-11).
const Software = "https://github.com/privyseal/privyseal"

// ServeHTTP serves the websocket and the information document (NIP-11) at "/",
// and leaves everything else to [Options.Fallback].
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path != "/":
		r.options.Fallback.ServeHTTP(w, req)
	case req.Method == http.MethodGet && lists(req.Header, "Upgrade", "websocket"):
		r.serve(w, req)
	case req.Method == http.MethodGet && lists(req.Header, "Accept", "application/nostr+json"):
		r.describe(w)
	case req.Method == http.MethodOptions && req.Header.Get("Access-Control-Request-Method") == http.MethodGet:
		allowAnyOrigin(w.Header())
		w.WriteHeader(http.StatusNoContent)
	default:
		r.options.Fallback.ServeHTTP(w, req)
	}
}

// lists reports whether a header that is a list has the value, whatever its case.
func lists(h http.Header, name, value string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			part, _, _ = strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(part), value) {
				return true
			}
		}
	}
	return false
}

func allowAnyOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Accept")
}

// document is the information document (NIP-11).
type document struct {
	Name          string      `json:"name"`
	Description   string      `json:"description"`
	SupportedNIPs []int       `json:"supported_nips"`
	Software      string      `json:"software"`
	Limitation    limitation  `json:"limitation"`
	Retention     []retention `json:"retention"`
}

type limitation struct {
	MaxMessageLength    int   `json:"max_message_length"`
	MaxSubscriptions    int   `json:"max_subscriptions"`
	MaxFilters          int   `json:"max_filters"`
	MaxLimit            int   `json:"max_limit"`
	MaxSubIDLength      int   `json:"max_subid_length"`
	MaxEventTags        int   `json:"max_event_tags"`
	MaxContentLength    int   `json:"max_content_length"`
	AuthRequired        bool  `json:"auth_required"`
	PaymentRequired     bool  `json:"payment_required"`
	RestrictedWrites    bool  `json:"restricted_writes"`
	CreatedAtLowerLimit int64 `json:"created_at_lower_limit"`
	CreatedAtUpperLimit int64 `json:"created_at_upper_limit"`
}

type retention struct {
	Kinds []int `json:"kinds"`
	Time  int64 `json:"time"`
	Count int   `json:"count"`
}

// describe answers with the information document.
func (r *Relay) describe(w http.ResponseWriter) {
	l := r.limits
	name := "Privy Seal"
	if r.options.Name != nil {
		name = r.options.Name()
	}
	allowAnyOrigin(w.Header())
	w.Header().Set("Content-Type", "application/nostr+json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	json.NewEncoder(w).Encode(document{ // the client may be gone; nothing to do about it
		Name:          name,
		Description:   "Carries remote signing requests and answers (NIP-46), nothing else. What a recipient missed is kept in memory for a short while.",
		SupportedNIPs: []int{1, 11, 42, 46},
		Software:      Software,
		Limitation: limitation{
			MaxMessageLength:    l.Frame,
			MaxSubscriptions:    l.Subscriptions,
			MaxFilters:          l.Filters,
			MaxLimit:            l.QueueEvents / 2,
			MaxSubIDLength:      nostr.ReadSubIDLimit,
			MaxEventTags:        nostr.MaxTags,
			MaxContentLength:    l.Event,
			RestrictedWrites:    r.options.Private,
			CreatedAtLowerLimit: int64(l.Past.Seconds()),
			CreatedAtUpperLimit: int64(l.Ahead.Seconds()),
		},
		Retention: []retention{{
			Kinds: []int{kindRequest, kindLegacy},
			Time:  int64(l.MailboxTime.Seconds()),
			Count: l.MailboxEvents,
		}},
	})
}
