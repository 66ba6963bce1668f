package console

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

// firstApp is where setting up leads to in the end.
const firstApp = control.ConnectPath + "?first"

// accounting adds the pages of accounts, which the code calls identities.
// Each passes on where its person wanted to go in the end.
func (c *Console) accounting() {
	c.mux.HandleFunc("GET /identities/new", c.arriving(c.within(newAccountPage)))
	c.mux.HandleFunc("POST /identities/new", c.within(addAccount))
	c.mux.HandleFunc("GET /identities/{id}", c.within(accountPage))
	c.mux.HandleFunc("POST /identities/{id}", c.within(renameAccount))
	c.mux.HandleFunc("GET /you/passphrase", c.within(passphrasePage))
	c.mux.HandleFunc("POST /you/passphrase", c.within(changePassphrase))
	c.recovering()
}

// accountPath is the address of a page of an account, from which it goes on.
func accountPath(id, page, then string) string {
	to := "/identities/" + url.PathEscape(id) + page
	if then != "" {
		to += "?then=" + url.QueryEscape(then)
	}
	return to
}

// then is where the person goes in the end: a page of ours, or nowhere.
func (v *visit) then() string { return ownPage(v.r.FormValue("then")) }

// account shows a page about the account that its address names, with more.
func (v *visit) account(page string, more map[string]any) {
	who, err := look[control.IdentityInfo](v, control.VerbIdentityShow, control.Name{Name: v.r.PathValue("id")})
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.about(who, v.then(), page, more)
}

// about shows a page about an account, with more, from which it goes on to then.
func (v *visit) about(who control.IdentityInfo, then, page string, more map[string]any) {
	data := map[string]any{"Account": who, "Then": then, "Owner": v.May("owner", who.Name), "All": v.May("owner", "")}
	for name, value := range more {
		data[name] = value
	}
	if then == firstApp && data["Step"] == nil {
		data["Step"] = 2
	}
	if data["Wrong"] != nil {
		v.w.WriteHeader(http.StatusBadRequest)
	}
	v.show(page, data)
}

func accountPage(v *visit) { v.account("account", nil) }

func renameAccount(v *visit) {
	name := strings.TrimSpace(v.r.PostFormValue("name"))
	v.what = v.say().Page("account-renames", "name", name)
	if _, done := change[control.IdentityInfo](v, control.VerbIdentityRename, control.Rename{Name: v.r.PathValue("id"), To: name}); done {
		v.redirect("/identities/" + v.r.PathValue("id"))
	}
}

func newAccountPage(v *visit) { v.newAccount(nil) }

func (v *visit) newAccount(wrong any) {
	if wrong != nil {
		v.w.WriteHeader(http.StatusBadRequest)
	}
	v.show("account-new", map[string]any{"Then": v.then(), "Wrong": wrong, "Name": v.r.PostFormValue("name"), "How": v.r.PostFormValue("how")})
}

// addAccount makes an account, or takes over the key that is brought: then the
// passphrase stands in the same form, so that no page repeats the key.
func addAccount(v *visit) {
	args, wrong := v.newIdentity()
	if wrong != nil {
		v.newAccount(wrong)
		return
	}
	defer wipe(args)
	var who control.IdentityInfo
	if len(args.Secret) > 0 {
		a, err := v.act(control.VerbIdentityAdd, args)
		if err == nil {
			defer clear(a.Args)
			a.Passphrase = []byte(v.r.PostFormValue("passphrase"))
			who, err = do[control.IdentityInfo](v.r.Context(), v.Console, control.VerbConsoleDo, a)
		}
		if err != nil {
			v.newAccount(inWords(err))
			return
		}
	} else {
		v.what, v.warns = v.say().Page("account-adds", "name", args.Name), []string{v.say().Page("recovery-is")}
		var done bool
		if who, done = change[control.IdentityInfo](v, control.VerbIdentityAdd, args); !done {
			return
		}
		if v.recoveryOf(who, proposing(v.then(), who.ID)) {
			return
		}
	}
	v.redirect(accountPath(who.ID, "/recovery", proposing(v.then(), who.ID)))
}

// proposing has the page of an app's link propose an account that was just made.
func proposing(then, account string) string {
	u, err := url.Parse(then)
	if err != nil || u.Path != control.ConnectPath || !u.Query().Has("uri") {
		return then
	}
	q := u.Query()
	q.Set("as", account)
	u.RawQuery = q.Encode()
	return u.String()
}

// newIdentity is what a form says of a new account.
func (v *visit) newIdentity() (control.IdentityAdd, *trouble) {
	form := v.r.PostFormValue
	a := control.IdentityAdd{Name: strings.TrimSpace(form("name"))}
	if form("how") != "bring" {
		return a, nil
	}
	a.Secret, a.Password = []byte(strings.TrimSpace(form("secret"))), []byte(form("password"))
	if len(a.Secret) == 0 {
		a.Secret = v.upload("file")
	}
	switch {
	case len(a.Secret) == 0:
		return a, &trouble{Msg: v.say().Page("bring-none")}
	case len(a.Password) == 0 && bytes.Contains(bytes.ToLower(a.Secret), []byte("ncryptsec1")):
		return a, &trouble{Msg: v.say().Page("bring-locked")}
	}
	return a, nil
}

// wipe forgets the key on its way.
func wipe(a control.IdentityAdd) {
	clear(a.Secret)
	clear(a.Password)
}

// upload is a file that a form brings; nil for none.
func (v *visit) upload(name string) []byte {
	f, _, err := v.r.FormFile(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(f) // the form is bounded
	if err != nil {
		return nil
	}
	return b
}

func passphrasePage(v *visit) { v.show("new-passphrase", nil) }

func changePassphrase(v *visit) {
	form := v.r.PostFormValue
	again := func(wrong any) {
		v.w.WriteHeader(http.StatusBadRequest)
		v.show("new-passphrase", map[string]any{"Wrong": wrong})
	}
	if form("passphrase") != form("again") {
		again(trouble{Msg: v.say().Page("not-same")})
		return
	}
	args := control.PassphraseChange{Old: []byte(form("old")), New: []byte(form("passphrase"))}
	defer func() { clear(args.Old); clear(args.New) }()
	if _, err := look[control.Status](v, control.VerbPassphraseChange, args); err != nil {
		again(inWords(err))
		return
	}
	v.redirect("/you")
}
