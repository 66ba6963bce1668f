package console

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

// passkeyAsk tells a browser what a passkey has to sign to log in.
func (c *Console) passkeyAsk(w http.ResponseWriter, r *http.Request) {
	ask, err := do[control.PasskeyAsk](r.Context(), c, control.VerbConsoleBegin, nil)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ask)
}

func (c *Console) byPasskey(w http.ResponseWriter, r *http.Request) {
	a := posted[control.Assertion](r)
	if a == nil {
		c.refuse(w, r, "old-page")
		return
	}
	c.begin(w, r, control.SignIn{Assertion: a})
}

// posted is what a browser made of a passkey, as a form carries it; nil for none.
func posted[P any](r *http.Request) *P {
	var p P
	if json.Unmarshal([]byte(r.PostFormValue("passkey")), &p) != nil {
		return nil
	}
	return &p
}

// joinPage lets who was invited make a passkey. Looking at it spends nothing.
func (c *Console) joinPage(w http.ResponseWriter, r *http.Request) { c.joining(w, r, nil) }

func (c *Console) joining(w http.ResponseWriter, r *http.Request, wrong error) {
	key, err := do[control.PasskeyNew](r.Context(), c, control.VerbConsoleNewKey, control.NewKey{Code: r.PathValue("code")})
	if err != nil {
		c.failed(w, r, err)
		return
	}
	data := map[string]any{"Key": key, "To": r.URL.Path}
	if wrong != nil {
		data["Wrong"] = inWords(wrong)
		w.WriteHeader(http.StatusForbidden)
	}
	c.write(w, r, "join", nil, data)
}

// join lets them in with it.
func (c *Console) join(w http.ResponseWriter, r *http.Request) {
	key := posted[control.NewPasskey](r)
	if key == nil {
		c.refuse(w, r, "old-page")
		return
	}
	key.Label = device(r.UserAgent())
	s, err := do[control.Session](r.Context(), c, control.VerbConsoleSignIn, control.SignIn{
		Code: r.PathValue("code"), Passkey: key, Device: device(r.UserAgent()),
	})
	if err != nil {
		c.joining(w, r, err)
		return
	}
	setCookie(w, r, s.Token, s.Ends)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// newPasskeyPage has the browser make one more passkey.
func newPasskeyPage(v *visit) {
	key, err := do[control.PasskeyNew](v.r.Context(), v.Console, control.VerbConsoleNewKey, control.NewKey{Token: v.token})
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.show("passkey", map[string]any{"Key": key, "Label": device(v.r.UserAgent())})
}

// addPasskey takes it, once whoever is here has proven to be who they are.
func addPasskey(v *visit) {
	key := posted[control.NewPasskey](v.r)
	if key == nil {
		v.refuse(v.w, v.r, "old-page")
		return
	}
	key.Label = strings.TrimSpace(v.r.PostFormValue("label"))
	if key.Label == "" {
		key.Label = device(v.r.UserAgent())
	}
	v.what = v.say().Page("passkey-added", "name", key.Label)
	if _, done := change[control.PersonInfo](v, control.VerbPasskeyAdd, key); done {
		v.redirect("/you")
	}
}

func removePasskey(v *visit) {
	form := v.r.PostFormValue
	v.what = v.say().Page("passkey-removed", "name", form("label"))
	if _, done := change[control.PersonInfo](v, control.VerbPasskeyRemove, control.PasskeyName{Person: form("person"), Passkey: form("id")}); done {
		v.redirect(v.back("/you"))
	}
}
