package words_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

var (
	now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	bea = must(nostr.ParsePubKey("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"))
	ana = privyseal.Identity{ID: "ana", Name: "Ana", PubKey: nostr.PubKey{31: 2}}
)

// fixture is one prompt of the book.
type fixture struct {
	name string
	r    *privyseal.Request
	app  privyseal.App
	f    effect.Facts
}

func (x fixture) effect() effect.Effect { return effect.Of(x.r, x.f) }
func (x fixture) prompt() words.Prompt  { return words.Render(x.effect(), x.app, ana, x.r) }

func must(pk nostr.PubKey, err error) nostr.PubKey {
	if err != nil {
		panic(err)
	}
	return pk
}

func coracle() privyseal.App {
	return privyseal.App{ID: "0f1e2d3c", Created: now.Add(-48 * time.Hour), Claimed: nip46.Metadata{Name: "Coracle", URL: "https://coracle.example"}}
}

func make(name string, r *privyseal.Request, change ...func(*fixture)) fixture {
	x := fixture{name: name, r: r, app: coracle()}
	x.f = effect.Facts{Now: now, App: x.app, Own: func(nostr.PubKey) bool { return false }}
	for _, c := range change {
		c(&x)
		x.f.App = x.app
	}
	return x
}

func event(kind nostr.Kind, content string, tags ...string) *privyseal.Request {
	t := &nostr.Template{Kind: kind, CreatedAt: now.Unix(), Content: content}
	for _, tag := range tags {
		t.Tags = append(t.Tags, strings.Split(tag, "|"))
	}
	return &privyseal.Request{Op: privyseal.OpSignEvent, Template: t}
}

func many(n int, name string) (tags []string) {
	for i := range n {
		tags = append(tags, fmt.Sprintf("%s|%064x", name, i))
	}
	return tags
}

func head(content string, tags ...string) func(*fixture) {
	return func(x *fixture) {
		t := event(0, content, tags...).Template
		x.f.Head = &nostr.Event{Content: content, Tags: t.Tags}
	}
}

func opened(text string) func(*fixture) {
	return func(x *fixture) { x.f.Opened = &text }
}

// samples are the contents and tags of kinds that need some.
var samples = map[nostr.Kind]*privyseal.Request{
	0:     event(0, `{"name":"Ana","lud16":"x9@pay.example"}`),
	3:     event(3, "", many(29, "p")...),
	5:     event(5, "", many(3, "e")...),
	7:     event(7, "🤙", "p|"+bea.String()),
	1021:  event(1021, "2100"),
	1984:  event(1984, "", "p|"+bea.String()+"|spam"),
	9734:  event(9734, "", "p|"+bea.String(), "amount|2100000"),
	10002: event(10002, "", "r|wss://a.example"),
	22242: event(22242, "", "relay|wss://relay.example", "challenge|c"),
	24242: event(24242, "", "t|upload", "x|ab", "server|files.example", "expiration|1777640400"),
	27235: event(27235, "", "u|https://zap.kitchen/login", "method|GET"),
	30000: event(30000, "", "d|friends", "title|Good friends", "p|ab"),
	30023: event(30023, "Once upon a time", "d|x", "title|My first tale"),
	30402: event(30402, "", "d|x", "title|Old bike"),
}

func fixtures() (xs []fixture) {
	seen := map[nostr.Kind]bool{}
	for _, row := range effect.Kinds() {
		for _, k := range []nostr.Kind{row.From, row.To} {
			if seen[k] {
				continue
			}
			seen[k] = true
			r := samples[k]
			if r == nil {
				r = event(k, "gm, coffee is ready", "p|"+bea.String(), "r|wss://a.example")
			}
			xs = append(xs, make(fmt.Sprintf("kind %d", k), r))
		}
	}
	for _, op := range privyseal.Operations {
		if op != privyseal.OpSignEvent {
			xs = append(xs, make(string(op.Method()), &privyseal.Request{Op: op, Peer: bea, Text: "see you at six"}))
		}
	}
	label := func(x *fixture) { x.app.Label = "My phone" }
	young := func(x *fixture) { x.app.Created = now.Add(-time.Hour) }
	checked := func(x *fixture) { x.f.CheckedHost = "coracle.example" }
	own := func(x *fixture) { x.f.Own = nil }
	order := `{"method":"pay_invoice","params":{"amount":2100000}}`
	late := event(1, "gm")
	late.Template.CreatedAt -= 7200
	return append(xs,
		make("unknown kind", event(31337, "x")),
		make("unknown passing kind", event(20001, "x")),
		make("named app", event(1, "gm"), label),
		make("nameless app", event(1, "gm"), func(x *fixture) { x.app.Claimed = nip46.Metadata{} }),
		make("checked app", event(1, "gm"), checked),
		make("young app", event(1, "gm"), young),
		make("hidden characters", event(1, "pay \u202eevil\u202c to\u200b me")),
		make("long text", event(1, strings.Repeat("gm ", 300))),
		make("old clock", late),
		make("many people", event(1, "hi", many(11, "p")...)),
		make("secret", event(1, "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5")),
		make("sealed secret", &privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"}),
		make("own key", &privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: "x"}, own),
		make("follows known", event(3, "", many(29, "p")...), head("", many(340, "p")...)),
		make("follows added", event(3, "", many(5, "p")...), head("", many(3, "p")...)),
		make("follows wiped", event(3, ""), head("", many(3, "p")...)),
		make("profile erased", event(0, `{"name":"Ana"}`), head(`{"name":"Ana","about":"x","picture":"y"}`)),
		make("profile wallet", event(0, `{"lud16":"x9@pay.example"}`), head(`{"lud16":"ana@home.example"}`)),
		make("list private gone", event(10003, "", "e|x"), head("sealed", "e|x")),
		make("mute fewer", event(10000, "", many(3, "p")...), head("", many(6, "p")...)),
		make("places gone", event(10002, "")),
		make("article gutted", event(30023, "t", "title|My tale"), head("a much longer text")),
		make("delete many", event(5, "", append(many(11, "e"), "a|0:x:")...)),
		make("report illegal", event(1984, "", "p|"+bea.String()+"|illegal")),
		make("other site", event(27235, "", "u|https://bank.example/", "method|POST"), checked),
		make("own site", event(27235, "", "u|https://coracle.example/", "method|POST", "payload|ab"), checked),
		make("bad login", event(27235, "", "u|http://bank.example/", "method|GET")),
		make("late login", func() *privyseal.Request {
			r := event(27235, "", "u|https://bank.example/", "method|GET")
			r.Template.CreatedAt -= 90
			return r
		}()),
		make("future profile", func() *privyseal.Request {
			r := event(0, `{"name":"Ana"}`)
			r.Template.CreatedAt += 7200
			return r
		}()),
		make("delete file", event(24242, "", "t|delete", "x|ab")),
		make("list files", event(24242, "", "t|list", "server|files.example")),
		make("wallet order", event(23194, "x"), opened(order)),
		make("opened list", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened(`[["p","x"]]`)),
		make("opened message", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened(`{"kind":14,"content":"hi"}`)),
		make("opened data", &privyseal.Request{Op: privyseal.OpNip04Decrypt, Peer: bea}, opened(`{"theme":"dark"}`)),
		make("opened secret", &privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened("nostr+walletconnect://a?secret=b")),
		make("wallet look", event(23194, "x"), opened(`{"method":"get_balance"}`)),
		make("nothing", nil),
	)
}
