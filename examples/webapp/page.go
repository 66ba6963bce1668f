package webapp

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/privyseal/privyseal/examples/webapp/relays"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// pages are the templates by name, each with its layout.
type pages map[string]*template.Template

func parse(layout string) (pages, error) {
	all := pages{}
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		t, err := template.New(layout).Funcs(template.FuncMap{"ago": ago, "initial": initial, "dict": dict}).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html", f)
		if err != nil {
			return nil, err
		}
		all[path.Base(f)] = t
	}
	return all, nil
}

func assets() http.Handler {
	return http.FileServerFS(assetFiles)
}

// shown is what a page is made from.
type shown struct {
	App, Page string
	Nav       []link
	O         Options
	Me        person
	In        bool
	Data      any
	Perms     string // what the app will ask for
	Plan      plan   // what to do when a side lacks something
}

// page serves one page; load finds what it shows.
func (s *site) page(at, file string, load func(visit) (any, error)) {
	s.mux.HandleFunc("GET "+at, func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(r)
		data, err := load(v)
		status := http.StatusOK
		if err != nil {
			status, file, data = s.excuse(err)
		}
		p := shown{App: s.name, Page: r.URL.Path, Nav: s.nav, O: s.o, Perms: s.perms(), In: v.in, Data: data, Plan: plans[file]}
		if v.in {
			p.Me = s.people(r.Context(), v.who)[v.who]
		}
		s.render(w, status, file, p)
	})
}

// excuse is the page for what went wrong.
func (s *site) excuse(err error) (status int, file string, data any) {
	if said, ok := errors.AsType[wrong](err); ok {
		return http.StatusNotFound, "sorry.html", string(said)
	}
	if errors.Is(err, relays.ErrAway) {
		return http.StatusBadGateway, "sorry.html", "The place where posts are kept does not answer. Nothing is lost: try again in a moment."
	}
	return http.StatusInternalServerError, "sorry.html", "That did not work. Try again in a moment."
}

func (s *site) render(w http.ResponseWriter, status int, file string, p shown) {
	var b bytes.Buffer
	if err := s.pages[file].ExecuteTemplate(&b, "layout.html", p); err != nil {
		sayError(w, http.StatusInternalServerError, "This page cannot be shown.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// dict names what a part of a page is given.
func dict(pairs ...any) map[string]any {
	named := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		named[pairs[i].(string)] = pairs[i+1]
	}
	return named
}

// initial is a name's first letter.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// ago is how long ago something was, as people say it.
func ago(unix int64) string {
	switch d := time.Since(time.Unix(unix, 0)); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return time.Unix(unix, 0).Format("2 January")
}
