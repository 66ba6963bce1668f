package doubles

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// Kinds of Nostr Wallet Connect (NIP-47).
const (
	KindWalletInfo    nostr.Kind = 13194
	KindWalletRequest nostr.Kind = 23194
	KindWalletAnswer  nostr.Kind = 23195
)

// Wallet is a wallet with one connection, which has a budget (NIP-47 with
// NIP-44). It pays bills of Tips with money that is none.
type Wallet struct {
	URL   string // of the relay it listens on
	Relay *Relay
	Tips  *Tips

	key    nostr.Keypair // the wallet's
	client nostr.PubKey  // who may ask
	secret string        // the client's, for the connection's text
	shared nip44.ConversationKey

	mu           sync.Mutex
	budget, used int64 // in thousandths of a sat
}

// Open begins to listen, with keys for both sides and a budget.
func (w *Wallet) Open(key, client nostr.SecretKey, budget int64) error {
	kp, err := key.Keypair()
	if err != nil {
		return err
	}
	pk, err := client.PublicKey()
	if err != nil {
		return err
	}
	b := [32]byte(pk)
	if w.shared, err = nip44.NewConversationKey(kp, &b); err != nil {
		return err
	}
	w.key, w.client, w.secret, w.budget = kp, pk, hexOf(client), budget
	info := nostr.Template{Kind: KindWalletInfo, CreatedAt: time.Now().Unix(), Content: "pay_invoice get_balance get_budget get_info", Tags: nostr.Tags{{"encryption", "nip44_v2"}}}
	e, err := info.Sign(kp, false)
	if err != nil {
		return err
	}
	w.Relay.Add(e)
	w.Relay.On(w.hear)
	return nil
}

// Connection is the text that a person gives to an app. It is a secret.
func (w *Wallet) Connection() string {
	pk := nostr.PubKey(w.key.PublicKey())
	return "nostr+walletconnect://" + pk.String() + "?" + url.Values{"relay": {w.URL}, "secret": {w.secret}}.Encode()
}

type order struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// fault is what a wallet says when it does not do what it was asked.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *fault) Error() string { return f.Message }

// hear answers a request of its one client.
func (w *Wallet) hear(e *nostr.Event) {
	if e.Kind != KindWalletRequest || e.PubKey != w.client || e.Tags.TagValue("p") != nostr.PubKey(w.key.PublicKey()).String() {
		return
	}
	text, err := nip44.Decrypt(&w.shared, e.Content)
	var o order
	if err != nil || json.Unmarshal([]byte(text), &o) != nil {
		return
	}
	answer := map[string]any{"result_type": o.Method}
	if result, err := w.do(o); err != nil {
		f, ok := errors.AsType[*fault](err)
		if !ok {
			f = &fault{"PAYMENT_FAILED", err.Error()}
		}
		answer["error"] = f
	} else {
		answer["result"] = result
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return
	}
	sealed, err := nip44.Encrypt(&w.shared, string(raw))
	if err != nil {
		return
	}
	reply := nostr.Template{Kind: KindWalletAnswer, CreatedAt: time.Now().Unix(), Content: sealed, Tags: nostr.Tags{{"p", w.client.String()}, {"e", e.ID.String()}}}
	if signed, err := reply.Sign(w.key, false); err == nil {
		w.Relay.Add(signed)
	}
}

func (w *Wallet) do(o order) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch o.Method {
	case "get_info":
		return map[string]any{"alias": "Demo wallet", "network": "regtest", "methods": []string{"pay_invoice", "get_balance", "get_budget", "get_info"}}, nil
	case "get_balance":
		return map[string]any{"balance": w.budget - w.used}, nil
	case "get_budget":
		return map[string]any{"used_budget": w.used, "total_budget": w.budget, "renewal_period": "daily"}, nil
	case "pay_invoice":
		var p struct{ Invoice string }
		if err := json.Unmarshal(o.Params, &p); err != nil {
			return nil, &fault{"OTHER", "the order names no bill"}
		}
		msat := w.Tips.Amount(p.Invoice)
		if w.used+msat > w.budget {
			return nil, &fault{"QUOTA_EXCEEDED", "this is more than the budget allows"}
		}
		preimage, err := w.Tips.Pay(p.Invoice)
		if err != nil {
			return nil, err
		}
		w.used += msat
		return map[string]any{"preimage": preimage}, nil
	}
	return nil, &fault{"NOT_IMPLEMENTED", "this wallet cannot do that"}
}

func hexOf(sk nostr.SecretKey) string { return hex.EncodeToString(sk[:]) }
