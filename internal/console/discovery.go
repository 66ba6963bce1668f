package console

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/url"

	"github.com/privyseal/privyseal/internal/control"
)

// nostrJSON is what a host tells of its signer (NIP-05, and NIP-46 "Announcing
// remote-signer metadata").
type nostrJSON struct {
	Names  map[string]string   `json:"names"`
	Relays map[string][]string `json:"relays"`
	Nip46  map[string]any      `json:"nip46"`
}

// discovery tells any page where this signer is, and nothing of the people who
// use it. On this computer only pages of this computer are told: others would
// know it again by its key. There is no redirect (NIP-05).
func (c *Console) discovery(w http.ResponseWriter, r *http.Request, site control.Site) {
	origin, far := c.askedAt(r, site.Origins)
	from := r.Header.Get("Origin")
	switch {
	case origin == "":
		http.NotFound(w, r)
		return
	case far:
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "public, max-age=300")
	case from == "" || loopback(from):
		w.Header().Add("Vary", "Origin")
		if from != "" {
			w.Header().Set("Access-Control-Allow-Origin", from)
		}
	default:
		http.Error(w, "On this computer only its own pages are told of the signer.", http.StatusForbidden)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "GET, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		http.Error(w, "Only reading is possible here.", http.StatusMethodNotAllowed)
		return
	}
	d, err := do[control.Discovery](r.Context(), c, control.VerbDiscovery, nil)
	if err != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "The signer is not ready.", http.StatusServiceUnavailable)
		return
	}
	doc := nostrJSON{
		Names:  map[string]string{"_": d.Signer},
		Relays: map[string][]string{d.Signer: d.Relays},
		// By its key as well: that is where older apps look.
		Nip46: map[string]any{"relays": d.Relays, "nostrconnect_url": control.ConnectTemplate(origin), d.Signer: d.Relays},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(doc) // strings only
	w.Header().Set("Content-Type", "application/json")
	_, _ = b.WriteTo(w)
}

// askedAt is the origin of ours that a request for everybody is made to, and
// whether it is one for other computers; "" for none, and over plain http from
// afar.
func (c *Console) askedAt(r *http.Request, ours []string) (origin string, far bool) {
	u := c.originOf(r, ours)
	if u == nil {
		home, err := url.Parse(loopbackHome(r, ours))
		if err != nil || home.Host == "" {
			return "", false
		}
		u = home
	}
	if tooPlain(r, u) {
		return "", false
	}
	origin = u.Scheme + "://" + u.Host
	return origin, !loopback(origin)
}

// loopback reports whether an origin is on this computer.
func loopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
