package effect

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// walletOrder is NIP-47: the order is sealed, and one that was not opened and
// understood, with its price, is refused (T39).
func (w *weigher) walletOrder() {
	w.toPerson()
	var order struct {
		Method string `json:"method"`
		Params struct {
			Amount  int64  `json:"amount"` // millisatoshis
			Invoice string `json:"invoice"`
		} `json:"params"`
	}
	if w.f.Opened == nil || json.Unmarshal([]byte(*w.f.Opened), &order) != nil || order.Method == "" {
		w.block(ReasonWalletNo)
		return
	}
	w.e.Summary.Method = order.Method
	w.e.Summary.Amount = max(sats(order.Params.Amount), sats(invoiced(order.Params.Invoice)))
	if !strings.Contains(order.Method, "pay_") {
		w.e.Act = ActWallet
		return
	}
	if w.e.Summary.Amount == 0 {
		w.block(ReasonWalletNo)
	}
}

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
	const most = 100 * 100_000_000 * 1000
	unit := map[string]int64{"": 100_000_000_000, "m": 100_000_000, "u": 100_000, "n": 100}[strings.ToLower(m[2])]
	if unit == 0 { // tenths of a millisatoshi
		return (n + 9) / 10
	}
	if n > most/unit {
		return 0
	}
	return n * unit
}
