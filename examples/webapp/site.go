package webapp

import (
	"context"
	"net/http"
	"strings"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/login/kit"
	"github.com/privyseal/privyseal/nostr"
)

// site is what both apps are made of: sign-in, pages, and acts.
type site struct {
	o     Options
	name  string // of the app
	login *login.Login
	mux   *http.ServeMux
	nav   []link
	kinds []nostr.Kind // of all acts
	pages pages
}

// link is an entry of the navigation.
type link struct{ To, Name string }

func newSite(o Options, name, layout string, nav ...link) (*site, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &site{o: o, name: name, mux: http.NewServeMux(), nav: nav}
	var err error
	if s.login, err = login.New(login.Options{Origin: o.Origin, Store: o.Store, Now: o.Now, Chip: s}); err != nil {
		return nil, err
	}
	if s.pages, err = parse(layout); err != nil {
		return nil, err
	}
	s.mux.Handle("/login/nostr/", s.login.Handler())
	s.mux.Handle(kit.Path, kit.Handler())
	s.mux.Handle("GET /assets/", assets())
	return s, nil
}

// Show implements [login.Chip]: what an account chip shows, from the app's relay.
func (s *site) Show(ctx context.Context, key nostr.PubKey) *login.Shown {
	p := s.people(ctx, key)[key]
	return &login.Shown{Name: p.Name, Address: p.Address}
}

// policy lets pages load their own files and nothing else. They may talk to
// relays and signers, which is what signing in is made of.
func (s *site) policy() string {
	talk := []string{"'self'", "https:", "wss:"}
	for _, own := range []string{s.o.Signer, s.o.SignerRelay, s.o.Relay} {
		if own != "" {
			talk = append(talk, strings.TrimSuffix(own, "/"))
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " + strings.Join(talk, " ") +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// maxBody bounds what a form or an event may have.
const maxBody = 128 << 10

// ServeHTTP looks at where a request comes from before anything is done.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	fetched := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodPost && (r.Header.Get("Origin") != s.o.Origin || fetched != "" && fetched != "same-origin") {
		sayError(w, http.StatusForbidden, "This came from another site. Use the page itself.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

// visit is a request of somebody, signed in or not.
type visit struct {
	*http.Request
	who nostr.PubKey
	in  bool
}

func (s *site) visit(r *http.Request) visit {
	a, err := s.login.Account(r)
	return visit{r, a.PubKey, err == nil}
}
