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
	bea = nostr.PubKey{0x79, 0xbe, 0x66, 0x7e, 31: 9}
	ana = privyseal.Identity{ID: "ana", Name: "Ana", PubKey: nostr.PubKey{31: 2}}
)

// coracle is an app that only claims its name.
func coracle() privyseal.App {
	return privyseal.App{ID: "0f1e2d3c", Created: now.Add(-48 * time.Hour), Claimed: nip46.Metadata{Name: "Coracle", URL: "https://coracle.example"}}
}

// event is a request to sign; the parts of a tag are set apart by "|".
func event(kind nostr.Kind, content string, tags ...string) *privyseal.Request {
	t := &nostr.Template{Kind: kind, CreatedAt: now.Unix(), Content: content}
	for _, tag := range tags {
		t.Tags = append(t.Tags, strings.Split(tag, "|"))
	}
	return &privyseal.Request{Op: privyseal.OpSignEvent, Template: t}
}

func prompt(app privyseal.App, r *privyseal.Request) words.Prompt {
	e := effect.Of(r, effect.Facts{Now: now, App: app, Own: func(nostr.PubKey) bool { return false }})
	return words.English.Render(e, app, ana, r)
}

func show(p words.Prompt) string { return fmt.Sprintf("%+v", p) }

func wordCount(s string) int { return len(strings.Fields(s)) }
