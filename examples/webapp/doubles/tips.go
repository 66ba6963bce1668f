package doubles

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// The least and the most of one tip, in thousandths of a sat.
const (
	minTip = 1_000
	maxTip = 1_000_000_000
)

// Tips takes tips for people by name (LNURL-pay, LUD-06 and 16) and publishes a
// receipt for each that was asked for by a zap request (NIP-57). Its bills look
// like Lightning invoices of a test network; only Pay can pay them.
type Tips struct {
	Origin string                  // of the site it is served on
	Key    nostr.Keypair           // signs receipts
	People map[string]nostr.PubKey // by name
	Relay  *Relay                  // receipts go there

	mu    sync.Mutex
	bills map[string]*bill
}

type bill struct {
	to      nostr.PubKey
	msat    int64
	request *nostr.Event // nil without a zap request
	paid    bool
}

// Errors of paying.
var (
	ErrNoBill = errors.New("this is no bill of this demo")
	ErrPaid   = errors.New("this bill is paid already")
)

// Handler serves the two steps of LNURL-pay.
func (t *Tips) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/lnurlp/{name}", t.offer)
	mux.HandleFunc("GET /.well-known/lnurlp/{name}/bill", t.ask)
	return mux
}

func (t *Tips) offer(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if _, ok := t.People[name]; !ok {
		lnurlError(w, "nobody of that name takes tips here")
		return
	}
	answer(w, map[string]any{
		"tag": "payRequest", "callback": t.Origin + "/.well-known/lnurlp/" + name + "/bill",
		"minSendable": minTip, "maxSendable": maxTip, "metadata": fmt.Sprintf(`[["text/plain","A tip for %s"]]`, name),
		"allowsNostr": true, "nostrPubkey": nostr.PubKey(t.Key.PublicKey()).String(),
	})
}

func (t *Tips) ask(w http.ResponseWriter, r *http.Request) {
	to, ok := t.People[r.PathValue("name")]
	msat, err := strconv.ParseInt(r.FormValue("amount"), 10, 64)
	switch {
	case !ok:
		lnurlError(w, "nobody of that name takes tips here")
		return
	case err != nil || msat < minTip || msat > maxTip:
		lnurlError(w, "the amount is too small or too large")
		return
	}
	b := &bill{to: to, msat: msat}
	if raw := r.FormValue("nostr"); raw != "" {
		if b.request, err = zapRequest(raw, to, msat); err != nil {
			lnurlError(w, err.Error())
			return
		}
	}
	var nonce [24]byte
	_, _ = rand.Read(nonce[:])
	text := fmt.Sprintf("lnbcrt%dn1%s", msat/100, hex.EncodeToString(nonce[:]))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bills == nil {
		t.bills = map[string]*bill{}
	}
	t.bills[text] = b
	answer(w, map[string]any{"pr": text, "routes": []string{}})
}

// zapRequest checks what NIP-57 (appendix D) has a server check.
func zapRequest(raw string, to nostr.PubKey, msat int64) (*nostr.Event, error) {
	e, err := nostr.ParseEvent([]byte(raw))
	switch {
	case err != nil || e.Kind != 9734 || e.Verify() != nil:
		return nil, errors.New("the request for a tip is not genuine")
	case e.Tags.TagValue("p") != to.String():
		return nil, errors.New("the request is for somebody else")
	case e.Tags.TagValue("amount") != strconv.FormatInt(msat, 10):
		return nil, errors.New("the request names another amount")
	case e.Tags.TagValue("relays") == "":
		return nil, errors.New("the request names no place for the receipt")
	}
	return e, nil
}

// Pay pays a bill, once, and publishes the receipt.
func (t *Tips) Pay(text string) (preimage string, err error) {
	t.mu.Lock()
	b := t.bills[strings.TrimSpace(text)]
	switch {
	case b == nil:
		err = ErrNoBill
	case b.paid:
		err = ErrPaid
	default:
		b.paid = true
	}
	t.mu.Unlock()
	if err != nil {
		return "", err
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	preimage = hex.EncodeToString(secret[:])
	if b.request == nil {
		return preimage, nil
	}
	tags := nostr.Tags{{"p", b.to.String()}, {"P", b.request.PubKey.String()}, {"bolt11", text}, {"description", string(b.request.AppendJSON(nil))}, {"preimage", preimage}}
	if id := b.request.Tags.TagValue("e"); id != "" {
		tags = append(tags, nostr.Tag{"e", id})
	}
	receipt := nostr.Template{Kind: 9735, CreatedAt: time.Now().Unix(), Tags: tags}
	e, err := receipt.Sign(t.Key, false)
	if err == nil {
		t.Relay.Add(e)
	}
	return preimage, err
}

// Amount is what a bill asks for, in thousandths of a sat; 0 for no bill.
func (t *Tips) Amount(text string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.bills[strings.TrimSpace(text)]; b != nil {
		return b.msat
	}
	return 0
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_ = json.NewEncoder(w).Encode(v)
}

func lnurlError(w http.ResponseWriter, why string) {
	answer(w, map[string]string{"status": "ERROR", "reason": why})
}
