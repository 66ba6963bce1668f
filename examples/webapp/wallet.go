package webapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// kindSettings is the kind of an app's own data (NIP-78); the places are d tags.
const (
	kindSettings  nostr.Kind = 30078
	walletPlace              = "message-board/wallet"
	settingsPlace            = "message-board/settings"
	notePlace                = "message-board/note/"
)

func (b *Board) wallets() {
	b.page("/wallet", "wallet.html", func(v visit) (any, error) {
		if !v.in {
			return "", nil
		}
		e, err := b.newest(v.Context(), v.who, kindSettings, walletPlace)
		return content(e), err
	})
	b.act("wallet", act{kind: kindSettings, draft: func(v visit) (*nostr.Template, error) {
		sealed := v.FormValue("text")
		if strings.HasPrefix(sealed, "nostr+walletconnect:") {
			return nil, wrong("This connection is not sealed, so it was not saved. Sign in with a signer that can seal.")
		}
		return &nostr.Template{Content: sealed, Tags: nostr.Tags{{"d", walletPlace}}}, nil
	}, done: reply{Said: "Your wallet is connected.", Next: "/wallet"}})
	b.mux.Handle("POST /wallet/budget", b.login.Require(http.HandlerFunc(b.budget)))
}

func content(e *nostr.Event) string {
	if e == nil {
		return ""
	}
	return e.Content
}

// budget asks a wallet what it may still spend here. Wallets that tell no budget
// may tell a balance.
func (b *Board) budget(w http.ResponseWriter, r *http.Request) {
	var limits struct {
		Used   int64  `json:"used_budget"`
		Total  int64  `json:"total_budget"`
		Period string `json:"renewal_period"`
	}
	var balance struct {
		Msat int64 `json:"balance"`
	}
	said, connection := "", r.FormValue("wallet")
	err := b.order(r.Context(), connection, "get_budget", nil, &limits)
	if err == nil && limits.Total > 0 {
		said = fmt.Sprintf("%d of %d sats are left to spend here (%s).", (limits.Total-limits.Used)/1000, limits.Total/1000, limits.Period)
	} else if err = b.order(r.Context(), connection, "get_balance", nil, &balance); err == nil {
		said = fmt.Sprintf("This wallet has %d sats. It tells no budget.", balance.Msat/1000)
	}
	if err != nil {
		fail(w, err)
		return
	}
	tell(w, http.StatusOK, reply{Said: said})
}

// order has a wallet do something, over Nostr Wallet Connect (NIP-47). It goes
// only to the demo's own relay.
func (b *Board) order(ctx context.Context, connection, method string, params, result any) error {
	u, err := url.Parse(strings.TrimSpace(connection))
	if err != nil || u.Scheme != "nostr+walletconnect" {
		return wrong("That is no connection of a wallet. It begins with nostr+walletconnect://")
	}
	wallet, err1 := nostr.ParsePubKey(u.Host)
	secret, err2 := nostr.ParseSecretKey(u.Query().Get("secret"))
	defer secret.Wipe()
	if err1 != nil || err2 != nil {
		return wrong("This connection is damaged. Copy it from your wallet again.")
	}
	if u.Query().Get("relay") != b.o.Relay {
		return wrong("This demo reaches only its own test wallet. Use that one here.")
	}
	key, err := secret.Keypair()
	if err != nil {
		return err
	}
	defer key.Wipe()
	peer := [32]byte(wallet)
	shared, err := nip44.NewConversationKey(key, &peer)
	if err != nil {
		return err
	}
	defer shared.Wipe()
	if params == nil {
		params = struct{}{}
	}
	raw, err := json.Marshal(map[string]any{"method": method, "params": params})
	if err != nil {
		return err
	}
	sealed, err := nip44.Encrypt(&shared, string(raw))
	if err != nil {
		return err
	}
	t := nostr.Template{Kind: 23194, CreatedAt: b.o.Now().Unix(), Content: sealed, Tags: nostr.Tags{{"p", wallet.String()}, {"encryption", "nip44_v2"}}}
	e, err := t.Sign(key, false)
	if err != nil {
		return err
	}
	got, err := relays.Ask(ctx, b.o.Relay, e, nostr.Filter{Kinds: []nostr.Kind{23195}, Authors: []nostr.PubKey{wallet}, Tags: map[string][]string{"e": {e.ID.String()}}})
	if err != nil {
		return wrong("Your wallet does not answer. Look whether it is on, then try again.")
	}
	return understood(&shared, got.Content, result)
}

// understood reads a wallet's answer.
func understood(shared *nip44.ConversationKey, sealed string, result any) error {
	var answer struct {
		Error  *struct{ Message string } `json:"error"`
		Result json.RawMessage           `json:"result"`
	}
	text, err := nip44.Decrypt(shared, sealed)
	if err != nil || json.Unmarshal([]byte(text), &answer) != nil {
		return wrong("Your wallet's answer cannot be read.")
	}
	if answer.Error != nil {
		return wrong("Your wallet said no: " + answer.Error.Message + ".")
	}
	if result != nil && json.Unmarshal(answer.Result, result) != nil {
		return wrong("Your wallet's answer cannot be read.")
	}
	return nil
}
