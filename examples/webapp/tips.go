package webapp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// tips asks for bills (LNURL-pay, NIP-57). It reaches only addresses of the
// board's own domain: a server that fetched what profiles name would fetch from
// inside its network for anybody.
type tips struct {
	origin string
	client http.Client
}

func newTips(origin string) tips {
	return tips{origin, http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// offer is the first step's answer.
type offer struct {
	Callback string       `json:"callback"`
	Min      int64        `json:"minSendable"`
	Max      int64        `json:"maxSendable"`
	Nostr    bool         `json:"allowsNostr"`
	Key      nostr.PubKey `json:"nostrPubkey"`
}

// Takes reports whether a person can be tipped from here.
func (t tips) takes(p person) bool {
	name, host, ok := strings.Cut(p.Tips, "@")
	return ok && name != "" && host == strings.TrimPrefix(strings.TrimPrefix(t.origin, "http://"), "https://")
}

func (t tips) offer(ctx context.Context, p person) (offer, error) {
	var o offer
	if !t.takes(p) {
		return o, wrong(p.Name + " has no address for tips that this board can reach.")
	}
	name, _, _ := strings.Cut(p.Tips, "@")
	err := t.get(ctx, t.origin+"/.well-known/lnurlp/"+url.PathEscape(name), &o)
	if err == nil && (!o.Nostr || !strings.HasPrefix(o.Callback, t.origin+"/")) {
		err = wrong("This address for tips gives no receipts, so the board does not use it.")
	}
	return o, err
}

// bill has a bill made for a signed request.
func (t tips) bill(ctx context.Context, o offer, request *nostr.Event) (string, error) {
	var answer struct {
		Bill   string `json:"pr"`
		Status string `json:"status"`
		Reason string `json:"reason"`
	}
	q := url.Values{"amount": {request.Tags.TagValue("amount")}, "nostr": {string(request.AppendJSON(nil))}}
	if err := t.get(ctx, o.Callback+"?"+q.Encode(), &answer); err != nil {
		return "", err
	}
	if answer.Bill == "" {
		return "", wrong("No bill was made: " + answer.Reason + ".")
	}
	return answer.Bill, nil
}

func (t tips) get(ctx context.Context, address string, into any) error {
	const away = wrong("The address for tips does not answer. Nothing was paid: try again later.")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return away
	}
	res, err := t.client.Do(req)
	if err != nil {
		return away
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || json.NewDecoder(http.MaxBytesReader(nil, res.Body, 64<<10)).Decode(into) != nil {
		return away
	}
	return nil
}

// worth is what a receipt is worth in sats, 0 if it is not one of the address's.
func worth(receipt *nostr.Event, key nostr.PubKey) int64 {
	if receipt.PubKey != key {
		return 0
	}
	request, err := nostr.ParseEvent([]byte(receipt.Tags.TagValue("description")))
	if err != nil || request.Verify() != nil {
		return 0
	}
	msat, _ := strconv.ParseInt(request.Tags.TagValue("amount"), 10, 64)
	return msat / 1000
}
