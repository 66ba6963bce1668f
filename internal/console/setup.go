package console

import (
	"context"
	"crypto/subtle"
	"net/http"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// settingUp adds the pages where a signer without a vault is set up. Only who
// came by the link gets there: no page leads to them.
func (c *Console) settingUp() {
	c.mux.HandleFunc("GET "+control.SetUpPath+"{code}", c.enterSetUp)
	c.mux.HandleFunc("GET /set-up", c.arriving(c.founding(setUpPage)))
	c.mux.HandleFunc("POST /set-up", c.founding(setUp))
}

// founder is a request of who sets the signer up.
type founder struct {
	*visit
	look control.SetUpLook
}

func setUpCookie(r *http.Request) string { return cookieName(r) + "-set-up" }

func setSetUpCookie(w http.ResponseWriter, r *http.Request, p control.SetUpPass) {
	k := &http.Cookie{Name: setUpCookie(r), Value: p.Token, Path: "/", HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteStrictMode, Expires: p.Ends}
	if p.Token == "" {
		k.MaxAge = -1
	}
	http.SetCookie(w, k)
}

// enterSetUp spends the link, and leaves its address at once.
func (c *Console) enterSetUp(w http.ResponseWriter, r *http.Request) {
	if looksAhead(w, r) {
		c.refuse(w, r, "elsewhere")
		return
	}
	p, err := do[control.SetUpPass](r.Context(), c, control.VerbSetUpEnter, control.SetUpEnter{Code: r.PathValue("code")})
	if err != nil {
		c.welcome(w, r, err)
		return
	}
	setSetUpCookie(w, r, p)
	http.Redirect(w, r, "/set-up", http.StatusSeeOther)
}

// founding serves who may set up; others are sent to where they are told how.
func (c *Console) founding(page func(*founder)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f := &founder{visit: &visit{Console: c, w: w, r: r}}
		if k, err := r.Cookie(setUpCookie(r)); err == nil {
			f.token = k.Value
		}
		var err error
		f.look, err = do[control.SetUpLook](r.Context(), c, control.VerbSetUpLook, control.Token{Token: f.token})
		switch {
		case isKind(err, privyseal.KindDenied), isKind(err, privyseal.KindConflict):
			http.Redirect(w, r, "/login", http.StatusSeeOther)
		case err != nil:
			c.failed(w, r, err)
		case r.Method == http.MethodPost && subtle.ConstantTimeCompare([]byte(r.PostFormValue("form")), []byte(f.Form())) != 1:
			c.refuse(w, r, "old-page")
		default:
			page(f)
		}
	}
}

func setUpPage(f *founder) { f.form(nil) }

// form asks for what a vault needs. What was typed stays, but no secrets.
func (f *founder) form(wrong any) {
	if wrong != nil {
		f.w.WriteHeader(http.StatusBadRequest)
	}
	f.write(f.w, f.r, "set-up", nil, map[string]any{
		"Form": f.Form(), "Look": f.look, "Wrong": wrong, "Step": 1,
		"Name": f.r.PostFormValue("name"), "How": f.r.PostFormValue("how"), "Away": f.r.PostFormValue("away"),
	})
}

// setUp makes the vault, and signs its owner in.
func setUp(f *founder) {
	form := f.r.PostFormValue
	args := control.SetUpMake{Token: f.token, Passphrase: []byte(form("passphrase")), Device: device(f.r.UserAgent())}
	defer clear(args.Passphrase)
	var wrong *trouble
	if args.Identity, wrong = f.newIdentity(); wrong != nil {
		f.form(wrong)
		return
	}
	defer wipe(args.Identity)
	if form("again") != form("passphrase") {
		f.form(trouble{Msg: f.say().Page("not-same")})
		return
	}
	if lang := f.say().Lang(); lang != "en" {
		args.Lang = lang
	}
	if form("away") == "yes" && len(f.look.Relays) > 0 {
		args.Relays = f.Measure(context.WithoutCancel(f.r.Context()))
	}
	done, err := do[control.SetUpDone](f.r.Context(), f.Console, control.VerbSetUpMake, args)
	if err != nil {
		f.form(inWords(err))
		return
	}
	setSetUpCookie(f.w, f.r, control.SetUpPass{})
	setCookie(f.w, f.r, done.Session.Token, done.Session.Ends)
	f.token, f.session = done.Session.Token, done.Session
	if form("how") != "bring" && f.recoveryOf(done.Identity, firstApp) {
		return
	}
	f.redirect(accountPath(done.Identity.ID, "/recovery", firstApp))
}
