package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

//go:embed pages
var pages embed.FS

// texts are the pages in each language, each made when it is first asked for:
// the command line is this program too, and shows none.
var texts = func() map[string]map[string]func() *template.Template {
	out := map[string]map[string]func() *template.Template{}
	for _, lang := range append(words.Languages(), words.PseudoLang) {
		frame := sync.OnceValue(func() *template.Template { return parseFrame(words.In(lang)) })
		out[lang] = map[string]func() *template.Template{}
		for _, name := range pageNames() {
			out[lang][name] = sync.OnceValue(func() *template.Template {
				return template.Must(template.Must(frame().Clone()).ParseFS(pages, "pages/"+name+".html"))
			})
		}
	}
	return out
}()

// parseFrame is what the pages share, in one language.
func parseFrame(c *words.Catalogue) *template.Template {
	t := template.New("layout.html").Funcs(template.FuncMap{
		"say": c.Page, "when": when, "stamp": stamp, "left": left, "asset": func(n string) string { return "/assets/" + n + "?" + sum(n)[:12] },
		"short": func(s string) string { return s[:min(12, len(s))] },
		"plain": func(prefix, code string) string { return c.Page(prefix + code) },
		"tab": func(page, name, to string) tab {
			return tab{name, to, page == name || above[page] == name}
		},
		"dict": dict, "json": asJSON, "clock": func(t time.Time) string { return t.Local().Format("15:04") },
		"spans": func() []string { return []string{"h", "d", "7d"} },
		"lasts": func() []string { return []string{"", "1h", "1d", "30d"} },
		"steps": func() map[int]string { return map[int]string{1: "step-1", 2: "step-2", 3: "step-3"} },
		"pair":  func(q control.QuestionInfo, i int) card { return card{q, i} },
	})
	return template.Must(t.ParseFS(pages, "pages/layout.html", "pages/cards.html", "pages/terms.html", "pages/rules.html", "pages/newkey.html"))
}

// shared are parts of pages, and no pages themselves.
var shared = []string{"layout", "cards", "terms", "rules", "newkey"}

func pageNames() (out []string) {
	files, err := pages.ReadDir("pages")
	if err != nil {
		panic(err) // embedded
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".html"); !slices.Contains(shared, name) {
			out = append(out, name)
		}
	}
	return out
}

// asJSON is a value as a script reads it from an attribute.
func asJSON(v any) (string, error) {
	raw, err := json.Marshal(v)
	return string(raw), err
}

// tab is a way to one of the pages.
type tab struct {
	Name, To string
	Here     bool
}

// above names the tab that a page without one of its own stands below.
var above = map[string]string{
	"app": "apps", "notifications": "settings", "account": "you", "account-new": "you", "new-passphrase": "you",
	"recovery": "you", "recovery-made": "you", "recovery-tries": "you", "recovery-tried": "you",
}

// card is a question and its place in the list.
type card struct {
	Q control.QuestionInfo
	I int
}

func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// left is how many milliseconds there are until a time: the clock of who reads
// the page may be another.
func left(t time.Time) int64 { return max(0, time.Until(t).Milliseconds()+1) }

// catalogue is the browser's language, where it is one of ours; else the signer's.
func catalogue(r *http.Request) *words.Catalogue {
	for lang := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		lang, _, _ = strings.Cut(strings.TrimSpace(lang), ";")
		if c := words.In(lang); c != nil {
			return c
		}
	}
	if c := words.In(placeOf(r).lang); c != nil {
		return c
	}
	return words.English
}

// write renders a page in full before any of it is sent.
func (c *Console) write(w http.ResponseWriter, r *http.Request, name string, v *visit, data map[string]any) {
	c.render(w, r, name, "layout.html", v, data)
}

func (c *Console) render(w http.ResponseWriter, r *http.Request, name, part string, v *visit, data map[string]any) {
	if data == nil {
		data = map[string]any{}
	}
	lang := catalogue(r).Lang()
	data["Page"], data["Lang"], data["Visit"] = name, lang, v
	if v != nil {
		data["Form"] = v.Form()
	}
	var b bytes.Buffer
	if err := texts[lang][name]().ExecuteTemplate(&b, part, data); err != nil {
		c.Log.Error("a page of the console could not be made", "page", name, "err", err)
		http.Error(w, catalogue(r).Page("not-made"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
}

func (v *visit) show(name string, data map[string]any) { v.write(v.w, v.r, name, v, data) }

// Person is who is signed in.
func (v *visit) Person() control.PersonInfo { return v.session.Person }

// trouble is what went wrong, and what to do.
type trouble struct{ Msg, Hint string }

// inWords is what an error says, as sentences. A hint to type a command helps
// nobody here.
func inWords(err error) trouble {
	e, ok := errors.AsType[*control.CallError](err)
	if !ok {
		return trouble{Msg: sentence(err.Error())}
	}
	t := trouble{Msg: sentence(e.Msg)}
	if !strings.Contains(e.Hint, "privyseal ") {
		t.Hint = sentence(e.Hint)
	}
	return t
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if last, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune(".!?:…", last) {
		return s
	}
	return s + "."
}

// failed says what went wrong, and what to do.
func (c *Console) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, control.ErrGone) {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		c.write(w, r, "message", nil, map[string]any{"Text": catalogue(r).Page("starting")})
		return
	}
	w.WriteHeader(http.StatusConflict)
	c.write(w, r, "message", nil, map[string]any{"Trouble": inWords(err)})
}

// refuse says why a request is not taken.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, why string) {
	w.WriteHeader(http.StatusForbidden)
	c.write(w, r, "message", nil, map[string]any{"Text": catalogue(r).Page(why)})
}

// dict hands several things to a part of a page.
func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
