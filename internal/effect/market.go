package effect

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// giveBadge is NIP-58's award.
func (w *weigher) giveBadge() {
	w.about()
	n := count(w.t.Tags, "p")
	w.e.Summary.Items = n
	if n > 1 {
		w.e.Act = ActGiveBadges
	}
	if n > manyBadges {
		w.raise(Reason{Code: ReasonManyGet, N: int64(n)})
	}
}

const manyBadges = 20

// bid is NIP-15's; its content is an amount in satoshis.
func (w *weigher) bid() {
	if n, err := strconv.ParseInt(w.t.Content, 10, 64); err == nil && n > 0 {
		w.e.Summary.Amount = n
	}
}

// listing is NIP-99's: a price tag of an amount and a currency.
func (w *weigher) listing() {
	w.article()
	w.e.Summary.Quote = true
	w.priced(priceTag(w.t.Tags))
	if h := w.f.Head; h != nil {
		w.repriced(priceTag(h.Tags))
	}
}

func priceTag(tags nostr.Tags) string {
	for _, t := range tags {
		if len(t) > 1 && t[0] == "price" {
			return strings.Join(t[1:min(3, len(t))], " ")
		}
	}
	return ""
}

// goods are shops, their things, and rooms, which are described in JSON
// (NIP-15, NIP-28).
func (w *weigher) goods() {
	name, p := describes(w.t.Content)
	w.e.Summary.Title = name
	w.priced(p)
	if h := w.f.Head; h != nil {
		var old string
		w.e.Summary.Known = true
		w.e.Summary.OldTitle, old = describes(h.Content)
		w.e.Summary.OldTime = h.CreatedAt
		w.tell(Reason{Code: ReasonReplaces})
		w.repriced(old)
	}
}

func describes(content string) (name, price string) {
	var g struct {
		Name     string      `json:"name"`
		Price    json.Number `json:"price"`
		Start    json.Number `json:"starting_bid"`
		Currency string      `json:"currency"`
	}
	if json.Unmarshal([]byte(content), &g) != nil {
		return "", ""
	}
	if g.Price == "" {
		g.Price = g.Start
	}
	if g.Price == "" {
		return g.Name, ""
	}
	return g.Name, strings.TrimSpace(g.Price.String() + " " + g.Currency)
}

func (w *weigher) priced(p string) { w.e.Summary.Price = p }

// repriced is a price ten times the old one, or a tenth of it.
func (w *weigher) repriced(old string) {
	was, wasIn := amountOf(old)
	is, isIn := amountOf(w.e.Summary.Price)
	if was > 0 && wasIn == isIn && (is >= 10*was || is*10 <= was) {
		w.raise(Reason{Code: ReasonPrice, Text: old})
	}
}

func amountOf(price string) (float64, string) {
	n, unit, _ := strings.Cut(price, " ")
	f, _ := strconv.ParseFloat(n, 64) // nothing, where there is no number
	return f, unit
}

// group is NIP-29's: whom it concerns, and in which group.
func (w *weigher) group() {
	w.about()
	w.e.Summary.Group, _ = one(w.t.Tags, "h")
}
