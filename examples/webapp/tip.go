package webapp

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// bills are those made here, by their number, until the process ends.
type bills struct {
	mu  sync.Mutex
	all []bill
}

// bill is one that a person is to pay.
type bill struct {
	Number int
	For    person
	Sats   int64
	Text   string
	by     nostr.PubKey // who asked for it
	from   nostr.PubKey // who signs its receipt
	Paid   bool
}

func (b *Board) tipping() {
	b.tips = newTips(b.o.Origin)
	b.act("tip", act{kind: 9734, draft: b.draftTip, take: b.takeTip})
	b.page("/bill/{number}", "bill.html", b.bill)
	b.mux.Handle("POST /bill/{number}/pay", b.login.Require(http.HandlerFunc(b.pay)))
}

func (b *Board) draftTip(v visit) (*nostr.Template, error) {
	e, err := b.find(v.Context(), v.FormValue("post"))
	if err != nil {
		return nil, err
	}
	sats, err := strconv.ParseInt(v.FormValue("sats"), 10, 64)
	if err != nil || sats < 1 || sats > 100_000 {
		return nil, wrong("Tip between 1 and 100,000 sats.")
	}
	if _, err := b.tips.offer(v.Context(), b.people(v.Context(), e.PubKey)[e.PubKey]); err != nil {
		return nil, err
	}
	return &nostr.Template{Tags: nostr.Tags{{"relays", b.o.Relay}, {"amount", strconv.FormatInt(sats*1000, 10)}, {"p", e.PubKey.String()}, {"e", e.ID.String()}}}, nil
}

// takeTip hands the signed request to the other's address and keeps the bill.
func (b *Board) takeTip(v visit, e *nostr.Event) (reply, error) {
	to, err := nostr.ParsePubKey(e.Tags.TagValue("p"))
	if err != nil {
		return reply{}, wrong("Your signer sent back something else than was asked. Try again.")
	}
	who := b.people(v.Context(), to)[to]
	o, err := b.tips.offer(v.Context(), who)
	if err != nil {
		return reply{}, err
	}
	text, err := b.tips.bill(v.Context(), o, e)
	if err != nil {
		return reply{}, err
	}
	msat, _ := strconv.ParseInt(e.Tags.TagValue("amount"), 10, 64)
	b.bills.mu.Lock()
	defer b.bills.mu.Unlock()
	n := len(b.bills.all) + 1
	b.bills.all = append(b.bills.all, bill{Number: n, For: who, Sats: msat / 1000, Text: text, by: v.who, from: o.Key})
	return reply{Said: "Here is the bill.", Next: "/bill/" + strconv.Itoa(n)}, nil
}

// mine finds a bill of who asks.
func (b *Board) mine(v visit) (bill, error) {
	b.bills.mu.Lock()
	defer b.bills.mu.Unlock()
	n, err := strconv.Atoi(v.PathValue("number"))
	if err != nil || n < 1 || n > len(b.bills.all) || !v.in || b.bills.all[n-1].by != v.who {
		return bill{}, wrong("There is no such bill of yours. Go back to the board and tip again.")
	}
	return b.bills.all[n-1], nil
}

// bill shows a bill, and whether its receipt has come.
func (b *Board) bill(v visit) (any, error) {
	one, err := b.mine(v)
	if err != nil {
		return nil, err
	}
	found, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{9735}, Authors: []nostr.PubKey{one.from}, Tags: map[string][]string{"p": {one.For.Key.String()}}})
	for _, e := range found {
		one.Paid = one.Paid || e.Tags.TagValue("bolt11") == one.Text
	}
	wallet, _ := b.newest(v.Context(), v.who, kindSettings, walletPlace)
	return struct {
		bill
		Wallet string
	}{one, content(wallet)}, err
}

// pay has a wallet pay a bill. The connection is used and forgotten.
func (b *Board) pay(w http.ResponseWriter, r *http.Request) {
	v := b.visit(r)
	one, err := b.mine(v)
	if err == nil {
		err = b.order(v.Context(), r.FormValue("wallet"), "pay_invoice", map[string]string{"invoice": one.Text}, nil)
	}
	if err != nil {
		fail(w, err)
		return
	}
	tell(w, http.StatusOK, reply{Said: "Paid. Waiting for the receipt.", Next: "/bill/" + strconv.Itoa(one.Number)})
}
