package effect

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
)

// order is a wallet order (NIP-47). Amounts are in millisatoshis.
type order struct {
	Method string `json:"method"`
	Params struct {
		price
		Invoices []price `json:"invoices"`
		Keysends []price `json:"keysends"`
	} `json:"params"`
}

type price struct {
	Amount  int64  `json:"amount"`
	Invoice string `json:"invoice"`
}

// sats is what one payment costs: the more of what it says and what its
// invoice says.
func (p price) sats() int64 { return max(sats(p.Amount), sats(invoiced(p.Invoice))) }

// walletOrder reads an order; the zero order is none.
func walletOrder(text string) order {
	var o order
	if json.Unmarshal([]byte(text), &o) != nil {
		return order{}
	}
	return o
}

func (o order) pays() bool { return strings.Contains(o.Method, "pay_") }

// looks reports an order that changes nothing.
func (o order) looks() bool {
	return strings.HasPrefix(o.Method, "get_") || strings.HasPrefix(o.Method, "list_") || strings.HasPrefix(o.Method, "lookup_")
}

// amount is what an order costs in all; 0 when a part of it names no price.
func (o order) amount() int64 {
	parts := slices.Concat(o.Params.Invoices, o.Params.Keysends)
	if len(parts) == 0 {
		return o.Params.sats()
	}
	var sum int64
	for _, p := range parts {
		n := p.sats()
		if n == 0 || sum > most-n {
			return 0
		}
		sum += n
	}
	return sum
}

// walletOrder weighs NIP-47: the order is sealed, and one that was not opened
// and understood, with its price, is refused (T39).
func (w *weigher) walletOrder() {
	w.about()
	text, _, ok := w.unsealed(w.t.Content)
	if w.f.Opened != nil {
		text, ok = *w.f.Opened, true
	}
	o := walletOrder(text)
	if !ok || o.Method == "" {
		w.block(ReasonWalletNo)
		return
	}
	s := &w.e.Summary
	s.Method, s.Amount = o.Method, o.amount()
	switch {
	case o.pays():
		w.pays(o)
	case o.looks():
		w.e.Act = ActWalletLook
	default:
		w.e.Act, s.Title = ActWallet, o.Method
	}
}

func (w *weigher) pays(o order) {
	s := &w.e.Summary
	if s.Amount == 0 {
		w.block(ReasonWalletNo)
		return
	}
	if w.f.Payee != nil && o.Params.Invoice != "" {
		s.Payee = w.f.Payee(o.Params.Invoice)
	}
	if w.f.LeftToday != nil {
		s.Left, s.LeftKnown = max(0, *w.f.LeftToday), true
	}
	switch {
	case s.Amount > s.Left:
		w.guard(Reason{Code: ReasonOverDay, N: s.Left})
	case s.Amount > w.f.PayLimit:
		w.guard(Reason{Code: ReasonOverLimit, N: w.f.PayLimit})
	}
}

// tip is NIP-57's request for a bill; amounts are in millisatoshis.
func (w *weigher) tip() {
	w.about()
	v, _ := one(w.t.Tags, "amount")
	if msat, err := strconv.ParseInt(v, 10, 64); err == nil {
		w.e.Summary.Amount = sats(msat)
	}
	w.e.Summary.Quote = true
	if n := w.e.Summary.Amount; n == 0 || n > w.f.TipLimit {
		w.raise(Reason{Code: ReasonOverLimit, N: w.f.TipLimit})
	}
	if w.f.WalletChanged == nil || w.f.WalletChanged(w.e.Person) {
		w.raise(Reason{Code: ReasonPayTo})
	}
	w.often(tipsPerHour, time.Hour)
}

// goal is NIP-75's.
func (w *weigher) goal() {
	w.post()
	v, _ := one(w.t.Tags, "amount")
	if msat, err := strconv.ParseInt(v, 10, 64); err == nil {
		w.e.Summary.Amount = sats(msat)
	}
}

// walletSays is what wallet services send.
func (w *weigher) walletSays() {
	w.about()
	if w.f.Wallet {
		w.e.Base = privyseal.L1
	}
}

// proof is a piece of ecash (NIP-60, NIP-61); its amount is in sats.
type proof struct {
	Amount int64 `json:"amount"`
}

// ecashSend is NIP-61: the money itself, locked to somebody, for all to see.
func (w *weigher) ecashSend() {
	w.about()
	for _, v := range values(w.t.Tags, "proof") {
		var p proof
		if json.Unmarshal([]byte(v), &p) == nil && p.Amount > 0 && p.Amount < most {
			w.e.Summary.Amount += p.Amount
		}
	}
	w.e.Summary.Quote = true
	if n := w.e.Summary.Amount; n == 0 || n > w.f.TipLimit {
		w.guard(Reason{Code: ReasonOverLimit, N: w.f.TipLimit})
	}
}

// held is how much ecash a token event holds.
func held(text string) int64 {
	var tokens struct {
		Proofs []proof `json:"proofs"`
	}
	if json.Unmarshal([]byte(text), &tokens) != nil {
		return 0
	}
	var sum int64
	for _, p := range tokens.Proofs {
		if p.Amount > 0 && sum <= most-p.Amount {
			sum += p.Amount
		}
	}
	return sum
}

// sats rounds millisatoshis up; nothing below one.
func sats(msat int64) int64 {
	if msat <= 0 {
		return 0
	}
	return (msat-1)/1000 + 1
}

// most is a hundred bitcoin in millisatoshis: nobody means more.
const most = 100 * 100_000_000 * 1000

// invoice is the part of a BOLT11 invoice that names the amount, in bitcoin.
var invoice = regexp.MustCompile(`^(?i:ln(?:bcrt|bc|tbs|tb)([0-9]{1,12})([munp]?)1)`)

// invoiced is the amount of an invoice in millisatoshis; 0 when it names none,
// or one beyond a hundred bitcoin.
func invoiced(s string) int64 {
	m := invoice.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0
	}
	unit := map[string]int64{"": 100_000_000_000, "m": 100_000_000, "u": 100_000, "n": 100}[strings.ToLower(m[2])]
	if unit == 0 { // tenths of a millisatoshi
		return (n + 9) / 10
	}
	if n > most/unit {
		return 0
	}
	return n * unit
}
