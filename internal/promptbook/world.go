package promptbook

import (
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// The people, places and hours of the book.
var (
	now  = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	bea  = nostr.PubKey{0x79, 0xbe, 0x66, 0x7e, 31: 9}
	carl = nostr.PubKey{0xc6, 0x04, 0x7f, 0x94, 31: 9}
	ana  = privyseal.Identity{ID: "ana", Name: "Ana", PubKey: nostr.PubKey{31: 2}}
)

const (
	walletLink = "nostr+walletconnect://ab?relay=wss://r.example&secret=cd"
	someKey    = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
)

// app is one that the person has had for a while and named.
func app(label string) privyseal.App {
	return privyseal.App{ID: "0f1e2d3c", Created: now.Add(-48 * time.Hour), Label: label}
}

// claimed is one that only says what it is called.
func claimed(name string) privyseal.App {
	a := app("")
	a.Claimed = nip46.Metadata{Name: name, URL: "https://coracle.example"}
	return a
}

// facts are those of an ordinary day: nothing is strange, all was looked up.
func facts() effect.Facts {
	left := int64(10_000)
	return effect.Facts{
		Now:         now,
		Own:         func(nostr.PubKey) bool { return false },
		RelayListed: func(string) bool { return true },
		Older: effect.Older{
			HeadState: effect.HeadNone,
			DataApp:   func(nostr.Kind, string) string { return "" },
		},
		People: effect.People{
			Me:            ana.PubKey,
			Name:          name,
			Petname:       func(pk nostr.PubKey) bool { return pk == bea },
			Known:         func(nostr.PubKey) bool { return true },
			Namesake:      func(string) bool { return false },
			WalletChanged: func(nostr.PubKey) bool { return false },
		},
		Habits: effect.Habits{
			Recent:    func(nostr.Kind, time.Duration) int { return 0 },
			KnownHost: func(string) bool { return true },
			Voted:     func(string) bool { return false },
		},
		Money: effect.Money{TipLimit: 5000, PayLimit: 5000, LeftToday: &left},
	}
}

func name(pk nostr.PubKey) string {
	switch pk {
	case bea:
		return "Bea"
	case carl:
		return "Carl"
	}
	return ""
}

func page(section, name string, r *privyseal.Request, change ...func(*Page)) Page {
	p := Page{Name: name, Section: section, Request: r, App: app("Snort"), Account: ana, Facts: facts()}
	for _, c := range change {
		c(&p)
	}
	return p
}

// event is a request to sign; the parts of a tag are set apart by "|".
func event(kind nostr.Kind, content string, tags ...string) *privyseal.Request {
	t := &nostr.Template{Kind: kind, CreatedAt: now.Unix(), Content: content}
	for _, tag := range tags {
		t.Tags = append(t.Tags, strings.Split(tag, "|"))
	}
	return &privyseal.Request{Op: privyseal.OpSignEvent, Template: t}
}

func at(r *privyseal.Request, off time.Duration) *privyseal.Request {
	r.Template.CreatedAt += int64(off / time.Second)
	return r
}

func many(from, to int, name string) (tags []string) {
	for i := from; i < to; i++ {
		tags = append(tags, fmt.Sprintf("%s|%064x", name, i))
	}
	return tags
}

// before is the version that the request would replace.
func before(content string, tags ...string) func(*Page) {
	return func(p *Page) {
		t := event(p.Request.Template.Kind, content, tags...).Template
		p.Facts.Head = &nostr.Event{Kind: t.Kind, Content: content, Tags: t.Tags, CreatedAt: now.Add(-9 * 24 * time.Hour).Unix()}
		p.Facts.HeadState = effect.HeadFound
	}
}

func opened(text string) func(*Page) { return func(p *Page) { p.Facts.Opened = &text } }

// sealed makes the content one of the signer's own recent encrypt answers.
func sealed(text string, peer nostr.PubKey) func(*Page) {
	return func(p *Page) {
		p.Facts.Sealed = func(string) (string, nostr.PubKey, bool) { return text, peer, true }
	}
}

func by(a privyseal.App) func(*Page) { return func(p *Page) { p.App = a } }

func young(p *Page) { p.App.Created = now.Add(-time.Hour) }

func checked(host string) func(*Page) { return func(p *Page) { p.Facts.CheckedHost = host } }

func known(change func(*effect.Facts)) func(*Page) { return func(p *Page) { change(&p.Facts) } }
