package promptbook

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// states are what raises a level, or must be said.
func states() []Page {
	recent := func(n int) func(*Page) {
		return known(func(f *effect.Facts) { f.Recent = func(nostr.Kind, time.Duration) int { return n } })
	}
	blind := known(func(f *effect.Facts) { *f = effect.Facts{Now: f.Now, Own: f.Own} })
	strangers := known(func(f *effect.Facts) { f.Known = nil })
	strange := known(func(f *effect.Facts) { f.KnownHost, f.RelayListed = nil, nil })
	tip := func() *privyseal.Request { return event(9734, "", "p|"+carl.String(), "amount|2100000") }
	unsealed := func(p *Page) { p.Facts.Sealed = nil }
	poll := known(func(f *effect.Facts) {
		f.Find = func(string) *nostr.Event {
			return &nostr.Event{Kind: 1068, Tags: nostr.Tags{{"option", "1", "Tea"}, {"option", "2", "Coffee"}}}
		}
		f.Voted = func(string) bool { return true }
	})
	posted := known(func(f *effect.Facts) {
		f.Find = func(string) *nostr.Event { return &nostr.Event{Kind: 1, Content: "gm, coffee is ready"} }
	})
	pages := []Page{
		page("", "app that only claims a name", event(1, "gm"), by(claimed("Coracle"))),
		page("", "app without a name", event(1, "gm"), by(app(""))),
		page("", "checked app", event(1, "gm"), by(claimed("Coracle")), checked("coracle.example")),
		page("", "new app", event(1, "gm"), young),
		page("", "nothing is known", event(1, "gm"), blind),
		page("", "hidden characters", event(1, "pay \u202eevil\u202c to\u200b me")),
		page("", "long text", event(1, strings.Repeat("gm ", 300))),
		page("", "old date", at(event(1, "gm"), -2*time.Hour)),
		page("", "many people", event(1, "hi", many(0, 11, "p")...)),
		page("", "much unseen", event(1, "hi", "odd|"+strings.Repeat("x", 5000))),
		page("", "eleventh note in an hour", event(1, "gm"), recent(10)),
		page("", "many reactions", event(7, "+", "p|"+carl.String()), recent(30)),
		page("", "new file host", event(20, "look", "imeta|url https://files.example/a.png"), strange),

		page("", "follows, one more", event(3, "", many(0, 6, "p")...), before("", many(0, 5, "p")...)),
		page("", "follows, five less", event(3, "", many(0, 95, "p")...), before("", many(0, 100, "p")...)),
		page("", "follows, ten less", event(3, "", many(0, 990, "p")...), before("", many(0, 1000, "p")...)),
		page("", "follows, none left", event(3, ""), before("", many(0, 3, "p")...)),
		page("", "follows, not found", event(3, "", many(0, 5, "p")...), blind),

		page("", "profile, a new name", event(0, `{"name":"Ana Bakes"}`), before(`{"name":"Ana"}`)),
		page("", "profile, one field more", event(0, `{"name":"Ana","about":"I bake"}`), before(`{"name":"Ana"}`)),
		page("", "profile, erased", event(0, `{"name":"Ana"}`), before(`{"name":"Ana","about":"x","picture":"y"}`)),
		page("", "profile, two fields", event(0, `{"name":"Bo","about":"I bake"}`), before(`{"name":"Ana","about":"x"}`)),
		page("", "profile, not found", event(0, `{"name":"Ana","lud16":"x9@pay.example"}`), blind),
		page("", "profile, somebody's name", event(0, `{"name":"Bea"}`), before(`{"name":"Ana"}`), known(func(f *effect.Facts) { f.Namesake = nil })),
		page("", "profile, an address", event(0, `{"name":"Ana","nip05":"ana@bank.example"}`), before(`{"name":"Ana"}`)),
		page("", "profile, emptied", event(0, `{}`), before(`{"name":"Ana"}`)),

		page("", "mute, three less", event(10000, "", many(0, 3, "p")...), before("", many(0, 6, "p")...)),
		page("", "mute, private part", event(10000, "sealed", many(0, 6, "p")...), before("other", many(0, 6, "p")...)),
		page("", "list, private part gone", event(10003, "", "e|x"), before("sealed", "e|x")),
		page("", "list, private part shown", event(10003, "sealed", "e|x"), sealed(`[["e","y"]]`, ana.PubKey), before("", "e|x")),
		page("", "list, private part counted", event(10003, "sealed", "e|x"), sealed(`[["e","y"]]`, ana.PubKey), before("old", "e|x"), hidden(20)),
		page("", "list, not found", event(30000, "", "d|x", "title|Friends", "p|a"), blind),
		page("", "list, ten less", event(10003, "", many(0, 90, "e")...), before("", many(0, 100, "e")...)),
		page("", "list of another app", event(30000, "", "d|x", "title|Friends", "p|a"), otherApp("Damus")),
		page("", "places, a new one", event(10002, "", "r|wss://a.example", "r|wss://b.example"), before("", "r|wss://a.example"), strange),
		page("", "places, none left", event(10002, ""), before("", "r|wss://a.example")),
		page("", "places, eleven", event(10002, "", many(0, 11, "r")...), before("", "r|wss://a.example")),
		page("", "inbox, all replaced", event(10050, "", "relay|wss://b.example"), before("", "relay|wss://a.example")),

		page("", "article, changed", event(30023, "Once upon a time", "d|x", "title|My tale"), before("Once", "d|x", "title|A tale")),
		page("", "article, gutted", event(30023, "x", "d|x", "title|My tale"), before("a much longer text", "d|x", "title|A tale")),
		page("", "article, not found", event(30023, "x", "d|x", "title|My tale"), blind),
		page("", "settings of another app", event(30078, "{}", "d|x"), otherApp("Damus")),
		page("", "settings, emptied", event(30078, "", "d|x"), before("{}", "d|x")),
		page("", "offer, ten times the price", event(30402, "", "d|x", "title|Old bike", "price|1000|EUR"), before("", "d|x", "title|Old bike", "price|100|EUR")),

		page("", "badge, an older one not looked at", event(30009, "", "d|x", "name|Baker"), known(func(f *effect.Facts) { f.HeadState = effect.HeadUnchecked })),

		page("", "delete, shown", event(5, "", many(0, 3, "e")...), posted),
		page("", "delete, eleven", event(5, "", many(0, 11, "e")...)),
		page("", "delete, profile and older", event(5, "", "a|0:x:")),
		page("", "report as illegal", event(1984, "", "p|"+carl.String()+"|illegal")),
		page("", "vote again", event(1018, "", "e|p0", "response|2"), poll),
		page("", "vote, poll not found", event(1018, "", "e|p0", "response|2"), known(func(f *effect.Facts) { f.Voted = nil })),
		page("", "badges for many", event(8, "", many(0, 21, "p")...)),

		page("", "private message to a stranger, the old way", event(4, "sealed", "p|"+carl.String()), strangers),
		page("", "private message not seen", event(13, "x"), unsealed),
		page("", "private message that says too much", event(13, "sealed", "p|x"), sealed("hi", carl)),
		page("", "tip over the limit", tip(), known(func(f *effect.Facts) { f.TipLimit = 1000 })),
		page("", "tip to a new wallet", tip(), known(func(f *effect.Facts) { f.WalletChanged = nil })),
		page("", "pay over the day", event(23194, "x"), opened(order), known(func(f *effect.Facts) { n := int64(1000); f.LeftToday = &n })),
		page("", "pay over the limit", event(23194, "x"), opened(order), known(func(f *effect.Facts) { f.PayLimit = 1000 })),
		page("", "wallet look", event(23194, "x"), opened(`{"method":"get_balance"}`)),
		page("", "wallet order", event(23194, "x"), opened(`{"method":"make_invoice","params":{"amount":2000}}`)),

		page("", "log in elsewhere", event(27235, "", "u|https://bank.example/", "method|GET"), checked("coracle.example")),
		page("", "change a site, unseen", event(27235, "", "u|https://zap.kitchen/", "method|POST")),
		page("", "delete on a site", event(27235, "", "u|https://zap.kitchen/1", "method|DELETE", "payload|ab")),
		page("", "service not on the list", event(22242, "", "relay|wss://other.example", "challenge|c"), strange),
		page("", "delete a file", event(24242, "", "t|delete", "x|ab", "server|files.example", "expiration|1777640400")),
		page("", "list files", event(24242, "", "t|list", "server|files.example", "expiration|1777640400")),
		page("", "upload anything, anywhere", event(24242, "", "t|upload")),
	}
	for i := range pages {
		pages[i].Section = "States"
	}
	return pages
}

// hidden is the private part of the version before, with so many entries.
func hidden(n int) func(*Page) {
	text, _ := json.Marshal(event(1, "", many(0, n, "e")...).Template.Tags)
	return known(func(f *effect.Facts) { f.HeadPrivate = new(string(text)) })
}

func otherApp(name string) func(*Page) {
	return known(func(f *effect.Facts) { f.DataApp = func(nostr.Kind, string) string { return name } })
}

// blocks are refused whatever was granted.
func blocks() []Page {
	echo := known(func(f *effect.Facts) { f.Echoes = func(string) bool { return true } })
	ours := known(func(f *effect.Facts) { f.Own = nil })
	pages := []Page{
		page("", "secret", event(1, "my key is "+someKey)),
		page("", "private text made public", event(1, "see you at six"), echo),
		page("", "own key", &privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: "x"}, ours),
		page("", "bad log-in", event(27235, "", "u|http://bank.example/", "method|GET")),
		page("", "late log-in", at(event(27235, "", "u|https://bank.example/", "method|GET"), -90*time.Second)),
		page("", "profile of the future", at(event(0, `{"name":"Ana"}`), 2*time.Hour)),
		page("", "speaks as the signer", event(24133, "x")),
		page("", "wallet order not read", event(23194, "x")),
		page("", "opened secret", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened(walletLink)),
		page("", "nothing", nil),
	}
	for i := range pages {
		pages[i].Section = "Blocked"
	}
	return pages
}

// operations are the methods beside signing, and what was opened in order to ask.
func operations() (pages []Page) {
	for _, op := range privyseal.Operations {
		if op != privyseal.OpSignEvent {
			pages = append(pages, page("Operations", string(op.Method()), &privyseal.Request{Op: op, Peer: bea, Text: "see you at six"}))
		}
	}
	read := func(name, text string, peer nostr.PubKey) {
		pages = append(pages, page("Operations", name, &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: peer}, opened(text)))
	}
	read("opened chat", "see you at six", carl)
	read("opened message", `{"kind":14,"content":"hi","pubkey":"`+bea.String()+`"}`, bea)
	read("opened forged message", `{"kind":14,"content":"hi","pubkey":"`+carl.String()+`"}`, bea)
	read("opened list", `[["p","x"]]`, ana.PubKey)
	read("opened note", "buy flour", ana.PubKey)
	read("opened data", `{"theme":"dark"}`, ana.PubKey)
	read("opened wallet", `{"result_type":"get_balance","result":{"balance":21000}}`, bea)
	old := page("Operations", "opened old text", &privyseal.Request{Op: privyseal.OpNip04Decrypt, Peer: bea}, opened("see you at six"))
	write := func(name, text string, peer nostr.PubKey) {
		pages = append(pages, page("Operations", name, &privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: peer, Text: text}))
	}
	write("lock a message", `{"kind":14,"content":"see you at six"}`, bea)
	write("lock one's own text", "buy flour", ana.PubKey)
	write("lock an order", order, carl)
	write("lock a secret", someKey, bea)
	nameless := page("Operations", "opened for an app without a name", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened("hi"))
	nameless.App.Label, nameless.App.Claimed = "", nip46.Metadata{}
	return append(pages, old, nameless)
}
