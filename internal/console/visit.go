package console

import (
	"cmp"
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
	"github.com/privyseal/privyseal/internal/words"
)

// visit is a request of somebody who is signed in.
type visit struct {
	*Console
	w       http.ResponseWriter
	r       *http.Request
	token   string
	session control.Session
	what    string   // that is to be confirmed, in words
	warns   []string // what else it comes to
}

// cookieName is the session's. Where it can be, it is bound to the host.
func cookieName(r *http.Request) string {
	if secure(r) {
		return "__Host-privyseal"
	}
	_, port, _ := strings.Cut(r.Host, ":") // cookies do not tell ports apart
	return "privyseal-" + port
}

// secure reports whether the browser speaks TLS to the address of ours that it
// asks, whoever ends it.
func secure(r *http.Request) bool { return placeOf(r).secure }

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
	out, done, err := attempt[R](v, verb, args)
	if err != nil {
		v.failed(v.w, v.r, err)
	}
	return out, done
}

// attempt is change that leaves it to the caller to say what went wrong.
func attempt[R any](v *visit, verb string, args any) (out R, done bool, err error) {
	a, err := v.act(verb, args)
	if err != nil {
		return out, false, err
	}
	a.Passphrase = []byte(v.r.PostFormValue("passphrase"))
	defer clear(a.Passphrase)
	if proof := v.r.PostFormValue("proof"); proof != "" {
		a.Assertion = new(control.Assertion)
		if json.Unmarshal([]byte(proof), a.Assertion) != nil {
			v.refuse(v.w, v.r, "old-page")
			return out, false, nil
		}
	}
	proven := len(a.Passphrase) > 0 || a.Assertion != nil
	if !proven {
		need, err := v.needs(a)
		if err != nil || need.Needed {
			if err == nil {
				v.confirm(need, nil)
			}
			return out, false, err
		}
	}
	out, err = do[R](v.r.Context(), v.Console, control.VerbConsoleDo, a)
	if proven && (isKind(err, privyseal.KindDenied) || isKind(err, privyseal.KindLimit)) {
		if need, failed := v.needs(a); failed == nil && need.Needed {
			v.w.WriteHeader(http.StatusForbidden)
			v.confirm(need, inWords(err))
			return out, false, nil
		}
	}
	return out, err == nil, err
}

// needs asks what an act has to be proven by.
func (v *visit) needs(a control.Act) (control.Proving, error) {
	return do[control.Proving](v.r.Context(), v.Console, control.VerbConsoleProve, control.Act{Token: a.Token, Verb: a.Verb, Args: a.Args})
}

// confirm asks for a passkey or the passphrase, and keeps what the form said.
func (v *visit) confirm(need control.Proving, wrong any) {
	fields := map[string][]string{}
	for name, values := range v.r.PostForm {
		if name != "passphrase" && name != "proof" && name != "form" {
			fields[name] = values
		}
	}
	v.show("confirm", map[string]any{
		"To": v.r.URL.Path, "Fields": fields, "Wrong": wrong, "Need": need, "Warns": v.warns,
		"What": cmp.Or(v.what, v.r.PostFormValue("what")), "Quote": v.r.PostFormValue("quote"),
	})
}

// say is the catalogue that the page is in.
func (v *visit) say() *words.Catalogue { return catalogue(v.r) }

// back is the page that a form says it stands on, if it is one of ours.
func (v *visit) back(to string) string {
	if at := v.r.PostFormValue("back"); at == "/people" {
		return at
	}
	return to
}

// May reports whether whoever is here has at least a role for an identity, by
// its name; "" is everything. The keeper decides; this leaves out what it would
// refuse.
func (v *visit) May(role, identity string) bool {
	for _, r := range v.session.Person.Roles {
		if (r.IdentityID == "" || identity != "" && r.Identity == identity) && privyseal.ParseRole(r.Role) >= privyseal.ParseRole(role) {
			return true
		}
	}
	return false
}

func isKind(err error, kind privyseal.ErrorKind) bool {
	e, ok := errors.AsType[*control.CallError](err)
	return ok && e.Kind == string(kind)
}
