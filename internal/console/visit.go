package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// visit is a request of somebody who is signed in.
type visit struct {
	*Console
	w       http.ResponseWriter
	r       *http.Request
	token   string
	session control.Session
}

// cookieName is the session's. Where it can be, it is bound to the host.
func cookieName(r *http.Request) string {
	if secure(r) {
		return "__Host-privyseal"
	}
	_, port, _ := strings.Cut(r.Host, ":") // cookies do not tell ports apart
	return "privyseal-" + port
}

func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

func setCookie(w http.ResponseWriter, r *http.Request, token string, ends time.Time) {
	k := &http.Cookie{Name: cookieName(r), Value: token, Path: "/", HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteStrictMode}
	if token == "" {
		k.MaxAge = -1
	} else {
		k.Expires = ends
	}
	http.SetCookie(w, k)
}

// within serves who is signed in; others are sent to sign in.
func (c *Console) within(page func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r}
		if k, err := r.Cookie(cookieName(r)); err == nil {
			v.token = k.Value
		}
		var err error
		if v.token == "" {
			err = control.ErrGone
		} else {
			v.session, err = do[control.Session](r.Context(), c, control.VerbConsoleSession, control.Token{Token: v.token})
		}
		switch {
		case v.token == "" || isKind(err, privyseal.KindDenied):
			keepWay(w, r)
			v.redirect("/login")
		case err != nil:
			c.failed(w, r, err)
		case r.Method == http.MethodPost && subtle.ConstantTimeCompare([]byte(r.PostFormValue("form")), []byte(v.Form())) != 1:
			c.refuse(w, r, "old-page")
		default:
			page(v)
		}
	}
}

// Form is what proves that a form was made for this session.
func (v *visit) Form() string {
	h := sha256.Sum256([]byte("privyseal form " + v.token))
	return hex.EncodeToString(h[:16])
}

// redirect goes on to another page, of htmx too.
func (v *visit) redirect(to string) {
	if v.r.Header.Get("HX-Request") != "" {
		v.w.Header().Set("HX-Redirect", to)
		return
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// look calls a verb in the person's name.
func look[R any](v *visit, verb string, args any) (out R, err error) {
	a, err := v.act(verb, args)
	if err != nil {
		return out, err
	}
	return do[R](v.r.Context(), v.Console, control.VerbConsoleDo, a)
}

func (v *visit) act(verb string, args any) (control.Act, error) {
	a := control.Act{Token: v.token, Verb: verb}
	var err error
	if args != nil {
		a.Args, err = json.Marshal(args)
	}
	return a, err
}

// change does what a form asks for. What needs a proof is asked for first; done
// is then false, and the page that asks is on its way.
func change[R any](v *visit, verb string, args any) (out R, done bool) {
	a, err := v.act(verb, args)
	if err == nil {
		a.Passphrase = []byte(v.r.PostFormValue("passphrase"))
		if len(a.Passphrase) == 0 {
			var need control.Proving
			need, err = do[control.Proving](v.r.Context(), v.Console, control.VerbConsoleProve, a)
			if err == nil && need.Needed {
				v.confirm("")
				return out, false
			}
		}
	}
	if err == nil {
		out, err = do[R](v.r.Context(), v.Console, control.VerbConsoleDo, a)
	}
	if err != nil && len(a.Passphrase) > 0 && (isKind(err, privyseal.KindDenied) || isKind(err, privyseal.KindLimit)) {
		v.confirm(err.Error())
		return out, false
	}
	if err != nil {
		v.failed(v.w, v.r, err)
	}
	return out, err == nil
}

// confirm asks for the passphrase, and keeps what the form said.
func (v *visit) confirm(wrong string) {
	fields := map[string]string{}
	for name, values := range v.r.PostForm {
		if name != "passphrase" && name != "form" {
			fields[name] = values[0]
		}
	}
	v.show("confirm", map[string]any{"To": v.r.URL.Path, "Fields": fields, "Wrong": wrong, "What": v.r.PostFormValue("what")})
}

func isKind(err error, kind privyseal.ErrorKind) bool {
	e, ok := errors.AsType[*control.CallError](err)
	return ok && e.Kind == string(kind)
}
