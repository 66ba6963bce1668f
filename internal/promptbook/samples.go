package promptbook

import (
	"slices"
	"strconv"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

const order = `{"method":"pay_invoice","params":{"invoice":"lnbc21u1pexample"}}`

// samples are the bar for the wording of all others.
func samples() []Page {
	anonymous := func(p *Page) { p.Account.Name = "" }
	follows := append(many(0, 28, "p"), many(900, 901, "p")...)
	left := int64(7900)
	pages := []Page{
		page("", "A post", event(1, "gm, coffee is ready"), by(app("Coracle"))),
		page("", "B follow list, most of it gone", event(3, "", follows...), by(app("Coracle")), before("", many(0, 340, "p")...)),
		page("", "C profile, tips and bio", event(0, `{"name":"Ana","picture":"https://a.example/p.png","lud16":"x9@pay.example"}`),
			before(`{"name":"Ana","picture":"https://a.example/p.png","about":"I bake","lud16":"ana@home.example"}`)),
		page("", "D log in", event(27235, "", "u|https://zap.kitchen/login", "method|GET"), by(app("Zap Kitchen")), checked("zap.kitchen")),
		page("", "E read a chat", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, by(claimed("Damus")), opened("see you at six")),
		bulk("F read many messages", "Amethyst"),
		page("", "G pay", event(23194, "sealed"), by(app("Alby Go")), opened(order), known(func(f *effect.Facts) {
			f.LeftToday = &left
			f.Payee = func(string) string { return "Bea" }
		})),
		page("", "H vanish", event(62, "", "relay|ALL_RELAYS"), by(claimed("Fun Quiz"))),
	}
	for i := range pages {
		pages[i].Section = "Samples"
		anonymous(&pages[i])
	}
	return pages
}

// bulk is the question about an app that reads many private texts.
func bulk(name, label string) Page {
	p := page("", name, &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, by(app(label)))
	p.prompt = func(p *Page, c *words.Catalogue) words.Prompt {
		q := c.BulkPrompt(p.App, p.Account)
		q.Title = c.BulkTitle(p.App, 48, 9)
		return q
	}
	return p
}

// requests of kinds that need more than a text.
var requests = map[nostr.Kind]*privyseal.Request{
	0:     event(0, `{"name":"Ana","about":"I bake"}`),
	3:     event(3, "", many(0, 5, "p")...),
	5:     event(5, "", many(0, 3, "e")...),
	7:     event(7, "🤙", "p|"+bea.String()),
	8:     event(8, "", "p|"+bea.String()),
	17:    event(17, "+", "r|https://zap.kitchen"),
	40:    event(40, `{"name":"Garden talk"}`),
	41:    event(41, `{"name":"Garden talk"}`),
	1018:  event(1018, "", "e|p0", "response|2"),
	1021:  event(1021, "2100"),
	1984:  event(1984, "", "p|"+bea.String()+"|spam"),
	9041:  event(9041, "A new oven", "amount|2100000"),
	9321:  event(9321, "thanks!", "p|"+bea.String(), `proof|{"amount":21}`),
	9734:  event(9734, "great bread", "p|"+bea.String(), "amount|2100000"),
	10002: event(10002, "", "r|wss://a.example"),
	10050: event(10050, "", "relay|wss://a.example"),
	10051: event(10051, "", "relay|wss://a.example"),
	10063: event(10063, "", "server|https://files.example"),
	10096: event(10096, "", "server|https://files.example"),
	22242: event(22242, "", "relay|wss://relay.example", "challenge|c"),
	24242: event(24242, "", "t|upload", "x|ab", "server|files.example", "expiration|1777640400"),
	27235: event(27235, "", "u|https://zap.kitchen/login", "method|GET"),
	30017: event(30017, `{"name":"Ana's bakery"}`),
	30018: event(30018, `{"name":"Rye bread","price":5,"currency":"EUR"}`),
	30019: event(30019, `{"name":"Farm market"}`),
	30020: event(30020, `{"name":"Old oven","starting_bid":2100}`),
	30402: event(30402, "Hardly used.", "d|x", "title|Old bike", "price|100|EUR"),
	30403: event(30403, "Hardly used.", "d|x", "title|Old bike", "price|100|EUR"),
}

// titled kinds are called something.
var titled = map[nostr.Kind]string{
	30000: "Good friends", 30003: "Recipes", 30004: "Best reads", 30023: "My first tale", 30024: "My first tale",
	30617: "bread-timer", 39000: "Bakers", 34550: "Bakers", 30311: "Baking live", 2003: "Bread film",
}

func request(k nostr.Kind) *privyseal.Request {
	if r := requests[k]; r != nil {
		return r
	}
	tags := []string{"p|" + bea.String(), "h|bakers"}
	if t := titled[k]; t != "" {
		tags = append(tags, "d|x", "title|"+t)
	}
	return event(k, "gm, coffee is ready", tags...)
}

// kinds are asked by an old app, and, where that changes the level, by a new one.
func kinds() (pages []Page) {
	for _, row := range effect.Kinds() {
		for _, k := range slices.Compact([]nostr.Kind{row.From, row.To}) {
			plain := page("Kinds", "kind "+strconv.Itoa(int(k)), request(k), sealedAs(k))
			pages = append(pages, plain)
			fresh := page("Kinds", "kind "+strconv.Itoa(int(k))+", new app", request(k), sealedAs(k), young)
			if fresh.Effect().Level != plain.Effect().Level {
				pages = append(pages, fresh)
			}
		}
	}
	return append(pages,
		page("Kinds", "kind 31337, unknown", event(31337, "x")),
		page("Kinds", "kind 20001, unknown", event(20001, "x")),
		page("Kinds", "kind 2, unknown", event(2, "x")),
	)
}

// sealedAs is what a sealed kind has inside.
func sealedAs(k nostr.Kind) func(*Page) {
	switch k {
	case 4:
		return sealed("see you at six", bea)
	case 13:
		return func(p *Page) {
			p.Request = event(13, "sealed")
			sealed(`{"kind":14,"content":"see you at six"}`, bea)(p)
		}
	case 23194:
		return opened(order)
	case 3:
		return before("", many(0, 4, "p")...)
	}
	return func(*Page) {}
}
