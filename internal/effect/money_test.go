package effect_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

func TestMoney(t *testing.T) {
	tip := func(sats string) *nostrRequest { return event(9734, "", "p "+bea.String(), "amount "+sats+"000") }
	pay := func(sats string) effect.Facts {
		f := facts()
		text := `{"method":"pay_invoice","params":{"amount":` + sats + `000}}`
		f.Opened = &text
		return f
	}
	with := func(f effect.Facts, change func(*effect.Facts)) effect.Facts { change(&f); return f }
	order := event(23194, "x")
	for name, c := range map[string]struct {
		r              *nostrRequest
		f              effect.Facts
		level, reasons string
		guard          string
		amount         int64
	}{
		"a tip":                 {tip("5000"), facts(), "L2", "", "", 5000},
		"over the limit":        {tip("5001"), facts(), "L3", "over-limit", "", 5001},
		"no amount":             {event(9734, "", "p "+bea.String()), facts(), "L3", "over-limit", "", 0},
		"no limit known":        {tip("1"), with(facts(), func(f *effect.Facts) { f.Money = effect.Money{} }), "L3", "over-limit", "", 1},
		"a new wallet":          {tip("1"), with(facts(), func(f *effect.Facts) { f.WalletChanged = func(pk nostr.PubKey) bool { return pk == bea } }), "L3", "other-wallet", "", 1},
		"wallet not known":      {tip("1"), with(facts(), func(f *effect.Facts) { f.WalletChanged = nil }), "L3", "other-wallet", "", 1},
		"a payment":             {order, pay("5000"), "L3", "", "", 5000},
		"payment over limit":    {order, pay("5001"), "L3", "over-limit", "over-limit", 5001},
		"all that is left":      {order, pay("7900"), "L3", "over-limit", "over-limit", 7900},
		"payment over the day":  {order, pay("7901"), "L3", "over-day", "over-day", 7901},
		"nothing left is known": {order, with(pay("1"), func(f *effect.Facts) { f.LeftToday = nil }), "L3", "over-day", "over-day", 1},
		"a goal":                {event(9041, "oven", "amount 2100000"), facts(), "L2", "", "", 2100},
		"ecash":                 {event(9321, "", "p "+bea.String(), `proof {"amount":21}`, `proof {"amount":4}`, `proof {"amount":-9}`), facts(), "L3", "", "", 25},
		"ecash to the limit":    {event(9321, "", `proof {"amount":5000}`, `proof x`), facts(), "L3", "", "", 5000},
		"ecash over the limit":  {event(9321, "", `proof {"amount":5001}`), facts(), "L3", "over-limit", "over-limit", 5001},
		"more than there is":    {event(9321, "", `proof {"amount":10000000000000}`), facts(), "L3", "over-limit", "over-limit", 0},
		"ecash of no amount":    {event(9321, "", "p "+bea.String()), facts(), "L3", "over-limit", "over-limit", 0},
		"the least ecash":       {event(9321, "", `proof {"amount":1}`), facts(), "L3", "", "", 1},
		"nothing left":          {order, with(pay("1"), func(f *effect.Facts) { f.LeftToday = new(int64(0)) }), "L3", "over-day", "over-day", 1},
		"the least bid":         {event(1021, "1"), facts(), "L2", "", "", 1},
		"a bid below nothing":   {event(1021, "-1"), facts(), "L2", "", "", 0},
		"a bid beyond numbers":  {event(1021, "99999999999999999999"), facts(), "L2", "", "", 0},
		"a bid":                 {event(1021, "2100"), facts(), "L2", "", "", 2100},
		"a wallet's word":       {event(9735, ""), facts(), "L3", "", "", 0},
		"a wallet service":      {event(9735, ""), with(facts(), func(f *effect.Facts) { f.Wallet = true }), "L1", "", "", 0},
	} {
		e := effect.Of(c.r, c.f)
		if e.Level.String() != c.level || codes(e) != c.reasons || e.Guard != c.guard || e.Summary.Amount != c.amount {
			t.Errorf("%s: %v, %q, guard %q, %d sats", name, e.Level, codes(e), e.Guard, e.Summary.Amount)
		}
	}
}

func TestWhomAPaymentGoesTo(t *testing.T) {
	f := facts()
	text := `{"method":"pay_invoice","params":{"invoice":"lnbc21u1pxyz"}}`
	f.Opened = &text
	f.Payee = func(invoice string) string { return map[string]string{"lnbc21u1pxyz": "Bea"}[invoice] }
	if s := effect.Of(event(23194, "x"), f).Summary; s.Payee != "Bea" || !s.LeftKnown || s.Left != 7900 {
		t.Errorf("%+v", s)
	}
	text = `{"method":"pay_keysend","params":{"amount":1000}}`
	if s := effect.Of(event(23194, "x"), f).Summary; s.Payee != "" {
		t.Errorf("named without a bill: %+v", s)
	}
}

// keysends is an order to pay a hundred bitcoin so many times.
func keysends(n int) string {
	return `{"method":"multi_pay_keysend","params":{"keysends":[{"amount":10000000000000}` + strings.Repeat(`,{"amount":10000000000000}`, n-1) + `]}}`
}

func TestOrdersOfManyPayments(t *testing.T) {
	for text, want := range map[string]int64{
		`{"method":"multi_pay_invoice","params":{"invoices":[{"invoice":"lnbc21u1p"},{"invoice":"lnbc10u1p","amount":2000000}]}}`: 4100,
		`{"method":"multi_pay_keysend","params":{"keysends":[{"amount":1000},{"amount":1}]}}`:                                     2,
		keysends(1000): 1e13,
		keysends(1001): 0,
		`{"method":"multi_pay_keysend","params":{"keysends":[{"amount":1000},{}]}}`:                                            0,
		`{"method":"multi_pay_keysend","params":{"keysends":[{"amount":9223372036854775807},{"amount":9223372036854775807}]}}`: 0,
	} {
		f := facts()
		f.Opened = &text
		if e := effect.Of(event(23194, "x"), f); e.Summary.Amount != want || (want == 0) != (e.Blocked == effect.ReasonWalletNo) {
			t.Errorf("%s: %d sats, blocked %q", text, e.Summary.Amount, e.Blocked)
		}
	}
	for method, want := range map[string]effect.Act{"get_balance": effect.ActWalletLook, "list_transactions": effect.ActWalletLook, "lookup_invoice": effect.ActWalletLook, "make_invoice": effect.ActWallet, "sign_message": effect.ActWallet} {
		f, text := facts(), `{"method":"`+method+`"}`
		f.Opened = &text
		if e := effect.Of(event(23194, "x"), f); e.Act != want || e.Level.String() != "L3" {
			t.Errorf("%s: %s at %v", method, e.Act, e.Level)
		}
	}
}

// A price ten times the old one, or a tenth of it, is no slip of the hand.
func TestPrices(t *testing.T) {
	for name, c := range map[string]struct {
		r       *nostrRequest
		head    *nostr.Event
		reasons string
		price   string
	}{
		"new":            {event(30402, "", "d x", "price 100 EUR"), nil, "", "100 EUR"},
		"the same":       {event(30402, "", "d x", "price 100 EUR"), head(30402, "", "d x", "price 100 EUR"), "replaces", "100 EUR"},
		"nine times":     {event(30402, "", "d x", "price 900 EUR"), head(30402, "", "d x", "price 100 EUR"), "replaces", "900 EUR"},
		"ten times":      {event(30402, "", "d x", "price 1000 EUR"), head(30402, "", "d x", "price 100 EUR"), "replaces price", "1000 EUR"},
		"a tenth":        {event(30402, "", "d x", "price 10 EUR"), head(30402, "", "d x", "price 100 EUR"), "replaces price", "10 EUR"},
		"other currency": {event(30402, "", "d x", "price 10 USD"), head(30402, "", "d x", "price 100 EUR"), "replaces", "10 USD"},
		"a product":      {event(30018, `{"name":"Bread","price":5,"currency":"EUR"}`), head(30018, `{"name":"Bread","price":50,"currency":"EUR"}`), "replaces price", "5 EUR"},
		"an auction":     {event(30020, `{"name":"Oven","starting_bid":21}`), nil, "", "21"},
		"was for free":   {event(30402, "", "d x", "price 10 EUR"), head(30402, "", "d x", "price free EUR"), "replaces", "10 EUR"},
		"no price":       {event(30018, `{"name":"Bread","currency":"EUR"}`), nil, "", ""},
		"no number":      {event(30018, `{"price":5,"name":7}`), nil, "", ""},
		"no currency":    {event(30402, "", "d x", "", "price", "price 5"), nil, "", "5"},
		"a month's":      {event(30402, "", "d x", "price 5 EUR month"), nil, "", "5 EUR"},
		"not JSON":       {event(30018, `Bread`), nil, "", ""},
	} {
		f := none()
		f.Head = c.head
		e := effect.Of(c.r, f)
		if codes(e) != c.reasons || e.Summary.Price != c.price {
			t.Errorf("%s: %q, %q", name, codes(e), e.Summary.Price)
		}
	}
}
