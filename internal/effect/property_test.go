package effect_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

func drawTemplate(t *rapid.T) *nostr.Template {
	names := []string{"e", "p", "a", "d", "r", "u", "t", "x", "k", "relay", "challenge", "method", "server", "expiration", "odd", "amount"}
	values := []string{"", "0:ab:", "wss://mine.example", "https://zap.kitchen/", "GET", "upload", "1", bea.String(), strings.Repeat("x", 3000)}
	row := rapid.SampledFrom(effect.Kinds()).Draw(t, "row")
	tpl := &nostr.Template{
		Kind:      rapid.SampledFrom([]nostr.Kind{row.From, row.To, nostr.Kind(rapid.IntRange(0, 65535).Draw(t, "any"))}).Draw(t, "kind"),
		CreatedAt: now.Unix() + rapid.SampledFrom([]int64{0, 30, 700, -700, 4000, -1 << 62, 1 << 62}).Draw(t, "off"),
		Content:   rapid.SampledFrom([]string{"", "hi", `{"name":"Ana"}`, someKey}).Draw(t, "content"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "tags") {
		tag := nostr.Tag{rapid.SampledFrom(names).Draw(t, "name")}
		for range rapid.IntRange(0, 2).Draw(t, "values") {
			tag = append(tag, rapid.SampledFrom(values).Draw(t, "value"))
		}
		tpl.Tags = append(tpl.Tags, tag)
	}
	if rapid.IntRange(0, 9).Draw(t, "empty tag") == 0 {
		tpl.Tags = append(tpl.Tags, nostr.Tag{}, nil)
	}
	return tpl
}

// Levels hold together whatever is asked: what is blocked is L4 and nothing
// else is above L3, youth lifts by one step and never L0, no check lowers a level.
func TestLevelsHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tpl := drawTemplate(t)
		f := facts()
		if rapid.Bool().Draw(t, "young") {
			f.App.Created = now.Add(-time.Hour)
		}
		if rapid.Bool().Draw(t, "known") {
			before := drawTemplate(t)
			f.Head = &nostr.Event{Kind: tpl.Kind, Content: before.Content, Tags: before.Tags}
		}
		r := &privyseal.Request{Op: privyseal.OpSignEvent, Template: tpl}
		e := effect.Of(r, f)
		switch {
		case (e.Blocked != "") != (e.Level == privyseal.L4):
			t.Fatalf("level %v, blocked %q", e.Level, e.Blocked)
		case e.Level == 0 || e.Base == 0 || e.Level < e.Base || e.Level > e.Base+1:
			t.Fatalf("level %v on %v", e.Level, e.Base)
		case e.Level > e.Base && (!e.Rise || len(e.Reasons) == 0):
			t.Fatalf("%v rose to %v and nobody is told why", e.Base, e.Level)
		case e.Base == privyseal.L0 && e.Level != privyseal.L0:
			t.Fatal("L0 rose")
		case !e.Base.AtLeast(effect.RuleOf(tpl.Kind).Level):
			t.Fatalf("a check lowered the level to %v", e.Base)
		case e.Guard != "" && e.Base == privyseal.L0:
			t.Fatalf("%q guards L0", e.Guard)
		}
		if !reflect.DeepEqual(e, effect.Of(r, f)) {
			t.Fatal("not the same twice")
		}
	})
}

// Scales that weighed others before weigh as new ones do.
func TestScalesKeepNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s effect.Scales
		for range rapid.IntRange(2, 5).Draw(t, "requests") {
			f := facts()
			if rapid.Bool().Draw(t, "known") {
				before := drawTemplate(t)
				f.Head = &nostr.Event{Kind: before.Kind, Content: before.Content, Tags: before.Tags}
			}
			if rapid.Bool().Draw(t, "opened") {
				f.Opened = new(string)
				*f.Opened = rapid.SampledFrom([]string{"", "hi", someKey}).Draw(t, "text")
			}
			r := rapid.SampledFrom([]*privyseal.Request{
				nil, {Op: privyseal.OpPing}, {Op: privyseal.OpNip44Decrypt, Peer: bea, Text: "x"}, {Op: privyseal.OpNip04Encrypt, Peer: bea, Text: someKey},
				{Op: privyseal.OpSignEvent, Template: drawTemplate(t)},
			}).Draw(t, "request")
			if got, want := s.Of(r, &f), effect.Of(r, f); !reflect.DeepEqual(got, want) {
				t.Fatalf("%+v, and on new scales %+v", got, want)
			}
		}
	})
}

// The template is never changed.
func TestTemplateIsLeftAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tpl := drawTemplate(t)
		was := *tpl
		was.Tags = nil
		for _, tag := range tpl.Tags {
			was.Tags = append(was.Tags, append(nostr.Tag(nil), tag...))
		}
		effect.Of(&privyseal.Request{Op: privyseal.OpSignEvent, Template: tpl}, facts())
		if len(was.Tags) != len(tpl.Tags) || was.Content != tpl.Content || was.Kind != tpl.Kind || was.CreatedAt != tpl.CreatedAt {
			t.Fatal("changed")
		}
		for i := range was.Tags {
			if strings.Join(was.Tags[i], "\x00") != strings.Join(tpl.Tags[i], "\x00") {
				t.Fatal("a tag was changed")
			}
		}
	})
}

func FuzzOf(f *testing.F) {
	f.Add(uint16(1), int64(1777636800), "gm", "p", bea.String(), "")
	f.Add(uint16(22242), int64(1777636800), "", "relay", "wss://mine.example", "")
	f.Add(uint16(27235), int64(1777636800), "", "u", "https://zap.kitchen", "GET")
	f.Add(uint16(0), int64(0), `{"name":`, "", "", "")
	f.Add(uint16(23194), int64(-1), "x", "p", "y", `{"method":"pay_invoice","params":{"amount":-1}}`)
	f.Fuzz(func(t *testing.T, kind uint16, at int64, content, name, value, more string) {
		fs := facts()
		fs.Opened = &more
		tpl := &nostr.Template{Kind: nostr.Kind(kind), CreatedAt: at, Content: content,
			Tags: nostr.Tags{{name, value, more}, {name}, {}, {"method", more}, {"challenge", value}}}
		e := effect.Of(&privyseal.Request{Op: privyseal.OpSignEvent, Template: tpl}, fs)
		if e.Level == 0 || e.Kind != int(kind) || e.Summary.Amount < 0 {
			t.Errorf("%+v", e)
		}
		for _, s := range e.Scopes() {
			if s == "" || strings.ContainsAny(s, " \n@") {
				t.Errorf("scope %q", s)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	r, f := event(1, strings.Repeat("gm, coffee is ready. ", 10), many(3, "p")...), facts()
	for b.Loop() {
		effect.Of(r, f)
	}
}
