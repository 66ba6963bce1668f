package effect

import "encoding/json"

// walletOrder is NIP-47: the order is sealed, and one that was not opened and
// understood is refused (T39).
func (w *weigher) walletOrder() {
	w.toPerson()
	var order struct {
		Method string `json:"method"`
		Params struct {
			Amount int64 `json:"amount"` // millisatoshis
		} `json:"params"`
	}
	if w.f.Opened == nil || json.Unmarshal([]byte(*w.f.Opened), &order) != nil || order.Method == "" {
		w.block(ReasonWalletNo)
		return
	}
	w.e.Summary.Method = order.Method
	w.e.Summary.Amount = sats(order.Params.Amount)
}
